//! One operation of every kind: what is done over and over, and what is a step of a job.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use lambda_runtime::{Context, Error};
use theory::{Client, Table as _};
use theory_lambda::{ForInvocation as _, Idempotency, IdempotencyError, Leases};

use crate::{Operation, Part, User};

/// The job whose parts are there.
pub const JOB: &str = "job";
/// The job whose parts are written.
pub const WRITTEN: &str = "written";
/// How many parts there are.
pub const PARTS: u64 = 100;
/// How many operations a job has whose steps are operations.
pub const STEPS: u64 = 20;
/// Why the work under a key ended whose success could not be recorded.
pub const UNRECORDED: &str = "unrecorded";

/// What the operations of an invocation use.
#[derive(Debug, Clone)]
pub struct Work {
    /// The client that the function was started with.
    pub init: Client,
    /// The client of the invocation.
    pub client: Client,
    /// The records of operations under a key.
    pub idempotency: Idempotency,
    /// The leases.
    pub leases: Leases,
}

impl Work {
    /// For one invocation. Records and leases are made with the client of INIT, or with that of the invocation: it makes no difference.
    pub fn of(init: &Client, context: &Context, buffer: Duration, with_init: bool) -> Self {
        let client = init.for_invocation_less(context, buffer);
        let of_records = if with_init { init } else { &client };
        Self {
            init: init.clone(),
            idempotency: Idempotency::new(of_records).for_invocation_less(context, buffer),
            leases: Leases::new(of_records).for_invocation_less(context, buffer),
            client,
        }
    }

    /// The operation for this number, of so many elements if it is a batch: how many things it has read or written.
    ///
    /// It may be done again for a number, and comes to the same then.
    pub async fn once(&self, operation: Operation, run: u32, number: u64, batch: u64) -> Result<u64, Error> {
        let client = &self.client;
        let there = number % PARTS;
        let written = |number| Part { job: WRITTEN.to_owned(), number, worked: 1 };
        let elements = number * batch..(number + 1) * batch;
        let token = format!("{run}-{number}");
        Ok(match operation {
            Operation::Get => Part::get(JOB, there).send(client).await?.map_or(0, |_| 1),
            Operation::Put => {
                written(number).put().send(client).await?;
                1
            }
            Operation::Create => once_only(written(number).create().send(client).await)?,
            Operation::Replace => {
                Part { job: JOB.to_owned(), number: there, worked: 1 }.replace().send(client).await?;
                1
            }
            Operation::Delete => {
                Part::delete(JOB, there).send(client).await?;
                1
            }
            Operation::Upsert => {
                Part::update(WRITTEN, number).set(Part::WORKED, 1).upsert().send(client).await?;
                1
            }
            Operation::Add => {
                let add = Part::update(JOB, there).add(Part::WORKED, 1);
                once_only(add.condition(Part::WORKED.eq(number / PARTS)).send(client).await)?
            }
            Operation::ExactlyOnce => {
                let add = Part::update(JOB, there).add(Part::WORKED, 1).exactly_once();
                add.client_request_token(token).send(client).await?;
                1
            }
            Operation::Save => {
                let Some(mut part) = Part::get(JOB, there).loaded().send(client).await? else { return Ok(0) };
                part.worked = 1;
                part.save().send(client).await?;
                1
            }
            Operation::Unique => {
                let user = User { id: token.clone(), email: format!("{token}@example.com") };
                once_only(user.create().send(client).await)?
            }
            Operation::ReadingOld => {
                let user = User { id: token.clone(), email: format!("{token}@example.org") };
                user.put().reading_old().send(client).await?;
                1
            }
            Operation::Pages => {
                let mut parts = Part::query(JOB).page_size(25).stream(client);
                let mut read = 0;
                while parts.try_next().await?.is_some() {
                    read += 1;
                }
                read
            }
            Operation::Count => Part::query(JOB).page_size(25).count(client).await?,
            Operation::BatchGet => {
                let gets = elements.map(|number| Part::get(JOB, number % PARTS)).collect::<Vec<_>>();
                let read = theory::batch_get(gets).concurrency(1).send(client).await;
                read.map_err(theory::Error::from)?.len() as u64
            }
            Operation::BatchGetStream => {
                let gets = elements.map(|number| Part::get(JOB, number % PARTS));
                let mut answers = theory::batch_get_iter(gets).concurrency(1).stream(client);
                let mut read = 0;
                while answers.try_next().await?.is_some() {
                    read += 1;
                }
                read
            }
            Operation::BatchWrite => {
                let writes = elements.map(|number| written(number).put()).collect::<Vec<_>>();
                let done = theory::batch_write(writes).concurrency(1).send(client).await;
                done.map_err(theory::Error::from).map(|_| batch)?
            }
            Operation::BatchWriteStream => {
                let writes = elements.map(|number| written(number).put());
                let done = theory::batch_write_iter(writes).concurrency(1).send(client).await;
                done.map_err(theory::Error::from).map(|_| batch)?
            }
            Operation::ScanSegments => {
                let mut scan = Part::scan().page_size(20).segments(2).stream(client);
                let mut read = 0;
                while let Some(page) = scan.next_page().await? {
                    read += page.items.len() as u64;
                }
                read
            }
            Operation::Transaction => {
                let add = Part::update(JOB, there).add(Part::WORKED, 1);
                let both = theory::transaction((add, written(number).put()));
                both.client_request_token(token).send(client).await?;
                1
            }
            Operation::TransactionGet => {
                let gets = (Part::get(JOB, there), Part::get(JOB, (there + 1) % PARTS));
                let (first, second) = theory::transaction_get(gets).send(client).await?;
                u64::from(first.is_some()) + u64::from(second.is_some())
            }
            Operation::Idempotent => {
                let write = async || written(number).put().send(client).await;
                match self.idempotency.run(&token, &(), write).await {
                    Ok(()) => 1,
                    Err(IdempotencyError::Unrecorded(_)) => return Err(UNRECORDED.into()),
                    Err(error) => return Err(error.into()),
                }
            }
            Operation::Lease => {
                let mut lease = self.leases.acquire("LEASE", Duration::from_secs(600)).await?;
                let work = async {
                    written(number).put().send(client).await?;
                    lease.refresh(Duration::from_secs(900)).await?;
                    Ok::<_, Error>(1)
                };
                let worked = work.await;
                lease.release().await?;
                worked?
            }
        })
    }
}

/// A write whose condition fails was done before.
fn once_only<T>(written: theory::Result<T>) -> theory::Result<u64> {
    match written {
        Err(error) if !error.is_condition_failed() => Err(error),
        _ => Ok(1),
    }
}

/// What ended the work: the kind of the error, and whether a write may have been done. Nothing if the work goes on after it.
pub fn end_of(error: &Error) -> Option<(String, bool)> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&**error);
    while let Some(error) = next {
        if let Some(known) = error.downcast_ref::<theory::Error>() {
            return known.is_out_of_time().then(|| (format!("{:?}", known.kind()), known.is_ambiguous()));
        }
        let text = error.to_string();
        if text == UNRECORDED {
            return Some((text, true));
        }
        if text.contains("too late") {
            return Some(("Deadline".to_owned(), false));
        }
        next = error.source();
    }
    None
}

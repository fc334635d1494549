//! The function that the tests run: it does what its event says, or follows a stream.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value as Json, json};
use theory::stream::Change;
use theory::{Client, Table as _};
use theory_lambda::{BUFFER, Chunk, Chunks, ForInvocation as _, Idempotency, IdempotencyError, Roots};
use theory_lambda_tests::{Operation, Overrun, Part, Progress, Sum, SumSegments, Task};

/// The job that all parts belong to.
const JOB: &str = "job";
const STEP: u32 = 20;

fn main() -> Result<(), Error> {
    run()
}

#[tokio::main(flavor = "current_thread")]
async fn run() -> Result<(), Error> {
    let millis = |name, default| {
        let millis = std::env::var(name).ok().and_then(|millis| millis.parse().ok());
        millis.map_or(default, Duration::from_millis)
    };
    let buffer = millis("TEST_BUFFER", BUFFER);
    let mut builder = theory_lambda::builder().max_idle(millis("TEST_MAX_IDLE", Duration::from_secs(10)));
    if let Ok(authority) = std::env::var("TEST_AUTHORITY") {
        builder = builder.roots(Roots::Pem(authority.into_bytes()));
    }
    let client = &builder.init().await?;
    if std::env::var_os("TEST_STREAM").is_some() {
        let handler = theory_lambda::stream_handler_with(client, follow).buffer(buffer).concurrency(4);
        return lambda_runtime::run(handler.report_batch_item_failures()).await;
    }
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Task>| handle(client, buffer, event).await))
        .await
}

async fn handle(client: &Client, buffer: Duration, event: LambdaEvent<Task>) -> Result<Json, Error> {
    let LambdaEvent { payload, context } = event;
    let client = &client.for_invocation_less(&context, buffer);
    let chunks = Chunks::of(&context).buffer(buffer);
    Ok(match payload {
        Task::Get => json!(Part::get(JOB, 0).send(client).await?.map(|part| part.number)),
        Task::Hang => std::future::pending().await,
        Task::Exit => std::process::exit(3),
        Task::Overrun { operation, run } => serde_json::to_value(overrun(client, operation, run).await)?,
        Task::Sum(state) => serde_json::to_value(chunks.run(state, |state| sum(client, state)).await?)?,
        Task::SumSegments(state) => {
            serde_json::to_value(chunks.run(state, |state| sum_segments(client, state)).await?)?
        }
        Task::Work => serde_json::to_value(chunks.run((), |()| work(client)).await?)?,
    })
}

/// Why there is no more.
struct Stop {
    kind: String,
    ambiguous: bool,
}

impl From<theory::Error> for Stop {
    fn from(error: theory::Error) -> Self {
        if !error.is_out_of_time() {
            // Shown in the log of the test that fails.
            eprintln!("{error:?}");
        }
        Self { kind: format!("{:?}", error.kind()), ambiguous: error.is_ambiguous() }
    }
}

/// Never ends by itself.
async fn overrun(client: &Client, operation: Operation, run: u32) -> Overrun {
    let mut done = 0;
    loop {
        match once(client, operation, run, &mut done).await {
            Err(Stop { kind, ambiguous }) if kind == "Deadline" => return Overrun { done, kind, ambiguous },
            // It does not heed what else there is.
            Ok(()) | Err(_) => {}
        }
    }
}

async fn once(client: &Client, operation: Operation, run: u32, done: &mut u64) -> Result<(), Stop> {
    let part = |number| Part { job: "overrun".to_owned(), number, worked: 0 };
    match operation {
        Operation::Get => drop(Part::get(JOB, *done % 100).send(client).await?),
        Operation::Put => drop(part(*done).put().send(client).await?),
        Operation::Add => drop(Part::update(JOB, 0).add(Part::WORKED, 1).send(client).await?),
        Operation::Pages => {
            let mut parts = Part::query(JOB).page_size(2).stream(client);
            while parts.try_next().await?.is_some() {
                *done += 1;
            }
        }
        Operation::BatchGet => {
            let reads = (0..1000).map(|number| Part::get(JOB, number)).collect::<Vec<_>>();
            match theory::batch_get(reads).concurrency(1).send(client).await {
                Ok(read) => *done += read.len() as u64,
                Err(error) => {
                    *done += error.answers().len() as u64 - error.unread().len() as u64;
                    return Err(theory::Error::from(error).into());
                }
            }
        }
        Operation::BatchWrite => {
            let writes = (0..1000).map(|number| part(number).put()).collect::<Vec<_>>();
            match theory::batch_write(writes).concurrency(1).send(client).await {
                Ok(_) => *done += 1000,
                Err(error) => {
                    *done += 1000 - error.unwritten().len() as u64;
                    return Err(theory::Error::from(error).into());
                }
            }
        }
        Operation::ScanSegments => {
            let mut scan = Part::scan().page_size(2).segments(4).stream(client);
            while let Some(page) = scan.next_page().await? {
                *done += page.items.len() as u64;
            }
        }
        Operation::Transaction => {
            let add = |number| Part::update(JOB, number).add(Part::WORKED, 1);
            theory::transaction((add(0), add(1), part(*done).put())).send(client).await?;
        }
        Operation::Idempotent => {
            let key = format!("{run}-{done}");
            let write = async || part(*done).put().send(client).await.map(drop);
            match Idempotency::new(client).run(&key, &(), write).await {
                Ok(()) => {}
                Err(IdempotencyError::Store(error) | IdempotencyError::Operation(error)) => {
                    return Err(error.into());
                }
                Err(IdempotencyError::TooLate) => {
                    return Err(Stop { kind: "Deadline".to_owned(), ambiguous: false });
                }
                Err(IdempotencyError::Unrecorded(_)) => {
                    return Err(Stop { kind: "Deadline".to_owned(), ambiguous: true });
                }
                Err(other) => return Err(Stop { kind: other.to_string(), ambiguous: false }),
            }
        }
    }
    *done += 1;
    Ok(())
}

/// One page.
async fn sum(client: &Client, state: Sum) -> theory::Result<Chunk<Sum, Sum>> {
    let page = Part::query(JOB).page_size(STEP).start_after(state.after).page(client).await?;
    let sum = state.sum + page.items.iter().map(|part| part.number).sum::<u64>();
    let state = Sum { sum, parts: state.parts + page.items.len() as u64, after: page.next_cursor().cloned() };
    Ok(if state.after.is_some() { Chunk::Continue { state } } else { Chunk::Done { result: state } })
}

/// One page of each of some segments.
async fn sum_segments(
    client: &Client,
    state: SumSegments,
) -> theory::Result<Chunk<SumSegments, SumSegments>> {
    let mut scan = Part::scan().page_size(STEP).segments(5).concurrency(2).resume(state.from).stream(client);
    let (mut sum, mut parts, mut pages) = (state.sum, state.parts, 0);
    while let Some(page) = scan.next_page().await? {
        sum += page.items.iter().map(|part| part.number).sum::<u64>();
        parts += page.items.len() as u64;
        pages += 1;
        if pages == 2 {
            return Ok(Chunk::Continue { state: SumSegments { sum, parts, from: Some(scan.checkpoint()) } });
        }
    }
    Ok(Chunk::Done { result: SumSegments { sum, parts, from: None } })
}

/// One page of parts is worked on, and the progress moves with it, or not at all: a step that was cut off is found done, or not begun.
async fn work(client: &Client) -> theory::Result<Chunk<()>> {
    let before = Progress::get(JOB).consistent_read().send(client).await?.and_then(|progress| progress.last);
    let parts = Part::query(JOB).consistent_read().page_size(STEP);
    let page = match before {
        Some(last) => parts.sort_key(last + 1..).page(client).await?,
        None => parts.page(client).await?,
    };
    let Some(last) = page.items.last() else { return Ok(Chunk::Done { result: () }) };
    let add = |part: &Part| Part::update(JOB, part.number).add(Part::WORKED, 1);
    let moved = Progress { job: JOB.to_owned(), last: Some(last.number) }.put();
    let moved = match before {
        Some(last) => moved.condition(Progress::LAST.eq(last)),
        None => moved.condition(!Progress::JOB.exists()),
    };
    theory::transaction((page.items.iter().map(add).collect::<Vec<_>>(), moved)).send(client).await?;
    Ok(Chunk::Continue { state: () })
}

/// Keeps a copy of each part.
async fn follow(client: Client, change: Change<Part>) -> theory::Result<()> {
    let copy = |part: &Part| format!("copy of {}", part.job);
    match change {
        Change::Inserted { new } | Change::Modified { new, .. } => {
            Part { job: copy(&new), ..new }.put().send(&client).await.map(drop)
        }
        Change::Removed { old } => Part::delete(copy(&old), old.number).send(&client).await.map(drop),
    }
}

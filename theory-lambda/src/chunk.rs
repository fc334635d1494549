//! Jobs that take longer than an invocation: one chunk in each, and a token with which the next one goes on.
//!
//! A job is a state, and a step that takes the state further: reading a page and adding it up, say. [`Chunks::run`] takes one step
//! after the other as long as the invocation's time allows, and gives a [`Chunk`]: the result, or the state with which to go on. Both
//! are JSON, so that the function returns the chunk and is invoked with its state again, by a state machine, a queue, or itself.
//!
//! # Example
//!
//! ```no_run
//! use lambda_runtime::{Error, LambdaEvent};
//! use serde::{Deserialize, Serialize};
//! use theory::{Client, Cursor, Table};
//! use theory_lambda::ForInvocation as _;
//! use theory_lambda::chunk::{Chunk, Chunks};
//!
//! #[derive(Table)]
//! #[table(name = "orders", scan)]
//! struct Order {
//!     #[table(pk)]
//!     id: String,
//!     total: u64,
//! }
//!
//! #[derive(Debug, Clone, Default, Serialize, Deserialize)]
//! struct Sum {
//!     total: u64,
//!     after: Option<Cursor>,
//! }
//!
//! /// The sum of all orders. The first event is `{"total":0,"after":null}`.
//! async fn handler(client: &Client, event: LambdaEvent<Sum>) -> Result<Chunk<Sum, u64>, Error> {
//!     let client = &client.for_invocation(&event.context);
//!     Chunks::of(&event.context)
//!         .run(event.payload, |sum| async move {
//!             let page = Order::scan().start_after(sum.after).page_size(100).page(client).await?;
//!             let total = sum.total + page.items.iter().map(|order| order.total).sum::<u64>();
//!             Ok::<_, theory::Error>(match page.next_cursor() {
//!                 Some(cursor) => Chunk::Continue { state: Sum { total, after: Some(cursor.clone()) } },
//!                 None => Chunk::Done { result: total },
//!             })
//!         })
//!         .await
//! }
//! # let _ = handler;
//! ```
//!
//! As JSON a chunk is `{"status":"continue","state":…}` or `{"status":"done","result":…}`: a state machine chooses by `$.status`.
//!
//! # What is promised
//!
//! A state that is returned is one that a step has returned, or the one that came in. A step that was cut off by the deadline counts
//! for nothing: the next invocation takes it again, from the same state. What is kept in the state is therefore counted exactly once.
//! What a step *writes* is written again when the step is; let it be something that may be written twice, or keep the state in the
//! table too and write both in one transaction.

use std::time::Duration;

use lambda_runtime::Context;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use crate::invocation::{BUFFER, grace, time_left};
use crate::out_of_time::is_out_of_time;

/// What one invocation of a job comes to, and what one step of it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Chunk<S, R = ()> {
    /// There is more to do.
    Continue {
        /// From where: what the next invocation, or the next step, is given.
        state: S,
    },
    /// All is done.
    Done {
        /// What came of it.
        result: R,
    },
}

impl<S, R> Chunk<S, R> {
    /// Whether all is done.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

/// The time of an invocation, for the steps of a job. See the [module](self).
#[derive(Debug, Clone)]
#[must_use = "it does nothing until `run` is called"]
pub struct Chunks {
    begun: Instant,
    time: Duration,
    buffer: Duration,
}

impl Chunks {
    /// As many steps as this invocation has time for, less the [`BUFFER`] that is kept for the answer.
    pub fn of(context: &Context) -> Self {
        Self { begun: Instant::now(), time: time_left(context), buffer: BUFFER }
    }

    /// What is kept of the time for the answer; [`BUFFER`] if nothing is said.
    ///
    /// Give the steps' client [the same](crate::ForInvocation::for_invocation_less).
    pub fn buffer(mut self, buffer: Duration) -> Self {
        self.buffer = buffer;
        self
    }

    /// Takes one step after the other, until all is done or the time is up.
    ///
    /// No step is begun when less time is left than the longest one took until then. A step whose client's deadline has come, and that
    /// fails for it, counts for nothing, if its error is a `theory::Error` or has one among its causes. It has a quarter of the buffer
    /// for that, and to give back what it holds: a key, a lease. One that is still at work then is dropped.
    ///
    /// # Errors
    ///
    /// What a step fails with otherwise. And where the time was not enough for a single step: going on from the same state would never end.
    pub async fn run<S, R, E, F>(
        self,
        state: S,
        mut step: impl FnMut(S) -> F,
    ) -> Result<Chunk<S, R>, lambda_runtime::Error>
    where
        S: Clone,
        F: Future<Output = Result<Chunk<S, R>, E>>,
        E: Into<lambda_runtime::Error>,
    {
        let until = self.begun + self.time.saturating_sub(self.buffer);
        let mut longest = Duration::ZERO;
        let mut state = state;
        let mut steps = 0_u64;
        loop {
            let begun = Instant::now();
            let left = until.saturating_duration_since(begun);
            if left.is_zero() || left < longest {
                break;
            }
            match timeout_at(until + grace(self.buffer), step(state.clone())).await {
                Ok(Ok(Chunk::Continue { state: next })) => state = next,
                Ok(Ok(done @ Chunk::Done { .. })) => return Ok(done),
                Ok(Err(error)) => {
                    let error = error.into();
                    if !is_out_of_time(&*error) {
                        return Err(error);
                    }
                    break;
                }
                Err(_) => break,
            }
            longest = longest.max(begun.elapsed());
            steps += 1;
        }
        if steps == 0 {
            return Err("the time was up before a single step was done: smaller steps or a longer time-out are needed".into());
        }
        tracing::debug!(target: "theory_lambda", steps, "the job goes on in the next invocation");
        Ok(Chunk::Continue { state })
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use theory::Table as _;
    use theory::client::Deadline;
    use tokio::time::sleep;

    use super::*;

    #[derive(theory::Table)]
    #[table(name = "jobs")]
    struct Job {
        #[table(pk)]
        id: String,
    }

    fn chunks(time: Duration) -> Chunks {
        let mut context = Context::default();
        let deadline = SystemTime::now() + time;
        context.deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
        Chunks::of(&context)
    }

    /// A step takes 10 s.
    async fn count(from: u32, until: u32) -> Result<Chunk<u32, u32>, String> {
        sleep(Duration::from_secs(10)).await;
        let next = from + 1;
        Ok(if next == until { Chunk::Done { result: next } } else { Chunk::Continue { state: next } })
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_steps_as_there_is_time_for() {
        for (seconds, steps) in [(16, 1), (35, 3), (105, 10)] {
            let chunk = chunks(Duration::from_secs(seconds)).run(0, |from| count(from, 10)).await.unwrap();
            let expected =
                if steps == 10 { Chunk::Done { result: 10 } } else { Chunk::Continue { state: steps } };
            assert_eq!(chunk, expected, "{seconds} s");
        }
        let error = chunks(Duration::from_secs(6)).run(0, |from| count(from, 10)).await.unwrap_err();
        assert!(error.to_string().contains("a single step"), "{error}");
        let begun = Instant::now();
        chunks(Duration::from_secs(35))
            .buffer(Duration::from_secs(8))
            .run(0, |n| count(n, 10))
            .await
            .unwrap();
        assert_eq!(begun.elapsed().as_secs(), 20, "the third step is not begun");
    }

    /// It is told by its client, and has something to give back.
    #[tokio::test(start_paused = true)]
    async fn a_step_may_end_by_itself_when_the_time_is_up() {
        for (gives_back, is_done) in [(100, true), (249, true), (251, false)] {
            let given_back = std::cell::Cell::new(false);
            let step = async |from: u32| {
                if from == 0 {
                    return Ok(Chunk::<_, ()>::Continue { state: 1 });
                }
                sleep(Duration::from_secs(9)).await;
                sleep(Duration::from_millis(gives_back)).await;
                given_back.set(true);
                Ok::<_, lambda_runtime::Error>(Chunk::Continue { state: 2 })
            };
            let chunks = Chunks { begun: Instant::now(), time: Duration::from_secs(10), buffer: BUFFER };
            let chunk = chunks.run(0, step).await;
            assert_eq!(given_back.get(), is_done, "after {gives_back} ms");
            assert_eq!(chunk.unwrap(), Chunk::Continue { state: if is_done { 2 } else { 1 } });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clients_deadline_is_no_failure_and_others_are() {
        let client = theory_testing::EmbeddedDynamoDb::new().client();
        let late = &client.with_deadline(Deadline::after(Duration::ZERO));
        for verb in ["get", "put", "batch_get", "batch_write"] {
            let step = async |from: u32| -> Result<_, lambda_runtime::Error> {
                if from < 3 {
                    return Ok(Chunk::<_, ()>::Continue { state: from + 1 });
                }
                match verb {
                    "get" => drop(Job::get("j").send(late).await?),
                    "put" => drop(Job { id: "j".to_owned() }.put().send(late).await?),
                    "batch_get" => drop(theory::batch_get(vec![Job::get("j")]).send(late).await?),
                    _ => {
                        theory::batch_write(vec![Job { id: "j".to_owned() }.put()]).send(late).await?;
                    }
                }
                unreachable!("{verb}: there is no time");
            };
            let chunk = chunks(Duration::from_secs(60)).run(0, step).await.unwrap();
            assert_eq!(chunk, Chunk::Continue { state: 3 }, "{verb}");
            let error = chunks(Duration::from_secs(60)).run(3, step).await.unwrap_err();
            assert!(error.to_string().contains("a single step"), "{verb}: {error}");
        }

        let error =
            chunks(Duration::from_secs(60)).run(0, |_: u32| async { Err::<Chunk<u32>, _>("no") }).await;
        assert_eq!(error.unwrap_err().to_string(), "no");
    }

    #[tokio::test(start_paused = true)]
    async fn nor_is_it_where_a_batch_was_throttled_before() {
        use theory::Client;
        use theory_testing::{Fault, Faults, Layer as _, Operation, Throttle};

        let faults = Faults::seed(1);
        faults.on(Operation::BatchWriteItem).inject(Fault::Throttle(Throttle::Account));
        let config = theory_testing::EmbeddedDynamoDb::new().sdk_config();
        let http_client = faults.around(config.http_client().unwrap());
        let config = config.to_builder().http_client(http_client).build();
        let client = Client::new(aws_sdk_dynamodb::Client::from_conf(config));
        let step = async |from: u32| -> Result<Chunk<u32>, lambda_runtime::Error> {
            if from == 0 {
                return Ok(Chunk::Continue { state: 1 });
            }
            let late = client.with_deadline(Deadline::after(Duration::from_millis(200)));
            theory::batch_write(vec![Job { id: "j".to_owned() }.put()]).send(&late).await?;
            unreachable!("every request is throttled");
        };
        let chunk = chunks(Duration::from_secs(60)).run(0, step).await.unwrap();
        assert_eq!(chunk, Chunk::Continue { state: 1 });
    }

    #[test]
    fn a_chunk_is_what_state_machines_can_choose_by() {
        let json = |chunk: &Chunk<u32, &str>| serde_json::to_string(chunk).unwrap();
        assert_eq!(json(&Chunk::Continue { state: 7 }), r#"{"status":"continue","state":7}"#);
        assert_eq!(json(&Chunk::Done { result: "yes" }), r#"{"status":"done","result":"yes"}"#);
        let read: Chunk<u32> = serde_json::from_str(r#"{"status":"done","result":null}"#).unwrap();
        assert!(read.is_done());
    }
}

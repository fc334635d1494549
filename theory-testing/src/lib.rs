//! Help for testing code that uses Theory.
//!
//! # Example
//!
//! With the feature `embedded`, a test has a DynamoDB of its own within a millisecond, without a server, a
//! socket, Docker or Java:
//!
#![cfg_attr(feature = "embedded", doc = "```")]
#![cfg_attr(not(feature = "embedded"), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aws_sdk_dynamodb::Error> {
//! use theory_testing::EmbeddedDynamoDb;
//!
//! let engine = EmbeddedDynamoDb::new();
//! let tables = engine.sdk_client().list_tables().send().await?;
//! assert!(tables.table_names().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! What goes wrong in production once a month goes wrong in a test, by a plan and a seed. Here an answer is lost behind a write that took
//! effect, and a batch is done in part:
//!
#![cfg_attr(feature = "embedded", doc = "```")]
#![cfg_attr(not(feature = "embedded"), doc = "```ignore")]
//! use theory::Table;
//! use theory::client::CreateTables;
//! use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation, Recorder};
//!
//! #[derive(Table)]
//! #[table(name = "tills")]
//! struct Till {
//!     #[table(pk)]
//!     name: String,
//!     cents: i64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> theory::Result<()> {
//! let engine = EmbeddedDynamoDb::new();
//! CreateTables::of(theory::schema![Till]).send(&engine.client()).await?;
//!
//! let faults = Faults::seed(42);
//! faults.on(Operation::UpdateItem).attempt(1).inject(Fault::TimeoutAfterEffect);
//! faults.on(Operation::BatchWriteItem).times(1).inject(Fault::PartialBatch);
//! let recorder = Recorder::new();
//! let client = engine.through(&faults).through(&recorder).client();
//!
//! let tills: Vec<_> = (0..20).map(|number| Till { name: format!("till {number}"), cents: 0 }.put()).collect();
//! theory::batch_write(tills).send(&client).await?; // all of it is there, although half of it came back
//! assert_eq!(recorder.requests().len(), 2);
//!
//! let paid = Till::update("till 7").add(Till::CENTS, 500).send(&client).await;
//! assert!(paid.is_err_and(|error| error.is_ambiguous())); // it may have been done, and is not done again
//!
//! // Without the layers it is seen what is stored.
//! let till = Till::get("till 7").send(&engine.client()).await?;
//! assert_eq!(till.map(|till| till.cents), Some(500));
//! # Ok(())
//! # }
//! ```
//!
//! With `#[tokio::test(start_paused = true)]` (tokio's feature `test-util`) pauses, timeouts and answers that never come take no time.
//! [docs/testing.md](https://github.com/theory-dynamodb/theory/blob/main/docs/testing.md) has a whole program with such tests, and what the
//! library makes of each fault.
//!
//! # What is here
//!
//! - [`EmbeddedDynamoDb`] (feature `embedded`): an engine in the process, reached through the SDK's own pipeline.
//! - [`EmbeddedServer`] (feature `embedded`): that engine on loopback, for programs of other processes.
#![cfg_attr(
    feature = "lambda",
    doc = "- [`lambda`] (feature `lambda`): runs compiled Lambda functions as Lambda does, with true deadlines."
)]
//! - [`Faults`]: throttling, partial batches, conflicts, time-outs, broken connections, damaged answers and more, by
//!   rules and a seed.
//! - [`Recorder`]: the requests that were sent, and what came back.
//! - [`FixedClock`]: a clock that stands still, for what the library stamps.
//!
//! Faults and recorders are a [`Layer`] each, and go around the HTTP client of any SDK configuration: that of the
//! embedded engine, of DynamoDB Local, or of DynamoDB itself.
//!
//! # What is not
//!
//! The embedded engine is a good imitation, not DynamoDB: it never throttles by itself, has no replicas and no eventual
//! reads, and its messages are not AWS's to the letter. What a program relies on most belongs on DynamoDB Local or
//! on a real table too.

mod clock;
#[cfg(feature = "embedded")]
mod embedded;
mod faults;
#[cfg(feature = "lambda")]
pub mod lambda;
mod layer;
#[cfg(any(feature = "embedded", feature = "lambda"))]
mod loopback;
mod operation;
mod recorder;
mod request;

pub use clock::FixedClock;
#[cfg(feature = "embedded")]
pub use embedded::{EmbeddedDynamoDb, EmbeddedError, EmbeddedServer, Treatment};
pub use faults::{Cancellation, Fault, Faults, Injected, Rule, Throttle};
pub use layer::Layer;
pub use operation::Operation;
pub use recorder::{Exchange, Outcome, Recorder, Response};
pub use request::Request;

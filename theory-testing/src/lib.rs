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
//! What goes wrong in production can go wrong in a test, by a plan and a seed:
//!
#![cfg_attr(feature = "embedded", doc = "```")]
#![cfg_attr(not(feature = "embedded"), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aws_sdk_dynamodb::Error> {
//! use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation, Recorder, Throttle};
//!
//! // The first attempt of every tenth request is throttled, and no answer to a DeleteItem ever arrives intact.
//! let faults = Faults::seed(42);
//! faults.on_all().attempt(1).probability(0.1).inject(Fault::Throttle(Throttle::KeyRange));
//! faults.on(Operation::DeleteItem).inject(Fault::CorruptBody);
//!
//! let recorder = Recorder::new();
//! let engine = EmbeddedDynamoDb::new().through(&faults).through(&recorder);
//! engine.sdk_client().list_tables().send().await?;
//!
//! assert_eq!(recorder.requests().len(), 1 + faults.injected().len()); // each throttled request was repeated
//! # Ok(())
//! # }
//! ```
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

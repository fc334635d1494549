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
//! # What is here
//!
//! - [`EmbeddedDynamoDb`] (feature `embedded`): an engine in the process, reached through the SDK's own pipeline.
//!
//! # What is not
//!
//! The embedded engine is a good imitation, not DynamoDB: it never throttles, has no replicas and no eventual
//! reads, and its messages are not AWS's to the letter. What a program relies on most belongs on DynamoDB Local or
//! on a real table too.

#[cfg(feature = "embedded")]
mod embedded;

#[cfg(feature = "embedded")]
pub use embedded::{EmbeddedDynamoDb, EmbeddedError};

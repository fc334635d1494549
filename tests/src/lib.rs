//! The harness of the integration tests: which engines there are, and what each can do.
//!
//! A test is written once and runs on every engine:
//!
//! ```
//! use theory_tests::{Capability, for_each_engine};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! for_each_engine(async |sandbox| {
//!     if sandbox.lacks(Capability::MultiAttributeKeys) {
//!         return;
//!     }
//!     let tables = sandbox.sdk_client().list_tables().send().await.unwrap();
//!     assert!(tables.table_names().is_empty());
//! })
//! .await;
//! # }
//! ```
//!
//! The engine in the process is there always. DynamoDB Local joins it when `THEORY_DYNAMODB_LOCAL_URL` is set:
//! `scripts/dynamodb-local.sh run cargo test --workspace` starts one and sets it, and where Docker is,
//! `cargo run -p theory-tests --features containers --bin container -- cargo test --workspace` does so with AWS's image.
#![cfg_attr(doctest, doc = include_str!("../../docs/testing.md"))]

mod call;
mod capabilities;
mod engine;
#[cfg(feature = "https")]
mod https;
mod movies;
mod probes;
mod sandbox;

pub use call::Refusal;
pub use capabilities::{Capability, TABLE};
pub use engine::{Engine, engines, for_each_engine};
#[cfg(feature = "https")]
pub use https::{HttpRequest, HttpsEndpoint};
pub use movies::movies;
pub use probes::probe;
pub use sandbox::Sandbox;

//! Brings tables to their contract: for small set-ups, tests and engines on one's own machine.
//!
//! A [`Plan`] is made of a contract and of what is deployed, and shown before anything is done. It creates what is missing, adds indexes one at a
//! time, and sets what can be set; what loses data is in it only where that is allowed, and what DynamoDB refuses in place is told and left.
//! A table that the contract does not have is never touched.
//!
//! Every table gets the tag `theory:contract` with the digest of the contract, by which `check --live` and
//! `theory::client::Verify` know of what it was made.
//!
//! ```no_run
//! # async fn example(sdk: aws_sdk_dynamodb::Client, contract: theory_export::Contract) -> Result<(), theory_export::ExportError> {
//! use theory_export::live::{self, Apply, Plan};
//!
//! let deployed = live::describe(&sdk, &contract).await?;
//! let plan = Plan::of(&contract, &deployed);
//! for step in plan.steps().iter().filter(|step| !step.destructive) {
//!     println!("{}: {}", step.table, step.what);
//! }
//! Apply::new(&contract).send(&sdk, &plan, |event| println!("{event}")).await?;
//! # Ok(())
//! # }
//! ```

mod plan;
mod run;

pub use plan::{Left, Plan, Step};
pub use run::{Apply, Event};

//! What is deployed: described, compared with a contract, and brought to it.
//!
//! | module | what |
//! |---|---|
//! | [`connect`] | an SDK client for a command line |
//! | `describe` | tables of DynamoDB in the words of the contract |
//! | [`apply`] | a plan that brings them to the contract, and its execution |
//! | [`backfill`] | items that exist, filled in by any number of processes |
//!
//! ```no_run
//! # async fn example(sdk: aws_sdk_dynamodb::Client, contract: theory_export::Contract) -> Result<(), theory_export::ExportError> {
//! use theory_export::check::{Check, CheckOptions};
//! use theory_export::live;
//!
//! let deployed = live::describe(&sdk, &contract).await?;
//! let check = Check::of(&contract, &deployed, &CheckOptions::default())?;
//! for finding in check.findings() {
//!     println!("{}: {}", finding.severity.as_str(), finding.what);
//! }
//! # Ok(())
//! # }
//! ```

pub mod apply;
pub mod backfill;
pub mod connect;
mod describe;
mod input;

pub use apply::{Apply, Event, Plan};
pub use backfill::{Backfill, Progress};
pub use connect::Connection;
pub use describe::describe;

use crate::error::ExportError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::fmt::Debug;

/// What DynamoDB answered to a request of the control plane that failed.
pub(crate) fn failed<E, R>(operation: &'static str, table: &str, error: SdkError<E, R>) -> ExportError
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    let is_answered = error.code().is_some();
    let why = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => unanswered(&error),
    };
    ExportError::DynamoDb { operation, table: table.into(), why, is_answered }
}

/// Why there was no answer, in the words of every cause, and what to look at.
fn unanswered<E, R>(error: &SdkError<E, R>) -> String
where
    E: StdError + 'static,
    R: Debug + 'static,
{
    let mut causes: Vec<String> = Vec::new();
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if !causes.iter().any(|known| known.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    let causes = causes.join(": ");
    let remedy = match error {
        _ if causes.contains("credentials") => {
            "give credentials by AWS_PROFILE, or by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        SdkError::ConstructionFailure(_) => "give a region by `--region` or AWS_REGION",
        _ => {
            "is the endpoint right (`--endpoint`, AWS_ENDPOINT_URL_DYNAMODB, the region), and is there a network?"
        }
    };
    format!("{causes}; {remedy}")
}

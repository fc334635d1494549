//! What passes is waited for: throttling, and a network or a service that fails for a moment.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::time::Duration;
use theory::{Error, ErrorKind};
use tokio::time::Instant;

/// The pauses before a request is sent again, beyond those of the client: half a minute in all.
const PAUSES: [Duration; 8] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(5),
    Duration::from_secs(5),
    Duration::from_secs(6),
    Duration::from_secs(7),
];

/// Whether a failure may be none in a while.
pub(super) trait Passes {
    fn passes(&self) -> bool;
}

impl<E: ProvideErrorMetadata> Passes for SdkError<E, HttpResponse> {
    fn passes(&self) -> bool {
        match self {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(refused) => {
                let throttled = matches!(
                    refused.err().code(),
                    Some(
                        "ThrottlingException"
                            | "ProvisionedThroughputExceededException"
                            | "RequestLimitExceeded"
                    )
                );
                throttled || refused.raw().status().is_server_error()
            }
            _ => false,
        }
    }
}

impl Passes for Error {
    fn passes(&self) -> bool {
        match self.kind() {
            ErrorKind::Throttled | ErrorKind::Transport | ErrorKind::Service => true,
            ErrorKind::Deadline => !self.is_out_of_time(),
            _ => false,
        }
    }
}

/// A backfill takes what the table has left, and is in no hurry; but it does not wait beyond its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) end: Option<Instant>,
}

impl Patience {
    /// Sends a request until it is answered. It must be one that may be sent twice. The last answer is given as it is.
    pub(super) async fn with<T, E: Passes, F: Future<Output = Result<T, E>>>(
        self,
        send: impl Fn() -> F,
    ) -> Result<T, E> {
        for pause in PAUSES {
            let in_time = self.end.is_none_or(|end| Instant::now() + pause < end);
            match send().await {
                Err(error) if error.passes() && in_time => tokio::time::sleep(pause).await,
                answer => return answer,
            }
        }
        send().await
    }
}

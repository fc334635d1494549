//! What an attempt proves about its execution.

use std::error::Error as StdError;
use std::io;

use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::error_body;

/// What is known of an attempt after it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// DynamoDB executed the request and we have its answer.
    Answered,
    /// DynamoDB did not execute the request: it said so, or the request never left.
    NotExecuted,
    /// Nobody knows.
    Unknown,
}

impl Outcome {
    pub(super) fn of(
        result: Option<Result<&Output, &OrchestratorError<Error>>>,
        response: Option<&HttpResponse>,
    ) -> Self {
        match result {
            None => Self::Unknown,
            Some(Ok(_)) => Self::Answered,
            Some(Err(error)) => {
                let not_executed = match response {
                    Some(response) => was_refused(response),
                    None => never_left(error),
                };
                if not_executed { Self::NotExecuted } else { Self::Unknown }
            }
        }
    }
}

/// The codes by which DynamoDB says that it did not take the request on, also where they come with a 5xx.
const THROTTLING: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "SlowDown",
];

pub(super) fn is_throttling(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// Whether a response says that the request was not executed.
fn was_refused(response: &HttpResponse) -> bool {
    let status = response.status().as_u16();
    is_refusal(status)
        || (500..=599).contains(&status)
            && response.body().bytes().and_then(error_code).is_some_and(is_throttling)
}

/// Whether a status alone says that the request was not executed.
pub(super) fn is_refusal(status: u16) -> bool {
    // A request timeout is the server's word on what it received, not on what it did with it.
    (400..=499).contains(&status) && status != 408
}

/// The error code in an error's body, without its namespace.
pub(super) fn error_code(body: &[u8]) -> Option<&str> {
    let code = error_body::text(error_body::member(body, &["__type", "code"])?)?;
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    Some(code.split_once('#').map_or(code, |(_, code)| code))
}

/// Whether an error without a response comes from before the sending.
///
/// Credentials, endpoint, signature, the hooks of interceptors and a missing HTTP client come before it, and leave
/// neither a timeout nor a connector's error behind.
fn never_left(error: &OrchestratorError<Error>) -> bool {
    match error.as_connector_error() {
        Some(error) => never_connected(error),
        None => !error.is_timeout_error() && !error.is_response_error() && !error.is_operation_error(),
    }
}

/// Whether an error of the connector proves that there was no connection to send on.
///
/// The SDK does not say so itself. What is looked for here are the errors that only the making of a connection
/// gives: a name that does not resolve, a refused or unreachable address, and hyper's own "connect" (which covers
/// TLS and a connect timeout), known by its text because its type is not ours to name. What is not recognised
/// counts as sent, which errs on the safe side.
fn never_connected(error: &ConnectorError) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = next {
        let refused = cause.downcast_ref::<io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::AddrNotAvailable
            )
        });
        if refused || cause.is::<ResolveDnsError>() || is_hyper_connect(cause) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn is_hyper_connect(error: &(dyn StdError + 'static)) -> bool {
    // Written to nowhere: the text is compared as it is produced.
    struct Expect<'a>(&'a str);
    impl std::fmt::Write for Expect<'_> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 = self.0.strip_prefix(text).ok_or(std::fmt::Error)?;
            Ok(())
        }
    }
    let mut expect = Expect("client error (Connect)");
    std::fmt::Write::write_fmt(&mut expect, format_args!("{error}")).is_ok() && expect.0.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Text(&'static str);
    impl std::fmt::Display for Text {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl StdError for Text {}

    #[test]
    fn a_connection_that_was_never_made_is_known() {
        let io = |kind: io::ErrorKind| ConnectorError::io(Box::new(io::Error::from(kind)));
        assert!(never_connected(&io(io::ErrorKind::ConnectionRefused)));
        assert!(!never_connected(&io(io::ErrorKind::ConnectionReset)));
        assert!(!never_connected(&io(io::ErrorKind::BrokenPipe)));
        assert!(!never_connected(&io(io::ErrorKind::UnexpectedEof)));
        assert!(never_connected(&ConnectorError::io(Box::new(Text("client error (Connect)")))));
        for other in ["client error (SendRequest)", "client error (Connect) and more", "client", ""] {
            assert!(!never_connected(&ConnectorError::io(Box::new(Text(other)))), "{other}");
        }
        assert!(never_connected(&ConnectorError::io(ResolveDnsError::new(Text("no such host")).into())));
    }

    #[test]
    fn codes_lose_their_namespace() {
        assert_eq!(error_code(br#"{"__type":"com.amazonaws.dynamodb.v20120810#Some"}"#), Some("Some"));
        assert_eq!(error_code(br#"{"message":"x","code":"Some:http://x"}"#), Some("Some"));
        assert_eq!(error_code(b"<html>"), None);
    }
}

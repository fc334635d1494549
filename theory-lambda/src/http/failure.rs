//! Errors of HTTP, as the SDK's retry policy wants to see them.

use std::error::Error as StdError;
use std::io;

use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::retry::ErrorKind;

/// What became of a request on a connection that stood.
pub(super) fn of(error: hyper::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_user() {
        ConnectorError::user(error.into())
    } else if error.is_closed() || error.is_canceled() || has_io(&error) {
        ConnectorError::io(error.into())
    } else if error.is_incomplete_message() {
        // The peer closed the connection where an answer should be.
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

fn has_io(error: &hyper::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = next {
        if cause.is::<io::Error>() {
            return true;
        }
        next = cause.source();
    }
    false
}

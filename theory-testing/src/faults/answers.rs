//! Answers that DynamoDB did not give, in its shape.

use std::io;
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};

use super::fault::{Cancellation, Throttle};
use crate::request::Request;

/// What the connector gives the SDK.
pub(super) type Answer = Result<HttpResponse, ConnectorError>;

/// DynamoDB accepts a signature for five minutes.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// An exception of DynamoDB's, with what it carries beside its message.
fn exception(status: u16, code: &str, message: &str, members: Value) -> Answer {
    let namespace = match code {
        "AccessDeniedException" | "InvalidSignatureException" | "SerializationException" => {
            "com.amazon.coral.service"
        }
        "ValidationException" => "com.amazon.coral.validate",
        "ServiceUnavailableException" => "com.amazon.coral.availability",
        _ => "com.amazonaws.dynamodb.v20120810",
    };
    let mut body = json!({ "__type": format!("{namespace}#{code}"), "message": message });
    if let (Value::Object(body), Value::Object(members)) = (&mut body, members) {
        body.extend(members);
    }
    answer(status, &body)
}

/// A body with the headers that DynamoDB gives it.
pub(super) fn answer(status: u16, body: &Value) -> Answer {
    let status = StatusCode::try_from(status).map_err(|e| ConnectorError::other(e.into(), None))?;
    let body = body.to_string();
    let (length, checksum) = (body.len().to_string(), crc32fast::hash(body.as_bytes()).to_string());
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    let headers = response.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.0");
    headers.insert("content-length", length);
    headers.insert("x-amz-crc32", checksum);
    headers.insert("x-amzn-requestid", "INJECTED");
    Ok(response)
}

pub(super) fn refusal(status: u16, code: &str, message: &str) -> Answer {
    exception(status, code, message, Value::Null)
}

pub(super) fn throttled(request: &Request, limit: Throttle) -> Answer {
    let index = request.body.get("IndexName").and_then(Value::as_str);
    let kind = if index.is_some() { "Index" } else { "Table" };
    let access = if request.operation.is_read() { "Read" } else { "Write" };
    let reason = format!("{kind}{access}{}", limit.limit());
    let reasons: Vec<_> = request
        .tables()
        .into_iter()
        .map(|table| json!({ "reason": reason, "resource": arn(table, index) }))
        .collect();

    let message = match limit {
        Throttle::Provisioned => {
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing your \
             provisioning level with the UpdateTable API."
        }
        Throttle::OnDemandMaximum | Throttle::KeyRange => {
            "Throughput exceeds the current capacity of your table or index."
        }
        Throttle::Account => "Throughput exceeds the current throughput limit for your account.",
    };
    // This one exception spells the member in lower case.
    let member =
        if limit.exception() == "ThrottlingException" { "throttlingReasons" } else { "ThrottlingReasons" };
    exception(400, limit.exception(), message, json!({ member: reasons }))
}

fn arn(table: &str, index: Option<&str>) -> String {
    let table = if table.starts_with("arn:") {
        table.to_owned()
    } else {
        format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}")
    };
    match index {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    }
}

/// A write that meets a transaction.
pub(super) fn conflict() -> Answer {
    let message = Cancellation::TransactionConflict.message();
    exception(400, "TransactionConflictException", message, Value::Null)
}

/// The cancellation of a transaction for one of its parts.
pub(super) fn canceled(request: &Request, place: usize, cancellation: Cancellation) -> Answer {
    let code = |part: usize| if part == place { cancellation.code() } else { "None" };
    let codes: Vec<_> = (0..request.len()).map(code).collect();
    let reasons: Vec<_> = codes
        .iter()
        .map(|&code| match code {
            "None" => json!({ "Code": code }),
            code => json!({ "Code": code, "Message": cancellation.message() }),
        })
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let members = json!({ "CancellationReasons": reasons, "Message": message });
    exception(400, "TransactionCanceledException", &message, members)
}

pub(super) fn in_progress() -> Answer {
    let message = "The transaction with the given request token is already in progress.";
    exception(400, "TransactionInProgressException", message, json!({ "Message": message }))
}

pub(super) fn server_error() -> Answer {
    exception(500, "InternalServerError", "Internal server error", Value::Null)
}

pub(super) fn unavailable() -> Answer {
    let message = "The service is temporarily unavailable.";
    exception(503, "ServiceUnavailableException", message, Value::Null)
}

pub(super) fn access_denied(request: &Request) -> Answer {
    let (operation, resource) = (request.operation, request.tables());
    let resource = resource.first().map_or_else(|| "*".to_owned(), |table| arn(table, None));
    let message = format!(
        "User: arn:aws:iam::000000000000:user/test is not authorized to perform: dynamodb:{operation} on resource: \
         {resource} because no identity-based policy allows the dynamodb:{operation} action"
    );
    exception(400, "AccessDeniedException", &message, Value::Null)
}

/// The refusal of a signature that is too old, by the clock that the answer carries.
pub(super) fn clock_skew() -> Answer {
    let there = SystemTime::now().checked_add(SKEW).unwrap_or_else(SystemTime::now);
    let message = "Signature expired: the time of the request is now earlier than the server's time - 5 min.";
    let mut response = exception(400, "InvalidSignatureException", message, Value::Null)?;
    if let Ok(date) = DateTime::from(there).fmt(Format::HttpDate) {
        response.headers_mut().insert("date", date);
    }
    Ok(response)
}

/// The error that the SDK's connector gives when its own time-out passes.
pub(super) fn timeout() -> ConnectorError {
    ConnectorError::timeout(io::Error::from(io::ErrorKind::TimedOut).into())
}

pub(super) fn reset() -> ConnectorError {
    ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionReset).into())
}

pub(super) fn refused() -> ConnectorError {
    ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionRefused).into())
}

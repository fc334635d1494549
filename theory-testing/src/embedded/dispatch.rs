//! From a request to its answer: what DynamoDB's front door does before and after an operation.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};

use super::arn;
use super::operation::{OPERATIONS, Operation, Refusal};
use super::shape;
use super::stack;

/// DynamoDB reads no request above 16 MB.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// An answer without its headers.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Answer {
    /// The refusal of bytes that are no JSON object. DynamoDB gives it no message.
    pub(super) fn unreadable() -> Self {
        Self::refuse(400, "com.amazon.coral.service#SerializationException", None)
    }

    fn unknown_operation() -> Self {
        Self::refuse(400, "com.amazon.coral.service#UnknownOperationException", None)
    }

    pub(super) fn throttled() -> Self {
        let kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
        Self::refuse(
            400,
            kind,
            Some("The level of configured provisioned throughput for the table was exceeded."),
        )
    }

    pub(super) fn internal(reason: &str) -> Self {
        Self::refuse(500, "com.amazonaws.dynamodb.v20120810#InternalServerError", Some(reason))
    }

    fn refuse(status: u16, kind: &str, message: Option<&str>) -> Self {
        let body = match message {
            Some(message) => json!({ "__type": kind, "message": message }),
            None => json!({ "__type": kind }),
        };
        Self { status, body: body.to_string() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Serialization(message) => {
                Self::refuse(400, "com.amazon.coral.service#SerializationException", Some(&message))
            }
            Refusal::Validation(message) => {
                Self::refuse(400, "com.amazon.coral.validate#ValidationException", Some(&message))
            }
            Refusal::Engine(error) => Self { status: error.status_code(), body: error.to_json() },
        }
    }
}

/// Answers one request: whatever its bytes are, there is an answer.
pub(super) fn answer(
    database: &Result<Database, DynoxideError>,
    target: Option<&str>,
    body: &[u8],
) -> Answer {
    let database = match database {
        Ok(database) => database,
        Err(error) => return Answer::internal(&error.to_string()),
    };
    let Some(operation) = target.and_then(operation) else {
        return Answer::unknown_operation();
    };
    if body.len() > LARGEST_BODY {
        return Answer::refuse(413, "com.amazonaws.dynamodb.v20120810#RequestEntityTooLarge", None);
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Answer::unreadable();
    };

    // The engine is a dependency with a large grammar. Should it panic, this request fails as an internal error
    // does in DynamoDB, and so do later ones when the panic left the engine's lock poisoned.
    match catch_unwind(AssertUnwindSafe(|| run(database, operation, text))) {
        Ok(Ok(body)) => Answer { status: 200, body },
        Ok(Err(answer)) => answer,
        Err(_) => Answer::internal("the embedded engine panicked"),
    }
}

/// Finds the operation that `x-amz-target` names, of DynamoDB or of its streams.
fn operation(target: &str) -> Option<&'static Operation> {
    let (service, name) = target.split_once('.')?;
    if !matches!(service, "DynamoDB_20120810" | "DynamoDBStreams_20120810") {
        return None;
    }
    OPERATIONS.iter().find(|operation| operation.name == name)
}

fn run(database: &Database, operation: &Operation, text: &str) -> Result<String, Answer> {
    let request: Value = match serde_json::from_str(text) {
        Ok(request) => request,
        Err(error) if shape::is_too_deep(&error) => {
            return Err(Refusal::Validation(shape::TOO_DEEP.to_owned()).into());
        }
        Err(_) => return Err(Answer::unreadable()),
    };
    let Value::Object(members) = &request else {
        return Err(Answer::unreadable());
    };
    shape::check(members).map_err(Refusal::Serialization)?;
    let named = arn::named(text, &request).map(|request| request.to_string());
    let text = named.as_deref().unwrap_or(text);

    let outcome = if stack::is_deep(&request) {
        stack::on_a_large_stack(|| (operation.run)(database, text))
            .ok_or_else(|| Answer::internal("the embedded engine panicked, or had no memory for its stack"))?
    } else {
        (operation.run)(database, text)
    };
    outcome.map_err(|refusal| enveloped(operation.name, refusal).into())
}

/// Puts the message of a malformed write where DynamoDB puts it: into an envelope, on single writes only.
fn enveloped(operation: &str, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Engine(DynoxideError::EnvelopedValidation(message)) => match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                Refusal::Validation(format!("1 validation error detected: {message}"))
            }
            _ => Refusal::Validation(message),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exception that answers `body`, without its namespace; `200` for success.
    fn kind(target: &str, body: &[u8]) -> String {
        let answer = answer(&Database::memory(), Some(target), body);
        if answer.status == 200 {
            return "200".to_owned();
        }
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        let kind = error["__type"].as_str().unwrap();
        format!("{} {}", answer.status, kind.split_once('#').unwrap().1)
    }

    fn put(body: &str) -> String {
        kind("DynamoDB_20120810.PutItem", body.as_bytes())
    }

    #[test]
    fn operations_are_known_by_service_and_name() {
        assert_eq!(kind("DynamoDB_20120810.ListTables", b"{}"), "200");
        assert_eq!(kind("DynamoDBStreams_20120810.ListStreams", b"{}"), "200");
        for target in
            ["", ".", "ListTables", "DynamoDB_20120810", "DynamoDB_20120810.listTables", "Other.ListTables"]
        {
            assert_eq!(kind(target, b"{}"), "400 UnknownOperationException", "{target:?}");
        }
        assert_eq!(answer(&Database::memory(), None, b"{}").status, 400);
    }

    #[test]
    fn damaged_bodies_are_serialization_exceptions() {
        let bodies: [&[u8]; 9] = [
            b"",
            b"{",
            b"[]",
            b"\"text\"",
            b"null",
            b"{\"TableName\":}",
            b"{\"TableName\":\"\xff\"}",
            b"{} {}",
            b"{\"TableName\":7}",
        ];
        for body in bodies {
            let kind = kind("DynamoDB_20120810.PutItem", body);
            assert_eq!(kind, "400 SerializationException", "{}", body.escape_ascii());
        }
    }

    #[test]
    fn members_of_a_wrong_type_are_serialization_exceptions() {
        for body in [
            r#"{"TableName":"t","Item":[]}"#,
            r#"{"TableName":"t","Item":{"id":"bare"}}"#,
            r#"{"TableName":"t","Item":{"id":{"S":1}}}"#,
            r#"{"TableName":"t","Item":{"id":{"S":"x"}},"ExpressionAttributeNames":["a"]}"#,
            r#"{"TableName":"t","Item":{"id":{"S":"x"}},"ExpressionAttributeValues":"v"}"#,
            r#"{"TableName":"t","Item":{"id":{"S":"x"}},"Expected":{"a":1}}"#,
        ] {
            assert_eq!(put(body), "400 SerializationException", "{body}");
        }
        for body in [r#"{"TableName":"t","KeySchema":{}}"#, r#"{"TableName":"t","AttributeDefinitions":[1]}"#]
        {
            let kind = kind("DynamoDB_20120810.CreateTable", body.as_bytes());
            assert_eq!(kind, "400 SerializationException", "{body}");
        }
    }

    #[test]
    fn well_formed_nonsense_is_a_validation_exception() {
        for body in [
            r#"{}"#,
            r#"{"TableName":"t"}"#,
            r#"{"TableName":"t","Item":{"id":{}}}"#,
            r#"{"TableName":"t","Item":{"id":{"S":"x","N":"1"}}}"#,
            r#"{"TableName":"t","Item":{"id":{"N":"1x"}}}"#,
            r#"{"TableName":"t","Item":{"id":{"SS":[]}}}"#,
        ] {
            assert_eq!(put(body), "400 ValidationException", "{body}");
        }
        let known = r#"{"TableName":"nowhere","Item":{"id":{"S":"x"}}}"#;
        assert_eq!(put(known), "400 ResourceNotFoundException");
    }

    #[test]
    fn no_prefix_of_the_engines_readers_reaches_a_message() {
        for body in [r#"{}"#, r#"{"TableName":"t","Item":{"id":{"NULL":false}}}"#] {
            let answer = answer(&Database::memory(), Some("DynamoDB_20120810.PutItem"), body.as_bytes());
            assert!(!answer.body.contains("VALIDATION"), "{}", answer.body);
        }
    }

    #[test]
    fn hostile_nesting_is_refused() {
        let deep = |levels: usize| {
            let (open, close) = (r#"{"M":{"a":"#.repeat(levels), "}}".repeat(levels));
            format!(r#"{{"TableName":"t","Item":{{"id":{{"S":"x"}},"d":{open}{{"S":"x"}}{close}}}}}"#)
        };
        for levels in [40, 100, 100_000] {
            assert_eq!(put(&deep(levels)), "400 ValidationException", "{levels} levels");
        }
        assert_eq!(put(&"[".repeat(100_000)), "400 ValidationException");
    }

    #[test]
    fn bodies_above_16_megabytes_are_too_large() {
        let body = format!(r#"{{"TableName":"t","Item":{{"id":{{"S":"{}"}}}}}}"#, "x".repeat(LARGEST_BODY));
        assert_eq!(put(&body), "413 RequestEntityTooLarge");
    }

    #[test]
    fn a_database_that_did_not_open_answers_with_its_reason() {
        let closed = Err(DynoxideError::InternalServerError("out of memory".to_owned()));
        let answer = answer(&closed, Some("DynamoDB_20120810.ListTables"), b"{}");
        assert_eq!(answer.status, 500);
        assert!(answer.body.contains("out of memory"));
    }
}

//! A request as it goes over the wire, read for rules and records.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::operation::Operation;

/// A request that the SDK sent.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What it asks for.
    pub operation: Operation,
    /// Which attempt of the SDK this is: 1 for the first, more where the SDK repeated a request.
    pub attempt: u32,
    /// The body; `Null` if it is not JSON.
    pub body: Value,
}

impl Request {
    pub(crate) fn read(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let target = headers.get("x-amz-target").unwrap_or_default();
        let name = target.split_once('.').map_or(target, |(_, name)| name);
        let attempt = headers.get("amz-sdk-request").and_then(attempt).unwrap_or(1);
        let body = request.body().bytes().and_then(|body| serde_json::from_slice(body).ok());
        Self { operation: Operation::named(name), attempt, body: body.unwrap_or_default() }
    }

    /// The tables that it names, as it names them: by name or ARN, in no order, none twice.
    pub fn tables(&self) -> Vec<&str> {
        let single = self.body.get("TableName").and_then(Value::as_str);
        let batch = self.body.get("RequestItems").and_then(Value::as_object);
        let transaction = self.body.get("TransactItems").and_then(Value::as_array);

        let mut tables: Vec<&str> = single.into_iter().collect();
        tables.extend(batch.into_iter().flatten().map(|(table, _)| table.as_str()));
        // Each part is an object with one member, whose name says what it does.
        let parts = transaction.into_iter().flatten().filter_map(Value::as_object).flatten();
        tables.extend(parts.filter_map(|(_, part)| part.get("TableName")?.as_str()));
        tables.sort_unstable();
        tables.dedup();
        tables
    }

    /// How many parts it has: of a transaction its items, of a batch its keys or items, of any other request one.
    pub fn len(&self) -> usize {
        let entries = |table: &Value| table.get("Keys").unwrap_or(table).as_array().map_or(0, Vec::len);
        if let Some(parts) = self.body.get("TransactItems").and_then(Value::as_array) {
            parts.len()
        } else if let Some(tables) = self.body.get("RequestItems").and_then(Value::as_object) {
            tables.values().map(entries).sum()
        } else {
            1
        }
    }

    /// Whether it is a batch or a transaction of nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The number in a header such as `attempt=2; max=3`.
fn attempt(header: &str) -> Option<u32> {
    header.split(';').find_map(|part| part.trim().strip_prefix("attempt="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use serde_json::json;

    use super::*;

    fn request(target: &str, attempt: &str, body: &str) -> Request {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.headers_mut().insert("x-amz-target", target.to_owned());
        request.headers_mut().insert("amz-sdk-request", attempt.to_owned());
        Request::read(&request)
    }

    #[test]
    fn operation_attempt_and_body_are_read() {
        let read = request("DynamoDB_20120810.PutItem", "attempt=2; max=4", r#"{"TableName":"t"}"#);
        assert_eq!(read.operation, Operation::PutItem);
        assert_eq!(read.attempt, 2);
        assert_eq!(read.body, json!({ "TableName": "t" }));
        let read = request("DynamoDB_20120810.PutItem", "ttl=20250101T000000Z; attempt=3; max=4", "{}");
        assert_eq!(read.attempt, 3);
        let read = request("DynamoDB_20120810.Nothing", "", "no json");
        assert_eq!((read.operation, read.attempt, read.body), (Operation::Other, 1, Value::Null));
    }

    #[test]
    fn tables_and_parts_are_counted_wherever_they_stand() {
        let read = |body: Value| request("DynamoDB_20120810.X", "", &body.to_string());
        let single = read(json!({ "TableName": "a" }));
        assert_eq!((single.tables(), single.len()), (vec!["a"], 1));
        let writes = read(json!({ "RequestItems": { "a": [{}, {}], "b": [{}] } }));
        assert_eq!((writes.tables(), writes.len()), (vec!["a", "b"], 3));
        let reads = read(json!({ "RequestItems": { "a": { "Keys": [{}, {}] } } }));
        assert_eq!((reads.tables(), reads.len()), (vec!["a"], 2));
        let parts = read(json!({ "TransactItems": [
            { "Put": { "TableName": "b" } }, { "Delete": { "TableName": "a" } }, { "Put": { "TableName": "b" } },
        ] }));
        assert_eq!((parts.tables(), parts.len()), (vec!["a", "b"], 3));
    }
}

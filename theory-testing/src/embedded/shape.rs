//! The JSON types of a request's members, where the engine's own readers take any.
//!
//! The SDK cannot write a wrong type. A serializer of one's own can, and DynamoDB would refuse it.

use serde_json::{Map, Value};

/// DynamoDB's words for a document nested deeper than it reads.
pub(super) const TOO_DEEP: &str = "Nesting Levels have exceeded supported limits";

/// Members that hold one attribute value, or one structure, by name.
const STRUCTURES_BY_NAME: &[&str] = &[
    "AttributeUpdates",
    "Expected",
    "ExclusiveStartKey",
    "ExpressionAttributeValues",
    "Item",
    "Key",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
];

/// Members that are a JSON object of anything.
const OBJECTS: &[&str] =
    &["ExpressionAttributeNames", "ProvisionedThroughput", "RequestItems", "StreamSpecification"];

/// Members that are a JSON array of objects.
const LISTS_OF_STRUCTURES: &[&str] = &[
    "AttributeDefinitions",
    "GlobalSecondaryIndexUpdates",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "Tags",
    "TransactItems",
];

/// Whether the JSON reader gave up on depth rather than on syntax.
///
/// DynamoDB's values nest 32 deep, which is well within what the reader follows.
pub(super) fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// Checks the members of a request; the error names the first of a wrong type.
pub(super) fn check(members: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in members {
        let name = name.as_str();
        let right = match value {
            // As if absent.
            Value::Null => true,
            Value::Object(inner) if STRUCTURES_BY_NAME.contains(&name) => {
                inner.values().all(|value| value.is_object() || value.is_null())
            }
            Value::Array(inner) if LISTS_OF_STRUCTURES.contains(&name) => {
                inner.iter().all(|value| value.is_object() || value.is_null())
            }
            Value::Object(_) => !LISTS_OF_STRUCTURES.contains(&name),
            Value::Array(_) => !STRUCTURES_BY_NAME.contains(&name) && !OBJECTS.contains(&name),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                ![STRUCTURES_BY_NAME, OBJECTS, LISTS_OF_STRUCTURES].concat().contains(&name)
            }
        };
        if !right {
            return Err(format!("unexpected JSON type in {name}"));
        }
    }
    Ok(())
}

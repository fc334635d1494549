//! The operations of the engine, each from JSON to JSON.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An operation by the name that requests give it.
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// Reads the request, carries it out and writes the response.
    pub(super) run: fn(&Database, &str) -> Result<String, Refusal>,
}

/// Why a request has no response.
pub(super) enum Refusal {
    /// The JSON is not that of this operation.
    Serialization(String),
    /// The JSON is right and what it says is not.
    Validation(String),
    /// The engine said so.
    Engine(DynoxideError),
}

macro_rules! operations {
    ($($name:literal => $method:ident,)*) => {
        /// Every operation that the engine has.
        pub(super) const OPERATIONS: &[Operation] = &[
            $(Operation {
                name: $name,
                run: |database, text| {
                    respond(database.$method(decode(text)?).map_err(Refusal::Engine)?)
                },
            },)*
        ];
    };
}

operations! {
    "BatchExecuteStatement" => batch_execute_statement,
    "BatchGetItem" => batch_get_item,
    "BatchWriteItem" => batch_write_item,
    "CreateTable" => create_table,
    "DeleteItem" => delete_item,
    "DeleteTable" => delete_table,
    "DescribeStream" => describe_stream,
    "DescribeTable" => describe_table,
    "DescribeTimeToLive" => describe_time_to_live,
    "ExecuteStatement" => execute_statement,
    "ExecuteTransaction" => execute_transaction,
    "GetItem" => get_item,
    "GetRecords" => get_records,
    "GetShardIterator" => get_shard_iterator,
    "ListStreams" => list_streams,
    "ListTables" => list_tables,
    "ListTagsOfResource" => list_tags_of_resource,
    "PutItem" => put_item,
    "Query" => query,
    "Scan" => scan,
    "TagResource" => tag_resource,
    "TransactGetItems" => transact_get_items,
    "TransactWriteItems" => transact_write_items,
    "UntagResource" => untag_resource,
    "UpdateItem" => update_item,
    "UpdateTable" => update_table,
    "UpdateTimeToLive" => update_time_to_live,
}

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| classify(&error.to_string()))
}

fn respond(response: impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(&response)
        .map_err(|error| Refusal::Engine(DynoxideError::InternalServerError(error.to_string())))
}

/// Tells which exception a request that could not be read deserves.
///
/// The engine's readers check more than types, and name the exception in a prefix of their message. Without a
/// prefix, what is missing or of no known name is invalid, and what is of the wrong type is malformed.
fn classify(message: &str) -> Refusal {
    let message = message.rfind(" at line ").map_or(message, |position| &message[..position]);
    let prefixed = |prefix| message.strip_prefix(prefix).map(str::to_owned);

    if let Some(message) = prefixed("VALIDATION_REQUEST:") {
        return Refusal::Engine(DynoxideError::EnvelopedValidation(message));
    }
    if let Some(message) = prefixed("VALIDATION_AS_READ:").or_else(|| prefixed("VALIDATION:")) {
        return Refusal::Validation(message);
    }
    if let Some(message) = prefixed("SERIALIZATION_AS_READ:").or_else(|| prefixed("SERIALIZATION:")) {
        return Refusal::Serialization(message);
    }

    const INVALID: [&str; 5] = [
        "missing field",
        "unknown variant",
        "invalid type: null",
        "empty AttributeValue",
        "Supplied AttributeValue",
    ];
    if INVALID.iter().any(|words| message.contains(words)) {
        Refusal::Validation(message.to_owned())
    } else {
        Refusal::Serialization(message.to_owned())
    }
}

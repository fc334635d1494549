//! Batches of which only a part is done.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value};

use super::answers::{Answer, answer};
use super::body;
use super::random::Random;
use crate::operation::Operation;
use crate::request::Request;

/// A batch cut in two.
pub(super) struct Split {
    /// The body of a request for what is to be done.
    pub(super) done: Value,
    /// The `RequestItems` of the rest.
    left: Map<String, Value>,
}

/// Cuts a batch in two, leaving its last entries, or some at random; `None` if nothing would be done.
pub(super) fn split(request: &Request, leaving: Option<usize>, random: &mut Random) -> Option<Split> {
    let entries = request.len();
    let count = leaving.unwrap_or_else(|| 1 + random.below(entries.saturating_sub(1)));
    if count >= entries {
        return None;
    }
    let mut order: Vec<usize> = (0..entries).collect();
    if leaving.is_none() {
        for place in (1..entries).rev() {
            order.swap(place, random.below(place + 1));
        }
    }
    let chosen = order.split_off(entries - count);

    let mut done = request.body.clone();
    let mut left = Map::new();
    let mut numbers = 0..;
    let tables = done.get_mut("RequestItems")?.as_object_mut()?;
    for (name, table) in tables.iter_mut() {
        let entries = std::mem::take(entries_of(table)?);
        let (rest, now): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|_| numbers.next().is_some_and(|n| chosen.contains(&n)));
        if !rest.is_empty() {
            // With the table's projection and the like.
            let mut other = table.clone();
            *entries_of(&mut other)? = rest;
            left.insert(name.clone(), other);
        }
        *entries_of(table)? = now;
    }
    tables.retain(|_, table| entries_of(table).is_some_and(|entries| !entries.is_empty()));
    Some(Split { done, left })
}

/// The entries of one table: an array of writes, or the `Keys` of reads.
fn entries_of(table: &mut Value) -> Option<&mut Vec<Value>> {
    match table {
        Value::Object(table) => table.get_mut("Keys")?.as_array_mut(),
        table => table.as_array_mut(),
    }
}

/// The request with another body.
pub(super) fn rewritten(mut request: HttpRequest, body: &Value) -> HttpRequest {
    let body = body.to_string();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    request
}

impl Split {
    /// The answer to the whole request, from the answer to its part.
    pub(super) async fn merge(self, operation: Operation, mut response: HttpResponse) -> Answer {
        if !response.status().is_success() {
            return Ok(response);
        }
        let bytes = body::take(&mut response).await?;
        let Ok(mut body) = serde_json::from_slice::<Value>(&bytes) else {
            // Not an answer that could be extended.
            *response.body_mut() = SdkBody::from(bytes);
            return Ok(response);
        };
        let member =
            if operation == Operation::BatchGetItem { "UnprocessedKeys" } else { "UnprocessedItems" };
        if let Some(members) = body.as_object_mut() {
            let unprocessed = members.entry(member).or_insert(Value::Null);
            if !unprocessed.is_object() {
                *unprocessed = Value::Object(Map::new());
            }
            for (name, mut table) in self.left {
                // The engine itself may have left something.
                let also = unprocessed.get_mut(&name).and_then(entries_of).map(std::mem::take);
                if let (Some(also), Some(entries)) = (also, entries_of(&mut table)) {
                    entries.splice(0..0, also);
                }
                unprocessed[name] = table;
            }
        }
        answer(response.status().as_u16(), &body)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(operation: Operation, items: Value) -> Request {
        Request {
            operation,
            attempt: 1,
            body: json!({ "RequestItems": items, "ReturnConsumedCapacity": "TOTAL" }),
        }
    }

    #[test]
    fn every_entry_is_either_done_or_left() {
        let items = json!({ "a": [1, 2, 3], "b": [4], "c": [5, 6] });
        for seed in 0..200 {
            let request = request(Operation::BatchWriteItem, items.clone());
            let Split { mut done, mut left } = split(&request, None, &mut Random::new(seed, 0)).unwrap();
            let collect = |tables: &mut Map<String, Value>| -> Vec<u64> {
                let entries = tables.values_mut().flat_map(|table| entries_of(table).unwrap().clone());
                entries.map(|entry| entry.as_u64().unwrap()).collect()
            };
            let mut all = collect(done["RequestItems"].as_object_mut().unwrap());
            let rest = collect(&mut left);
            assert!(!all.is_empty() && !rest.is_empty(), "{seed}");
            all.extend(rest);
            all.sort_unstable();
            assert_eq!(all, [1, 2, 3, 4, 5, 6]);
            assert_eq!(done["ReturnConsumedCapacity"], "TOTAL");
        }
    }

    #[test]
    fn the_last_ones_are_left_with_their_tables_settings() {
        let items = json!({
            "a": { "Keys": [1, 2], "ConsistentRead": true },
            "b": { "Keys": [3], "ProjectionExpression": "x" },
        });
        let request = request(Operation::BatchGetItem, items);
        let mut random = Random::new(0, 0);
        let Split { done, left } = split(&request, Some(2), &mut random).unwrap();
        assert_eq!(done["RequestItems"], json!({ "a": { "Keys": [1], "ConsistentRead": true } }));
        let expected = json!({
            "a": { "Keys": [2], "ConsistentRead": true },
            "b": { "Keys": [3], "ProjectionExpression": "x" },
        });
        assert_eq!(Value::Object(left), expected);
        assert!(split(&request, Some(3), &mut random).is_none());
        assert!(split(&request, Some(0), &mut random).unwrap().left.is_empty());
    }

    #[test]
    fn one_entry_has_no_part() {
        let request = request(Operation::BatchWriteItem, json!({ "a": [1] }));
        assert!(split(&request, None, &mut Random::new(0, 0)).is_none());
    }
}

//! Tables named by their ARN, which DynamoDB takes wherever it takes a name, and the engine does not.
//!
//! All accounts and Regions are one here: of an ARN only the name of the table counts.

use serde_json::{Map, Value};

/// The request with names in place of ARNs; `None` where it has none.
pub(super) fn named(text: &str, request: &Value) -> Option<Value> {
    // Most requests have nothing like it, and are not copied.
    if !text.contains(":table/") && !text.contains(r":table\/") {
        return None;
    }
    let mut request = request.clone();
    let mut changed = false;
    let members = request.as_object_mut()?;
    name_member(members, &mut changed);
    if let Some(Value::Array(items)) = members.get_mut("TransactItems") {
        let operations = items.iter_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
        operations
            .filter_map(Value::as_object_mut)
            .for_each(|operation| name_member(operation, &mut changed));
    }
    if let Some(Value::Object(tables)) = members.get_mut("RequestItems") {
        // Two of one table stay two, so that the engine refuses what DynamoDB refuses.
        let arns: Vec<_> = tables.keys().filter(|table| name(table).is_some()).cloned().collect();
        for arn in arns {
            if let Some(name) = name(&arn).filter(|name| !tables.contains_key(*name))
                && let Some(of_table) = tables.remove(&arn)
            {
                tables.insert(name.to_owned(), of_table);
                changed = true;
            }
        }
    }
    changed.then_some(request)
}

fn name_member(members: &mut Map<String, Value>, changed: &mut bool) {
    if let Some(Value::String(table)) = members.get_mut("TableName")
        && let Some(name) = name(table)
    {
        *table = name.to_owned();
        *changed = true;
    }
}

/// The name in the ARN of a table.
fn name(arn: &str) -> Option<&str> {
    let (before, name) = arn.split_once(":table/")?;
    (before.starts_with("arn:") && !name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t";

    fn of(request: &Value) -> Option<Value> {
        named(&request.to_string(), request)
    }

    #[test]
    fn arns_become_names_where_tables_are_named() {
        let keyed = |table: &str| Value::Object(Map::from_iter([(table.to_owned(), json!([]))]));
        for request in [
            |table: &str, _: &Value| json!({ "TableName": table, "Key": { "id": { "S": ARN } } }),
            |table: &str, _: &Value| json!({ "TransactItems": [{ "Put": { "TableName": table } }, null] }),
            |_: &str, items: &Value| json!({ "RequestItems": items }),
        ] {
            assert_eq!(of(&request(ARN, &keyed(ARN))), Some(request("t", &keyed("t"))));
            assert_eq!(of(&request("t", &keyed("t"))), None);
        }
    }

    #[test]
    fn nothing_else_changes() {
        let stream = format!("{ARN}/stream/2026");
        for request in [
            json!({ "ResourceArn": ARN }),
            json!({ "TableName": stream }),
            json!({ "TableName": ":table/t" }),
            json!({ "TableName": "t", "Item": { "TableName": { "S": ARN } } }),
            json!({ "RequestItems": { "t": [], ARN: [] } }),
            json!({ "TransactItems": ARN, "RequestItems": [ARN], "TableName": [ARN] }),
            json!([ARN]),
        ] {
            assert_eq!(of(&request), None, "{request}");
        }
    }
}

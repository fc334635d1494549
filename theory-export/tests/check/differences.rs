//! How bad each difference is.

use crate::{findings, one, told};
use serde_json::{Value, json};

/// One table in a template, with these properties beside the key.
fn template(properties: Value) -> String {
    let mut table = json!({
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": "shop",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
        }
    });
    for (name, value) in properties.as_object().unwrap() {
        table["Properties"][name] = value.clone();
    }
    json!({ "Resources": { "Shop": table } }).to_string()
}

fn check(declared: Value, found: Value, expected: &[&str]) {
    assert_eq!(
        told(&findings(&one(declared.clone()), &template(found.clone()))),
        expected,
        "{declared} {found}"
    );
}

fn index(name: &str, projection: Value) -> Value {
    json!({ "IndexName": name, "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }], "Projection": projection })
}

fn declared_index(projection: Value) -> Value {
    json!({ "indexes": [{ "name": "by_x", "kind": "global", "key": { "partition": [{ "name": "pk", "type": "S" }] }, "projection": projection }] })
}

#[test]
fn keys() {
    check(json!({}), json!({}), &[]);
    let number = json!({ "key": { "partition": [{ "name": "pk", "type": "N" }] } });
    check(number, json!({}), &["error tables/shop/key"]);
    check(
        json!({}),
        json!({ "AttributeDefinitions": [] }),
        &["error tables/shop/key", "note tables/shop/key"],
    );
    let unused = json!([{ "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "x", "AttributeType": "S" }]);
    check(json!({}), json!({ "AttributeDefinitions": unused }), &["error tables/shop/key"]);
    check(json!({}), json!({ "TableName": "shop2" }), &["error tables/shop/name"]);
}

#[test]
fn indexes() {
    let all = json!({ "type": "ALL" });
    let some = json!({ "type": "INCLUDE", "attributes": ["a", "b"] });
    let with = |projection: Value| json!({ "GlobalSecondaryIndexes": [index("by_x", projection)] });
    check(declared_index(all.clone()), json!({}), &["error tables/shop/indexes/by_x"]);
    check(json!({}), with(json!({ "ProjectionType": "ALL" })), &["warning tables/shop/indexes/by_x"]);
    let less = with(json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["b"] }));
    check(declared_index(some.clone()), less, &["error tables/shop/indexes/by_x/projection"]);
    let more = with(json!({ "ProjectionType": "ALL" }));
    check(declared_index(some.clone()), more, &["warning tables/shop/indexes/by_x/projection"]);
    // The order means nothing, and a key is in the index whether it is named or not.
    let same = with(json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "pk", "a"] }));
    check(declared_index(some), same, &[]);
    let local = json!({ "LocalSecondaryIndexes": [index("by_x", json!({ "ProjectionType": "ALL" }))] });
    check(declared_index(all), local, &["error tables/shop/indexes/by_x/kind"]);
}

#[test]
fn what_may_lose_data_is_an_error_and_what_costs_a_warning() {
    check(json!({ "ttl": "x" }), json!({}), &["error tables/shop/ttl"]);
    let ttl = json!({ "TimeToLiveSpecification": { "AttributeName": "y", "Enabled": "true" } });
    check(json!({}), ttl.clone(), &["error tables/shop/ttl"]);
    check(json!({ "ttl": "x" }), ttl, &["error tables/shop/ttl"]);
    let off = json!({ "TimeToLiveSpecification": { "AttributeName": "x", "Enabled": false } });
    check(json!({}), off, &[]);
    check(json!({ "stream": "KEYS_ONLY" }), json!({}), &["error tables/shop/stream"]);
    let stream = json!({ "StreamSpecification": { "StreamViewType": "NEW_IMAGE" } });
    check(json!({}), stream.clone(), &["warning tables/shop/stream"]);
    check(json!({ "stream": "KEYS_ONLY" }), stream, &["error tables/shop/stream"]);
    check(
        json!({ "pointInTimeRecovery": { "days": 35 } }),
        json!({}),
        &["error tables/shop/pointInTimeRecovery"],
    );
    let recovery = json!({ "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true } });
    check(json!({ "pointInTimeRecovery": { "days": 35 } }), recovery.clone(), &[]);
    check(json!({}), recovery, &["note tables/shop/pointInTimeRecovery"]);
    check(json!({ "deletionProtection": true }), json!({}), &["error tables/shop/deletionProtection"]);
    check(json!({ "class": "STANDARD_INFREQUENT_ACCESS" }), json!({}), &["warning tables/shop/class"]);
    check(json!({ "encryption": { "key": "awsManaged" } }), json!({}), &["error tables/shop/encryption"]);
    let policy = json!({ "ResourcePolicy": { "PolicyDocument": { "Statement": [] } } });
    check(json!({}), policy, &["error tables/shop/resourcePolicy"]);
    check(
        json!({ "tags": { "a": "1" } }),
        json!({ "Tags": [{ "Key": "b", "Value": "1" }] }),
        &["warning tables/shop/tags/a", "note tables/shop/tags/b"],
    );
    let replicas = json!({ "replicas": [{ "region": "eu-west-1" }] });
    check(replicas, json!({}), &["error tables/shop/replicas/eu-west-1"]);
}

#[test]
fn capacity_is_a_warning() {
    check(
        json!({}),
        json!({ "OnDemandThroughput": { "MaxReadRequestUnits": 5 } }),
        &["warning tables/shop/billing/maxReadUnits"],
    );
    let provisioned = json!({ "BillingMode": "PROVISIONED", "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": "6" } });
    check(json!({}), provisioned.clone(), &["warning tables/shop/billing/mode"]);
    let declared =
        json!({ "billing": { "mode": "provisioned", "read": { "units": 5 }, "write": { "units": 7 } } });
    check(declared, provisioned, &["warning tables/shop/billing/write"]);
    check(
        json!({ "warmThroughput": { "readUnits": 13000, "writeUnits": 5000 } }),
        json!({}),
        &["warning tables/shop/warmThroughput"],
    );
    check(
        json!({}),
        json!({ "WarmThroughput": { "ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000 } }),
        &["note tables/shop/warmThroughput"],
    );
}

#[test]
fn tables_that_only_one_side_has() {
    let other = template(json!({ "TableName": "else" })).replace("\"Shop\"", "\"Other\"");
    assert_eq!(told(&findings(&one(json!({})), &other)), ["error tables/shop", "note Resources/Other"]);
    assert_eq!(told(&findings(&one(json!({})), r#"{"Resources":{}}"#)), ["error tables/shop"]);
}

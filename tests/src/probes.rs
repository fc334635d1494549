//! Finds out what an engine can do by doing it.
//!
//! A probe is written as JSON, so that it asks the engine and not what this version of the SDK has a type for.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::call::Refusal;
use crate::capabilities::Capability;
use crate::sandbox::Sandbox;

/// Whether the engine has a capability.
///
/// # Panics
///
/// When the engine refuses what every engine must be able to do.
pub async fn probe(sandbox: &Sandbox, capability: Capability) -> bool {
    match capability {
        Capability::MultiAttributeKeys => multi_attribute_keys(sandbox).await,
        Capability::OnDemandMaximum => {
            let maximum = json!({"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 9});
            echoes(sandbox, "OnDemandThroughput", maximum, "/OnDemandThroughput/MaxReadRequestUnits").await
        }
        Capability::Tags => tags(sandbox).await,
        Capability::ServerSideEncryption => {
            let settings = json!({"Enabled": true, "SSEType": "KMS"});
            echoes(sandbox, "SSESpecification", settings, "/SSEDescription/Status").await
        }
        Capability::TableClass => {
            let class = json!("STANDARD_INFREQUENT_ACCESS");
            echoes(sandbox, "TableClass", class, "/TableClassSummary/TableClass").await
        }
        Capability::WarmThroughput => {
            let settings = json!({"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000});
            echoes(sandbox, "WarmThroughput", settings, "/WarmThroughput/ReadUnitsPerSecond").await
        }
        Capability::PointInTimeRecovery => {
            let table = create(sandbox, "pitr", json!({})).await.expect("a plain table");
            sandbox.call("DescribeContinuousBackups", &json!({"TableName": table})).await.is_ok()
        }
        Capability::StreamsSkipUnchanged => {
            let table = create_with_stream(sandbox, "unchanged").await;
            let item = json!({"id": {"S": "same"}, "n": {"N": "1"}});
            put(sandbox, &table, &item).await;
            put(sandbox, &table, &item).await;
            records(sandbox, &table).await.len() == 1
        }
        Capability::TimeToLiveIdentity => time_to_live_identity(sandbox).await,
        Capability::TimeToLiveKeepsOld => {
            let table = create_with_stream(sandbox, "old").await;
            expire(sandbox, &table, &[("old", 6 * 365 * DAY), ("recent", DAY)]).await;
            let request = json!({"TableName": table, "Key": {"id": {"S": "old"}}});
            sandbox.call("GetItem", &request).await.is_ok_and(|answer| answer["Item"].is_object())
        }
        Capability::TimeToLiveOnDemand => sandbox.embedded().is_some(),
        Capability::TransactionCapacity => transaction_capacity(sandbox).await,
        Capability::OldItemOfUpsert => {
            let table = create(sandbox, "upsert", json!({})).await.expect("a plain table");
            let request = json!({"TableName": table, "Key": {"id": {"S": "new"}}, "ReturnValues": "ALL_OLD"});
            let answer = sandbox.call("UpdateItem", &request).await.expect("the item is made");
            answer.get("Attributes").is_none()
        }
        Capability::DamagedBodies => {
            let refusal = sandbox.call_bytes("ListTables", b"{".to_vec()).await;
            refusal.is_err_and(|refusal| refusal.status == 400 && refusal.kind == "SerializationException")
        }
        Capability::TableArns => table_arns(sandbox).await,
        Capability::StrictTypes => {
            let table = create(sandbox, "strict", json!({})).await.expect("a plain table");
            let request = json!({"TableName": table, "Item": {"id": {"S": 1}}});
            let refusal = sandbox.call("PutItem", &request).await;
            refusal.is_err_and(|refusal| refusal.kind == "SerializationException")
        }
    }
}

/// Creates a table with the string key `id`, and what else `more` says; returns its name.
async fn create(sandbox: &Sandbox, name: &str, more: Value) -> Result<String, Refusal> {
    let table = sandbox.table(name);
    let mut request = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    });
    if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
        request.extend(more);
    }
    sandbox.call("CreateTable", &request).await.map(|_| table)
}

async fn create_with_stream(sandbox: &Sandbox, name: &str) -> String {
    let stream =
        json!({"StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}});
    create(sandbox, name, stream).await.expect("a table with a stream")
}

async fn put(sandbox: &Sandbox, table: &str, item: &Value) {
    let request = json!({"TableName": table, "Item": item});
    sandbox.call("PutItem", &request).await.expect("an item is put");
}

/// Whether `DescribeTable` tells of a setting that `CreateTable` was given.
async fn echoes(sandbox: &Sandbox, member: &str, setting: Value, pointer: &str) -> bool {
    let Ok(table) = create(sandbox, member, json!({ member: setting })).await else {
        return false;
    };
    let description = sandbox.call("DescribeTable", &json!({"TableName": table})).await.expect("it exists");
    description["Table"].pointer(pointer).is_some()
}

async fn multi_attribute_keys(sandbox: &Sandbox) -> bool {
    let string = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let index = json!({
        "AttributeDefinitions": [string("id"), string("a"), string("b"), string("c"), string("d")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "many",
            "KeySchema": [key("a", "HASH"), key("b", "HASH"), key("c", "RANGE"), key("d", "RANGE")],
            "Projection": {"ProjectionType": "ALL"},
        }],
    });
    let Ok(table) = create(sandbox, "multi", index).await else {
        return false;
    };
    let s = |value: &str| json!({ "S": value });
    put(sandbox, &table, &json!({"id": s("1"), "a": s("A"), "b": s("B"), "c": s("C"), "d": s("D")})).await;
    let query = json!({
        "TableName": table,
        "IndexName": "many",
        "KeyConditionExpression": "a = :a AND b = :b AND c = :c AND begins_with(d, :d)",
        "ExpressionAttributeValues": {":a": s("A"), ":b": s("B"), ":c": s("C"), ":d": s("D")},
    });
    sandbox.call("Query", &query).await.is_ok_and(|answer| answer["Count"] == 1)
}

async fn tags(sandbox: &Sandbox) -> bool {
    let tags = json!({"Tags": [{"Key": "team", "Value": "theory"}]});
    let Ok(table) = create(sandbox, "tags", tags).await else {
        return false;
    };
    let description = sandbox.call("DescribeTable", &json!({"TableName": table})).await.expect("it exists");
    let request = json!({"ResourceArn": description["Table"]["TableArn"]});
    sandbox
        .call("ListTagsOfResource", &request)
        .await
        .is_ok_and(|answer| answer.pointer("/Tags/0/Value") == Some(&json!("theory")))
}

async fn table_arns(sandbox: &Sandbox) -> bool {
    let table = create(sandbox, "arns", json!({})).await.expect("a plain table");
    let description = sandbox.call("DescribeTable", &json!({"TableName": table})).await.expect("it exists");
    let arn = &description["Table"]["TableArn"];
    let key = json!({"id": {"S": "x"}});
    sandbox.call("GetItem", &json!({"TableName": arn, "Key": key})).await.is_ok()
}

async fn transaction_capacity(sandbox: &Sandbox) -> bool {
    let table = create(sandbox, "capacity", json!({})).await.expect("a plain table");
    let request = json!({
        "ReturnConsumedCapacity": "TOTAL",
        "TransactItems": [{"Put": {"TableName": table, "Item": {"id": {"S": "x"}}}}],
    });
    let answer = sandbox.call("TransactWriteItems", &request).await.expect("a transaction of one");
    // One write of up to a kilobyte costs two units in a transaction.
    answer.pointer("/ConsumedCapacity/0/CapacityUnits").and_then(Value::as_f64) == Some(2.0)
}

const DAY: u64 = 24 * 60 * 60;

/// Puts items that expired so many seconds ago, and waits until the last of them is deleted; returns its record.
async fn expire(sandbox: &Sandbox, table: &str, items: &[(&str, u64)]) -> Value {
    let request = json!({
        "TableName": table,
        "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires"},
    });
    sandbox.call("UpdateTimeToLive", &request).await.expect("time to live is switched on");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for (id, ago) in items {
        let expires = now.saturating_sub(*ago).to_string();
        put(sandbox, table, &json!({"id": {"S": id}, "expires": {"N": expires}})).await;
    }
    let deletion = async || {
        let last = items.last().map_or(Value::Null, |(id, _)| json!(id));
        let removed =
            |record: &Value| record["eventName"] == "REMOVE" && record["dynamodb"]["Keys"]["id"]["S"] == last;
        records(sandbox, table).await.into_iter().find(removed)
    };
    assert!(sandbox.eventually(async || deletion().await.is_some()).await, "the item never expired");
    deletion().await.unwrap_or_default()
}

async fn time_to_live_identity(sandbox: &Sandbox) -> bool {
    let table = create_with_stream(sandbox, "ttl").await;
    let record = expire(sandbox, &table, &[("expired", DAY)]).await;
    // The names that the API's model gives the members, which is what an SDK reads.
    let identity = &record["userIdentity"];
    identity["PrincipalId"] == "dynamodb.amazonaws.com" && identity["Type"] == "Service"
}

/// All records of a table's stream so far.
async fn records(sandbox: &Sandbox, table: &str) -> Vec<Value> {
    let call =
        async |operation, request: Value| sandbox.call(operation, &request).await.expect("streams work");
    let described = call("DescribeTable", json!({ "TableName": table })).await;
    let arn = &described["Table"]["LatestStreamArn"];
    let stream = call("DescribeStream", json!({ "StreamArn": arn })).await;
    let mut records = Vec::new();
    for shard in stream["StreamDescription"]["Shards"].as_array().into_iter().flatten() {
        let request =
            json!({"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"});
        let iterator = call("GetShardIterator", request).await;
        let answer = call("GetRecords", json!({ "ShardIterator": iterator["ShardIterator"] })).await;
        records.extend(answer["Records"].as_array().cloned().unwrap_or_default());
    }
    records
}

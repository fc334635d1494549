//! What the other tests rely on: that every engine answers the SDK as DynamoDB does.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, ConditionCheck, Get, GlobalSecondaryIndex,
    KeySchemaElement, KeyType, KeysAndAttributes, Projection, ProjectionType, Put, PutRequest,
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, ScalarAttributeType,
    StreamSpecification, StreamViewType, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
    TransactGetItem, TransactWriteItem, WriteRequest,
};
use serde_json::json;
use theory_tests::{Sandbox, for_each_engine};

type Item = HashMap<String, AttributeValue>;

fn s(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn n(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn item(pk: &str, sk: u32) -> Item {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), n(sk)), ("kind".to_owned(), s("item"))])
}

fn element(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
}

fn definition(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
}

/// A table with the key `pk: S`, `sk: N`, an index by `kind`, and a stream.
async fn create(sandbox: &Sandbox, client: &Client) -> String {
    let table = sandbox.table("items");
    let by_kind = GlobalSecondaryIndex::builder()
        .index_name("by_kind")
        .key_schema(element("kind", KeyType::Hash))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap();
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .unwrap();
    client
        .create_table()
        .table_name(&table)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(element("pk", KeyType::Hash))
        .key_schema(element("sk", KeyType::Range))
        .attribute_definitions(definition("pk", ScalarAttributeType::S))
        .attribute_definitions(definition("sk", ScalarAttributeType::N))
        .attribute_definitions(definition("kind", ScalarAttributeType::S))
        .global_secondary_indexes(by_kind)
        .stream_specification(stream)
        .send()
        .await
        .unwrap();
    table
}

#[tokio::test]
async fn tables() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let described = client.describe_table().table_name(&table).send().await.unwrap().table.unwrap();
        assert_eq!(described.table_status(), Some(&TableStatus::Active));
        assert_eq!(described.key_schema().len(), 2);
        assert!(described.latest_stream_arn().is_some());
        let names = client.list_tables().send().await.unwrap();
        assert_eq!(names.table_names(), [table.as_str()]);

        client.update_table().table_name(&table).deletion_protection_enabled(true).send().await.unwrap();
        let protected = client.describe_table().table_name(&table).send().await.unwrap().table.unwrap();
        assert_eq!(protected.deletion_protection_enabled(), Some(true));
        client.delete_table().table_name(&table).send().await.unwrap_err();
        client.update_table().table_name(&table).deletion_protection_enabled(false).send().await.unwrap();
        client.delete_table().table_name(&table).send().await.unwrap();
        let gone = client.describe_table().table_name(&table).send().await.unwrap_err();
        assert!(gone.into_service_error().is_resource_not_found_exception());
    })
    .await;
}

#[tokio::test]
async fn items() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let get = async |sk| {
            let request = client.get_item().table_name(&table).key("pk", s("a")).key("sk", n(sk));
            request.consistent_read(true).send().await.unwrap().item
        };
        assert_eq!(get(1).await, None);
        client.put_item().table_name(&table).set_item(Some(item("a", 1))).send().await.unwrap();
        assert_eq!(get(1).await, Some(item("a", 1)));

        let updated = client
            .update_item()
            .table_name(&table)
            .key("pk", s("a"))
            .key("sk", n(1))
            .update_expression("SET #count = if_not_exists(#count, :zero) + :one")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .unwrap();
        assert_eq!(updated.attributes().unwrap()["count"], n(1));
        assert!(updated.consumed_capacity().and_then(|capacity| capacity.capacity_units()).unwrap() >= 1.0);

        let delete = client.delete_item().table_name(&table).key("pk", s("a")).key("sk", n(1));
        let deleted = delete.return_values(ReturnValue::AllOld).send().await.unwrap();
        assert_eq!(deleted.attributes().unwrap()["count"], n(1));
        assert_eq!(get(1).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_failed_condition_returns_the_item() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let put = || {
            client
                .put_item()
                .table_name(&table)
                .set_item(Some(item("a", 1)))
                .condition_expression("attribute_not_exists(pk)")
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        };
        put().send().await.unwrap();
        match put().send().await.unwrap_err().into_service_error() {
            PutItemError::ConditionalCheckFailedException(failed) => {
                assert_eq!(failed.item(), Some(&item("a", 1)));
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn queries_and_scans_by_page() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        for sk in 0..25 {
            client.put_item().table_name(&table).set_item(Some(item("a", sk))).send().await.unwrap();
        }
        let pages: Vec<_> = client
            .query()
            .table_name(&table)
            .key_condition_expression("pk = :pk AND sk >= :five")
            .expression_attribute_values(":pk", s("a"))
            .expression_attribute_values(":five", n(5))
            .scan_index_forward(false)
            .limit(8)
            .into_paginator()
            .send()
            .collect::<Result<_, _>>()
            .await
            .unwrap();
        let keys: Vec<_> =
            pages.iter().flat_map(|page| page.items()).map(|item| item["sk"].clone()).collect();
        assert_eq!(keys, (5..25).rev().map(n).collect::<Vec<_>>());
        assert!(pages.len() >= 3);

        let by_kind = client
            .query()
            .table_name(&table)
            .index_name("by_kind")
            .key_condition_expression("kind = :kind")
            .expression_attribute_values(":kind", s("item"))
            .send()
            .await
            .unwrap();
        assert_eq!(by_kind.count(), 25);
        let scanned = client.scan().table_name(&table).limit(10).into_paginator().items().send();
        assert_eq!(scanned.collect::<Result<Vec<_>, _>>().await.unwrap().len(), 25);
    })
    .await;
}

#[tokio::test]
async fn batches() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let put = |sk| PutRequest::builder().set_item(Some(item("b", sk))).build().map(write).unwrap();
        let written =
            client.batch_write_item().request_items(&table, (0..25).map(put).collect()).send().await.unwrap();
        assert!(written.unprocessed_items().is_none_or(HashMap::is_empty));

        let keys = (0..30).map(|sk| HashMap::from([("pk".into(), s("b")), ("sk".into(), n(sk))])).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build().unwrap();
        let read = client.batch_get_item().request_items(&table, keys).send().await.unwrap();
        assert_eq!(read.responses().unwrap()[&table].len(), 25);
    })
    .await;
}

fn write(put: PutRequest) -> WriteRequest {
    WriteRequest::builder().put_request(put).build()
}

#[tokio::test]
async fn transactions() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let put = |sk| {
            let put = Put::builder().table_name(&table).set_item(Some(item("t", sk))).build().unwrap();
            TransactWriteItem::builder().put(put).build()
        };
        let check = ConditionCheck::builder()
            .table_name(&table)
            .key("pk", s("t"))
            .key("sk", n(1))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .unwrap();
        let check = TransactWriteItem::builder().condition_check(check).build();
        let transact = |token: &str| client.transact_write_items().client_request_token(token);

        transact("first").transact_items(put(1)).send().await.unwrap();
        // The same token and the same items: done already.
        transact("first").transact_items(put(1)).send().await.unwrap();
        let other = transact("first").transact_items(put(9)).send().await.unwrap_err().into_service_error();
        assert!(other.is_idempotent_parameter_mismatch_exception());

        let cancelled = transact("second").transact_items(put(2)).transact_items(check).send().await;
        match cancelled.unwrap_err().into_service_error() {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                let reasons = cancelled.cancellation_reasons();
                let codes: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or_default()).collect();
                assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
                assert_eq!(reasons[1].item(), Some(&item("t", 1)));
            }
            other => panic!("{other:?}"),
        }

        let get = |sk| {
            let get = Get::builder().table_name(&table).key("pk", s("t")).key("sk", n(sk)).build().unwrap();
            TransactGetItem::builder().get(get).build()
        };
        let read =
            client.transact_get_items().transact_items(get(1)).transact_items(get(2)).send().await.unwrap();
        let found: Vec<_> = read
            .responses()
            .iter()
            .map(|response| response.item().is_some_and(|item| !item.is_empty()))
            .collect();
        assert_eq!(found, [true, false], "the cancelled transaction left nothing behind");
    })
    .await;
}

#[tokio::test]
async fn time_to_live() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires").build().unwrap();
        client.update_time_to_live().table_name(&table).time_to_live_specification(ttl).send().await.unwrap();
        let described = client.describe_time_to_live().table_name(&table).send().await.unwrap();
        let described = described.time_to_live_description.unwrap();
        assert_eq!(described.attribute_name(), Some("expires"));
        assert!(matches!(
            described.time_to_live_status(),
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        ));
    })
    .await;
}

#[tokio::test]
async fn streams() {
    for_each_engine(async |sandbox| {
        let client = sandbox.sdk_client();
        let table = create(&sandbox, &client).await;
        client.put_item().table_name(&table).set_item(Some(item("a", 1))).send().await.unwrap();

        let call = async |operation, body| sandbox.call(operation, &body).await.unwrap();
        let streams = call("ListStreams", json!({ "TableName": table })).await;
        let arn = &streams["Streams"][0]["StreamArn"];
        let stream = call("DescribeStream", json!({ "StreamArn": arn })).await;
        let shard = &stream["StreamDescription"]["Shards"][0]["ShardId"];
        let from_the_start =
            json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = call("GetShardIterator", from_the_start).await;
        let records = call("GetRecords", json!({ "ShardIterator": iterator["ShardIterator"] })).await;
        assert_eq!(records["Records"][0]["eventName"], "INSERT");
        assert_eq!(records["Records"][0]["dynamodb"]["NewImage"]["sk"]["N"], "1");
    })
    .await;
}

#[tokio::test]
async fn refusals_are_of_the_same_kind() {
    for_each_engine(async |sandbox| {
        let table = create(&sandbox, &sandbox.sdk_client()).await;
        let refused = async |operation: &str, body: String| {
            let refusal = sandbox.call_bytes(operation, body.into_bytes()).await.unwrap_err();
            (refusal.status, refusal.kind)
        };
        let refusal = |kind: &str| (400, kind.to_owned());
        let nested = |levels: usize| {
            let (open, close) = (r#"{"L":["#.repeat(levels), "]}".repeat(levels));
            let item = format!(r#"{{"pk":{{"S":"a"}},"sk":{{"N":"1"}},"deep":{open}{{"S":""}}{close}}}"#);
            format!(r#"{{"TableName":"{table}","Item":{item}}}"#)
        };

        assert_eq!(refused("Reticulate", "{}".into()).await, refusal("UnknownOperationException"));
        let missing = r#"{"TableName":"no-such-table","Key":{"pk":{"S":"a"}}}"#;
        assert_eq!(refused("GetItem", missing.into()).await, refusal("ResourceNotFoundException"));
        let half = format!(r#"{{"TableName":"{table}","Item":{{"pk":{{"S":"a"}}}}}}"#);
        assert_eq!(refused("PutItem", half).await, refusal("ValidationException"));
        let empty = format!(r#"{{"TableName":"{table}","Item":{{"pk":{{"S":""}},"sk":{{"N":"1"}}}}}}"#);
        assert_eq!(refused("PutItem", empty).await, refusal("ValidationException"));
        assert_eq!(refused("PutItem", nested(32)).await, refusal("ValidationException"));
        sandbox.call_bytes("PutItem", nested(31).into_bytes()).await.unwrap();
    })
    .await;
}

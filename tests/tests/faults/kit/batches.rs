//! Batches of which DynamoDB does a part.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, WriteRequest};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Recorder};

use crate::account::{OWNER, account, engine, stored};

async fn ten() -> EmbeddedDynamoDb {
    let accounts: Vec<_> = (0..10).map(|number| account(number, 1)).collect();
    engine(&accounts).await.unwrap()
}

fn key(number: u32) -> [(String, AttributeValue); 2] {
    [
        ("owner".to_owned(), AttributeValue::S(OWNER.into())),
        ("number".to_owned(), AttributeValue::N(number.to_string())),
    ]
}

fn number(key: &std::collections::HashMap<String, AttributeValue>) -> u32 {
    key["number"].as_n().unwrap().parse().unwrap()
}

fn without_retries(engine: &EmbeddedDynamoDb) -> Client {
    Client::from_conf(engine.sdk_config().to_builder().retry_config(RetryConfig::disabled()).build())
}

fn deletes(numbers: impl Iterator<Item = u32>) -> Vec<WriteRequest> {
    let delete = |number| DeleteRequest::builder().set_key(Some(key(number).into())).build().unwrap();
    numbers.map(|number| WriteRequest::builder().delete_request(delete(number)).build()).collect()
}

#[tokio::test(start_paused = true)]
async fn writes_are_done_or_come_back() {
    let mut parts = BTreeSet::new();
    for seed in 0..10 {
        let engine = ten().await;
        let faults = Faults::seed(seed).on_all().inject(Fault::PartialBatch);
        let below = Recorder::new();
        let client = without_retries(&engine.through(&below).through(&faults));
        let request = client.batch_write_item().request_items("accounts", deletes(0..10));
        let response = request.send().await.unwrap();

        let left = &response.unprocessed_items.unwrap()["accounts"];
        let left: BTreeSet<u32> =
            left.iter().map(|request| number(request.delete_request().unwrap().key())).collect();
        let remaining: BTreeSet<u32> =
            stored(&engine.client()).await.unwrap().iter().map(|account| account.number).collect();
        assert_eq!(left, remaining);
        assert!((1..10).contains(&left.len()));
        assert_eq!(below.requests()[0].len(), 10 - left.len());
        assert_eq!(faults.injected()[0].engine_status, Some(200));
        parts.insert(left);
    }
    assert!(parts.len() > 5, "the seed chooses: {parts:?}");
}

#[tokio::test(start_paused = true)]
async fn keys_are_read_or_come_back_with_what_was_asked_of_them() {
    let engine = ten().await;
    let faults = Faults::seed(3).on_all().inject(Fault::PartialBatchLeaving(4));
    let client = without_retries(&engine.through(&faults));
    let keys = KeysAndAttributes::builder()
        .set_keys(Some((0..10).map(|number| key(number).into()).collect()))
        .consistent_read(true)
        .projection_expression("#n, balance")
        .expression_attribute_names("#n", "number");
    let request = client.batch_get_item().request_items("accounts", keys.build().unwrap());
    let response = request.send().await.unwrap();

    let read: BTreeSet<u32> = response.responses.unwrap()["accounts"].iter().map(number).collect();
    assert_eq!(read, (0..6).collect());
    let unprocessed = &response.unprocessed_keys.unwrap()["accounts"];
    assert_eq!(unprocessed.keys().iter().map(number).collect::<Vec<_>>(), [6, 7, 8, 9]);
    assert_eq!(unprocessed.consistent_read(), Some(true));
    assert_eq!(unprocessed.projection_expression(), Some("#n, balance"));
    assert!(unprocessed.expression_attribute_names().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_which_nothing_is_done_is_throttled() {
    let engine = ten().await;
    for (fault, entries) in [(Fault::PartialBatch, 1), (Fault::PartialBatchLeaving(2), 2)] {
        let faults = Faults::seed(3).on_all().inject(fault);
        let client = without_retries(&engine.through(&faults));
        let request = client.batch_write_item().request_items("accounts", deletes(0..entries));
        let error = request.send().await.unwrap_err().into_service_error();
        assert!(error.is_provisioned_throughput_exceeded_exception(), "{error:?}");
        assert_eq!(faults.injected()[0].engine_status, None);
    }
    assert_eq!(stored(&engine.client()).await.unwrap().len(), 10);
}

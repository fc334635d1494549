//! The embedded engine as a part of a test: isolation, executors, its clock, its headers.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::operation::RequestId as _;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TimeToLiveSpecification,
};
use aws_smithy_runtime_api::box_error::BoxError;
use serde_json::{Value, json};
use theory_testing::EmbeddedDynamoDb;
use theory_tests::{Engine, Refusal, Sandbox};

async fn create(client: &Client, table: &str) {
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap())
        .attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name("id")
                .attribute_type(ScalarAttributeType::S)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
}

async fn put(client: &Client, table: &str, id: impl ToString) {
    let id = AttributeValue::S(id.to_string());
    client.put_item().table_name(table).item("id", id).send().await.unwrap();
}

async fn count(client: &Client, table: &str) -> i32 {
    client.scan().table_name(table).send().await.unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn databases_do_not_meet() {
    let tasks: Vec<_> = (0..40)
        .map(|database| {
            tokio::spawn(async move {
                let client = EmbeddedDynamoDb::new().sdk_client();
                create(&client, "things").await;
                for id in 0..database {
                    put(&client, "things", id).await;
                }
                (database, count(&client, "things").await)
            })
        })
        .collect();
    for task in tasks {
        let (put, found) = task.await.unwrap();
        assert_eq!(put, found);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handles_of_one_database_share_it() {
    let engine = EmbeddedDynamoDb::new();
    create(&engine.sdk_client(), "things").await;
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let client = engine.clone().sdk_client();
            tokio::spawn(async move {
                for id in 0..25 {
                    put(&client, "things", task * 25 + id).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let client = engine.sdk_client();
    drop(engine);
    assert_eq!(count(&client, "things").await, 200, "a client keeps its database alive");
}

#[test]
fn a_current_thread_runtime_without_io_suffices() {
    // The SDK's identity cache needs the timer; the engine needs nothing.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let client = EmbeddedDynamoDb::new().sdk_client();
        create(&client, "things").await;
        put(&client, "things", "a").await;
        assert_eq!(count(&client, "things").await, 1);
    });
}

#[tokio::test]
async fn a_request_that_is_never_polled_changes_nothing() {
    let client = EmbeddedDynamoDb::new().sdk_client();
    create(&client, "things").await;
    drop(put(&client, "things", "dropped"));
    assert_eq!(count(&client, "things").await, 0);

    // Polled once it is either done or not begun: there is no half.
    let mut polled = Box::pin(put(&client, "things", "polled"));
    let done = match pin!(&mut polled).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(()) => 1,
        Poll::Pending => i32::from(count(&client, "things").await == 1),
    };
    drop(polled);
    assert_eq!(count(&client, "things").await, done);
}

#[tokio::test]
async fn its_clock_decides_what_has_expired() {
    let engine = EmbeddedDynamoDb::new();
    let client = engine.sdk_client();
    create(&client, "things").await;
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires").build().unwrap();
    client.update_time_to_live().table_name("things").time_to_live_specification(ttl).send().await.unwrap();

    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    engine.set_time(start);
    for (id, expires) in [("soon", "2000000060"), ("later", "2000003600")] {
        client
            .put_item()
            .table_name("things")
            .item("id", AttributeValue::S(id.into()))
            .item("expires", AttributeValue::N(expires.into()))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(engine.sweep_ttl().unwrap(), 0);
    engine.advance_time(Duration::from_secs(61));
    assert_eq!(engine.sweep_ttl().unwrap(), 1);
    assert_eq!(count(&client, "things").await, 1);
    engine.set_time(start + Duration::from_secs(3601));
    assert_eq!(engine.sweep_ttl().unwrap(), 1);
    assert_eq!(count(&client, "things").await, 0);
    // Further than any clock: the time stands still rather than panicking.
    engine.advance_time(Duration::MAX);
    assert_eq!(engine.sweep_ttl().unwrap(), 0);
}

#[tokio::test]
async fn answers_carry_a_checksum_and_a_request_id() {
    let headers = Headers::default();
    let config = EmbeddedDynamoDb::new().sdk_config().to_builder().interceptor(headers.clone()).build();
    let client = Client::from_conf(config);
    create(&client, "things").await;
    let missing = client.describe_table().table_name("absent").send().await.unwrap_err();
    let first = client.list_tables().send().await.unwrap();
    let second = client.list_tables().send().await.unwrap();
    assert_ne!(first.request_id(), second.request_id());
    assert_eq!(first.request_id().map(str::len), Some(52));
    assert!(missing.into_service_error().meta().message().is_some_and(|message| !message.is_empty()));

    let seen = headers.0.lock().unwrap();
    assert_eq!(seen.len(), 4);
    for answer in seen.iter() {
        assert_eq!(answer.checksum, crc32fast::hash(&answer.body).to_string());
    }
}

/// What each answer was.
#[derive(Debug, Clone, Default)]
struct Headers(Arc<Mutex<Vec<Answer>>>);

#[derive(Debug)]
struct Answer {
    checksum: String,
    body: Vec<u8>,
}

impl Intercept for Headers {
    fn name(&self) -> &'static str {
        "Headers"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let checksum = response.headers().get("x-amz-crc32").unwrap_or_default().to_owned();
        let body = response.body().bytes().unwrap_or_default().to_vec();
        self.0.lock().unwrap().push(Answer { checksum, body });
        Ok(())
    }
}

#[test]
fn hostile_expressions_do_not_overflow_a_small_stack() {
    // Half of what a test's thread has; an overflow ends the process, so that this test can fail only loudly.
    let thread = std::thread::Builder::new().stack_size(1024 * 1024).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::new(Engine::Embedded).await;
            create(&sandbox.sdk_client(), "things").await;
            for levels in [60, 120, 250, 300, 600, 800, 1000, 2000] {
                for (open, close) in [
                    ("(", ")"),
                    ("NOT ", ""),
                    ("NOT (", ")"),
                    ("id = :v AND ", ""),
                    ("a.", ""),
                    ("size(", ")"),
                ] {
                    let condition = format!("{}id = :v{}", open.repeat(levels), close.repeat(levels));
                    let request = json!({
                        "TableName": "things",
                        "Item": {"id": {"S": "x"}},
                        "ConditionExpression": condition,
                        "ExpressionAttributeValues": {":v": {"S": "x"}},
                    });
                    answered(sandbox.call("PutItem", &request).await);
                    let statement = format!("SELECT * FROM things WHERE {condition}").replace(":v", "'x'");
                    answered(sandbox.call("ExecuteStatement", &json!({ "Statement": statement })).await);
                }
                for (open, close) in [("[", "]"), ("{'a':", "}"), ("<<", ">>"), ("-", "")] {
                    let value = format!("{}1{}", open.repeat(levels), close.repeat(levels));
                    let statement = format!("INSERT INTO things VALUE {{'id': '{levels}', 'v': {value}}}");
                    answered(sandbox.call("ExecuteStatement", &json!({ "Statement": statement })).await);
                }
                let update = format!("SET a = {}:v", ":v + ".repeat(levels));
                let request = json!({
                    "TableName": "things",
                    "Key": {"id": {"S": "x"}},
                    "UpdateExpression": update,
                    "ExpressionAttributeValues": {":v": {"N": "1"}},
                });
                answered(sandbox.call("UpdateItem", &request).await);
            }
        });
    });
    thread.unwrap().join().unwrap();
}

/// Whether a hostile request is refused or carried out is the engine's affair; it must not be a failure.
fn answered(answer: Result<Value, Refusal>) {
    if let Err(refusal) = answer {
        assert_eq!(refusal.status, 400, "{refusal:?}");
    }
}

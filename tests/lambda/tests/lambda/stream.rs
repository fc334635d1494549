//! The records that an engine wrote, handed to a compiled function.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value as Json, json};
use theory::Table as _;
use theory_lambda_tests::Part;
use theory_testing::Treatment;
use theory_testing::lambda::{Function, Outcome};

use crate::support::{BUFFER, Stand, answer};

/// The stream's records: what Lambda puts into its events, but for the ARN.
fn records(stand: &Stand) -> Vec<Json> {
    let call =
        |operation: &str, body: Json| stand.call(&format!("DynamoDBStreams_20120810.{operation}"), &body);
    let arn = call("ListStreams", json!({"TableName": "parts"}))["Streams"][0]["StreamArn"].take();
    let mut stream = call("DescribeStream", json!({"StreamArn": arn}));
    let shard = stream["StreamDescription"]["Shards"][0]["ShardId"].take();
    let start = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
    let iterator = call("GetShardIterator", start)["ShardIterator"].take();
    match call("GetRecords", json!({"ShardIterator": iterator}))["Records"].take() {
        Json::Array(records) => records,
        other => panic!("{other}"),
    }
}

/// Hands the batch over until all is done, as an event source mapping that reports failures does.
fn deliver(function: &Function, records: &[Json], mut time: Duration) -> usize {
    let (mut done, mut deliveries) = (0, 0);
    while done < records.len() {
        let event = json!({"Records": records[done..]}).to_string();
        let answer: Json = answer(function, &function.invoke_within(event, time));
        deliveries += 1;
        let before = done;
        done = match &answer["batchItemFailures"][0]["itemIdentifier"] {
            Json::Null => records.len(),
            number => records.iter().position(|r| r["dynamodb"]["SequenceNumber"] == *number).unwrap(),
        };
        if done == before {
            // A busy machine gets there too.
            time += Duration::from_millis(10);
        }
    }
    deliveries
}

#[test]
fn what_is_no_event_fails_the_invocation_and_not_the_process() {
    let stand = Stand::with_stream();
    let function = stand.function().env("TEST_STREAM", "yes").start().unwrap();
    for event in ["{}", "[]", r#"{"Records":{}}"#, r#"{"Records":[}"#, ""] {
        let invocation = function.invoke(event);
        assert!(matches!(invocation.outcome, Outcome::Error(_)), "{event}: {invocation:?}");
    }
    let answer: Json = answer(&function, &function.invoke(r#"{"Records":[]}"#));
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(function.starts(), 1);
}

#[test]
fn a_copy_is_kept_whatever_fails() {
    let stand = Stand::with_stream();
    let part = |number, worked| Part { job: "job".to_owned(), number, worked };
    stand.block_on(async {
        let client = &stand.client;
        for change in 0..60 {
            let number = change * 7 % 11;
            match change % 5 {
                0..4 => part(number, change).put().send(client).await.unwrap(),
                _ => Part::delete("job", number).send(client).await.unwrap(),
            }
        }
    });
    let records = records(&stand);
    let function = stand.function().env("TEST_STREAM", "yes").start().unwrap();
    // Writes are slow, and some fail whatever is tried: a delivery has time for a few.
    let dice = Mutex::new(fastrand::Rng::with_seed(5));
    stand.server.treat(move |_| match dice.lock().unwrap().u8(0..10) {
        0..3 => Treatment::Fail,
        _ => Treatment::AnswerLater(Duration::from_millis(10)),
    });
    let deliveries = deliver(&function, &records, BUFFER + Duration::from_millis(100));
    assert!(deliveries > 1, "a delivery has no time for all");
    assert_eq!(function.starts(), 1, "killed");

    let (parts, mut copies) = stand.block_on(async {
        let all = |job: &'static str| Part::query(job).all(&stand.client);
        (all("job").await.unwrap(), all("copy of job").await.unwrap())
    });
    copies.iter_mut().for_each(|copy| copy.job = "job".to_owned());
    assert_eq!(copies, parts);
    assert!(!parts.is_empty());
}

//! Records of streams: what is read from an event, for which entity, and what damage does.

mod changes;
mod damage;
mod envelope;
#[cfg(feature = "aws_lambda_events")]
mod lambda_events;
#[path = "../../../fuzz/src/stream.rs"]
mod stream;

use serde_json::{Value as Json, json};
use theory::Table;
use theory::stream::{Record, StreamEvent};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    order_id: u64,
    total: u32,
}

/// An order's item.
fn order(total: u32) -> Json {
    json!({"customer": {"S": "ada"}, "order_id": {"N": "7"}, "total": {"N": total.to_string()}})
}

fn order_key() -> Json {
    json!({"customer": {"S": "ada"}, "order_id": {"N": "7"}})
}

/// A record as Lambda has it; `change` is merged into its member `dynamodb`.
fn record(name: &str, keys: &Json, change: Json) -> Json {
    let mut record = json!({
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1479499740,
            "Keys": keys,
            "SequenceNumber": "111000000000000000000001",
            "SizeBytes": 59,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/prod-orders/stream/2016-11-18T20:09:00.000",
    });
    if let (Some(target), Json::Object(change)) = (record["dynamodb"].as_object_mut(), change) {
        target.extend(change);
    }
    record
}

#[track_caller]
fn parse(record: &Json) -> Record {
    Record::from_json(record.to_string()).unwrap()
}

#[track_caller]
fn event(records: &[Json]) -> StreamEvent {
    StreamEvent::from_json(json!({"Records": records}).to_string()).unwrap()
}

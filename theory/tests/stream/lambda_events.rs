//! The types of `aws_lambda_events`: what they become is what is read from the JSON itself.

use aws_lambda_events::dynamodb;
use serde_json::{Value as Json, json};
use theory::Item;
use theory::stream::{Record, StreamEvent};

use crate::{order, order_key, record};

fn same(one: &Record, other: &Record) {
    assert_eq!(one.kind(), other.kind());
    assert_eq!(one.keys().unwrap(), other.keys().unwrap());
    assert_eq!(one.new_image::<Item>().unwrap(), other.new_image::<Item>().unwrap());
    assert_eq!(one.old_image::<Item>().unwrap(), other.old_image::<Item>().unwrap());
    assert_eq!(one.removal_cause(), other.removal_cause());
    assert_eq!(one.sequence_number(), other.sequence_number());
    assert_eq!(one.event_id(), other.event_id());
    assert_eq!(one.event_source_arn(), other.event_source_arn());
    assert_eq!(one.region(), other.region());
    assert_eq!(one.view(), other.view());
    assert_eq!(one.approximate_creation_time(), other.approximate_creation_time());
}

#[test]
fn both_ways_lead_to_the_same_records() {
    let every = json!({
        "customer": {"S": "ada"}, "order_id": {"N": "7"}, "b": {"B": "AAEC"}, "z": {"NULL": true},
        "l": {"L": [{"NULL": true}, {"M": {"x": {"BOOL": true}}}]}, "ns": {"NS": ["1", "2.50"]}, "bs": {"BS": ["AAEC"]},
    });
    let mut expired = record("REMOVE", &order_key(), json!({"OldImage": order(3)}));
    expired["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    let event = json!({"Records": [
        record("INSERT", &order_key(), json!({"NewImage": every})),
        record("MODIFY", &order_key(), json!({"OldImage": every, "NewImage": order(2), "StreamViewType": "KEYS_ONLY"})),
        expired,
    ]});
    let direct = StreamEvent::from_json(event.to_string()).unwrap();
    let typed: dynamodb::Event = serde_json::from_value(event).unwrap();
    let converted = StreamEvent::from(typed);
    assert_eq!(direct.len(), converted.len());
    for (one, other) in direct.records().zip(converted.records()) {
        same(one.unwrap(), other.unwrap());
    }
}

#[test]
fn what_is_no_record_is_a_damaged_one() {
    let unknown = record("RENAME", &order_key(), json!({}));
    let keyless = record("REMOVE", &Json::Null, json!({}));
    let typed: dynamodb::Event = serde_json::from_value(json!({"Records": [unknown, keyless]})).unwrap();
    let one = typed.records[0].clone();
    assert!(Record::try_from(one).is_err());
    let read = StreamEvent::from(typed).into_records();
    let attributes: Vec<_> = read.iter().map(|read| read.as_ref().unwrap_err().error.attribute()).collect();
    assert_eq!(attributes, [Some("eventName".to_owned()), Some("dynamodb.Keys".to_owned())]);
    assert!(read.iter().all(|read| read.as_ref().is_err_and(|error| error.sequence_number.is_some())));
}

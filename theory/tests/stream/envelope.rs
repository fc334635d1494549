//! What stands around the images.

use serde_json::{Value as Json, json};
use theory::stream::{EventKind, Record, StreamEvent, StreamView};
use theory::{ErrorKind, Timestamp};

use crate::{Order, event, order, order_key, parse, record};

#[test]
fn everything_that_is_told_is_kept() {
    let record = parse(&record("INSERT", &order_key(), json!({"NewImage": order(1)})));
    assert_eq!(record.kind(), EventKind::Insert);
    assert_eq!(record.event_id(), Some("c4ca4238a0b923820dcc509a6f75849b"));
    assert_eq!(record.sequence_number(), Some("111000000000000000000001"));
    assert_eq!(record.region(), Some("eu-west-1"));
    assert_eq!(record.table_name(), Some("prod-orders"));
    assert_eq!(record.view(), Some(StreamView::NewAndOldImages));
    assert_eq!(record.approximate_creation_time(), Timestamp::from_unix_seconds(1_479_499_740).ok());
    assert_eq!(
        format!("{record:?}"),
        "Record { kind: Insert, event_id: Some(\"c4ca4238a0b923820dcc509a6f75849b\"), \
         sequence_number: Some(\"111000000000000000000001\"), view: Some(NewAndOldImages), .. }",
        "and no value"
    );
}

#[test]
fn times_come_in_several_forms() {
    for (time, expected) in [
        ("1479499740", Some(1_479_499_740_000)),
        ("1.47949974E9", Some(1_479_499_740_000)),
        ("1479499740.123", Some(1_479_499_740_123)),
        ("0", Some(0)),
        (r#""2016-11-18T20:09:00Z""#, Some(1_479_499_740_000)),
        (r#""yesterday""#, None),
        ("1e300", None),
        ("-1e30", None),
        ("null", None),
    ] {
        let json = record("INSERT", &order_key(), json!({"NewImage": order(1)})).to_string();
        let record = Record::from_json(json.replace("1479499740", time)).unwrap();
        assert_eq!(record.approximate_creation_time().map(Timestamp::unix_millis), expected, "{time}");
    }
}

#[test]
fn any_layout_is_read() {
    let record = Record::from_json(
        "\n{ \"dynamodb\" : { \"Keys\" : { \"customer\" : { \"S\" : \"\\u0061da\" } , \"order_id\":{\"N\":\"7\"} } ,\
         \"SequenceNumber\" : \"1\\u0032\", \"OldImage\": { }, \"NewImage\": null, \"StreamViewType\":\"TOMORROWS\" },\
         \"eventName\" : \"REMOVE\", \"eventID\": null, \"later\": [{}, true] }",
    )
    .unwrap();
    assert_eq!(record.sequence_number(), Some("12"));
    assert_eq!((record.event_id(), record.view(), record.table_name()), (None, None, None));
    assert_eq!(record.change_keys::<Order>().unwrap(), Some(("ada".to_owned(), 7)));
    assert!(record.old_image::<Order>().unwrap().is_none(), "every item has a key");
}

#[test]
fn a_damaged_record_stands_among_the_others() {
    let good = record("INSERT", &order_key(), json!({"NewImage": order(1)}));
    let with = |change: fn(&mut Json)| {
        let mut record = good.clone();
        change(&mut record);
        record
    };
    let damaged = [
        (with(|record| record["eventName"] = json!("RENAME")), true, "eventName"),
        (with(|record| record["dynamodb"]["Keys"] = Json::Null), true, "dynamodb.Keys"),
        (with(|record| record["dynamodb"]["NewImage"] = json!("x")), true, "dynamodb.NewImage"),
        (with(|record| record["dynamodb"] = json!([])), false, "dynamodb"),
        (with(|record| *record = json!(["x"])), false, ""),
        (with(|record| *record = json!({})), false, "eventName"),
    ];
    let mut records = vec![good.clone()];
    records.extend(damaged.iter().map(|(record, ..)| record.clone()));
    records.push(good);
    let event = event(&records);

    assert_eq!(event.len(), records.len());
    let read: Vec<_> = event.records().collect();
    assert!(read[0].is_ok() && read[records.len() - 1].is_ok());
    for (read, (json, numbered, attribute)) in read[1..].iter().zip(&damaged) {
        let error = read.unwrap_err();
        assert_eq!(error.error.attribute().unwrap_or_default(), *attribute, "{json}");
        assert_eq!(error.sequence_number.is_some(), *numbered, "{json}");
        assert_eq!(serde_json::from_str::<Json>(&error.json).unwrap(), *json);
        let error = theory::Error::from(*read.as_ref().unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

#[test]
fn what_is_no_event_is_an_error() {
    for json in ["", "[]", "{}", r#"{"Records":null}"#, r#"{"Records":[}"#, r#"{"Records":[]} x"#, "\"\u{1}"]
    {
        let error = StreamEvent::from_json(json).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{json}");
    }
    assert!(StreamEvent::from_json(r#"{"window":{},"Records":[]}"#).unwrap().is_empty());
}

#[test]
fn an_event_is_a_payload() {
    let json = json!({"Records": [record("INSERT", &order_key(), json!({"NewImage": order(1)}))]});
    let from_bytes: StreamEvent = serde_json::from_slice(json.to_string().as_bytes()).unwrap();
    let from_tree: StreamEvent = serde_json::from_value(json).unwrap();
    for event in [from_bytes, from_tree] {
        let change = event.records().next().unwrap().unwrap().change::<Order>().unwrap().unwrap();
        assert_eq!(change.new_image().unwrap().total, 1);
    }
    let error = serde_json::from_str::<StreamEvent>(r#"{"Records":{"secret":1}}"#).unwrap_err();
    assert!(error.to_string().starts_with("not an event of a stream: "), "{error}");
}

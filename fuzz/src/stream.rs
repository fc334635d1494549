//! What must hold for any bytes that are read as an event of a stream: the body of the fuzz target, and of its bounded run in the tests.

use theory::Item;
use theory::stream::{Record, StreamEvent};

/// Reads the bytes as an event and as a record, and asks for everything.
pub(crate) fn check(data: &[u8]) {
    let Ok(event) = StreamEvent::from_json(data.to_vec()) else { return };
    for record in event.records() {
        match record {
            Ok(record) => ask(record),
            Err(damaged) => {
                assert!(Record::from_json(damaged.json.clone()).is_err(), "damaged alone as among others");
            }
        }
    }
}

fn ask(record: &Record) {
    let _ = (record.event_id(), record.sequence_number(), record.table_name(), record.region());
    let _ = (record.approximate_creation_time(), record.view(), record.removal_cause(), record.text("a"));
    let (Ok(keys), Ok(new), Ok(old)) =
        (record.keys(), record.new_image::<Item>(), record.old_image::<Item>())
    else {
        return;
    };
    assert!(!keys.is_empty(), "a record has a key");
    let mut made = Record::builder(record.kind(), keys.clone());
    if let Some(new) = &new {
        made = made.new_image(new.clone());
    }
    if let Some(old) = &old {
        made = made.old_image(old.clone());
    }
    // An event can hold what DynamoDB would not: an empty set.
    if let Ok(made) = made.build() {
        assert_eq!(made.keys().ok(), Some(keys));
        assert_eq!((made.new_image().ok(), made.old_image().ok()), (Some(new), Some(old)));
    }
}

//! The event types of the crate `aws_lambda_events`.
//!
//! They hold maps of values, so that the event is read into maps, written again, and read into entities: [`StreamEvent`] as the payload
//! of the function does without.

use super::record::not_a_record;
use super::{EventKind, Record, StreamEvent, StreamView, UndecodableRecord};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use crate::value::Item;
use crate::wire::DecodeError;
use aws_lambda_events::dynamodb;

/// A record that cannot be read stands among the others as an [`UndecodableRecord`], with the JSON that the crate's type writes of it.
impl From<dynamodb::Event> for StreamEvent {
    fn from(event: dynamodb::Event) -> Self {
        let record = |record: dynamodb::EventRecord| {
            // Conversion takes the images apart: what is damaged must still be whole for who puts it aside.
            let kept = record.clone();
            convert(record).map_err(|error| UndecodableRecord {
                json: serde_json::to_string(&kept).unwrap_or_default(),
                sequence_number: kept.change.sequence_number,
                error,
            })
        };
        event.records.into_iter().map(record).collect()
    }
}

impl TryFrom<dynamodb::EventRecord> for Record {
    type Error = Error;

    fn try_from(record: dynamodb::EventRecord) -> Result<Self> {
        convert(record).map_err(not_a_record)
    }
}

fn convert(record: dynamodb::EventRecord) -> Result<Record, DecodeError> {
    let kind = match record.event_name.as_str() {
        "INSERT" => EventKind::Insert,
        "MODIFY" => EventKind::Modify,
        "REMOVE" => EventKind::Remove,
        _ => return Err(DecodeError::invalid("INSERT, MODIFY or REMOVE").in_attribute("eventName")),
    };
    let change = record.change;
    let item = |item: serde_dynamo::Item, name: &str| {
        Item::try_from(item).map_err(|error| error.in_attribute(name).in_attribute("dynamodb"))
    };
    let keys = item(change.keys, "Keys")?;
    if keys.is_empty() {
        return Err(DecodeError::missing("Keys").in_attribute("dynamodb"));
    }
    // The crate has an empty item for an image that is not there; every item has a key.
    let (new, old) = (item(change.new_image, "NewImage")?, item(change.old_image, "OldImage")?);
    let mut made = Record::builder(kind, keys).event_id(record.event_id).region(record.aws_region);
    if !new.is_empty() {
        made = made.new_image(new);
    }
    if !old.is_empty() {
        made = made.old_image(old);
    }
    if let Some(number) = change.sequence_number {
        made = made.sequence_number(number);
    }
    if let Some(arn) = record.event_source_arn {
        made = made.event_source_arn(arn);
    }
    if let Some(view) = change.stream_view_type.and_then(view) {
        made = made.view(view);
    }
    // As with the images: the start of the epoch stands for a time that is not there.
    let seconds = change.approximate_creation_date_time.timestamp();
    if let Some(time) = Timestamp::from_unix_seconds(seconds).ok().filter(|_| seconds != 0) {
        made = made.approximate_creation_time(time);
    }
    let expired = |identity: &dynamodb::UserIdentity| {
        identity.type_ == "Service" && identity.principal_id == "dynamodb.amazonaws.com"
    };
    if record.user_identity.as_ref().is_some_and(expired) {
        made = made.expired();
    }
    made.write().map_err(|_| DecodeError::invalid("an item that DynamoDB can hold").in_attribute("dynamodb"))
}

fn view(view: dynamodb::StreamViewType) -> Option<StreamView> {
    Some(match view {
        dynamodb::StreamViewType::KeysOnly => StreamView::KeysOnly,
        dynamodb::StreamViewType::NewImage => StreamView::NewImage,
        dynamodb::StreamViewType::OldImage => StreamView::OldImage,
        dynamodb::StreamViewType::NewAndOldImages => StreamView::NewAndOldImages,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Damaged in every way that the crate's types let through: what was there can be put aside.
    #[test]
    fn what_is_damaged_keeps_its_content() {
        let whole = serde_json::json!({
            "awsRegion": "us-east-1", "eventID": "e", "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"id": {"S": "o-1"}}, "NewImage": {"id": {"S": "o-1"}, "total": {"N": "42"}},
                "SequenceNumber": "17", "SizeBytes": 1,
            },
        });
        for (place, damage) in [
            ("/eventName", serde_json::json!("RENAME")),
            ("/dynamodb/Keys", serde_json::json!({})),
            ("/dynamodb/NewImage/total", serde_json::json!({"N": "forty-two"})),
        ] {
            let mut record = whole.clone();
            *record.pointer_mut(place).unwrap() = damage.clone();
            let event = serde_json::json!({"Records": [record, whole]});
            let event: dynamodb::Event = serde_json::from_value(event).unwrap();
            let records = StreamEvent::from(event).into_records();
            assert!(records[1].is_ok());
            let Err(damaged) = &records[0] else { panic!("{place}") };
            assert_eq!(damaged.sequence_number.as_deref(), Some("17"));
            let kept: serde_json::Value = serde_json::from_str(&damaged.json).unwrap();
            assert_eq!(kept["dynamodb"]["NewImage"]["id"], serde_json::json!({"S": "o-1"}));
            assert_eq!(kept.pointer(place), Some(&damage), "{}", damaged.json);
        }
    }
}

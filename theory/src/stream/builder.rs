//! Records that are made, not read.

use super::record::{EventKind, OPERATION, Parts, Record, StreamView, Text};
use crate::attribute::document::encode_item;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use crate::value::Item;
use crate::wire::{EncodeError, Writer};

impl Record {
    /// Makes a record from items: for records that come in another form, and for the tests of what handles records.
    pub fn builder(kind: EventKind, keys: Item) -> RecordBuilder {
        RecordBuilder {
            kind,
            keys,
            new: None,
            old: None,
            event_id: None,
            sequence_number: None,
            source_arn: None,
            region: None,
            created: None,
            view: None,
            expired: false,
        }
    }
}

/// Puts a record together; made by [`Record::builder`].
///
/// ```
/// use theory::Item;
/// use theory::stream::{EventKind, Record, RemovalCause};
///
/// let record = Record::builder(EventKind::Remove, Item::from([("id", "o-1")]))
///     .old_image(Item::from([("id", "o-1"), ("note", "gone")]))
///     .sequence_number("100000000000000000001")
///     .expired()
///     .build()?;
/// assert_eq!(record.removal_cause(), Some(RemovalCause::Ttl));
/// # Ok::<(), theory::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "`build` makes the record"]
pub struct RecordBuilder {
    kind: EventKind,
    keys: Item,
    new: Option<Item>,
    old: Option<Item>,
    event_id: Option<String>,
    sequence_number: Option<String>,
    source_arn: Option<String>,
    region: Option<String>,
    created: Option<Timestamp>,
    view: Option<StreamView>,
    expired: bool,
}

impl RecordBuilder {
    /// The item as it is after the change.
    pub fn new_image(mut self, item: Item) -> Self {
        self.new = Some(item);
        self
    }

    /// The item as it was before the change.
    pub fn old_image(mut self, item: Item) -> Self {
        self.old = Some(item);
        self
    }

    /// DynamoDB's id of the change.
    pub fn event_id(mut self, id: impl Into<String>) -> Self {
        self.event_id = Some(id.into());
        self
    }

    /// The record's number in its shard.
    pub fn sequence_number(mut self, number: impl Into<String>) -> Self {
        self.sequence_number = Some(number.into());
        self
    }

    /// The ARN of the stream.
    pub fn event_source_arn(mut self, arn: impl Into<String>) -> Self {
        self.source_arn = Some(arn.into());
        self
    }

    /// The Region from which the record was read.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// When the change was made.
    pub fn approximate_creation_time(mut self, time: Timestamp) -> Self {
        self.created = Some(time);
        self
    }

    /// What the stream holds.
    pub fn view(mut self, view: StreamView) -> Self {
        self.view = Some(view);
        self
    }

    /// DynamoDB removed the item, because it had expired.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// The record.
    ///
    /// # Errors
    ///
    /// Where an item holds what DynamoDB cannot: an empty set, or more than 32 levels.
    pub fn build(self) -> Result<Record> {
        self.write().map_err(|error| Error::encode("", OPERATION, error))
    }

    pub(super) fn write(self) -> Result<Record, EncodeError> {
        let mut out = Writer::new();
        let mut write = |item: &Item| {
            let start = out.len();
            encode_item(item, &mut out);
            start..out.len()
        };
        let keys = write(&self.keys);
        let new = self.new.as_ref().map(&mut write);
        let old = self.old.as_ref().map(&mut write);
        let json = out.finish()?;
        let text = |text: Option<String>| text.map(|text| Text::Owned(text.into()));
        let parts = Parts {
            kind: self.kind,
            keys,
            new,
            old,
            event_id: text(self.event_id),
            sequence_number: text(self.sequence_number),
            source_arn: text(self.source_arn),
            region: text(self.region),
            created: self.created,
            view: self.view,
            expired: self.expired,
        };
        Ok(Record { json: json.into(), parts })
    }
}

//! One record of a stream.

use super::change::{Change, FromRecord};
use super::{keys, rule};
use crate::error::{Error, Result};
use crate::key::Key;
use crate::op::parts::decode_error;
use crate::table::{FromItem, Table};
use crate::timestamp::Timestamp;
use crate::value::Item;
use crate::wire::{DecodeError, Reader};
use bytes::Bytes;
use std::fmt;
use std::ops::Range;

/// The operation that reads a stream: what errors name.
pub(super) const OPERATION: &str = "GetRecords";

/// What happened to one item, as a stream tells it.
///
/// A record shares the bytes of the event it came in, and reads from them what it is asked for, when it is asked: a clone is cheap, and
/// what nobody asks for is never decoded.
#[derive(Clone)]
pub struct Record {
    pub(super) json: Bytes,
    pub(super) parts: Parts,
}

/// What is known of a record, as places in its bytes.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) kind: EventKind,
    pub(super) keys: Range<usize>,
    pub(super) new: Option<Range<usize>>,
    pub(super) old: Option<Range<usize>>,
    pub(super) event_id: Option<Text>,
    pub(super) sequence_number: Option<Text>,
    pub(super) source_arn: Option<Text>,
    pub(super) region: Option<Text>,
    pub(super) created: Option<Timestamp>,
    pub(super) view: Option<StreamView>,
    pub(super) expired: bool,
}

/// A string of the event: a place in its bytes, unless it has an escape in it.
#[derive(Clone)]
pub(super) enum Text {
    At(Range<usize>),
    Owned(Box<str>),
}

/// What kind of change a record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `INSERT`: there was no item with this key.
    Insert,
    /// `MODIFY`: the item was changed, or written over.
    Modify,
    /// `REMOVE`: the item was deleted.
    Remove,
}

/// What of an item the records of a stream hold beside its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamView {
    /// Nothing.
    KeysOnly,
    /// The item as it is after the change.
    NewImage,
    /// The item as it was before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl StreamView {
    /// DynamoDB's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// Who removed an item, as far as a stream tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalCause {
    /// DynamoDB, because the item had expired.
    Ttl,
    /// Nobody knows: a deletion by a user, or, in a replica of a global table, one that DynamoDB made in another Region because the item had
    /// expired there. Such a deletion reaches the replica as any other write does, without a mark.
    Unknown,
}

/// One of the two images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As it is after the change.
    New,
    /// As it was before.
    Old,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Side::New => Side::Old,
            Side::Old => Side::New,
        }
    }
}

impl Record {
    /// Reads one record from its JSON, as it stands in an event's `Records`.
    ///
    /// # Errors
    ///
    /// Where the bytes are not a record.
    pub fn from_json(json: impl Into<Bytes>) -> Result<Self> {
        let json = json.into();
        let read = || {
            let mut input = Reader::new(&json)?;
            let parts = super::envelope::read(&mut input)?;
            input.end()?;
            Ok(parts)
        };
        match read() {
            Ok(parts) => Ok(Record { json, parts }),
            Err(error) => Err(not_a_record(error)),
        }
    }

    /// What happened to the item, in the entity's type; `None` for a record of [another entity](super#several-entities-in-one-table).
    ///
    /// It needs both images. [`read`](Self::read) reads less.
    ///
    /// # Errors
    ///
    /// [`MissingImage`](crate::ErrorKind::MissingImage) where the stream does not hold both images, and the errors of decoding.
    pub fn change<E: Table + FromItem>(&self) -> Result<Option<Change<E>>> {
        self.read()
    }

    /// What happened to the item, with as many images as the [stream holds](super#which-images-there-are):
    /// `record.read::<Change<Order, Keys<Order>>>()`.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    pub fn read<C: FromRecord>(&self) -> Result<Option<C>> {
        C::from_record(self)
    }

    /// The values of the key's fields, as a tuple; `None` for a record of another entity, as far as the key tells.
    ///
    /// Every stream has them.
    ///
    /// # Errors
    ///
    /// Where a value cannot be read as the field's type.
    pub fn change_keys<E: Table<Key: super::FromKey>>(&self) -> Result<Option<E::Key>> {
        if !rule::has_key_of(self, E::SCHEMA)? {
            return Ok(None);
        }
        keys::read::<E>(self).map(Some)
    }

    /// The key of the item, with which a request on it begins: `record.key::<Order>()?` and then `get`, `update` or `delete`.
    ///
    /// `None` for a record of another entity, as far as the key tells.
    ///
    /// # Errors
    ///
    /// Where the record is damaged.
    pub fn key<E: Table>(&self) -> Result<Option<Key<E>>> {
        Ok(rule::has_key_of(self, E::SCHEMA)?.then(|| Key::from_json(self.slice(&self.parts.keys))))
    }

    /// The item as it is after the change, as an entity, a projection or an [`Item`]; `None` where the record does not hold it.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn new_image<T: FromItem>(&self) -> Result<Option<T>> {
        self.image(Side::New)
    }

    /// The item as it was before the change, as an entity, a projection or an [`Item`]; `None` where the record does not hold it.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn old_image<T: FromItem>(&self) -> Result<Option<T>> {
        self.image(Side::Old)
    }

    fn image<T: FromItem>(&self, side: Side) -> Result<Option<T>> {
        let Some(json) = self.image_json(side) else { return Ok(None) };
        Reader::new(json)
            .and_then(|mut input| T::from_item(&mut input))
            .map(Some)
            .map_err(|error| Error::decode("", OPERATION, error))
    }

    /// The key's attributes.
    ///
    /// # Errors
    ///
    /// Where one of them is no attribute value.
    pub fn keys(&self) -> Result<Item> {
        Reader::new(self.keys_json())
            .and_then(|mut input| Item::from_item(&mut input))
            .map_err(|error| Error::decode("", OPERATION, error))
    }

    /// The text of a string attribute at the top of the item, of the new image if there is one, else the old one, else the key; `None`
    /// where it is absent or no string.
    ///
    /// It finds out of which kind an item is without reading the whole.
    ///
    /// # Errors
    ///
    /// Where the record is damaged.
    pub fn text(&self, attribute: &str) -> Result<Option<String>> {
        let json = self.image_json(Side::New).or_else(|| self.image_json(Side::Old));
        rule::text(json.unwrap_or_else(|| self.keys_json()), attribute)
            .map(|text| text.map(|text| text.into_owned()))
            .map_err(|error| Error::decode("", OPERATION, error))
    }

    /// What kind of change it is.
    pub fn kind(&self) -> EventKind {
        self.parts.kind
    }

    /// Who removed the item; `None` where it was not removed.
    pub fn removal_cause(&self) -> Option<RemovalCause> {
        match (self.parts.kind, self.parts.expired) {
            (EventKind::Remove, true) => Some(RemovalCause::Ttl),
            (EventKind::Remove, false) => Some(RemovalCause::Unknown),
            _ => None,
        }
    }

    /// The record's number in its shard: digits, of which there may be more than an integer holds. It grows with each change of an item.
    pub fn sequence_number(&self) -> Option<&str> {
        self.string(&self.parts.sequence_number)
    }

    /// DynamoDB's id of the change. The same record has the same id when it is delivered again.
    pub fn event_id(&self) -> Option<&str> {
        self.string(&self.parts.event_id)
    }

    /// When the change was made, rounded to the second below.
    pub fn approximate_creation_time(&self) -> Option<Timestamp> {
        self.parts.created
    }

    /// What the stream holds, where the record says so.
    pub fn view(&self) -> Option<StreamView> {
        self.parts.view
    }

    /// The ARN of the stream, which Lambda adds.
    pub fn event_source_arn(&self) -> Option<&str> {
        self.string(&self.parts.source_arn)
    }

    /// The name of the table, from the stream's ARN: the real one, also where a client maps the declared name to another.
    pub fn table_name(&self) -> Option<&str> {
        self.event_source_arn()?.split_once(":table/")?.1.split('/').next()
    }

    /// The Region from which the record was read.
    pub fn region(&self) -> Option<&str> {
        self.string(&self.parts.region)
    }

    /// The key as DynamoDB JSON.
    pub(super) fn keys_json(&self) -> &[u8] {
        self.slice(&self.parts.keys)
    }

    /// An image as DynamoDB JSON.
    pub(super) fn image_json(&self, side: Side) -> Option<&[u8]> {
        let place = match side {
            Side::New => self.parts.new.as_ref(),
            Side::Old => self.parts.old.as_ref(),
        };
        place.map(|place| self.slice(place))
    }

    fn slice(&self, place: &Range<usize>) -> &[u8] {
        self.json.get(place.clone()).unwrap_or_default()
    }

    fn string<'r>(&'r self, text: &'r Option<Text>) -> Option<&'r str> {
        match text.as_ref()? {
            Text::At(place) => std::str::from_utf8(self.slice(place)).ok(),
            Text::Owned(text) => Some(text),
        }
    }
}

/// Says which record it is, and never what the item holds.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind())
            .field("event_id", &self.event_id())
            .field("sequence_number", &self.sequence_number())
            .field("view", &self.view())
            .finish_non_exhaustive()
    }
}

/// Bytes that are not a record, or not an event.
pub(super) fn not_a_record(error: DecodeError) -> Error {
    Error::decode("", OPERATION, error)
}

/// An image or a key that cannot be read as the entity.
pub(super) fn undecodable<E: Table>(error: DecodeError) -> Error {
    decode_error(E::SCHEMA, OPERATION, error)
}

const _: () = {
    const fn shareable<T: Send + Sync + 'static>() {}
    shareable::<Record>();
};

//! What happened to an item, in the entity's type.

use super::record::{EventKind, OPERATION, Record, Side, StreamView, undecodable};
use super::rule;
use crate::error::{Error, ErrorKind, Result};
use crate::table::{FromItem, Table};
use crate::wire::Reader;

/// What happened to one item.
///
/// `New` and `Old` are the entity, or [`Keys`](super::Keys) where the stream [does not hold that image](super#which-images-there-are).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<New, Old = New> {
    /// There was no such item.
    Inserted {
        /// The item.
        new: New,
    },
    /// The item was changed, or written over.
    Modified {
        /// As it was.
        old: Old,
        /// As it is.
        new: New,
    },
    /// The item was deleted. [`Record::removal_cause`] may tell by whom.
    Removed {
        /// As it was last.
        old: Old,
    },
}

impl<New, Old> Change<New, Old> {
    /// As it is after the change; `None` where it was removed.
    pub fn new_image(&self) -> Option<&New> {
        match self {
            Change::Inserted { new } | Change::Modified { new, .. } => Some(new),
            Change::Removed { .. } => None,
        }
    }

    /// As it was before the change; `None` where it was inserted.
    pub fn old_image(&self) -> Option<&Old> {
        match self {
            Change::Modified { old, .. } | Change::Removed { old } => Some(old),
            Change::Inserted { .. } => None,
        }
    }

    /// As it is, and as it was.
    pub fn into_images(self) -> (Option<New>, Option<Old>) {
        match self {
            Change::Inserted { new } => (Some(new), None),
            Change::Modified { old, new } => (Some(new), Some(old)),
            Change::Removed { old } => (None, Some(old)),
        }
    }
}

/// What stands for the item before or after a change: an entity, or its [`Keys`](super::Keys).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an image of a stream's record",
    label = "not an entity",
    note = "name an entity that derives `Table`, or `Keys<…>` of one where the stream does not hold the image"
)]
pub trait Image: Sized {
    /// The entity.
    type Entity: Table;

    #[doc(hidden)]
    fn read(record: &Record, side: Side) -> Result<Self>;
}

impl<E: Table + FromItem> Image for E {
    type Entity = E;

    fn read(record: &Record, side: Side) -> Result<Self> {
        let Some(json) = record.image_json(side) else { return Err(missing_image::<E>(record, side)) };
        Reader::new(json).and_then(|mut input| E::from_item(&mut input)).map_err(undecodable::<E>)
    }
}

/// What a record can be read as: a [`Change`], the [`Record`] itself, or both in a tuple.
#[diagnostic::on_unimplemented(
    message = "a stream's record cannot be read as `{Self}`",
    note = "name a `Change<…>` of an entity, `Record`, or a tuple `(Change<…>, Record)`"
)]
pub trait FromRecord: Sized {
    /// Reads the record; `None` where it is one of another entity.
    ///
    /// # Errors
    ///
    /// Where an image is missing or cannot be read.
    fn from_record(record: &Record) -> Result<Option<Self>>;
}

impl FromRecord for Record {
    fn from_record(record: &Record) -> Result<Option<Self>> {
        Ok(Some(record.clone()))
    }
}

/// The change, and the record for all else that is known of it.
impl<C: FromRecord> FromRecord for (C, Record) {
    fn from_record(record: &Record) -> Result<Option<Self>> {
        Ok(C::from_record(record)?.map(|change| (change, record.clone())))
    }
}

impl<New: Image, Old: Image<Entity = New::Entity>> FromRecord for Change<New, Old> {
    fn from_record(record: &Record) -> Result<Option<Self>> {
        let entity = New::Entity::SCHEMA;
        if !rule::has_key_of(record, entity)? {
            return Ok(None);
        }
        let is_of = |side| rule::is_of(record, side, entity);
        // An item that is written over by one of another entity is removed for the one, and inserted for the other.
        let (is, was) = match record.kind() {
            EventKind::Insert => (is_of(Side::New)?, false),
            EventKind::Modify => (is_of(Side::New)?, is_of(Side::Old)?),
            EventKind::Remove => (false, is_of(Side::Old)?),
        };
        Ok(match (was, is) {
            (false, true) => Some(Change::Inserted { new: New::read(record, Side::New)? }),
            (true, true) => Some(Change::Modified {
                old: Old::read(record, Side::Old)?,
                new: New::read(record, Side::New)?,
            }),
            (true, false) => Some(Change::Removed { old: Old::read(record, Side::Old)? }),
            (false, false) => None,
        })
    }
}

#[cold]
fn missing_image<E: Table>(record: &Record, side: Side) -> Error {
    let (image, alone, keys) = match side {
        Side::New => ("new", "NEW_IMAGE", "old image is `Keys<…>`"),
        Side::Old => ("old", "OLD_IMAGE", "new image is `Keys<…>`"),
    };
    let has = match record.view() {
        Some(view) => view.as_str(),
        None => "none that is known",
    };
    let both = StreamView::NewAndOldImages.as_str();
    Error::new(ErrorKind::MissingImage, E::SCHEMA.name).with_operation(OPERATION).with_detail(format!(
        "the record has no {image} image; the view type of the stream must be {both}, or {alone} where the {keys}, and is {has}"
    ))
}

//! The key of a record, as the values of the entity's key fields.

use super::change::Image;
use super::record::{Record, Side, undecodable};
use crate::attribute::FromAttribute;
use crate::error::Result;
use crate::table::Table;
use crate::wire::{DecodeError, Reader};
use std::fmt;
use theory_schema::{Entity, Segment};

/// The key of an item, in place of an image that the stream does not hold.
///
/// It is the tuple of the key's fields: `Change::Removed { old: Keys((customer, order_id)) }`.
pub struct Keys<E: Table>(
    /// The values of the key's fields, those of the partition first.
    pub E::Key,
);

impl<E: Table<Key: Clone>> Clone for Keys<E> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<E: Table<Key: PartialEq>> PartialEq for Keys<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E: Table<Key: Eq>> Eq for Keys<E> {}

impl<E: Table<Key: fmt::Debug>> fmt::Debug for Keys<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.0).finish()
    }
}

impl<E: Table<Key: FromKey>> Image for Keys<E> {
    type Entity = E;

    fn read(record: &Record, _: Side) -> Result<Self> {
        read::<E>(record).map(Keys)
    }
}

/// The values of the entity's key fields.
pub(super) fn read<E: Table<Key: FromKey>>(record: &Record) -> Result<E::Key> {
    Reader::new(record.keys_json())
        .and_then(|mut input| E::Key::from_key(E::SCHEMA, &mut input))
        .map_err(undecodable::<E>)
}

/// A tuple of key fields that can be read from a key: every one whose types are read from attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the key of a record",
    note = "a key is a tuple of attribute types that can be read"
)]
pub trait FromKey: Sized {
    #[doc(hidden)]
    fn from_key(entity: &Entity, input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

macro_rules! from_key {
    ($($t:ident $slot:ident $i:tt),*) => {
        impl<$($t: FromAttribute),*> FromKey for ($($t,)*) {
            fn from_key(entity: &Entity, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                $(let mut $slot: Option<$t> = None;)*
                let mut members = input.begin_object()?;
                while let Some(name) = members.next(input)? {
                    match place(entity, &name)? {
                        $(Some($i) => {
                            $slot = Some($t::decode(input).map_err(|error| error.in_attribute(&name))?);
                        })*
                        _ => input.skip_value()?,
                    }
                }
                Ok(($($slot.ok_or_else(|| missing(entity, $i))?,)*))
            }
        }
    };
}

from_key!(A a 0);
from_key!(A a 0, B b 1);

/// Which field of the key an attribute is.
fn place(entity: &Entity, name: &str) -> Result<Option<usize>, DecodeError> {
    let place = entity.key.attributes().position(|attribute| attribute.name == name);
    match place.and_then(|place| entity.key.attributes().nth(place)).map(|attribute| attribute.template) {
        None | Some([Segment::Field(_)]) => Ok(place),
        Some(_) => Err(DecodeError::invalid("a key attribute that is one field").in_attribute(name)),
    }
}

fn missing(entity: &Entity, place: usize) -> DecodeError {
    DecodeError::missing(entity.key.attributes().nth(place).map_or("Keys", |attribute| attribute.name))
}

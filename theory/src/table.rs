//! One Rust type as stored in one table.

use crate::attribute::{Fields, FromFields};
use crate::op::{Guard, Put, Scan};
use crate::wire::{DecodeError, Reader};
use theory_schema::Entity;

/// A type whose values are items of a table.
///
/// Derive it: `#[derive(Table)]`. The operations on one item begin at the functions that the derive adds to the type, such as
/// `Order::get(&customer, &id)`; those on a whole value are methods here.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity of a table",
    label = "not an entity",
    note = "derive `Table` for it"
)]
pub trait Table: Fields + Sized {
    /// The fields of the key, as a tuple.
    type Key;
    /// The fields of the partition key, as a tuple.
    type Partition;
    /// What the derive knows of the type.
    const SCHEMA: &'static Entity;

    /// Writes the item, and fails where one with its key exists.
    ///
    /// One PutItem with `attribute_not_exists` on the key. It costs the write units of the item, also when it fails.
    fn create(&self) -> Put<Self> {
        Put::new(self, Guard::NotExists)
    }

    /// Writes the item over the one with its key, and fails where there is none.
    ///
    /// One PutItem with `attribute_exists` on the key. Attributes that the entity does not know are lost.
    fn replace(&self) -> Put<Self> {
        Put::new(self, Guard::Exists)
    }

    /// Writes the item, whether or not one with its key exists.
    ///
    /// One PutItem without a condition. Attributes that the entity does not know are lost.
    fn put(&self) -> Put<Self> {
        Put::new(self, Guard::None)
    }

    /// Reads the whole table.
    ///
    /// A Scan costs the read units of everything in the table, whatever a filter leaves over; so only a table which says
    /// `#[table(scan)]` has it.
    fn scan() -> Scan<Self>
    where
        Self: Scannable,
    {
        Scan::whole_table()
    }
}

/// An entity whose table may be scanned: `#[table(scan)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not be scanned",
    label = "a scan reads, and bills, the whole table",
    note = "query by a key or an index; if a scan is what you want, say `#[table(scan)]` on `{Self}`"
)]
pub trait Scannable: Table {}

/// A value that can be read from an item.
///
/// Entities and [`Projection`]s are; so is `Result<T, Undecodable>`, which keeps what cannot be read instead of failing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an item",
    label = "not readable",
    note = "derive `Table` or `Projection` for it; a struct with lifetimes is only written"
)]
pub trait FromItem: Sized {
    /// Reads the item.
    ///
    /// # Errors
    ///
    /// Where an attribute is missing, has another type, or does not fit.
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

impl<T: FromFields> FromItem for T {
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        crate::attribute::document::decode_item(input)
    }
}

/// Some attributes of an entity: `#[derive(Projection)]`.
///
/// A read that asks for a projection sends less over the network. It costs the same read units: DynamoDB bills the whole item.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "derive `Projection` for it, with `#[projection(of = …)]`"
)]
pub trait Projection: FromItem {
    /// The entity of which it is a part.
    type Entity: Table;
    /// The attributes it reads.
    const ATTRIBUTES: &'static [&'static str];
}

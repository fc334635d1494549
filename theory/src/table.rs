//! One Rust type as stored in one table.

use crate::attribute::{Fields, FromFields, VersionField};
use crate::lifecycle::{Expected, GetStamps, Lifecycle, Ttl};
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
    /// What `create`, `put` and `replace` return: [`Stamps`](crate::Stamps) for an entity with a `version`, `created_at` or `updated_at`,
    /// `()` for others.
    type Stamps: GetStamps;
    /// What the derive knows of the type.
    const SCHEMA: &'static Entity;
    /// The attributes that the library writes on its own account.
    #[doc(hidden)]
    const LIFECYCLE: &'static Lifecycle = &Lifecycle::NONE;

    /// Puts the stamps that a write has left in the item into the entity, which is then as it is stored.
    fn stamp(&mut self, stamps: &Self::Stamps);

    /// The version that the entity has, as what an item is expected to have.
    #[doc(hidden)]
    fn expected(&self) -> Option<Expected> {
        None
    }

    /// Writes the item, and fails where one with its key exists.
    ///
    /// One PutItem with `attribute_not_exists` on the key. It costs the write units of the item, also when it fails.
    ///
    /// The item gets the first version, and the moment at which the request is sent as `created_at` and `updated_at`, whatever the
    /// entity's fields say.
    fn create(&self) -> Put<Self> {
        Put::new(self, Guard::NotExists)
    }

    /// Writes the item over the one with its key, and fails where there is none.
    ///
    /// One PutItem with `attribute_exists` on the key. Attributes that the entity does not know are lost.
    ///
    /// The item gets the version after the entity's, and the moment at which the request is sent as `updated_at`. Its `created_at` is the
    /// entity's, or that moment where the entity has none yet: `None`, or the Unix epoch, which is the default. It overwrites whatever
    /// version stands there, unless [`expected_version`](Put::expected_version) says which one it replaces.
    fn replace(&self) -> Put<Self>
    where
        Self: Overwritable,
    {
        Put::new(self, Guard::Exists)
    }

    /// Writes the item, whether or not one with its key exists.
    ///
    /// One PutItem without a condition. Attributes that the entity does not know are lost. Version and timestamps are those of
    /// [`replace`](Self::replace).
    fn put(&self) -> Put<Self>
    where
        Self: Overwritable,
    {
        Put::new(self, Guard::None)
    }

    /// Reads the whole table.
    ///
    /// A Scan costs the read units of everything in the table, whatever a filter leaves over; so only a table which says
    /// `#[table(scan)]` has it. The guards of the entity's unique attributes are left out, and paid for like what a filter leaves out.
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

/// An entity whose items may be written again: every one that does not say `#[table(write_once)]`.
#[diagnostic::on_unimplemented(
    message = "the items of `{Self}` may not be written again",
    label = "neither overwritten nor updated",
    note = "`#[table(write_once)]` leaves `create`, `get`, `delete`, `check` and queries: create another item, or take it off `{Self}`",
    note = "generic code asks for it: `{Self}: Table + Overwritable`"
)]
pub trait Overwritable: Table {}

/// An entity whose items a batch may write: every one without `#[table(unique)]`.
#[diagnostic::on_unimplemented(
    message = "a batch cannot write items of `{Self}`, whose unique attributes need a transaction",
    label = "has `unique` attributes",
    note = "send the writes one by one, several at once, or as parts of `theory::transaction`",
    note = "generic code asks for it: `{Self}: Table + BatchWritable`"
)]
pub trait BatchWritable: Table {}

/// An entity whose items count their writes: `#[table(version)]`.
#[diagnostic::on_unimplemented(
    message = "the items of `{Self}` have no version",
    label = "no field counts the writes",
    note = "put `#[table(version)]` on a field that is an unsigned integer, or use a condition on what must not have changed",
    note = "generic code asks for it: `{Self}: Table + Versioned`"
)]
pub trait Versioned: Table {
    /// The type of the version.
    type Version: VersionField;

    /// The version of the item as the entity knows it.
    fn version(&self) -> &Self::Version;
}

/// An entity whose items expire: `#[table(ttl)]`.
#[diagnostic::on_unimplemented(
    message = "the items of `{Self}` do not expire",
    label = "no field says until when an item lives",
    note = "put `#[table(ttl)]` on a field: an `Option<theory::Timestamp>`, or epoch seconds",
    note = "generic code asks for it: `{Self}: Table + Expiring`"
)]
pub trait Expiring: Table {
    /// The attribute that says until when.
    #[doc(hidden)]
    const TTL: &'static Ttl;
}

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
///
/// A missing attribute reads as in the entity's field type, so that an `Option` of it is `None`; a missing version is the first one. A `default`
/// of the entity does not reach here.
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

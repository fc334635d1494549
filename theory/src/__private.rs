//! What generated code names. Nothing here is part of the public API.

pub use crate::attribute::derived::{encode_text, item_members, members, tag, unknown_variant};
pub use crate::attribute::document::{
    decode_document, encode_document, field, field_unless_empty, field_with, key_field, read, read_with,
    take, take_with,
};
pub use crate::attribute::field::{
    FieldAdapter, FlattenedField, KeyField, ProjectedField, StoredField, WrittenField,
};
pub use crate::attribute::upgrade::{Upgrade, UpgradeOutcome};
pub use crate::attribute::{
    Adapted, Adapter, Attribute, Document, EpochSeconds, Fields, FromAttribute, FromFields, Kind, Lenient,
    MaybeEmpty, Optional, Predecessor, RestField, TtlField, kind,
};
#[cfg(feature = "serde")]
pub use crate::attribute::{Json, Serde};
pub use crate::expr::role::{Data, Key as KeyRole, Managed, Protected};
pub use crate::expr::{Flattened, Indexed, Keyed, Path, Removable, Root, Value};
pub use crate::key::Key;
pub use crate::lifecycle::{CountedField, Expected, Lifecycle, StampedField, Stamps, Ttl};
pub use crate::op::{
    All, Check, Delete, Get, Global, Local, Partial, Primary, Query, ReadFrom, Update, WholeIndex,
};
pub use crate::table::{
    BatchWritable, Expiring, FromItem, Overwritable, Projection, Scannable, Table, Versioned,
};
pub use crate::value::Item;
pub use crate::wire::{DecodeError, KeySide, Reader, Writer};
pub use theory_schema::flatten::{concat, count};
pub use theory_schema::{
    Attribute as AttributeSchema, Document as DocumentSchema, Entity, Index, IndexKind, Key as KeySchema,
    KeyAttribute, Projection as IndexProjection, Role, ScalarType, Segment, Type, Union, Unique, limits,
};

/// The limit of a partition key, of the table or of an index.
pub const fn partition_side(index: Option<&'static str>) -> KeySide {
    KeySide { limit: limits::PARTITION_KEY_BYTES as u32, index }
}

/// The limit of a sort key, of the table or of an index.
pub const fn sort_side(index: Option<&'static str>) -> KeySide {
    KeySide { limit: limits::SORT_KEY_BYTES as u32, index }
}

/// The field's type may be `unique`.
pub const fn assert_unique<T: Attribute<Kind: kind::Distinct>>() {}

/// The field's type may be in the key of a table that holds guards.
pub const fn assert_guarded_key<T: Attribute<Kind: kind::InGuardedKey>>() {}

/// The field's type may be a `ttl`.
pub const fn assert_ttl<T: TtlField>() {}

/// Writes the attributes that a `rest` field keeps.
pub fn encode_rest<T: RestField>(rest: &T, out: &mut Writer) {
    rest.encode_rest(out);
}

/// Gives an attribute that no other field named to the `rest` field, which takes all.
pub fn read_rest<T: RestField>(
    rest: &mut T,
    name: &str,
    input: &mut Reader<'_>,
) -> Result<bool, DecodeError> {
    rest.read_rest(name, input).map(|()| true)
}

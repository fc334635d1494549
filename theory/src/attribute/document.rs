//! Structs: the attributes of an item, and the members of a nested document.

use super::upgrade::{self, Upgrade};
use super::{Adapter, Attribute, FromAttribute};
use crate::wire::{DecodeError, Reader, Writer};
use std::{rc::Rc, sync::Arc};

/// A struct whose fields are written one by one: an entity, a nested document, or a part of either that is flattened into it.
///
/// Derived; there is no reason to implement it by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields that can be written one by one",
    label = "not a struct with named fields that is stored",
    note = "derive `Table` for an entity, `Attribute` for a struct that is flattened into one"
)]
pub trait Fields {
    /// What is known of each field, in the order of the struct.
    #[doc(hidden)]
    const ATTRIBUTES: &'static [theory_schema::Attribute] = &[];

    /// Writes every field that is present, each followed by its separator.
    #[doc(hidden)]
    fn encode_fields(&self, out: &mut Writer);
}

/// A struct that can be read field by field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct that is read field by field",
    label = "neither an entity nor a document",
    note = "derive `Table` for an entity, `Projection` for a part of one, `Attribute` for a struct with named fields to flatten",
    note = "enums cannot be flattened, and a struct with lifetimes is only written"
)]
pub trait FromFields: Fields + Sized {
    /// The fields read so far.
    #[doc(hidden)]
    type Partial;

    /// What mends an item of an older shape: `#[table(upgrade = …)]`.
    #[doc(hidden)]
    const UPGRADE: Option<Upgrade> = None;

    #[doc(hidden)]
    fn partial() -> Self::Partial;

    /// Reads the value of the attribute `name`, if it is a field's; otherwise leaves the input where it is and says `false`.
    #[doc(hidden)]
    fn read_field(
        partial: &mut Self::Partial,
        name: &str,
        input: &mut Reader<'_>,
    ) -> Result<bool, DecodeError>;

    #[doc(hidden)]
    fn finish(partial: Self::Partial) -> Result<Self, DecodeError>;
}

/// An attribute that holds a document: the struct behind `T`, `Option<T>` or `Box<T>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields to go into",
    note = "`then` goes into a struct that derives `Attribute`; use `index` for lists and `key` for maps"
)]
pub trait Document {
    /// The struct that derives `Attribute`.
    type Document;
}

macro_rules! documents {
    ($($pointer:ident)*) => { $(
        impl<T: Document> Document for $pointer<T> {
            type Document = T::Document;
        }
    )* };
}

documents! { Option Box Rc Arc }

impl<T: Document, A> Document for super::Adapted<T, A> {
    type Document = T::Document;
}

/// Reads a bare object, the form of an item.
///
/// An item that cannot be read as it is gets a second try, if the type has a hook that mends items of an older shape.
#[inline]
pub(crate) fn decode_item<T: FromFields>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    decode_telling(input).map(|(item, _)| item)
}

/// As [`decode_item`], and whether the hook had to mend it.
#[inline]
pub(crate) fn decode_telling<T: FromFields>(input: &mut Reader<'_>) -> Result<(T, bool), DecodeError> {
    // Of a constant: a type without a hook has no trace of this.
    let Some(upgrade) = T::UPGRADE else { return Ok((decode_as_stored(input)?, false)) };
    let start = input.save();
    match decode_as_stored(input) {
        Ok(item) => Ok((item, false)),
        Err(_) => {
            input.restore(start);
            Ok((upgrade::decode_mended(upgrade, input, decode_as_stored)?, true))
        }
    }
}

/// As [`decode_item`], without a second try.
fn decode_as_stored<T: FromFields>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    let mut members = input.begin_object()?;
    let mut partial = T::partial();
    while let Some(name) = members.next(input)? {
        if !T::read_field(&mut partial, &name, input)? {
            input.skip_value()?;
        }
    }
    T::finish(partial)
}

/// The reverse of [`decode_item`].
pub(crate) fn encode_item<T: Fields + ?Sized>(value: &T, out: &mut Writer) {
    out.begin_object();
    value.encode_fields(out);
    out.end_object();
}

// What follows is called by generated code.

/// A nested struct, as an attribute value.
pub fn encode_document<T: Fields>(value: &T, out: &mut Writer) {
    out.begin_map();
    value.encode_fields(out);
    out.end_map();
}

/// The reverse of [`encode_document`].
///
/// # Errors
///
/// Where the value is no map, or a field of it cannot be read.
pub fn decode_document<T: FromFields>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    let mut members = input.begin_map()?;
    let mut partial = T::partial();
    while let Some(name) = members.next(input)? {
        if !T::read_field(&mut partial, &name, input)? {
            input.skip_value()?;
        }
    }
    T::finish(partial)
}

/// Writes one field; `name` is its JSON form with the colon.
#[inline]
pub fn field<T: Attribute>(out: &mut Writer, name: &'static str, value: &T) {
    if !value.is_absent() {
        out.literal_name(name);
        value.encode(out);
        out.end_member();
    }
}

/// Writes a key field, checked as a key of the table.
#[inline]
pub fn key_field<T: super::KeyAttribute>(
    out: &mut Writer,
    name: &'static str,
    value: &T,
    side: crate::wire::KeySide,
) {
    if value.is_absent() {
        return;
    }
    out.literal_name(name);
    let start = out.len();
    value.encode(out);
    out.check_key(start, side);
    out.end_member();
}

/// As [`field`], through an adapter.
#[inline]
pub fn field_with<A: Adapter<T>, T>(out: &mut Writer, name: &'static str, value: &T) {
    if !A::is_absent(value) {
        out.literal_name(name);
        A::encode(value, out);
        out.end_member();
    }
}

/// As [`field`], but leaves out what is empty.
#[inline]
pub fn field_unless_empty<T: Attribute + super::MaybeEmpty>(out: &mut Writer, name: &'static str, value: &T) {
    if !value.is_empty() {
        field(out, name, value);
    }
}

/// Reads one field into its slot. Of duplicate names the last wins.
#[inline]
pub fn read<T: FromAttribute>(
    slot: &mut Option<T>,
    name: &'static str,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    match T::decode(input) {
        Ok(value) => {
            *slot = Some(value);
            Ok(())
        }
        Err(error) => Err(error.in_attribute(name)),
    }
}

/// As [`read`], through an adapter.
#[inline]
pub fn read_with<A: Adapter<T>, T>(
    slot: &mut Option<T>,
    name: &'static str,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    match A::decode(input) {
        Ok(value) => {
            *slot = Some(value);
            Ok(())
        }
        Err(error) => Err(error.in_attribute(name)),
    }
}

/// The value read, or what a missing attribute means.
#[inline]
pub fn take<T: FromAttribute>(slot: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    match slot {
        Some(value) => Ok(value),
        None => T::absent().ok_or_else(|| DecodeError::missing(name)),
    }
}

/// As [`take`], through an adapter.
#[inline]
pub fn take_with<A: Adapter<T>, T>(slot: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    match slot {
        Some(value) => Ok(value),
        None => A::absent().ok_or_else(|| DecodeError::missing(name)),
    }
}

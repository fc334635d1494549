//! What derived code calls beyond [`document`](super::document): enums, the rest of an item, and questions to a field's type.

use super::{Adapted, Adapter, Attribute, FromAttribute, KeyAttribute, TimestampField, VersionField, kind};
use crate::wire::{DecodeError, Reader, Writer};
use std::borrow::Cow;
use theory_schema::{Attribute as AttributeSchema, KeyAttribute as KeyAttributeSchema, Segment, flatten};

/// The description of a key attribute, of a type that may be one.
pub const fn key_attribute<T: KeyAttribute>(
    name: &'static str,
    template: &'static [Segment],
) -> KeyAttributeSchema {
    KeyAttributeSchema::field(name, T::TYPE, template)
}

/// The attributes of a struct that is flattened.
pub const fn attributes_of<T: Attribute>() -> &'static [AttributeSchema] {
    flatten::attributes_of(T::TYPE)
}

/// Asks whether the type can be a version.
pub const fn is_version<T: VersionField>() {}

/// Asks whether the type can be a moment that the library writes.
pub const fn is_timestamp<T: TimestampField>() {}

/// The value of an enum's tag, wherever in the map it stands. The map itself is not read.
///
/// # Errors
///
/// Where the value is no map, or has no tag.
pub fn tag<'a>(input: &mut Reader<'a>, name: &'static str) -> Result<Cow<'a, str>, DecodeError> {
    let mark = input.save();
    let mut members = input.begin_map()?;
    while let Some(member) = members.next(input)? {
        if member == name {
            let tag = input.string().map_err(|error| error.in_attribute(name))?;
            input.restore(mark);
            return Ok(tag);
        }
        input.skip_value()?;
    }
    Err(DecodeError::missing(name))
}

/// Reads the members of a map; those that `read` does not know are passed over.
///
/// # Errors
///
/// Where the value is no map, and those of `read`.
pub fn members<'a>(
    input: &mut Reader<'a>,
    mut read: impl FnMut(&str, &mut Reader<'a>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let mut members = input.begin_map()?;
    while let Some(name) = members.next(input)? {
        if !read(&name, input)? {
            input.skip_value()?;
        }
    }
    Ok(())
}

/// As [`members`], of a bare object: an item.
///
/// # Errors
///
/// Where it is no object, and those of `read`.
pub fn item_members<'a>(
    input: &mut Reader<'a>,
    mut read: impl FnMut(&str, &mut Reader<'a>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(input)? {
        if !read(&name, input)? {
            input.skip_value()?;
        }
    }
    Ok(())
}

/// Writes the text of a variant that catches unknown ones.
pub fn encode_text<T: Attribute<Kind = kind::Text>>(text: &T, out: &mut Writer) {
    text.encode(out);
}

/// An enum has no variant of the name that was read.
#[cold]
pub fn unknown_variant(expected: &'static str) -> DecodeError {
    DecodeError::invalid(expected)
}

/// An attribute of an entity that a projection's field of type `F` can read.
#[diagnostic::on_unimplemented(
    message = "the field of the entity is a `{Self}`, which a `{F}` cannot read",
    label = "not the type of the entity's field",
    note = "a projection's field has the type of the entity's, or an `Option` of it"
)]
pub trait ProjectedAs<F> {
    /// Reads the attribute.
    #[doc(hidden)]
    fn read(input: &mut Reader<'_>) -> Result<F, DecodeError>;

    /// What a missing attribute reads as.
    #[doc(hidden)]
    fn absent() -> Option<F>;
}

impl<T: FromAttribute> ProjectedAs<T> for T {
    fn read(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::decode(input)
    }
    fn absent() -> Option<T> {
        <T as FromAttribute>::absent()
    }
}

impl<T: FromAttribute> ProjectedAs<Option<T>> for T {
    fn read(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        <Option<T> as FromAttribute>::decode(input)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<F, A: Adapter<F>> ProjectedAs<F> for Adapted<F, A> {
    fn read(input: &mut Reader<'_>) -> Result<F, DecodeError> {
        A::decode(input)
    }
    fn absent() -> Option<F> {
        A::absent()
    }
}

impl<F, A: Adapter<F>> ProjectedAs<Option<F>> for Adapted<F, A> {
    fn read(input: &mut Reader<'_>) -> Result<Option<F>, DecodeError> {
        if input.take_null()? { Ok(None) } else { A::decode(input).map(Some) }
    }
    fn absent() -> Option<Option<F>> {
        Some(None)
    }
}

/// Reads one field of a projection into its slot; the path tells how.
///
/// # Errors
///
/// Where the value cannot be read.
pub fn read_projected<E, T: ProjectedAs<F>, R, F>(
    slot: &mut Option<F>,
    path: crate::expr::Path<E, T, R>,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    *slot = Some(T::read(input).map_err(|error| error.in_attribute(path.name()))?);
    Ok(())
}

/// The value read, or what a missing attribute means.
///
/// # Errors
///
/// Where it means nothing.
pub fn take_projected<E, T: ProjectedAs<F>, R, F>(
    slot: Option<F>,
    path: crate::expr::Path<E, T, R>,
) -> Result<F, DecodeError> {
    slot.or_else(T::absent).ok_or_else(|| DecodeError::missing(path.name()))
}

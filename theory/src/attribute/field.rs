//! The type of a field, as generated code sees it.
//!
//! Generated code names these traits in paths, `<Status as StoredField>::write(…)`, on the span of the field's type. The compiler then says
//! the same of every use of a type that is no attribute, and prints it once; of generic functions it would name each in a message
//! of its own.

use super::document::{self, Fields, FromFields};
use super::{Adapter, Attribute, FromAttribute, Kind, adapter::Adapted};
use crate::expr::Path;
use crate::table::Table;
use crate::value::read_back;
use crate::wire::stamp::Stamping;
use crate::wire::{DecodeError, KeySide, Reader, Writer};
use theory_schema::{Attribute as AttributeSchema, Type};

/// The type of a field that is only written, because the struct borrows or has type parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in DynamoDB",
    label = "not an attribute type",
    note = "derive `Attribute` for it, or put `#[table(serde)]` on the field"
)]
pub trait WrittenField {
    /// [`Attribute::Kind`] of a newtype: not `Byte`, because a list of newtypes is a list, also where they hold bytes.
    type Kind: Kind;
    /// As [`Attribute::TYPE`].
    const TYPE: &'static Type;
    /// As [`Attribute::encode`].
    fn encode(&self, out: &mut Writer);
    /// As [`Attribute::is_absent`].
    fn is_absent(&self) -> bool;
    /// Writes the field; `name` is its JSON form with the colon.
    fn write(&self, out: &mut Writer, name: &'static str);
}

impl<T: Attribute> WrittenField for T {
    type Kind = <T::Kind as Kind>::Single;
    const TYPE: &'static Type = T::TYPE;
    #[inline]
    fn encode(&self, out: &mut Writer) {
        Attribute::encode(self, out);
    }
    #[inline]
    fn is_absent(&self) -> bool {
        Attribute::is_absent(self)
    }
    #[inline]
    fn write(&self, out: &mut Writer, name: &'static str) {
        document::field(out, name, self);
    }
}

/// The type of a field that is written and read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in DynamoDB and read back",
    label = "not an attribute type",
    note = "derive `Attribute` for it, or put `#[table(serde)]` on the field; a type that borrows is only written"
)]
pub trait StoredField: Sized {
    /// [`Attribute::Kind`] of a newtype: not `Byte`, because a list of newtypes is a list, also where they hold bytes.
    type Kind: Kind;
    /// As [`Attribute::TYPE`].
    const TYPE: &'static Type;
    /// As [`Attribute::encode`].
    fn encode(&self, out: &mut Writer);
    /// As [`Attribute::is_absent`].
    fn is_absent(&self) -> bool;
    /// As [`FromAttribute::decode`].
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError>;
    /// As [`FromAttribute::absent`].
    fn absent() -> Option<Self>;
    /// Writes the field; `name` is its JSON form with the colon.
    fn write(&self, out: &mut Writer, name: &'static str);
    /// Reads the field into its slot.
    fn read(slot: &mut Option<Self>, name: &'static str, input: &mut Reader<'_>) -> Result<(), DecodeError>;
    /// The value read, or what a missing attribute means.
    fn take(slot: Option<Self>, name: &'static str) -> Result<Self, DecodeError>;
}

impl<T: FromAttribute> StoredField for T {
    type Kind = <T::Kind as Kind>::Single;
    const TYPE: &'static Type = T::TYPE;
    #[inline]
    fn encode(&self, out: &mut Writer) {
        Attribute::encode(self, out);
    }
    #[inline]
    fn is_absent(&self) -> bool {
        Attribute::is_absent(self)
    }
    #[inline]
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        FromAttribute::decode(input)
    }
    #[inline]
    fn absent() -> Option<Self> {
        FromAttribute::absent()
    }
    #[inline]
    fn write(&self, out: &mut Writer, name: &'static str) {
        document::field(out, name, self);
    }
    #[inline]
    fn read(slot: &mut Option<Self>, name: &'static str, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        document::read(slot, name, input)
    }
    #[inline]
    fn take(slot: Option<Self>, name: &'static str) -> Result<Self, DecodeError> {
        document::take(slot, name)
    }
}

/// The type of a field that is part of a key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key attribute",
    label = "keys hold a string, a number or bytes",
    note = "use a type that is stored as one of these, or a newtype of it that derives `Attribute`"
)]
pub trait KeyField {
    /// As [`Attribute::TYPE`].
    const TYPE: &'static Type;
    /// Writes the field, checked against the limits of the key.
    fn write(&self, out: &mut Writer, name: &'static str, side: KeySide);
}

impl<T: super::KeyAttribute> KeyField for T {
    const TYPE: &'static Type = T::TYPE;
    #[inline]
    fn write(&self, out: &mut Writer, name: &'static str, side: KeySide) {
        document::key_field(out, name, self, side);
    }
}

/// The adapter of a field of type `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot store a `{T}`",
    label = "not an adapter of `{T}`",
    note = "implement `theory::attribute::Adapter<{T}>` for `{Self}`"
)]
pub trait FieldAdapter<T> {
    /// As [`Adapter::Kind`].
    type Kind: Kind;
    /// As [`Adapter::TYPE`].
    const TYPE: &'static Type;
    /// As [`Adapter::encode`].
    fn encode(value: &T, out: &mut Writer);
    /// As [`Adapter::is_absent`].
    fn is_absent(value: &T) -> bool;
    /// As [`Adapter::decode`].
    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError>;
    /// As [`Adapter::absent`].
    fn absent() -> Option<T>;
    /// Writes the field; `name` is its JSON form with the colon.
    fn write(value: &T, out: &mut Writer, name: &'static str);
    /// Reads the field into its slot.
    fn read(slot: &mut Option<T>, name: &'static str, input: &mut Reader<'_>) -> Result<(), DecodeError>;
    /// The value read, or what a missing attribute means.
    fn take(slot: Option<T>, name: &'static str) -> Result<T, DecodeError>;
}

impl<T, A: Adapter<T>> FieldAdapter<T> for A {
    type Kind = A::Kind;
    const TYPE: &'static Type = A::TYPE;
    #[inline]
    fn encode(value: &T, out: &mut Writer) {
        <A as Adapter<T>>::encode(value, out);
    }
    #[inline]
    fn is_absent(value: &T) -> bool {
        <A as Adapter<T>>::is_absent(value)
    }
    #[inline]
    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        <A as Adapter<T>>::decode(input)
    }
    #[inline]
    fn absent() -> Option<T> {
        <A as Adapter<T>>::absent()
    }
    #[inline]
    fn write(value: &T, out: &mut Writer, name: &'static str) {
        document::field_with::<A, T>(out, name, value);
    }
    #[inline]
    fn read(slot: &mut Option<T>, name: &'static str, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        document::read_with::<A, T>(slot, name, input)
    }
    #[inline]
    fn take(slot: Option<T>, name: &'static str) -> Result<T, DecodeError> {
        document::take_with::<A, T>(slot, name)
    }
}

/// The type of a field whose fields lie beside its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct that is read field by field",
    label = "neither an entity nor a document",
    note = "derive `Table` for an entity, `Projection` for a part of one, `Attribute` for a struct with named fields to flatten",
    note = "enums cannot be flattened, and a struct with lifetimes is only written"
)]
pub trait FlattenedField: Sized {
    /// As [`FromFields::Partial`].
    type Partial;
    /// As [`Fields::ATTRIBUTES`].
    const ATTRIBUTES: &'static [AttributeSchema];
    /// As [`Fields::encode_fields`].
    fn encode_fields(&self, out: &mut Writer);
    /// As [`FromFields::partial`].
    fn partial() -> Self::Partial;
    /// As [`FromFields::read_field`].
    fn read_field(
        partial: &mut Self::Partial,
        name: &str,
        input: &mut Reader<'_>,
    ) -> Result<bool, DecodeError>;
    /// As [`FromFields::finish`].
    fn finish(partial: Self::Partial) -> Result<Self, DecodeError>;
}

impl<T: FromFields> FlattenedField for T {
    type Partial = T::Partial;
    const ATTRIBUTES: &'static [AttributeSchema] = <T as Fields>::ATTRIBUTES;
    #[inline]
    fn encode_fields(&self, out: &mut Writer) {
        // The library writes the roles of the entity itself; those of one that is flattened into it are data.
        out.with_stamping(Stamping::AsIs, |out| Fields::encode_fields(self, out));
    }
    #[inline]
    fn partial() -> Self::Partial {
        <T as FromFields>::partial()
    }
    #[inline]
    fn read_field(
        partial: &mut Self::Partial,
        name: &str,
        input: &mut Reader<'_>,
    ) -> Result<bool, DecodeError> {
        <T as FromFields>::read_field(partial, name, input)
    }
    #[inline]
    fn finish(partial: Self::Partial) -> Result<Self, DecodeError> {
        <T as FromFields>::finish(partial)
    }
}

/// An attribute of an entity that a projection's field of type `F` can read.
#[diagnostic::on_unimplemented(
    message = "the entity's field is a `{Self}`, which a projection cannot read as `{F}`",
    label = "not the type of the entity's field",
    note = "a field of a projection has the type of the entity's field, or an `Option` of it"
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
        FromAttribute::decode(input)
    }
    fn absent() -> Option<T> {
        FromAttribute::absent()
    }
}

impl<T: FromAttribute> ProjectedAs<Option<T>> for T {
    fn read(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        FromAttribute::decode(input)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<F, A: Adapter<F>> ProjectedAs<F> for Adapted<F, A> {
    fn read(input: &mut Reader<'_>) -> Result<F, DecodeError> {
        <A as Adapter<F>>::decode(input)
    }
    fn absent() -> Option<F> {
        <A as Adapter<F>>::absent()
    }
}

impl<F, A: Adapter<F>> ProjectedAs<Option<F>> for Adapted<F, A> {
    fn read(input: &mut Reader<'_>) -> Result<Option<F>, DecodeError> {
        if input.take_null()? { Ok(None) } else { <A as Adapter<F>>::decode(input).map(Some) }
    }
    fn absent() -> Option<Option<F>> {
        Some(None)
    }
}

/// A field of a projection while an item is read.
///
/// The functions are those of the path's type; it is asked for them in one place, so that a wrong type is one message.
pub struct ProjectedField<F> {
    name: &'static str,
    slot: Option<F>,
    read: fn(&mut Reader<'_>) -> Result<F, DecodeError>,
    absent: fn() -> Option<F>,
    /// Of a version: writes the first, which an item has that was written before there was one.
    first: Option<fn(&mut Writer)>,
}

impl<F> ProjectedField<F> {
    /// The field that reads what the path leads to.
    #[inline]
    pub fn new<E, T: ProjectedAs<F>, R>(path: Path<E, T, R>) -> Self {
        ProjectedField { name: path.name(), slot: None, read: T::read, absent: T::absent, first: None }
    }

    /// The same, of the entity `E`.
    #[inline]
    pub fn of<E: Table>(self) -> Self {
        ProjectedField { first: E::LIFECYCLE.first_version(self.name), ..self }
    }

    /// Reads the value.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    #[inline]
    pub fn read(&mut self, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.slot = Some((self.read)(input).map_err(|error| error.in_attribute(self.name))?);
        Ok(())
    }

    /// The value read, or what a missing attribute means.
    ///
    /// # Errors
    ///
    /// Where it means nothing.
    #[inline]
    pub fn take(self) -> Result<F, DecodeError> {
        let ProjectedField { name, slot, read, absent, first } = self;
        if let Some(value) = slot.or_else(absent) {
            return Ok(value);
        }
        let first = first.ok_or_else(|| DecodeError::missing(name))?;
        read_back(first, read).map_err(|error| error.in_attribute(name))
    }
}

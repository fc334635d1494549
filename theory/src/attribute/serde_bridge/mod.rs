//! Types that serde knows, as natural DynamoDB values or as JSON text.

mod absent;
mod de;
mod de_compound;
mod de_key;
mod error;
mod ser;
mod ser_compound;
mod ser_key;
#[cfg(test)]
mod tests;

use super::{Adapter, kind};
use crate::wire::{DecodeError, EncodeErrorKind, Reader, Writer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use theory_schema::Type;

/// Stores any serde type as its natural DynamoDB value: `#[table(serde)]`.
///
/// The form is that of the crate `serde_dynamo`, whose items are read, and which reads ours: a struct is a map (`M`), a sequence
/// or tuple a list (`L`), a unit variant a string (`S`), any other variant a map whose one member is named after it; bytes are
/// `B`, and a `None` inside is `NULL`. Numbers are exact, those of 128 bits included. The sets of `serde_dynamo` (`string_set`,
/// `number_set`, `binary_set`) become sets here too.
///
/// A field that is `None` is absent, and a missing attribute is `None`, as everywhere in Theory.
#[derive(Debug, Clone, Copy)]
pub struct Serde;

impl<T: Serialize + DeserializeOwned> Adapter<T> for Serde {
    type Kind = kind::Any;
    const TYPE: &'static Type = &Type::Any;

    fn encode(value: &T, out: &mut Writer) {
        write(value, out);
    }

    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        read(input)
    }

    fn is_absent(value: &T) -> bool {
        absent::is_none(value)
    }

    fn absent() -> Option<T> {
        absent::none()
    }
}

/// Stores any serde type as JSON text in a string (`S`): `#[table(json)]`.
///
/// For what nests deeper than DynamoDB's 32 levels, or must be kept letter by letter. DynamoDB sees text: no path leads into it.
/// As JSON has it, a NaN or an infinity becomes `null`.
///
/// A field that is `None` is absent, and a missing attribute is `None`.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl<T: Serialize + DeserializeOwned> Adapter<T> for Json {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;

    fn encode(value: &T, out: &mut Writer) {
        match serde_json::to_string(value) {
            Ok(json) => out.string(&json),
            Err(error) => out.fail(EncodeErrorKind::Custom(error.to_string().into())),
        }
    }

    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        // The error's own text may show the value.
        serde_json::from_str(&input.string()?).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            DecodeError::invalid(format!("JSON text of the field's type (line {line}, column {column})"))
        })
    }

    fn is_absent(value: &T) -> bool {
        absent::is_none(value)
    }

    fn absent() -> Option<T> {
        absent::none()
    }
}

/// Writes one attribute value.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Writer) {
    if let Err(error) = value.serialize(ser::Serializer::new(out)) {
        out.fail(error.into_kind());
    }
}

/// Reads one attribute value.
pub(crate) fn read<T: DeserializeOwned>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    T::deserialize(de::Deserializer::new(input)).map_err(error::ReadError::into_inner)
}

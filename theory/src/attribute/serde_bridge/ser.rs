//! serde's data model, written as attribute values.

use super::error::WriteError;
use super::ser_compound::{List, Map, Variant};
use crate::wire::{AttributeType, EncodeErrorKind, Reader, Writer};
use serde::ser::{self, Serialize};
use theory_schema::ScalarType;

type Result<T = ()> = std::result::Result<T, WriteError>;

/// Writes one attribute value.
pub(super) struct Serializer<'w> {
    out: &'w mut Writer,
}

impl<'w> Serializer<'w> {
    pub(super) fn new(out: &'w mut Writer) -> Self {
        Serializer { out }
    }

    /// The writer, unless it has failed: then nothing counts any more, however deep the value is.
    fn open(self) -> Result<&'w mut Writer> {
        match self.out.error() {
            // The writer keeps its first failure, so that this one is never seen.
            Some(_) => Err(EncodeErrorKind::TooDeep.into()),
            None => Ok(self.out),
        }
    }
}

macro_rules! scalars {
    ($($method:ident($value:ty) => $write:ident;)*) => { $(
        fn $method(self, value: $value) -> Result {
            self.out.$write(value);
            Ok(())
        }
    )* };
}

impl<'w> ser::Serializer for Serializer<'w> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = List<'w>;
    type SerializeTuple = List<'w>;
    type SerializeTupleStruct = List<'w>;
    type SerializeTupleVariant = Variant<List<'w>>;
    type SerializeMap = Map<'w>;
    type SerializeStruct = Map<'w>;
    type SerializeStructVariant = Variant<Map<'w>>;

    scalars! {
        serialize_bool(bool) => boolean;
        serialize_i8(i8) => integer;
        serialize_i16(i16) => integer;
        serialize_i32(i32) => integer;
        serialize_i64(i64) => integer;
        serialize_i128(i128) => integer;
        serialize_u8(u8) => integer;
        serialize_u16(u16) => integer;
        serialize_u32(u32) => integer;
        serialize_u64(u64) => integer;
        serialize_u128(u128) => integer;
        serialize_f32(f32) => float32;
        serialize_f64(f64) => float64;
        serialize_str(&str) => string;
        serialize_bytes(&[u8]) => binary;
    }

    fn serialize_char(self, value: char) -> Result {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result {
        self.out.null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result {
        match set_of(name) {
            Some(element) => serialize_set(element, value, self.out),
            None => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result {
        let out = self.open()?;
        out.begin_map();
        out.name(variant);
        value.serialize(Serializer::new(out))?;
        out.end_member();
        out.end_map();
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<List<'w>> {
        self.open().map(List::begin)
    }

    fn serialize_tuple(self, _length: usize) -> Result<List<'w>> {
        self.open().map(List::begin)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<List<'w>> {
        self.open().map(List::begin)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Variant<List<'w>>> {
        self.open().map(|out| Variant::begin(variant, out, List::begin))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Map<'w>> {
        self.open().map(Map::begin)
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Map<'w>> {
        self.open().map(Map::begin)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Variant<Map<'w>>> {
        self.open().map(|out| Variant::begin(variant, out, Map::begin))
    }
}

/// What the set holds, if the newtype is one of those by which `serde_dynamo` marks sets.
fn set_of(name: &str) -> Option<ScalarType> {
    match name {
        "\u{037E}STRINGSET\u{037E}" => Some(ScalarType::String),
        "\u{037E}NUMBERSET\u{037E}" => Some(ScalarType::Number),
        "\u{037E}BYTESSET\u{037E}" => Some(ScalarType::Binary),
        _ => None,
    }
}

/// Writes the value as a list, and then its elements as a set: a detour that only what is marked as a set takes.
fn serialize_set<T: Serialize + ?Sized>(element: ScalarType, value: &T, out: &mut Writer) -> Result {
    let mut list = Writer::new();
    value.serialize(Serializer::new(&mut list))?;
    let json = list.finish().map_err(|error| error.kind().clone())?;
    out.begin_set(element);
    copy_elements(element, &json, out)
        .map_err(|_| WriteError::new("a set takes a sequence of elements of its type"))?;
    out.end_set();
    Ok(())
}

fn copy_elements(element: ScalarType, list: &[u8], out: &mut Writer) -> crate::wire::Result<()> {
    let element = match element {
        ScalarType::String => AttributeType::S,
        ScalarType::Number => AttributeType::N,
        ScalarType::Binary => AttributeType::B,
    };
    let mut input = Reader::new(list)?;
    let mut elements = input.begin_list()?;
    while elements.next(&mut input)? {
        let position = input.position();
        match input.peek_type()? {
            found if found == element => {}
            found => return Err(crate::wire::DecodeError::mismatch(element.description(), found, position)),
        }
        let value = input.raw_value()?;
        out.set_element(|out| out.raw(value.as_bytes()));
    }
    Ok(())
}

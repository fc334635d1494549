//! Attribute values, read as serde's data model.

use super::de_compound::{Elements, Enum, Members};
use super::error::ReadError;
use crate::wire::{AttributeType, DecodeError, Reader, number};
use serde::de::{self, IntoDeserializer as _, Visitor};
use std::borrow::Cow;
use std::cmp::Ordering;

type Result<T> = std::result::Result<T, ReadError>;

/// Reads one attribute value.
///
/// How deep the recursion goes is bounded by the reader, which refuses more than 32 levels.
pub(super) struct Deserializer<'r, 'de> {
    input: &'r mut Reader<'de>,
}

impl<'r, 'de> Deserializer<'r, 'de> {
    pub(super) fn new(input: &'r mut Reader<'de>) -> Self {
        Deserializer { input }
    }

    fn mismatch<T>(self, expected: &'static str) -> Result<T> {
        let position = self.input.position();
        Err(DecodeError::mismatch(expected, self.input.peek_type()?, position).into())
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            visitor.$visit(self.input.integer()?)
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, 'de> {
    type Error = ReadError;

    integers! {
        deserialize_i8 visit_i8;
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_i128 visit_i128;
        deserialize_u8 visit_u8;
        deserialize_u16 visit_u16;
        deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
        deserialize_u128 visit_u128;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.input.peek_type()? {
            AttributeType::S => self.deserialize_str(visitor),
            AttributeType::N => visit_number(&self.input.number()?, visitor),
            AttributeType::B => self.deserialize_bytes(visitor),
            AttributeType::Bool => self.deserialize_bool(visitor),
            AttributeType::Null => self.deserialize_unit(visitor),
            AttributeType::M => self.deserialize_map(visitor),
            AttributeType::L | AttributeType::Ss | AttributeType::Ns | AttributeType::Bs => {
                self.deserialize_seq(visitor)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_bool(self.input.boolean()?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f32(self.input.float32()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f64(self.input.float64()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.input.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.input.peek_type()? {
            // Bytes that a writer did not mark as such are a sequence.
            AttributeType::L => self.deserialize_seq(visitor),
            _ => visitor.visit_byte_buf(self.input.binary()?),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.input.take_null()? { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.input.take_null()? {
            visitor.visit_unit()
        } else {
            self.mismatch(AttributeType::Null.description())
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.input.peek_type()? {
            AttributeType::Ss => {
                Elements::set(self.input, AttributeType::Ss, AttributeType::S)?.visit(visitor)
            }
            AttributeType::Ns => {
                Elements::set(self.input, AttributeType::Ns, AttributeType::N)?.visit(visitor)
            }
            AttributeType::Bs => {
                Elements::set(self.input, AttributeType::Bs, AttributeType::B)?.visit(visitor)
            }
            _ => Elements::list(self.input)?.visit(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        Members::begin(self.input)?.visit(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.input.peek_type()? {
            AttributeType::L => self.deserialize_seq(visitor),
            _ => self.deserialize_map(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.input.peek_type()? {
            AttributeType::S => visitor.visit_enum(self.input.string()?.into_deserializer()),
            AttributeType::M => Enum::visit(self.input, visitor),
            _ => self.mismatch("a string (S) or a map (M) that names a variant"),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.input.skip_value()?;
        visitor.visit_unit()
    }
}

/// A number for a type that did not say which kind it wants.
///
/// As `serde_json` does, 64 bits are tried first and a double last; but an integer that a double would round goes as 128 bits,
/// which what does not know them refuses.
fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value> {
    if let Ok(integer) = text.parse::<i64>() {
        return visitor.visit_i64(integer);
    }
    if let Ok(integer) = text.parse::<u64>() {
        return visitor.visit_u64(integer);
    }
    let parsed = number::Number::parse(text)
        .map_err(|_| ReadError::from(DecodeError::invalid("a number that DynamoDB holds")))?;
    let double = text.parse::<f64>().ok();
    let is_exact =
        |double: f64| number::compare(zmij::Buffer::new().format(double), text) == Ok(Ordering::Equal);
    match (parsed.to_integer(), double) {
        (Some((false, magnitude)), Some(double)) if !is_exact(double) => visitor.visit_u128(magnitude),
        (Some((true, magnitude)), Some(double)) if !is_exact(double) => {
            match 0i128.checked_sub_unsigned(magnitude) {
                Some(integer) => visitor.visit_i128(integer),
                None => Err(DecodeError::invalid("an integer of 128 bits").into()),
            }
        }
        (_, Some(double)) => visitor.visit_f64(double),
        (_, None) => Err(DecodeError::invalid("a number").into()),
    }
}

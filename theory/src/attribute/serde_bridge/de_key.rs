//! The names of a map's members, as keys of the type's own.

use super::error::ReadError;
use crate::wire::DecodeError;
use serde::de::{self, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

type Result<T> = std::result::Result<T, ReadError>;

/// Reads one name.
pub(super) struct Deserializer<'n, 'de> {
    name: &'n Cow<'de, str>,
}

impl<'n, 'de> Deserializer<'n, 'de> {
    pub(super) fn new(name: &'n Cow<'de, str>) -> Self {
        Deserializer { name }
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.name.parse() {
                Ok(key) => visitor.$visit(key),
                Err(_) => Err(DecodeError::invalid($expected).into()),
            }
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, 'de> {
    type Error = ReadError;

    parsed! {
        deserialize_bool visit_bool "a map whose keys are booleans";
        deserialize_i8 visit_i8 "a map whose keys fit i8";
        deserialize_i16 visit_i16 "a map whose keys fit i16";
        deserialize_i32 visit_i32 "a map whose keys fit i32";
        deserialize_i64 visit_i64 "a map whose keys fit i64";
        deserialize_i128 visit_i128 "a map whose keys fit i128";
        deserialize_u8 visit_u8 "a map whose keys fit u8";
        deserialize_u16 visit_u16 "a map whose keys fit u16";
        deserialize_u32 visit_u32 "a map whose keys fit u32";
        deserialize_u64 visit_u64 "a map whose keys fit u64";
        deserialize_u128 visit_u128 "a map whose keys fit u128";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.name {
            Cow::Borrowed(name) => visitor.visit_borrowed_str(name),
            Cow::Owned(name) => visitor.visit_str(name),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(self.name.as_ref().into_deserializer())
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

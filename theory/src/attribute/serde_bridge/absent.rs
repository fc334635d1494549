//! Whether a serde type is `None`, without knowing that it is an `Option`.

use serde::de::{self, Deserialize, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{self, Impossible, Serialize};
use std::fmt::{self, Display};

/// Not `None`.
#[derive(Debug)]
pub(super) struct Present;

impl Display for Present {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value is needed")
    }
}

impl std::error::Error for Present {}

impl ser::Error for Present {
    fn custom<T: Display>(_message: T) -> Self {
        Present
    }
}

impl de::Error for Present {
    fn custom<T: Display>(_message: T) -> Self {
        Present
    }
}

/// Whether the value serializes as `None`. It asks for the first step only, and writes nothing.
pub(super) fn is_none<T: Serialize + ?Sized>(value: &T) -> bool {
    value.serialize(IsNone).is_ok()
}

/// What the type deserializes from `None`, if it does.
pub(super) fn none<'de, T: Deserialize<'de>>() -> Option<T> {
    T::deserialize(Missing).ok()
}

struct Missing;

impl<'de> de::Deserializer<'de> for Missing {
    type Error = Present;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Present> {
        Err(Present)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Present> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Present> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct IsNone;

macro_rules! present {
    ($($method:ident($($value:ty),*);)*) => { $(
        fn $method(self, $(_: $value),*) -> Result<(), Present> {
            Err(Present)
        }
    )* };
}

macro_rules! compounds {
    ($($method:ident($($value:ty),*);)*) => { $(
        fn $method(self, $(_: $value),*) -> Result<Impossible<(), Present>, Present> {
            Err(Present)
        }
    )* };
}

impl ser::Serializer for IsNone {
    type Ok = ();
    type Error = Present;
    type SerializeSeq = Impossible<(), Present>;
    type SerializeTuple = Impossible<(), Present>;
    type SerializeTupleStruct = Impossible<(), Present>;
    type SerializeTupleVariant = Impossible<(), Present>;
    type SerializeMap = Impossible<(), Present>;
    type SerializeStruct = Impossible<(), Present>;
    type SerializeStructVariant = Impossible<(), Present>;

    fn serialize_none(self) -> Result<(), Present> {
        Ok(())
    }

    present! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    compounds! {
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<(), Present> {
        Err(Present)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Present> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Present> {
        Err(Present)
    }

    /// The default would make a string.
    fn collect_str<T: Display + ?Sized>(self, _value: &T) -> Result<(), Present> {
        Err(Present)
    }
}

//! The names of a map's members: everything that is plainly text.

use super::error::WriteError;
use crate::wire::Writer;
use serde::ser::{self, Impossible, Serialize};

type Result<T = ()> = std::result::Result<T, WriteError>;

/// Writes one name.
pub(super) struct Serializer<'w> {
    out: &'w mut Writer,
}

impl<'w> Serializer<'w> {
    pub(super) fn new(out: &'w mut Writer) -> Self {
        Serializer { out }
    }
}

fn refused<T>() -> Result<T> {
    Err(WriteError::new(
        "the key of a map must be a string, an integer, a boolean, a character or a unit variant",
    ))
}

macro_rules! displayed {
    ($($method:ident($value:ty);)*) => { $(
        fn $method(self, value: $value) -> Result {
            self.out.display_name(&value);
            Ok(())
        }
    )* };
}

macro_rules! scalars_refused {
    ($($method:ident($($value:ty),*);)*) => { $(
        fn $method(self, $(_: $value),*) -> Result {
            refused()
        }
    )* };
}

type No = Impossible<(), WriteError>;

impl ser::Serializer for Serializer<'_> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    displayed! {
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
        serialize_char(char);
    }

    scalars_refused! {
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    fn serialize_str(self, value: &str) -> Result {
        self.out.name(value);
        Ok(())
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result {
        refused()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result {
        refused()
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<No> {
        refused()
    }

    fn serialize_tuple(self, _length: usize) -> Result<No> {
        refused()
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<No> {
        refused()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<No> {
        refused()
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<No> {
        refused()
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<No> {
        refused()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<No> {
        refused()
    }
}

//! Strings, numbers and booleans.

use super::{Attribute, FromAttribute, kind};
use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::Type;

impl Attribute for str {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(self);
    }
}

impl Attribute for String {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(self);
    }
}

impl FromAttribute for String {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.owned_string()
    }
}

impl Attribute for char {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(self.encode_utf8(&mut [0; 4]));
    }
}

impl FromAttribute for char {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = input.string()?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(DecodeError::invalid("a string of one character")),
        }
    }
}

impl Attribute for bool {
    type Kind = kind::Boolean;
    const TYPE: &'static Type = &Type::Boolean;
    fn encode(&self, out: &mut Writer) {
        out.boolean(*self);
    }
}

impl FromAttribute for bool {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.boolean()
    }
}

macro_rules! integers {
    ($($integer:ty)+) => { $(
        impl Attribute for $integer {
            type Kind = kind::Number;
            const TYPE: &'static Type = &Type::Number;
            fn encode(&self, out: &mut Writer) {
                out.integer(*self);
            }
        }
        impl FromAttribute for $integer {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                input.integer()
            }
        }
    )+ };
}

integers! { i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize }

// `u8` stands apart only so that `Vec<u8>` is bytes, without specialization.
impl Attribute for u8 {
    type Kind = kind::Byte;
    const TYPE: &'static Type = &Type::Number;
    const SLICE_TYPE: &'static Type = &Type::Binary;
    fn encode(&self, out: &mut Writer) {
        out.integer(*self);
    }
    fn encode_slice(items: &[Self], out: &mut Writer) {
        out.binary(items);
    }
}

impl FromAttribute for u8 {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.integer()
    }
    fn decode_vec(input: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        input.binary()
    }
}

impl Attribute for f32 {
    type Kind = kind::Number;
    const TYPE: &'static Type = &Type::Number;
    fn encode(&self, out: &mut Writer) {
        out.float32(*self);
    }
}

impl FromAttribute for f32 {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.float32()
    }
}

impl Attribute for f64 {
    type Kind = kind::Number;
    const TYPE: &'static Type = &Type::Number;
    fn encode(&self, out: &mut Writer) {
        out.float64(*self);
    }
}

impl FromAttribute for f64 {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.float64()
    }
}

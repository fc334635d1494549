//! Bytes: `B`.

use super::{Attribute, FromAttribute, kind};
use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::Type;

impl Attribute for bytes::Bytes {
    type Kind = kind::Binary;
    const TYPE: &'static Type = &Type::Binary;
    fn encode(&self, out: &mut Writer) {
        out.binary(self);
    }
}

impl FromAttribute for bytes::Bytes {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.binary().map(Into::into)
    }
}

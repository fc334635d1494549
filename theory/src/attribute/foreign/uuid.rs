//! `uuid`: identifiers as hyphenated lower-case text.

use crate::attribute::{Attribute, FromAttribute, Predecessor, kind};
use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::Type;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// Stored as `S`: `67e55044-10b1-426f-9247-bb680e5fe0c8`. Version 7 sorts by time.
impl Attribute for Uuid {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(self.as_hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]));
    }
}

/// Any form is read: with or without hyphens, in either case, in braces, as a URN.
impl FromAttribute for Uuid {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Uuid::try_parse(&input.string()?).map_err(|_| DecodeError::invalid("a UUID"))
    }
}

/// The text of fixed width sorts as the 128-bit number does.
impl Predecessor for Uuid {
    fn predecessor(&self) -> Option<Self> {
        self.as_u128().checked_sub(1).map(Uuid::from_u128)
    }
}

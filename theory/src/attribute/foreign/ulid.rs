//! `ulid`: identifiers as text that sorts by time.

use crate::attribute::{Attribute, FromAttribute, Predecessor, kind};
use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::Type;
use ulid::{ULID_LEN, Ulid};

/// Stored as `S`, 26 characters of Crockford's base 32: `01ARZ3NDEKTSV4RRFFQ69G5FAV`.
impl Attribute for Ulid {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(self.array_to_str(&mut [0; ULID_LEN]));
    }
}

/// Either case is read.
impl FromAttribute for Ulid {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = input.string()?;
        match Ulid::from_string(&text) {
            // 26 characters hold 130 bits. The crate drops the two that are too many; we do not.
            Ok(ulid) if matches!(text.as_bytes(), [b'0'..=b'7', ..]) => Ok(ulid),
            _ => Err(DecodeError::invalid("a ULID")),
        }
    }
}

/// The text of fixed width sorts as the 128-bit number does.
impl Predecessor for Ulid {
    fn predecessor(&self) -> Option<Self> {
        u128::from(*self).checked_sub(1).map(Ulid::from)
    }
}

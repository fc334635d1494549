//! How the fields of an entity form one key attribute.
//!
//! A key attribute that is a field of its own has the template of one [`Segment::Field`]. Composed keys such as
//! `ORDER#{placed_at}#{order_id}` alternate literals and fields.

/// A piece of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text that every key has in this place.
    Literal(&'static str),
    /// The value of the field of this (Rust) name.
    Field(&'static str),
}

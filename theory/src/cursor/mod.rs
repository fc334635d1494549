//! Where a query or a scan goes on: opaque, lossless, and checked before it is used.
//!
//! A cursor is the key after which DynamoDB continues, with the index and the direction of the query that it belongs to. As text it is
//! base64url of compact JSON, the format of TableTheory, so that a cursor made by one library can be used by the other. Numbers keep the
//! text that DynamoDB gave them.
//!
//! A cursor can be **read and forged** by whoever holds it. Using one is safe nevertheless: it is refused unless it has exactly the key
//! attributes, and lies in the partition that the query names. What it shows is the key of an item; where a client must not see that,
//! hand it out sealed (feature `seal`).

mod check;
mod checkpoint;
mod invalid;
mod text;

#[cfg(feature = "seal")]
mod seal;
#[cfg(test)]
mod tests;

pub use checkpoint::{InvalidCheckpoint, InvalidCheckpointReason, ScanCheckpoint};
pub use invalid::{InvalidCursor, InvalidCursorReason};
#[cfg(feature = "seal")]
pub use seal::{CursorKey, CursorKeys, SealError};

use std::collections::BTreeMap;
use std::fmt;

use theory_schema::{Entity, Index, KeyAttribute};

use crate::wire::{AttributeType, DecodeError, Reader, Writer, number};

/// The place where a page ended, and where the next one begins.
///
/// It comes from a page and goes, perhaps by way of a client, into the query for the next one. [`Display`](fmt::Display) gives the text
/// of it, [`FromStr`](std::str::FromStr) reads it back; with the feature `serde` it is a string in JSON too. The text is base64url and
/// needs no escaping in a path; in a query string the padding (`=`) may be escaped or left out.
///
/// Equality is that of the text: two cursors at one place are different when they spell a number differently.
///
/// # Example
///
/// ```
/// use theory::cursor::Cursor;
///
/// let text = "eyJsYXN0S2V5Ijp7IlBLIjp7IlMiOiJCSU4jMSJ9LCJibG9iIjp7IkIiOiJBUUlEIn19LCJpbmRleCI6ImdzaS1ibG9iIn0=";
/// let cursor: Cursor = text.parse()?;
/// assert_eq!(cursor.to_string(), text);
/// // Values stay out of logs.
/// assert_eq!(format!("{cursor:?}"), r#"Cursor { index: Some("gsi-blob"), sort: None, key: ["PK", "blob"] }"#);
/// # Ok::<(), theory::cursor::InvalidCursor>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// Never empty.
    key: BTreeMap<String, Scalar>,
    index: Option<String>,
    /// Cursors that others made may not say.
    sort: Option<Direction>,
}

/// The value of a key attribute.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Scalar {
    String(String),
    /// The text as it came; a number that DynamoDB takes.
    Number(String),
    Binary(Vec<u8>),
}

/// The order in which a query runs through its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    fn new(descending: bool) -> Self {
        if descending { Direction::Descending } else { Direction::Ascending }
    }
}

impl Cursor {
    /// Reads a `LastEvaluatedKey`, which stands next at the reader.
    ///
    /// # Errors
    ///
    /// What is no key: not an object, empty, or with a value that a key cannot hold.
    pub(crate) fn from_last_key(
        index: Option<&str>,
        descending: bool,
        key: &mut Reader<'_>,
    ) -> Result<Cursor, DecodeError> {
        Cursor::new(index, descending, read_key(key)?)
    }

    /// The place right after an item, given as the JSON object that DynamoDB sent.
    ///
    /// # Errors
    ///
    /// An item without one of the key attributes of the table and the index, or with another type in one. An index holds only items
    /// that have its key, and a projection must ask for them.
    pub(crate) fn from_item(
        entity: &Entity,
        index: Option<&Index>,
        descending: bool,
        item: &str,
    ) -> Result<Cursor, DecodeError> {
        let mut reader = Reader::new(item.as_bytes())?;
        let mut key = BTreeMap::new();
        let mut members = reader.begin_object()?;
        while let Some(name) = members.next(&mut reader)? {
            if key_attributes(entity, index).any(|attribute| attribute.name == name) {
                let value = Scalar::read(&mut reader).map_err(|error| error.in_attribute(&name))?;
                // As for every item, the last of two equal names counts.
                key.insert(name.into_owned(), value);
            } else {
                reader.skip_value()?;
            }
        }
        reader.end()?;
        for attribute in key_attributes(entity, index) {
            match key.get(attribute.name) {
                None => return Err(DecodeError::missing(attribute.name)),
                Some(value) if !value.is(attribute.ty) => {
                    return Err(
                        DecodeError::invalid("of the key attribute's type").in_attribute(attribute.name)
                    );
                }
                Some(_) => {}
            }
        }
        Cursor::new(index.map(|index| index.name), descending, key)
    }

    fn new(
        index: Option<&str>,
        descending: bool,
        key: BTreeMap<String, Scalar>,
    ) -> Result<Cursor, DecodeError> {
        if key.is_empty() {
            return Err(DecodeError::invalid("a key: it has no attribute"));
        }
        Ok(Cursor { key, index: index.map(str::to_owned), sort: Some(Direction::new(descending)) })
    }

    /// Writes the value of `ExclusiveStartKey`.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.begin_object();
        for (name, value) in &self.key {
            out.name(name);
            value.write(out);
            out.end_member();
        }
        out.end_object();
    }
}

/// Shows the names of the key's attributes, not their values.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("index", &self.index)
            .field("sort", &self.sort)
            .field("key", &self.key.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl Scalar {
    fn read(reader: &mut Reader<'_>) -> Result<Scalar, DecodeError> {
        let position = reader.position();
        match reader.peek_type()? {
            AttributeType::S => Ok(Scalar::String(reader.string()?.into_owned())),
            AttributeType::N => {
                let text = reader.number()?;
                match number::validate(&text) {
                    Ok(()) => Ok(Scalar::Number(text.into_owned())),
                    Err(_) => Err(DecodeError::invalid("a number that DynamoDB can hold").at(position)),
                }
            }
            AttributeType::B => Ok(Scalar::Binary(reader.binary()?)),
            found => Err(DecodeError::mismatch("a string, a number or bytes", found, position)),
        }
    }

    fn write(&self, out: &mut Writer) {
        match self {
            Scalar::String(text) => out.string(text),
            Scalar::Number(text) => out.number(text),
            Scalar::Binary(bytes) => out.binary(bytes),
        }
    }
}

/// Reads an object of key attributes. A name that stands twice is refused: readers differ in which of the two they believe.
fn read_key(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Scalar>, DecodeError> {
    let mut key = BTreeMap::new();
    let mut members = reader.begin_object()?;
    while let Some(name) = members.next(reader)? {
        let position = reader.position();
        let value = Scalar::read(reader).map_err(|error| error.in_attribute(&name))?;
        if key.insert(name.into_owned(), value).is_some() {
            return Err(DecodeError::invalid("a key: it has one attribute twice").at(position));
        }
    }
    Ok(key)
}

/// The attributes of a cursor's key: the table's, and the index's. One may come twice.
fn key_attributes(
    entity: &Entity,
    index: Option<&Index>,
) -> impl Iterator<Item = &'static KeyAttribute> + use<> {
    entity.key.attributes().chain(index.map(|index| index.key.attributes()).into_iter().flatten())
}

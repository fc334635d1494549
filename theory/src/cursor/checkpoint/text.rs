//! The text of a checkpoint, open and sealed.

use super::{InvalidCheckpoint, InvalidCheckpointReason as Reason, ScanCheckpoint};
#[cfg(feature = "seal")]
use crate::cursor::seal::{CursorKeys, Domain, SealError, fresh_nonce};
use crate::cursor::text::{decode, optional_string, read_members};
use crate::cursor::{Cursor, InvalidCursorReason};
use crate::wire::{DecodeError, Reader, Writer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use theory_schema::limits;

/// No checkpoint is longer: it leaves 1 KB for each of 16,000 segments under way at once.
const MAX_TEXT: usize = 16 * 1024 * 1024;

impl ScanCheckpoint {
    /// The JSON inside the text.
    fn json(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object();
        out.literal_name("\"table\":");
        out.json_string(&self.table);
        out.end_member();
        if let Some(index) = &self.index {
            out.literal_name("\"index\":");
            out.json_string(index);
            out.end_member();
        }
        out.raw(format!("\"segments\":{},\"fresh\":{},\"begun\":[", self.segments, self.fresh).as_bytes());
        for (segment, cursor) in &self.begun {
            out.begin_object();
            out.raw(format!("\"segment\":{segment},").as_bytes());
            if let Some(cursor) = cursor {
                out.literal_name("\"at\":");
                cursor.write_json(&mut out);
                out.end_member();
            }
            out.end_object();
            out.end_member();
        }
        out.close_array();
        out.end_object();
        // Nothing of this can fail: the writer refuses numbers only, and those of a cursor were checked when it was made.
        out.written().to_vec()
    }

    fn from_json(json: &[u8]) -> Result<ScanCheckpoint, InvalidCheckpoint> {
        let read = Reader::new(json).and_then(|mut reader| {
            let checkpoint = read(&mut reader)?;
            reader.end().map(|()| checkpoint)
        });
        read.map_err(|_| Reason::Text(InvalidCursorReason::Syntax).into())
    }
}

/// Members come in any order and none twice; others than ours are passed over.
fn read(r: &mut Reader<'_>) -> Result<ScanCheckpoint, DecodeError> {
    let (mut table, mut index, mut segments, mut fresh, mut begun) = (None, None, None, None, None);
    let mut members = r.begin_object()?;
    while let Some(name) = members.next(r)? {
        let repeated = match &*name {
            "table" => table.replace(optional_string(r)?).is_some(),
            "index" => index.replace(optional_string(r)?).is_some(),
            "segments" => segments.replace(read_number(r)?).is_some(),
            "fresh" => fresh.replace(read_number(r)?).is_some(),
            "begun" => begun.replace(read_begun(r)?).is_some(),
            _ => {
                r.skip()?;
                false
            }
        };
        if repeated {
            return Err(DecodeError::invalid("a checkpoint: it has one member twice"));
        }
    }
    let table = table.flatten().ok_or_else(|| DecodeError::missing("table"))?.into_owned();
    let index = index.flatten().map(Into::into);
    let segments = segments.filter(|segments| (1..=limits::SCAN_SEGMENTS).contains(segments));
    let segments = segments.ok_or_else(|| DecodeError::invalid("a number of segments"))?;
    let fresh = fresh.filter(|fresh| *fresh <= segments);
    let fresh = fresh.ok_or_else(|| DecodeError::invalid("one of the segments"))?;
    let begun = begun.unwrap_or_default();
    if begun.keys().any(|segment| *segment >= fresh) {
        return Err(DecodeError::invalid("one of the segments that were begun"));
    }
    Ok(ScanCheckpoint { table, index, segments, fresh, begun })
}

fn read_number(r: &mut Reader<'_>) -> Result<u32, DecodeError> {
    let position = r.position();
    r.json_number()?.parse().map_err(|_| DecodeError::invalid("a number of segments").at(position))
}

fn read_begun(r: &mut Reader<'_>) -> Result<BTreeMap<u32, Option<Cursor>>, DecodeError> {
    let mut begun = BTreeMap::new();
    let mut elements = r.begin_array()?;
    while elements.next(r)? {
        let (mut segment, mut at) = (None, None);
        let mut members = r.begin_object()?;
        while let Some(name) = members.next(r)? {
            let repeated = match &*name {
                "segment" => segment.replace(read_number(r)?).is_some(),
                "at" => {
                    let cursor =
                        read_members(r)?.ok_or_else(|| DecodeError::invalid("the place in a segment"))?;
                    at.replace(cursor).is_some()
                }
                _ => {
                    r.skip()?;
                    false
                }
            };
            if repeated {
                return Err(DecodeError::invalid("a segment: it has one member twice"));
            }
        }
        let segment = segment.ok_or_else(|| DecodeError::missing("segment"))?;
        if begun.insert(segment, at).is_some() {
            return Err(DecodeError::invalid("a checkpoint: it has one segment twice"));
        }
    }
    Ok(begun)
}

/// The text: base64url with padding.
impl fmt::Display for ScanCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64_simd::URL_SAFE.encode_to_string(self.json()))
    }
}

/// Reads what [`Display`](fmt::Display) wrote, with or without padding.
///
/// This tells only that the text is a checkpoint; whether it fits a scan is checked when it is used.
impl FromStr for ScanCheckpoint {
    type Err = InvalidCheckpoint;

    fn from_str(text: &str) -> Result<ScanCheckpoint, InvalidCheckpoint> {
        ScanCheckpoint::from_json(&decode(text, MAX_TEXT).map_err(Reason::Text)?)
    }
}

#[cfg(feature = "seal")]
impl ScanCheckpoint {
    /// The checkpoint as a text that only these keys can read, and only for this context: see [`Cursor::seal`].
    ///
    /// What was sealed as a cursor cannot be opened as a checkpoint, nor the other way round.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness to give.
    pub fn seal(&self, keys: &CursorKeys, context: &[u8]) -> Result<String, SealError> {
        Domain::Checkpoint.seal(self.json(), keys, context, fresh_nonce()?)
    }

    /// Reads a text from [`seal`](Self::seal).
    ///
    /// # Errors
    ///
    /// A text that none of the keys sealed, or not for this context, or that was changed. The error does not say which.
    pub fn unseal(
        keys: &CursorKeys,
        context: &[u8],
        text: &str,
    ) -> Result<ScanCheckpoint, InvalidCheckpoint> {
        let json = Domain::Checkpoint.open(keys, context, text, MAX_TEXT).map_err(Reason::Text)?;
        ScanCheckpoint::from_json(&json)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ScanCheckpoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ScanCheckpoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ScanCheckpoint, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = ScanCheckpoint;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the text of a checkpoint")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ScanCheckpoint, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

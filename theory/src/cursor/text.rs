//! The text of a cursor: base64url, with padding, of `{"lastKey":{…},"index":"…","sort":"ASC|DESC"}`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{Cursor, Direction, InvalidCursor, InvalidCursorReason as Reason, read_key};
use crate::wire::{DecodeError, Reader, Writer};

/// No cursor is longer.
///
/// The largest key has ten attributes, two of the table and eight of an index: 15 KB of values, and 255 bytes for each name. Where every
/// byte of it is a control character, six bytes of JSON stand for one, and base64 adds a third. Usual cursors have some hundred bytes.
pub(super) const MAX_TEXT: usize = 160 * 1024;

impl Direction {
    fn text(self) -> &'static str {
        match self {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }
}

impl Cursor {
    /// Reads the text of a cursor where there may be none: the empty string is no cursor, and asks for the first page.
    ///
    /// This is how TableTheory says that there is no further page, and how an empty query parameter comes in.
    ///
    /// # Errors
    ///
    /// As for [`FromStr`]: text that is not empty and is no cursor.
    pub fn parse_optional(text: &str) -> Result<Option<Cursor>, InvalidCursor> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
    }

    /// The JSON inside the text.
    pub(super) fn json(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write_json(&mut out);
        // Nothing of this can fail: the writer refuses numbers only, and those of a cursor were checked when it was made.
        out.written().to_vec()
    }

    /// Writes the JSON inside the text.
    pub(super) fn write_json(&self, out: &mut Writer) {
        out.begin_object();
        out.literal_name("\"lastKey\":");
        self.write(out);
        out.end_member();
        if let Some(index) = &self.index {
            out.literal_name("\"index\":");
            out.json_string(index);
            out.end_member();
        }
        if let Some(sort) = self.sort {
            out.literal_name("\"sort\":");
            out.json_string(sort.text());
            out.end_member();
        }
        out.end_object();
    }

    pub(super) fn from_json(json: &[u8]) -> Result<Cursor, InvalidCursor> {
        let cursor = Reader::new(json).and_then(|mut reader| {
            let cursor = read_members(&mut reader)?;
            reader.end().map(|()| cursor)
        });
        match cursor {
            Ok(Some(cursor)) => Ok(cursor),
            Ok(None) => Err(Reason::Empty.into()),
            Err(_) => Err(Reason::Syntax.into()),
        }
    }
}

/// Members come in any order, others than ours are passed over, and null is as good as absent; none may come twice.
pub(super) fn read_members(r: &mut Reader<'_>) -> Result<Option<Cursor>, DecodeError> {
    let (mut key, mut index, mut sort) = (None, None, None);
    let mut members = r.begin_object()?;
    while let Some(name) = members.next(r)? {
        let repeated = match &*name {
            "lastKey" if r.take_json_null()? => key.replace(Default::default()).is_some(),
            "lastKey" => key.replace(read_key(r)?).is_some(),
            "index" => index.replace(optional_string(r)?).is_some(),
            "sort" => sort.replace(optional_string(r)?).is_some(),
            _ => {
                r.skip()?;
                false
            }
        };
        if repeated {
            return Err(DecodeError::invalid("a cursor: it has one member twice"));
        }
    }
    let sort = match sort.flatten().as_deref() {
        None => None,
        Some("ASC") => Some(Direction::Ascending),
        Some("DESC") => Some(Direction::Descending),
        Some(_) => return Err(DecodeError::invalid("ASC or DESC")),
    };
    let index = index.flatten().map(Cow::into_owned);
    Ok(key.filter(|key| !key.is_empty()).map(|key| Cursor { key, index, sort }))
}

/// A string that says something: null and the empty string do not.
pub(super) fn optional_string<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, DecodeError> {
    if reader.take_json_null()? {
        return Ok(None);
    }
    let text = reader.json_string()?;
    Ok((!text.is_empty()).then_some(text))
}

/// The text that goes to a client: base64url with padding.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64_simd::URL_SAFE.encode_to_string(self.json()))
    }
}

/// Reads what [`Display`](fmt::Display) wrote, here or in TableTheory, with or without padding.
///
/// This tells only that the text is a cursor; whether it fits a query is checked when it is used.
///
/// ```
/// use theory::cursor::{Cursor, InvalidCursorReason};
///
/// let refused = "not a cursor".parse::<Cursor>().unwrap_err();
/// assert_eq!(refused.reason(), InvalidCursorReason::Encoding);
/// ```
impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Cursor, InvalidCursor> {
        Cursor::from_json(&decode(text, MAX_TEXT)?)
    }
}

/// The bytes of a text in base64url.
pub(super) fn decode(text: &str, longest: usize) -> Result<Vec<u8>, Reason> {
    if text.len() > longest {
        return Err(Reason::TooLong);
    }
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    // The other alphabet of base64 is understood too: some decoders on the way translate it.
    let plain: Vec<u8> = text
        .trim_end_matches('=')
        .bytes()
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            byte => byte,
        })
        .collect();
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&plain).map_err(|_| Reason::Encoding)
}

#[cfg(feature = "serde")]
impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Cursor, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Cursor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the text of a cursor")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cursor, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

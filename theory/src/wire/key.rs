//! What DynamoDB asks of key values: not empty, not too long.

use super::{EncodeErrorKind, Reader, Writer};

/// Where a key value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySide {
    /// The longest value that DynamoDB takes, in bytes.
    pub limit: u32,
    /// The index whose key it is; `None` for the table's own.
    pub index: Option<&'static str>,
}

/// Why the encoded value cannot be a key.
pub(crate) fn check(json: &[u8], side: KeySide) -> Result<(), EncodeErrorKind> {
    const AROUND: usize = b"{\"S\":\"\"}".len();
    match json {
        b"{\"S\":\"\"}" | b"{\"B\":\"\"}" => Err(EncodeErrorKind::EmptyKey { index: side.index }),
        // The text in JSON is never shorter than what it stands for.
        json if json.len() <= side.limit as usize + AROUND => Ok(()),
        json if decoded_length(json).is_some_and(|length| length <= side.limit as usize) => Ok(()),
        _ => Err(EncodeErrorKind::KeyTooLong { limit: side.limit }),
    }
}

fn decoded_length(json: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(json).ok()?;
    match reader.peek_type().ok()? {
        super::AttributeType::S => Some(reader.string().ok()?.len()),
        super::AttributeType::B => Some(reader.binary().ok()?.len()),
        _ => Some(0),
    }
}

impl Writer {
    /// Checks the value that was written since `start` as a key value.
    pub fn check_key(&mut self, start: usize, side: KeySide) {
        if let Err(kind) = check(self.written().get(start..).unwrap_or_default(), side) {
            self.fail(kind);
        }
    }
}

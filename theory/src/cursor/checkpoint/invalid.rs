//! Why a checkpoint is refused.

use crate::cursor::{InvalidCursor, InvalidCursorReason};
use std::fmt;

/// A checkpoint that cannot be used, or a text that is none.
///
/// It says what is wrong and never shows what the checkpoint held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvalidCheckpoint {
    reason: InvalidCheckpointReason,
}

/// What is wrong with a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidCheckpointReason {
    /// It is not the text of a checkpoint: empty, too long, not base64url, not its JSON, or not sealed by these keys.
    Text(InvalidCursorReason),
    /// It belongs to another table.
    Table,
    /// It belongs to another index, or to the table.
    Index,
    /// It belongs to a scan in another number of segments.
    Segments,
    /// The place in one of its segments is none.
    Cursor(InvalidCursorReason),
}

impl InvalidCheckpoint {
    /// What is wrong with it.
    pub fn reason(&self) -> InvalidCheckpointReason {
        self.reason
    }
}

impl From<InvalidCheckpointReason> for InvalidCheckpoint {
    fn from(reason: InvalidCheckpointReason) -> Self {
        InvalidCheckpoint { reason }
    }
}

impl fmt::Display for InvalidCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use InvalidCheckpointReason as Reason;
        match self.reason {
            Reason::Text(InvalidCursorReason::Empty) => f.write_str("the checkpoint is empty"),
            Reason::Text(InvalidCursorReason::TooLong) => f.write_str("the checkpoint is too long"),
            Reason::Text(InvalidCursorReason::Encoding) => f.write_str("the checkpoint is not base64url"),
            Reason::Text(InvalidCursorReason::Seal) => f.write_str("the seal of the checkpoint does not fit"),
            Reason::Text(_) => f.write_str("the checkpoint does not hold the places of a scan"),
            Reason::Table => f.write_str("the checkpoint belongs to another table"),
            Reason::Index => f.write_str("the checkpoint belongs to another index"),
            Reason::Segments => f.write_str("the checkpoint belongs to a scan in another number of segments"),
            Reason::Cursor(reason) => write!(f, "in the checkpoint: {}", InvalidCursor::new(reason)),
        }
    }
}

impl std::error::Error for InvalidCheckpoint {}

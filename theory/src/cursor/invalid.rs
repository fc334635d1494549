//! Why a cursor is refused.

use std::fmt;

/// A cursor that cannot be used, or a text that is none.
///
/// It says what is wrong and never shows what the cursor held. A server that gets its cursors from clients answers it as a bad request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvalidCursor {
    reason: InvalidCursorReason,
}

/// What is wrong with a cursor.
///
/// Names of attributes are those of the entity, never text from the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidCursorReason {
    /// There is nothing in it. The first page has no cursor.
    Empty,
    /// It is longer than any cursor can be.
    TooLong,
    /// It is not base64url.
    Encoding,
    /// It is not the JSON of a cursor.
    Syntax,
    /// It belongs to another index, or to the table.
    Index,
    /// It belongs to a query in the other direction.
    Direction,
    /// It lacks this key attribute.
    Missing(&'static str),
    /// This key attribute has another type.
    Type(&'static str),
    /// This key attribute is empty, or longer than DynamoDB takes.
    Length(&'static str),
    /// It has an attribute that is not part of the key.
    Foreign,
    /// It lies in another partition: this key attribute has another value.
    Partition(&'static str),
    /// It was not sealed by one of these keys, not for this context, or it was changed.
    Seal,
}

impl InvalidCursor {
    pub(crate) fn new(reason: InvalidCursorReason) -> Self {
        InvalidCursor { reason }
    }

    /// What is wrong with it.
    pub fn reason(&self) -> InvalidCursorReason {
        self.reason
    }
}

impl From<InvalidCursorReason> for InvalidCursor {
    fn from(reason: InvalidCursorReason) -> Self {
        InvalidCursor::new(reason)
    }
}

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use InvalidCursorReason as Reason;
        match self.reason {
            Reason::Empty => f.write_str("the cursor is empty; the first page has none"),
            Reason::TooLong => f.write_str("the cursor is too long"),
            Reason::Encoding => f.write_str("the cursor is not base64url"),
            Reason::Syntax => f.write_str("the cursor does not hold a key"),
            Reason::Index => f.write_str("the cursor belongs to another index"),
            Reason::Direction => f.write_str("the cursor belongs to a query in the other direction"),
            Reason::Missing(name) => write!(f, "the cursor lacks the key attribute `{name}`"),
            Reason::Type(name) => write!(f, "the key attribute `{name}` of the cursor has another type"),
            Reason::Length(name) => {
                write!(f, "the key attribute `{name}` of the cursor is empty or too long")
            }
            Reason::Foreign => f.write_str("the cursor has an attribute that is not part of the key"),
            Reason::Partition(name) => write!(f, "the cursor lies in another partition, by `{name}`"),
            Reason::Seal => f.write_str("the seal of the cursor does not fit"),
        }
    }
}

impl std::error::Error for InvalidCursor {}

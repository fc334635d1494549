//! Why a value cannot become DynamoDB JSON.

use std::borrow::Cow;
use std::fmt;

/// A value that DynamoDB cannot hold.
///
/// It names the attribute and the remedy, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    attribute: Option<String>,
    kind: EncodeErrorKind,
}

/// What is wrong with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// NaN or an infinity.
    NotFinite,
    /// Not zero, and outside 1E-130 to 9.99…E+125.
    NumberOutOfRange,
    /// More than 38 significant digits.
    TooManyDigits,
    /// Text that is not a number.
    InvalidNumber,
    /// Maps and lists nested more than 32 levels deep.
    TooDeep,
    /// A set without elements, which DynamoDB does not store.
    EmptySet,
    /// Two equal elements in one set.
    DuplicateSetElement,
    /// An empty string or empty bytes in a key; of the named index, or of the table.
    EmptyKey {
        /// The index whose key it is; `None` for the table's own key.
        index: Option<&'static str>,
    },
    /// A key longer than DynamoDB allows.
    KeyTooLong {
        /// The longest key that DynamoDB takes here, in bytes.
        limit: u32,
    },
    /// An item larger than 400 KB.
    ItemTooLarge {
        /// The size as DynamoDB counts it, in bytes.
        size: usize,
    },
    /// A reason that the type itself gave.
    Custom(Cow<'static, str>),
}

impl EncodeError {
    /// An error that belongs to no attribute.
    pub fn new(kind: EncodeErrorKind) -> Self {
        Self { inner: Box::new(Inner { attribute: None, kind }) }
    }

    /// The same error, about the given attribute; the empty path takes the name away.
    #[must_use]
    pub fn in_attribute(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.inner.attribute = (!path.is_empty()).then_some(path);
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.inner.kind
    }

    /// The path of the attribute, such as `lines[3].price`, where it is known.
    pub fn attribute(&self) -> Option<&str> {
        self.inner.attribute.as_deref()
    }
}

impl From<EncodeErrorKind> for EncodeError {
    fn from(kind: EncodeErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(attribute) = self.attribute() {
            write!(f, "attribute `{attribute}`: ")?;
        }
        self.kind().fmt(f)
    }
}

impl fmt::Display for EncodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite => f.write_str(
                "DynamoDB has no NaN and no infinity; store an `Option`, or refuse the value before it gets here",
            ),
            Self::NumberOutOfRange => f.write_str(
                "the number is outside DynamoDB's range of 1E-130 to 9.99E+125; store it as a string",
            ),
            Self::TooManyDigits => f.write_str(
                "the number has more than the 38 significant digits that DynamoDB keeps; round it, or store it as a string",
            ),
            Self::InvalidNumber => {
                f.write_str("the text is not a number; DynamoDB reads decimal digits, a point and an exponent")
            }
            Self::TooDeep => f.write_str(
                "maps and lists nest deeper than DynamoDB's 32 levels; flatten them, or store the inner part as JSON text",
            ),
            Self::EmptySet => f.write_str("DynamoDB stores no empty set; leave the attribute out"),
            Self::DuplicateSetElement => {
                f.write_str("the set holds two equal elements; DynamoDB compares numbers by value")
            }
            Self::EmptyKey { index: None } => {
                f.write_str("a key attribute of the table must not be empty; give it a value")
            }
            Self::EmptyKey { index: Some(index) } => write!(
                f,
                "a key attribute of the index `{index}` must not be empty, or DynamoDB refuses the whole item; \
                 make the field an `Option` and leave it out"
            ),
            Self::KeyTooLong { limit } => {
                write!(f, "the key is longer than the {limit} bytes that DynamoDB takes; shorten it or store a hash")
            }
            Self::ItemTooLarge { size } => write!(
                f,
                "the item is {size} bytes, more than DynamoDB's 400 KB (409600 bytes); split it, or keep the large part in S3"
            ),
            Self::Custom(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for EncodeError {}

//! Why bytes cannot become a value.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// A type of DynamoDB's, as it tags attribute values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
    /// A boolean.
    Bool,
    /// Null.
    Null,
    /// A map.
    M,
    /// A list.
    L,
    /// A string set.
    Ss,
    /// A number set.
    Ns,
    /// A set of bytes.
    Bs,
}

impl AttributeType {
    /// The type's tag in DynamoDB JSON.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::M => "M",
            Self::L => "L",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }

    /// The type that a tag of DynamoDB JSON stands for.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Some(match tag {
            "S" => Self::S,
            "N" => Self::N,
            "B" => Self::B,
            "BOOL" => Self::Bool,
            "NULL" => Self::Null,
            "M" => Self::M,
            "L" => Self::L,
            "SS" => Self::Ss,
            "NS" => Self::Ns,
            "BS" => Self::Bs,
            _ => return None,
        })
    }

    /// The type in words, with its tag: `a string (S)`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::S => "a string (S)",
            Self::N => "a number (N)",
            Self::B => "bytes (B)",
            Self::Bool => "a boolean (BOOL)",
            Self::Null => "null (NULL)",
            Self::M => "a map (M)",
            Self::L => "a list (L)",
            Self::Ss => "a string set (SS)",
            Self::Ns => "a number set (NS)",
            Self::Bs => "a binary set (BS)",
        }
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

/// What kind of fault stopped the decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes are not JSON, or end too early.
    Syntax,
    /// Maps and lists nest deeper than DynamoDB's 32 levels, or the JSON deeper than 128.
    Depth,
    /// An attribute has another type than the one asked for.
    Mismatch,
    /// An attribute that the type needs is not there.
    Missing,
    /// An attribute has the right type, and a value that the Rust type cannot hold.
    Invalid,
    /// Not an attribute value: no type tag, or several.
    Malformed,
    /// An attribute value of a type that DynamoDB did not have when this was written.
    UnknownType,
}

/// Bytes that do not hold the value asked for.
///
/// It names the entity, the attribute and the place, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: DecodeErrorKind,
    expected: Cow<'static, str>,
    found: Option<AttributeType>,
    position: Option<usize>,
    entity: Option<&'static str>,
    /// Innermost first: it grows while the error travels outwards.
    path: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Name(String),
    Index(usize),
    Key,
}

impl DecodeError {
    #[cold]
    pub(super) fn new(kind: DecodeErrorKind, expected: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                expected: expected.into(),
                found: None,
                position: None,
                entity: None,
                path: Vec::new(),
            }),
        }
    }

    /// An attribute that must be there is not.
    #[cold]
    pub fn missing(attribute: &'static str) -> Self {
        Self::new(DecodeErrorKind::Missing, "").in_attribute(attribute)
    }

    /// An attribute of another type.
    #[cold]
    pub fn mismatch(expected: &'static str, found: AttributeType, position: usize) -> Self {
        let mut error = Self::new(DecodeErrorKind::Mismatch, expected).at(position);
        error.inner.found = Some(found);
        error
    }

    /// A value of the right type that the Rust type cannot hold; `expected` says what it can.
    #[cold]
    pub fn invalid(expected: impl Into<Cow<'static, str>>) -> Self {
        Self::new(DecodeErrorKind::Invalid, expected)
    }

    /// The same error with its place in the body, if it has none yet.
    #[cold]
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.inner.position.get_or_insert(position);
        self
    }

    /// The same error, inside the attribute of that name.
    #[cold]
    #[must_use]
    pub fn in_attribute(mut self, name: &str) -> Self {
        self.inner.path.push(Segment::Name(name.to_owned()));
        self
    }

    /// The same error, inside the list element of that index.
    #[cold]
    #[must_use]
    pub fn in_index(mut self, index: usize) -> Self {
        self.inner.path.push(Segment::Index(index));
        self
    }

    /// The same error, inside a member of a map. Which one is not said: the keys of a map are data.
    #[cold]
    #[must_use]
    pub fn in_key(mut self) -> Self {
        self.inner.path.push(Segment::Key);
        self
    }

    /// The same error, while reading an entity; the outermost one stays.
    #[cold]
    #[must_use]
    pub fn in_entity(mut self, entity: &'static str) -> Self {
        self.inner.entity = Some(entity);
        self
    }

    /// What kind of fault it is.
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.inner.kind
    }

    /// The entity that was being read, where one was.
    pub fn entity(&self) -> Option<&'static str> {
        self.inner.entity
    }

    /// The path of the attribute, such as `lines[3].price`, where the fault is inside one.
    pub fn attribute(&self) -> Option<String> {
        let mut path = String::new();
        for segment in self.inner.path.iter().rev() {
            match segment {
                Segment::Name(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                // Writing to a string cannot fail.
                Segment::Index(index) => write!(path, "[{index}]").unwrap_or_default(),
                Segment::Key => path.push_str("[key]"),
            }
        }
        (!path.is_empty()).then_some(path)
    }

    /// What should have stood there.
    pub fn expected(&self) -> &str {
        &self.inner.expected
    }

    /// The type that stood there instead, for a [`DecodeErrorKind::Mismatch`].
    pub fn found(&self) -> Option<AttributeType> {
        self.inner.found
    }

    /// Where in the body the fault was seen, in bytes from its start.
    pub fn position(&self) -> Option<usize> {
        self.inner.position
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entity) = self.entity() {
            write!(f, "entity `{entity}`: ")?;
        }
        if let Some(attribute) = self.attribute() {
            write!(f, "attribute `{attribute}`: ")?;
        }
        match self.kind() {
            DecodeErrorKind::Missing => f.write_str("it is missing")?,
            DecodeErrorKind::Depth => write!(f, "it nests deeper than {}", self.expected())?,
            DecodeErrorKind::Mismatch => match self.found() {
                Some(found) => write!(f, "expected {}, found {found}", self.expected())?,
                None => write!(f, "expected {}", self.expected())?,
            },
            DecodeErrorKind::Invalid => write!(f, "the value is not {}", self.expected())?,
            DecodeErrorKind::Syntax => write!(f, "not legal JSON: expected {}", self.expected())?,
            DecodeErrorKind::UnknownType => f.write_str("a type that this version does not know")?,
            DecodeErrorKind::Malformed => {
                write!(f, "not a DynamoDB attribute value: expected {}", self.expected())?;
            }
        }
        match self.position() {
            Some(position) => write!(f, ", at byte {position}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DecodeError {}

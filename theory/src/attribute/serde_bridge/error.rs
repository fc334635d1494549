//! serde's errors, turned into ours. They never show a value.

use crate::wire::{DecodeError, EncodeErrorKind};
use serde::{de, ser};
use std::fmt::{self, Display};

/// Why a value cannot be written.
///
/// What the writer itself refuses, it remembers itself; this is what serde adds.
#[derive(Debug)]
pub(super) struct WriteError(EncodeErrorKind);

impl WriteError {
    pub(super) fn new(reason: &'static str) -> Self {
        WriteError(EncodeErrorKind::Custom(reason.into()))
    }

    pub(super) fn into_kind(self) -> EncodeErrorKind {
        self.0
    }
}

impl From<EncodeErrorKind> for WriteError {
    fn from(kind: EncodeErrorKind) -> Self {
        WriteError(kind)
    }
}

impl ser::Error for WriteError {
    /// The text is the type's own reason, from its `Serialize`.
    fn custom<T: Display>(message: T) -> Self {
        WriteError(EncodeErrorKind::Custom(message.to_string().into()))
    }
}

impl Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for WriteError {}

/// Why a value cannot be read.
#[derive(Debug)]
pub(super) struct ReadError(DecodeError);

impl ReadError {
    pub(super) fn into_inner(self) -> DecodeError {
        self.0
    }

    pub(super) fn in_attribute(self, name: &str) -> Self {
        ReadError(self.0.in_attribute(name))
    }

    pub(super) fn in_index(self, index: usize) -> Self {
        ReadError(self.0.in_index(index))
    }
}

impl From<DecodeError> for ReadError {
    fn from(error: DecodeError) -> Self {
        ReadError(error)
    }
}

/// serde would put the value into most of these messages: only what was expected is taken over.
impl de::Error for ReadError {
    fn custom<T: Display>(_message: T) -> Self {
        ReadError(DecodeError::invalid("what the type's `Deserialize` accepts"))
    }

    fn invalid_type(_unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        ReadError(DecodeError::invalid(expected.to_string()))
    }

    fn invalid_value(_unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        ReadError(DecodeError::invalid(expected.to_string()))
    }

    fn invalid_length(_length: usize, expected: &dyn de::Expected) -> Self {
        ReadError(DecodeError::invalid(expected.to_string()))
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        ReadError(DecodeError::invalid(format!("one of the variants {}", Names(expected))))
    }

    fn unknown_field(_field: &str, expected: &'static [&'static str]) -> Self {
        ReadError(DecodeError::invalid(format!("a map with only the members {}", Names(expected))))
    }

    fn missing_field(field: &'static str) -> Self {
        ReadError(DecodeError::missing(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        ReadError(DecodeError::invalid("there only once").in_attribute(field))
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ReadError {}

struct Names(&'static [&'static str]);

impl Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        Ok(())
    }
}

//! A number with all its digits.

use crate::attribute::{Attribute, FromAttribute, kind};
use crate::wire::number::{self, NumberError};
use crate::wire::{DecodeError, EncodeError, EncodeErrorKind, ReadInteger, Reader, Writer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use theory_schema::Type;

/// A number as DynamoDB holds it: up to 38 significant digits, from 1E-130 to 9.99…E+125 in magnitude.
///
/// It keeps the text it was made from and never rounds. Two numbers are equal when their values are: `1.50` is `1.5`. A field
/// of this type holds any number (`N`) exactly.
///
/// ```
/// use theory::value::Number;
///
/// let price: Number = "19.90".parse()?;
/// assert_eq!(price, "19.9".parse()?);
/// assert_eq!(Number::from(42).to_integer::<u8>(), Some(42));
/// assert!("1e200".parse::<Number>().is_err());
/// # Ok::<(), theory::wire::number::NumberError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Number {
    /// Checked: see `parsed`.
    text: String,
}

impl Number {
    /// The text, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The integer, if the number is one and fits: `1E2` is an integer, `1.5` is none.
    #[must_use]
    pub fn to_integer<I: ReadInteger>(&self) -> Option<I> {
        let (negative, magnitude) = self.parsed()?.to_integer()?;
        I::from_magnitude(negative, magnitude)
    }

    /// The nearest double, which has about 16 of the digits.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Every number of DynamoDB's is text that the standard library reads, and in range.
        self.text.parse().unwrap_or(f64::NAN)
    }

    /// `Some`, because the text was checked when it came in.
    fn parsed(&self) -> Option<number::Number> {
        number::Number::parse(&self.text).ok()
    }
}

impl Default for Number {
    fn default() -> Self {
        Number::from(0u8)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Number {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        number::validate(&text)?;
        Ok(Number { text })
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.text
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text || self.parsed() == other.parsed()
    }
}

impl Eq for Number {}

/// By value.
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parsed().cmp(&other.parsed())
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parsed().hash(state);
    }
}

macro_rules! from_integers {
    ($($integer:ty)+) => { $(
        impl From<$integer> for Number {
            fn from(integer: $integer) -> Self {
                Number { text: integer.to_string() }
            }
        }
    )+ };
}

from_integers! { u8 i8 u16 i16 u32 i32 u64 i64 usize isize }

macro_rules! try_from_integers {
    ($($integer:ty)+) => { $(
        /// Fails where there are more than 38 digits.
        impl TryFrom<$integer> for Number {
            type Error = NumberError;
            fn try_from(integer: $integer) -> Result<Self, NumberError> {
                integer.to_string().try_into()
            }
        }
    )+ };
}

try_from_integers! { u128 i128 }

macro_rules! try_from_floats {
    ($($float:ty)+) => { $(
        /// In its shortest form. Fails for NaN, infinities and what is out of DynamoDB's range.
        impl TryFrom<$float> for Number {
            type Error = EncodeError;
            fn try_from(float: $float) -> Result<Self, EncodeError> {
                if !float.is_finite() {
                    return Err(EncodeErrorKind::NotFinite.into());
                }
                let text = format!("{float:e}");
                text.try_into().map_err(|error: NumberError| EncodeErrorKind::from(error).into())
            }
        }
    )+ };
}

try_from_floats! { f32 f64 }

impl Attribute for Number {
    type Kind = kind::Number;
    const TYPE: &'static Type = &Type::Number;
    fn encode(&self, out: &mut Writer) {
        out.number(&self.text);
    }
}

impl FromAttribute for Number {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.number()?.parse().map_err(|_| DecodeError::invalid("a number that DynamoDB holds"))
    }
}

//! Conversion from and to the SDK's `AttributeValue`, and `serde_dynamo`'s.

use super::{Item, Number, Value};
use crate::wire::{DecodeError, MAX_NESTING};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeSet, HashMap};

/// Two enums with the same variants; only their bytes differ.
macro_rules! interop {
    ($foreign:ty, from_bytes: $from_bytes:expr, to_bytes: $to_bytes:expr $(, unknown: $unknown:pat)?) => {
        /// Nothing is lost but what DynamoDB does not know either: the order inside a set, and a null that is `false`.
        ///
        /// # Errors
        ///
        /// A type that the crate does not know, text that is no number of DynamoDB's, an element that a set holds twice, and
        /// maps and lists nested deeper than DynamoDB's 32 levels.
        impl TryFrom<$foreign> for Value {
            type Error = DecodeError;

            fn try_from(value: $foreign) -> Result<Self, DecodeError> {
                Foreign::into_value(value, 0)
            }
        }

        impl TryFrom<HashMap<String, $foreign>> for Item {
            type Error = DecodeError;

            fn try_from(attributes: HashMap<String, $foreign>) -> Result<Self, DecodeError> {
                item(attributes, 0)
            }
        }

        impl From<Value> for $foreign {
            fn from(value: Value) -> Self {
                match value {
                    Value::S(text) => Self::S(text),
                    Value::N(number) => Self::N(number.into()),
                    Value::B(bytes) => Self::B($to_bytes(bytes)),
                    Value::Bool(value) => Self::Bool(value),
                    Value::Null => Self::Null(true),
                    Value::M(item) => Self::M(item.into()),
                    Value::L(values) => Self::L(values.into_iter().map(Into::into).collect()),
                    Value::Ss(set) => Self::Ss(set.into_iter().collect()),
                    Value::Ns(set) => Self::Ns(set.into_iter().map(Into::into).collect()),
                    Value::Bs(set) => Self::Bs(set.into_iter().map($to_bytes).collect()),
                }
            }
        }

        impl From<Item> for HashMap<String, $foreign> {
            fn from(item: Item) -> Self {
                item.into_iter().map(|(name, value)| (name, value.into())).collect()
            }
        }

        impl Foreign for $foreign {
            fn into_value(self, depth: u8) -> Result<Value, DecodeError> {
                Ok(match self {
                    Self::S(text) => Value::S(text),
                    Self::N(text) => Value::N(number(text)?),
                    Self::B(bytes) => Value::B($from_bytes(bytes)),
                    Self::Bool(value) => Value::Bool(value),
                    Self::Null(_) => Value::Null,
                    Self::M(attributes) => Value::M(item(attributes, deeper(depth)?)?),
                    Self::L(values) => {
                        let depth = deeper(depth)?;
                        let values = values.into_iter().enumerate();
                        let element = |(index, value): (usize, Self)| {
                            value.into_value(depth).map_err(|error| error.in_index(index))
                        };
                        Value::L(values.map(element).collect::<Result<_, _>>()?)
                    }
                    Self::Ss(elements) => Value::Ss(set(elements, Ok)?),
                    Self::Ns(elements) => Value::Ns(set(elements, number)?),
                    Self::Bs(elements) => Value::Bs(set(elements, |bytes| Ok($from_bytes(bytes)))?),
                    $($unknown => return Err(DecodeError::invalid("of a type that this version knows")),)?
                })
            }
        }
    };
}

trait Foreign {
    fn into_value(self, depth: u8) -> Result<Value, DecodeError>;
}

interop!(AttributeValue, from_bytes: Blob::into_inner, to_bytes: Blob::new, unknown: _);

#[cfg(feature = "serde")]
interop!(serde_dynamo::AttributeValue, from_bytes: std::convert::identity, to_bytes: std::convert::identity);

#[cfg(feature = "serde")]
impl TryFrom<serde_dynamo::Item> for Item {
    type Error = DecodeError;

    fn try_from(attributes: serde_dynamo::Item) -> Result<Self, DecodeError> {
        HashMap::<String, serde_dynamo::AttributeValue>::from(attributes).try_into()
    }
}

#[cfg(feature = "serde")]
impl From<Item> for serde_dynamo::Item {
    fn from(item: Item) -> Self {
        HashMap::<String, serde_dynamo::AttributeValue>::from(item).into()
    }
}

fn item<T: Foreign>(attributes: HashMap<String, T>, depth: u8) -> Result<Item, DecodeError> {
    let mut item = Item::new();
    for (name, value) in attributes {
        let value = value.into_value(depth).map_err(|error| error.in_attribute(&name))?;
        item.insert(name, value);
    }
    Ok(item)
}

fn number(text: String) -> Result<Number, DecodeError> {
    text.try_into().map_err(|_| DecodeError::invalid("a number that DynamoDB holds"))
}

fn set<T, E: Ord>(
    elements: Vec<T>,
    convert: impl Fn(T) -> Result<E, DecodeError>,
) -> Result<BTreeSet<E>, DecodeError> {
    let mut set = BTreeSet::new();
    for element in elements {
        if !set.insert(convert(element)?) {
            return Err(DecodeError::invalid("a set of different elements"));
        }
    }
    Ok(set)
}

fn deeper(depth: u8) -> Result<u8, DecodeError> {
    if depth < MAX_NESTING { Ok(depth + 1) } else { Err(DecodeError::invalid("within DynamoDB's 32 levels")) }
}

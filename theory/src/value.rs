//! Values and items whose shape is known only at run time.

mod interop;
mod item;
mod number;
#[cfg(feature = "serde")]
mod serde;
#[cfg(test)]
mod tests;

pub use item::Item;
pub use number::Number;

use crate::attribute::{Attribute, FromAttribute, kind};
use crate::wire::{AttributeType, DecodeError, EncodeError, EncodeErrorKind, Reader, Writer};
use std::collections::BTreeSet;
use theory_schema::{ScalarType, Type};

/// Any value that DynamoDB stores.
///
/// For what has no type of its own: a member of a document that differs from item to item, an attribute that a
/// `#[table(rest)]` field caught, an item that is read without an entity. It converts from and to the SDK's `AttributeValue`
/// without loss, and with the feature `serde` from and to any type that serde knows.
///
/// `Debug` shows the value: think of it before you log one.
///
/// ```
/// use theory::{Item, Value};
///
/// let mut item = Item::new();
/// item.insert("sku", "X-1");
/// item.insert("sizes", vec![38, 39]);
/// assert_eq!(item.get("sku").and_then(Value::as_s), Some("X-1"));
/// assert_eq!(item.get("sizes").unwrap().to::<Vec<u8>>().is_err(), true); // a list of numbers is not bytes
/// assert_eq!(item.get("sizes").unwrap().to::<Vec<u16>>()?, [38, 39]);
/// # Ok::<(), theory::wire::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A string.
    S(String),
    /// A number.
    N(Number),
    /// Bytes.
    B(Vec<u8>),
    /// A boolean.
    Bool(bool),
    /// Null.
    Null,
    /// A map.
    M(Item),
    /// A list.
    L(Vec<Value>),
    /// A set of strings. DynamoDB has no empty set: writing one is an error.
    Ss(BTreeSet<String>),
    /// A set of numbers. DynamoDB has no empty set: writing one is an error.
    Ns(BTreeSet<Number>),
    /// A set of bytes. DynamoDB has no empty set: writing one is an error.
    Bs(BTreeSet<Vec<u8>>),
}

impl Value {
    /// The dynamic form of a value.
    ///
    /// # Errors
    ///
    /// Where DynamoDB cannot hold the value.
    pub fn of<T: Attribute + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        through_wire(|out| value.encode(out), Value::decode)
    }

    /// The value as a `T`.
    ///
    /// # Errors
    ///
    /// Where it has another type, or does not fit.
    pub fn to<T: FromAttribute>(&self) -> Result<T, DecodeError> {
        read_back(|out| self.encode(out), T::decode)
    }

    /// DynamoDB's type of the value.
    #[must_use]
    pub const fn attribute_type(&self) -> AttributeType {
        match self {
            Value::S(_) => AttributeType::S,
            Value::N(_) => AttributeType::N,
            Value::B(_) => AttributeType::B,
            Value::Bool(_) => AttributeType::Bool,
            Value::Null => AttributeType::Null,
            Value::M(_) => AttributeType::M,
            Value::L(_) => AttributeType::L,
            Value::Ss(_) => AttributeType::Ss,
            Value::Ns(_) => AttributeType::Ns,
            Value::Bs(_) => AttributeType::Bs,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

macro_rules! accessors {
    ($($(#[$doc:meta])* $name:ident $variant:ident -> $target:ty;)*) => {
        impl Value {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Option<&$target> {
                    match self {
                        Value::$variant(value) => Some(value),
                        _ => None,
                    }
                }
            )*
        }
    };
}

accessors! {
    /// The string, if it is one.
    as_s S -> str;
    /// The number, if it is one.
    as_n N -> Number;
    /// The bytes, if it is such.
    as_b B -> [u8];
    /// The map, if it is one.
    as_m M -> Item;
    /// The list, if it is one.
    as_l L -> [Value];
    /// The set of strings, if it is one.
    as_ss Ss -> BTreeSet<String>;
    /// The set of numbers, if it is one.
    as_ns Ns -> BTreeSet<Number>;
    /// The set of bytes, if it is one.
    as_bs Bs -> BTreeSet<Vec<u8>>;
}

macro_rules! from {
    ($($source:ty => |$value:ident| $target:expr;)*) => { $(
        impl From<$source> for Value {
            fn from($value: $source) -> Self {
                $target
            }
        }
    )* };
}

from! {
    &str => |text| Value::S(text.into());
    String => |text| Value::S(text);
    Number => |number| Value::N(number);
    bool => |value| Value::Bool(value);
    Item => |item| Value::M(item);
    bytes::Bytes => |bytes| Value::B(bytes.into());
    u8 => |integer| Value::N(integer.into());
    u16 => |integer| Value::N(integer.into());
    u32 => |integer| Value::N(integer.into());
    u64 => |integer| Value::N(integer.into());
    usize => |integer| Value::N(integer.into());
    i8 => |integer| Value::N(integer.into());
    i16 => |integer| Value::N(integer.into());
    i32 => |integer| Value::N(integer.into());
    i64 => |integer| Value::N(integer.into());
    isize => |integer| Value::N(integer.into());
}

/// A list. Bytes are [`Value::B`], which is never guessed.
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Value::L(values.into_iter().map(Into::into).collect())
    }
}

/// `None` is null.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl Attribute for Value {
    type Kind = kind::Any;
    const TYPE: &'static Type = &Type::Any;
    fn encode(&self, out: &mut Writer) {
        match self {
            Value::S(text) => out.string(text),
            Value::N(number) => out.number(number.as_str()),
            Value::B(bytes) => out.binary(bytes),
            Value::Bool(value) => out.boolean(*value),
            Value::Null => out.null(),
            Value::M(item) => item.encode(out),
            Value::L(values) => out.list(values, |out, value| value.encode(out)),
            Value::Ss(set) => encode_set(ScalarType::String, set, out),
            Value::Ns(set) => encode_set(ScalarType::Number, set, out),
            Value::Bs(set) => encode_set(ScalarType::Binary, set, out),
        }
    }
}

impl FromAttribute for Value {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match input.peek_type()? {
            AttributeType::S => Value::S(input.string()?.into_owned()),
            AttributeType::N => Value::N(Number::decode(input)?),
            AttributeType::B => Value::B(input.binary()?),
            AttributeType::Bool => Value::Bool(input.boolean()?),
            AttributeType::Null => {
                input.take_null()?;
                Value::Null
            }
            AttributeType::M => Value::M(Item::decode(input)?),
            AttributeType::L => Value::L(Vec::decode(input)?),
            AttributeType::Ss => Value::Ss(BTreeSet::decode(input)?),
            AttributeType::Ns => Value::Ns(BTreeSet::decode(input)?),
            AttributeType::Bs => Value::Bs(decode_binary_set(input)?),
        })
    }
}

fn encode_set<'s, T: Attribute + 's>(ty: ScalarType, set: impl IntoIterator<Item = &'s T>, out: &mut Writer) {
    out.begin_set(ty);
    for element in set {
        out.set_element(|out| element.encode(out));
    }
    out.end_set();
}

fn decode_binary_set(input: &mut Reader<'_>) -> Result<BTreeSet<Vec<u8>>, DecodeError> {
    let mut elements = input.begin_binary_set()?;
    let mut set = BTreeSet::new();
    while elements.next(input)? {
        set.insert(input.json_binary()?);
    }
    Ok(set)
}

/// Reads what was just written as a dynamic value or an item.
fn through_wire<T>(
    write: impl FnOnce(&mut Writer),
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<T, EncodeError> {
    let mut out = Writer::new();
    write(&mut out);
    let json = out.finish()?;
    // Only a codec that writes something else than one attribute value gets here with an error.
    Reader::new(&json)
        .and_then(|mut input| read(&mut input))
        .map_err(|_| EncodeErrorKind::Custom("the type does not write one attribute value".into()).into())
}

/// Reads a dynamic value or an item as another type.
pub(crate) fn read_back<T>(
    write: impl FnOnce(&mut Writer),
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut out = Writer::new();
    write(&mut out);
    let json = out.finish().map_err(|_| DecodeError::invalid("a value that DynamoDB can hold"))?;
    read(&mut Reader::new(&json)?)
}

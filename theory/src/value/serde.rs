//! The dynamic types and serde: from and to any type that serde knows, and in any format.

use super::{Item, Number, Value, read_back, through_wire};
use crate::attribute::{Attribute, FromAttribute, serde_bridge};
use crate::wire::number;
use crate::wire::{DecodeError, EncodeError};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use std::cmp::Ordering;
use std::fmt;

impl Value {
    /// The dynamic form of any serde type, as [`Serde`](crate::attribute::Serde) stores it.
    ///
    /// # Errors
    ///
    /// Where DynamoDB cannot hold the value, or the type's `Serialize` fails.
    pub fn from_serde<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        through_wire(|out| serde_bridge::write(value, out), Value::decode)
    }

    /// The value as a serde type.
    ///
    /// # Errors
    ///
    /// Where it does not fit.
    pub fn to_serde<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        read_back(|out| self.encode(out), serde_bridge::read)
    }
}

impl Item {
    /// The item that a serde struct or map is stored as.
    ///
    /// # Errors
    ///
    /// Where the type is stored as something else than a map, DynamoDB cannot hold a value, or the type's `Serialize` fails.
    pub fn from_serde<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        through_wire(|out| serde_bridge::write(value, out), Item::decode)
    }

    /// The item as a serde struct or map.
    ///
    /// # Errors
    ///
    /// Where it does not fit.
    pub fn to_serde<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        read_back(|out| self.encode(out), serde_bridge::read)
    }
}

/// A number as an integer, or as the double that is exactly it; anything else is refused, never rounded.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(integer) = self.to_integer::<i64>() {
            serializer.serialize_i64(integer)
        } else if let Some(integer) = self.to_integer::<u64>() {
            serializer.serialize_u64(integer)
        } else if let Some(integer) = self.to_integer::<i128>() {
            serializer.serialize_i128(integer)
        } else if let Some(integer) = self.to_integer::<u128>() {
            serializer.serialize_u128(integer)
        } else {
            let double = self.to_f64();
            if number::compare(zmij::Buffer::new().format(double), self.as_str()) != Ok(Ordering::Equal) {
                return Err(S::Error::custom("the number has more digits than a double holds"));
            }
            serializer.serialize_f64(double)
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(AnyValue)? {
            Value::N(number) => Ok(number),
            _ => Err(de::Error::custom("expected a number")),
        }
    }
}

/// As the natural value of the format; a set becomes a sequence.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::S(text) => serializer.serialize_str(text),
            Value::N(number) => number.serialize(serializer),
            Value::B(bytes) => serializer.serialize_bytes(bytes),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Null => serializer.serialize_unit(),
            Value::M(item) => item.serialize(serializer),
            Value::L(values) => serializer.collect_seq(values),
            Value::Ss(set) => serializer.collect_seq(set),
            Value::Ns(set) => serializer.collect_seq(set),
            Value::Bs(set) => serializer.collect_seq(set.iter().map(|bytes| Bytes(bytes))),
        }
    }
}

struct Bytes<'b>(&'b [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_map(AnyValue)? {
            Value::M(item) => Ok(item),
            _ => Err(de::Error::custom("expected a map")),
        }
    }
}

struct AnyValue;

macro_rules! visit_numbers {
    ($($method:ident($number:ty);)*) => { $(
        fn $method<E: de::Error>(self, number: $number) -> Result<Value, E> {
            Number::try_from(number).map(Value::N).map_err(E::custom)
        }
    )* };
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that DynamoDB can hold")
    }

    visit_numbers! {
        visit_i64(i64);
        visit_u64(u64);
        visit_i128(i128);
        visit_u128(u128);
        visit_f64(f64);
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::S(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::S(text))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::B(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Value, E> {
        Ok(Value::B(bytes))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        // No capacity on the word of the input.
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::L(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut item = Item::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            item.insert(name, value);
        }
        Ok(Value::M(item))
    }
}

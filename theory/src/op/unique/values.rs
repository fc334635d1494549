//! The values of an item's attributes, in the one form that equal values share, and the keys of guards made from them.

use crate::wire::{AttributeType, DecodeError, EncodeError, EncodeErrorKind, Reader, Writer, number};
use theory_schema::unique::GUARD_PREFIX;
use theory_schema::{Attribute, Entity, Unique, limits};

/// What an item holds of one attribute.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) attribute: &'static str,
    /// The name under which it is stored: the attribute's, or an alias of it.
    pub(super) stored_as: &'static str,
    /// `S`, `N`, …
    kind: char,
    /// A string as it is, a number in one form, bytes in base64; of [what no guard is made of](OTHER) the JSON.
    pub(super) text: String,
    pub(super) json: Vec<u8>,
}

/// The kind of a list, say, in which an item of an older shape has what is a string today. It has no guard.
const OTHER: char = '?';

impl Value {
    /// The value that an attribute is to have; `None` for what is stored as nothing.
    pub(super) fn new(attribute: &Attribute, json: &[u8]) -> Result<Option<Self>, DecodeError> {
        let value = Value::read(attribute, attribute.name, json)?;
        value.as_ref().map_or(Ok(()), Value::check)?;
        Ok(value)
    }

    /// Whether a guard can be made of it.
    fn check(&self) -> Result<(), DecodeError> {
        match self.kind {
            OTHER => {
                Err(DecodeError::invalid("a string, a number, bytes or a boolean")
                    .in_attribute(self.attribute))
            }
            _ => Ok(()),
        }
    }

    fn read(
        attribute: &Attribute,
        stored_as: &'static str,
        json: &[u8],
    ) -> Result<Option<Self>, DecodeError> {
        let mut input = Reader::new(json)?;
        let (kind, text) = match input.peek_type()? {
            AttributeType::S => ('S', input.string()?.into_owned()),
            AttributeType::N => {
                let text = input.number()?;
                ('N', number::normalize(&text).unwrap_or_else(|_| text.into_owned()))
            }
            AttributeType::B => ('B', base64_simd::STANDARD.encode_to_string(input.binary()?)),
            AttributeType::Bool => ('O', if input.boolean()? { "1" } else { "0" }.to_owned()),
            AttributeType::Null => return Ok(None),
            _ => (OTHER, input.raw_value()?.to_owned()),
        };
        Ok(Some(Value { attribute: attribute.name, stored_as, kind, text, json: json.to_vec() }))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        (self.attribute, self.kind, &self.text) == (other.attribute, other.kind, &other.text)
    }
}

/// What an item holds of some attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Values(Vec<Value>);

impl Values {
    /// Reads them from an item or a key. An attribute's own name wins over its aliases.
    pub(super) fn read(item: &[u8], attributes: &[&'static Attribute]) -> Result<Self, DecodeError> {
        let mut values = Values::default();
        let mut input = Reader::new(item)?;
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(&mut input)? {
            let raw = input.raw_value()?;
            for attribute in attributes {
                let mut names = std::iter::once(attribute.name).chain(attribute.aliases.iter().copied());
                let Some(stored_as) = names.find(|known| *known == name) else { continue };
                let is_own = stored_as == attribute.name;
                if is_own || values.get(attribute.name).is_none() {
                    let value = Value::read(attribute, stored_as, raw.as_bytes())?;
                    values.put(attribute.name, value);
                }
            }
        }
        Ok(values)
    }

    /// As [`read`](Self::read), of an item that is to be written.
    pub(super) fn to_write(item: &[u8], attributes: &[&'static Attribute]) -> Result<Self, DecodeError> {
        let values = Values::read(item, attributes)?;
        values.0.iter().try_for_each(Value::check)?;
        Ok(values)
    }

    pub(super) fn get(&self, attribute: &str) -> Option<&Value> {
        self.0.iter().find(|value| value.attribute == attribute)
    }

    pub(super) fn put(&mut self, attribute: &str, value: Option<Value>) {
        self.0.retain(|value| value.attribute != attribute);
        self.0.extend(value);
    }

    /// Only those of these attributes.
    pub(super) fn of(mut self, attributes: &[&'static Attribute]) -> Self {
        self.0.retain(|value| attributes.iter().any(|attribute| attribute.name == value.attribute));
        self
    }

    /// The partition key of the guard of these values; `None` where one of them is missing, or is nothing that has a guard.
    ///
    /// Each value has its length before it, so that the end of one is not the beginning of the next.
    pub(super) fn guard(&self, unique: &Unique) -> Result<Option<String>, EncodeError> {
        let mut key = format!("{GUARD_PREFIX}{}#", unique.name);
        for attribute in unique.attributes {
            let Some(Value { kind, text, .. }) = self.get(attribute).filter(|value| value.kind != OTHER)
            else {
                return Ok(None);
            };
            key.push_str(&format!("{kind}{}:{text}", text.len()));
        }
        if key.len() > limits::PARTITION_KEY_BYTES {
            let limit = limits::PARTITION_KEY_BYTES;
            let why = format!(
                "the guard of the constraint `{}` would have a key of {} bytes, and DynamoDB takes {limit}; \
                 let a hash of the value be unique",
                unique.name,
                key.len()
            );
            let attribute = unique.attributes.first().copied().unwrap_or_default();
            return Err(EncodeError::new(EncodeErrorKind::Custom(why.into())).in_attribute(attribute));
        }
        Ok(Some(key))
    }
}

/// The attributes of the entity's key.
pub(super) fn key(entity: &'static Entity) -> Vec<&'static Attribute> {
    entity.key.attributes().filter_map(|key| entity.attribute(key.name)).collect()
}

/// Whose guards an item's are: its key, as JSON.
pub(super) fn owner(entity: &'static Entity, key: &Values) -> Result<String, DecodeError> {
    let mut out = Writer::new();
    out.begin_object();
    for attribute in entity.key.attributes() {
        let value = key.get(attribute.name).ok_or_else(|| DecodeError::missing(attribute.name))?;
        out.name(attribute.name);
        out.json_string(&value.text);
        out.end_member();
    }
    out.end_object();
    let json = out.finish().map_err(|_| DecodeError::invalid("a key"))?;
    String::from_utf8(json).map_err(|_| DecodeError::invalid("a key"))
}

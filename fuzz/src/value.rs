//! Any attribute value, for tests: the simplest type that the reader can fill and the writer can write.

use std::collections::BTreeMap;

use theory::wire::number::Number;
use theory::wire::{AttributeType, DecodeError, MAX_NESTING, Reader, Writer};

/// An attribute value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    S(String),
    N(String),
    B(Vec<u8>),
    Bool(bool),
    Null,
    M(BTreeMap<String, Value>),
    L(Vec<Value>),
    Ss(Vec<String>),
    Ns(Vec<String>),
    Bs(Vec<Vec<u8>>),
}

/// The attributes of an item.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Item(pub(crate) BTreeMap<String, Value>);

impl Item {
    /// Reads a body that is nothing but the item.
    pub(crate) fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body)?;
        let item = Self::read(&mut reader)?;
        reader.end()?;
        Ok(item)
    }

    /// Reads an item from a response.
    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut item = BTreeMap::new();
        let mut members = r.begin_object()?;
        while let Some(name) = members.next(r)? {
            let value = Value::read(r).map_err(|error| error.in_attribute(&name))?;
            item.insert(name.into_owned(), value);
        }
        Ok(Self(item))
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.begin_object();
        for (name, value) in &self.0 {
            w.name(name);
            value.write(w);
            w.end_member();
        }
        w.end_object();
    }

    /// The size that DynamoDB would count, if all its numbers are numbers.
    pub(crate) fn size(&self) -> Result<usize, ()> {
        self.0.iter().map(|(name, value)| Ok(name.len() + value.size()?)).sum()
    }

    /// Whether DynamoDB would take the item.
    pub(crate) fn is_storable(&self) -> bool {
        self.0.values().all(|value| value.is_storable(1))
    }
}

impl Value {
    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match r.peek_type()? {
            AttributeType::S => Self::S(r.string()?.into_owned()),
            AttributeType::N => Self::N(r.number()?.into_owned()),
            AttributeType::B => Self::B(r.binary()?),
            AttributeType::Bool => Self::Bool(r.boolean()?),
            AttributeType::Null => {
                assert!(r.take_null()?);
                Self::Null
            }
            AttributeType::M => {
                let mut map = BTreeMap::new();
                let mut members = r.begin_map()?;
                while let Some(name) = members.next(r)? {
                    let value = Self::read(r).map_err(|error| error.in_attribute(&name))?;
                    map.insert(name.into_owned(), value);
                }
                Self::M(map)
            }
            AttributeType::L => {
                let mut list = Vec::new();
                let mut elements = r.begin_list()?;
                while elements.next(r)? {
                    list.push(Self::read(r).map_err(|error| error.in_index(list.len()))?);
                }
                Self::L(list)
            }
            AttributeType::Ss => {
                let mut set = Vec::new();
                let mut elements = r.begin_string_set()?;
                while elements.next(r)? {
                    set.push(r.json_string()?.into_owned());
                }
                Self::Ss(set)
            }
            AttributeType::Ns => {
                let mut set = Vec::new();
                let mut elements = r.begin_number_set()?;
                while elements.next(r)? {
                    set.push(r.json_string()?.into_owned());
                }
                Self::Ns(set)
            }
            AttributeType::Bs => {
                let mut set = Vec::new();
                let mut elements = r.begin_binary_set()?;
                while elements.next(r)? {
                    set.push(r.json_binary()?);
                }
                Self::Bs(set)
            }
        })
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        match self {
            Self::S(v) => w.string(v),
            Self::N(v) => w.number(v),
            Self::B(v) => w.binary(v),
            Self::Bool(v) => w.boolean(*v),
            Self::Null => w.null(),
            Self::M(map) => {
                w.begin_map();
                for (name, value) in map {
                    w.name(name);
                    value.write(w);
                    w.end_member();
                }
                w.end_map();
            }
            Self::L(list) => w.list(list, |w, value| value.write(w)),
            Self::Ss(set) => w.string_set(set.iter().map(String::as_str)),
            Self::Ns(set) => w.number_set(set, |w, number| w.element_number(number)),
            Self::Bs(set) => w.binary_set(set.iter().map(Vec::as_slice)),
        }
    }

    fn size(&self) -> Result<usize, ()> {
        let number = |text: &String| Number::parse(text).map(|number| number.size()).map_err(|_| ());
        match self {
            Self::S(v) => Ok(v.len()),
            Self::N(v) => number(v),
            Self::B(v) => Ok(v.len()),
            Self::Bool(_) | Self::Null => Ok(1),
            Self::M(map) => map.iter().try_fold(3, |sum, (name, v)| Ok(sum + 1 + name.len() + v.size()?)),
            Self::L(list) => list.iter().try_fold(3, |sum, v| Ok(sum + 1 + v.size()?)),
            Self::Ss(set) => Ok(set.iter().map(String::len).sum()),
            Self::Ns(set) => set.iter().map(number).sum(),
            Self::Bs(set) => Ok(set.iter().map(Vec::len).sum()),
        }
    }

    /// Whether DynamoDB would take the value at that level.
    fn is_storable(&self, level: u8) -> bool {
        let number = |text: &String| Number::parse(text).is_ok();
        level <= MAX_NESTING
            && match self {
                Self::N(v) => number(v),
                Self::M(map) => map.values().all(|v| v.is_storable(level + 1)),
                Self::L(list) => list.iter().all(|v| v.is_storable(level + 1)),
                Self::Ss(set) => !set.is_empty(),
                Self::Ns(set) => !set.is_empty() && set.iter().all(number),
                Self::Bs(set) => !set.is_empty(),
                Self::S(_) | Self::B(_) | Self::Bool(_) | Self::Null => true,
            }
    }
}

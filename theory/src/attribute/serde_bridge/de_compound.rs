//! Lists, sets, maps and enum variants while they are being read.

use super::de::Deserializer;
use super::de_key;
use super::error::ReadError;
use crate::wire::{self, AttributeType, DecodeError, Reader};
use serde::de::{self, DeserializeSeed, Deserializer as _, Visitor};
use std::borrow::Cow;

type Result<T> = std::result::Result<T, ReadError>;

/// A list or a set.
pub(super) struct Elements<'r, 'de> {
    input: &'r mut Reader<'de>,
    elements: wire::Elements,
    /// In a set, the type of its elements, which stand there bare.
    bare: Option<AttributeType>,
    index: usize,
    /// Whether the end was read.
    ended: bool,
}

impl<'r, 'de> Elements<'r, 'de> {
    pub(super) fn list(input: &'r mut Reader<'de>) -> Result<Self> {
        let elements = input.begin_list()?;
        Ok(Elements { input, elements, bare: None, index: 0, ended: false })
    }

    pub(super) fn set(
        input: &'r mut Reader<'de>,
        set: AttributeType,
        element: AttributeType,
    ) -> Result<Self> {
        let elements = input.begin_set(set)?;
        Ok(Elements { input, elements, bare: Some(element), index: 0, ended: false })
    }

    pub(super) fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        let value = visitor.visit_seq(&mut self)?;
        // A tuple stops after its last element; more than that does not fit into it.
        if self.more()? {
            return Err(DecodeError::invalid(format!("a list of {} elements", self.index)).into());
        }
        Ok(value)
    }

    fn more(&mut self) -> Result<bool> {
        if !self.ended {
            self.ended = !self.elements.next(self.input)?;
        }
        Ok(!self.ended)
    }
}

impl<'de> de::SeqAccess<'de> for Elements<'_, 'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.more()? {
            return Ok(None);
        }
        let read = |input: &mut Reader<'de>| seed.deserialize(Deserializer::new(input));
        let value = match self.bare {
            Some(element) => self
                .input
                .set_element(element, |input| read(input).map_err(ReadError::into_inner))
                .map_err(ReadError::from),
            None => read(self.input),
        };
        let value = value.map_err(|error| error.in_index(self.index))?;
        self.index += 1;
        Ok(Some(value))
    }
}

/// A map.
pub(super) struct Members<'r, 'de> {
    input: &'r mut Reader<'de>,
    members: wire::Members,
    /// The name whose value stands next.
    name: Cow<'de, str>,
    /// Whether the end was read.
    ended: bool,
}

impl<'r, 'de> Members<'r, 'de> {
    pub(super) fn begin(input: &'r mut Reader<'de>) -> Result<Self> {
        let members = input.begin_map()?;
        Ok(Members { input, members, name: Cow::Borrowed(""), ended: false })
    }

    pub(super) fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        let value = visitor.visit_map(&mut self)?;
        if !self.ended && self.members.next(self.input)?.is_some() {
            return Err(DecodeError::invalid("a map without more members").into());
        }
        Ok(value)
    }
}

impl<'de> de::MapAccess<'de> for Members<'_, 'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.ended {
            return Ok(None);
        }
        match self.members.next(self.input)? {
            Some(name) => {
                self.name = name;
                seed.deserialize(de_key::Deserializer::new(&self.name)).map(Some)
            }
            None => {
                self.ended = true;
                Ok(None)
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(Deserializer::new(self.input)).map_err(|error| error.in_attribute(&self.name))
    }
}

/// An enum whose variant is the name of a map's one member.
pub(super) struct Enum<'e, 'de> {
    input: &'e mut Reader<'de>,
    members: &'e mut wire::Members,
}

impl<'e, 'de> Enum<'e, 'de> {
    pub(super) fn visit<V: Visitor<'de>>(input: &mut Reader<'de>, visitor: V) -> Result<V::Value> {
        let mut members = input.begin_map()?;
        let value = visitor.visit_enum(Enum { input, members: &mut members })?;
        match members.next(input)? {
            None => Ok(value),
            Some(_) => Err(DecodeError::invalid(ONE_MEMBER).into()),
        }
    }
}

const ONE_MEMBER: &str = "a map with one member, named after a variant";

impl<'e, 'de> de::EnumAccess<'de> for Enum<'e, 'de> {
    type Error = ReadError;
    type Variant = Variant<'e, 'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Variant<'e, 'de>)> {
        let name = self.members.next(self.input)?.ok_or_else(|| DecodeError::invalid(ONE_MEMBER))?;
        let variant = seed.deserialize(de_key::Deserializer::new(&name))?;
        Ok((variant, Variant { input: self.input, name }))
    }
}

/// The content of a variant.
pub(super) struct Variant<'e, 'de> {
    input: &'e mut Reader<'de>,
    name: Cow<'de, str>,
}

impl<'de> Variant<'_, 'de> {
    fn read<T>(self, read: impl FnOnce(Deserializer<'_, 'de>) -> Result<T>) -> Result<T> {
        read(Deserializer::new(self.input)).map_err(|error| error.in_attribute(&self.name))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = ReadError;

    /// Whatever stands there, as in `serde_dynamo`.
    fn unit_variant(self) -> Result<()> {
        self.input.skip_value().map_err(Into::into)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.read(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value> {
        self.read(|content| content.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.read(|content| content.deserialize_struct("", &[], visitor))
    }
}

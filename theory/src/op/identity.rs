//! Which item a request is on: two requests are on one item if table and identity are equal.

use super::parts::Parts;
use crate::client::Operation;
use crate::error::Error;
use crate::wire::{AttributeType, DecodeError, Reader, number};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use theory_schema::Entity;

/// The values of a key, in bytes that are equal for equal keys: texts without their escapes, numbers in one form.
pub(super) type Identity = Arc<[u8]>;

/// The items of a transaction, in which no item may stand twice.
#[derive(Debug)]
pub(super) struct Distinct(HashSet<(String, Identity)>);

impl Distinct {
    pub(super) fn with_capacity(count: usize) -> Self {
        Distinct(HashSet::with_capacity(count))
    }

    /// Adds the item of a request, by the head that names it: `{"Item":{…},` or `{"Key":{…},`. Says whether it is new.
    pub(super) fn insert(
        &mut self,
        table: &str,
        parts: &Parts,
        head: &[u8],
        operation: Operation,
    ) -> Result<bool, Error> {
        let entity = parts.entity;
        let identity =
            of_head(entity, head).map_err(|error| Error::decode(entity.name, operation.name(), error))?;
        Ok(self.0.insert((table.to_owned(), identity)))
    }
}

pub(super) fn of_head(entity: &Entity, head: &[u8]) -> Result<Identity, DecodeError> {
    Identities::default().of_head(entity, head).map(Identity::from)
}

/// The item or key in a request's head.
pub(super) fn object(head: &[u8]) -> &[u8] {
    let object = head.strip_suffix(b",").unwrap_or(head);
    object.strip_prefix(b"{\"Item\":").or_else(|| object.strip_prefix(b"{\"Key\":")).unwrap_or(object)
}

/// Reads one identity after another, in the same memory: for batches, where there are many.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The values as they were found, each with its length and type before it.
    found: Vec<u8>,
    /// Where each of the key's attributes is in it. Empty for what was not found.
    places: Vec<Range<usize>>,
    /// The values in the key's order, where that is another one.
    ordered: Vec<u8>,
}

impl Identities {
    /// As [`of_head`].
    pub(super) fn of_head(&mut self, entity: &Entity, head: &[u8]) -> Result<&[u8], DecodeError> {
        self.of_item(entity, &mut Reader::new(object(head))?)
    }

    /// The identity of the item or key that stands next. It reads no further than the last key attribute.
    pub(super) fn of_item(&mut self, entity: &Entity, input: &mut Reader<'_>) -> Result<&[u8], DecodeError> {
        self.found.clear();
        self.places.clear();
        self.places.extend(entity.key.attributes().map(|_| 0..0));
        let mut missing = self.places.len();
        let mut is_in_order = true;
        let mut members = input.begin_object()?;
        while missing > 0 {
            let Some(name) = members.next(input)? else { break };
            let place =
                entity.key.attributes().zip(&mut self.places).find(|(attribute, _)| attribute.name == name);
            let Some((_, place)) = place else {
                input.skip_value()?;
                continue;
            };
            let start = self.found.len();
            write_value(input, &mut self.found)?;
            if is_missing(place) {
                missing -= 1;
            } else {
                is_in_order = false;
            }
            *place = start..self.found.len();
        }
        if let Some((attribute, _)) =
            entity.key.attributes().zip(&self.places).find(|(_, place)| is_missing(place))
        {
            return Err(DecodeError::missing(attribute.name));
        }
        if is_in_order && self.places.is_sorted_by_key(|place| place.start) {
            return Ok(&self.found);
        }
        self.ordered.clear();
        for place in &self.places {
            self.ordered.extend_from_slice(self.found.get(place.clone()).unwrap_or_default());
        }
        Ok(&self.ordered)
    }
}

fn is_missing(place: &Range<usize>) -> bool {
    place.start == place.end
}

/// A key attribute's value: its length, so that the end of one is not the beginning of the next, and a letter for its type before it.
fn write_value(input: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut write = |kind: u8, value: &[u8]| {
        out.extend_from_slice(&(value.len() as u64).to_be_bytes());
        out.push(kind);
        out.extend_from_slice(value);
    };
    match input.peek_type()? {
        AttributeType::S => write(b'S', input.string()?.as_bytes()),
        AttributeType::B => write(b'B', &input.binary()?),
        AttributeType::N => {
            let text = input.number()?;
            match number::is_plain_integer(&text) {
                true => write(b'N', text.as_bytes()),
                false => match number::normalize(&text) {
                    Ok(normal) => write(b'N', normal.as_bytes()),
                    Err(_) => write(b'N', text.as_bytes()),
                },
            }
        }
        _ => write(b'?', input.raw_value()?.as_bytes()),
    }
    Ok(())
}

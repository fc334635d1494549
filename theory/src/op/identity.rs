//! Which item a request is on: two requests are on one item if table and identity are equal.

use super::parts::Parts;
use crate::wire::{AttributeType, DecodeError, Reader, number};
use theory_schema::Entity;

/// The values of a key, in bytes that are equal for equal keys: texts without their escapes, numbers in one form.
pub(super) type Identity = Box<[u8]>;

/// The item that a request is on, by the head that names it: `{"Item":{…},` or `{"Key":{…},`.
pub(super) fn of_request(parts: &Parts, head: &[u8]) -> Result<Identity, DecodeError> {
    of_head(parts.entity, head)
}

pub(super) fn of_head(entity: &Entity, head: &[u8]) -> Result<Identity, DecodeError> {
    of_item(entity, &mut Reader::new(object(head))?)
}

/// The item or key in a request's head.
pub(super) fn object(head: &[u8]) -> &[u8] {
    let object = head.strip_suffix(b",").unwrap_or(head);
    object.strip_prefix(b"{\"Item\":").or_else(|| object.strip_prefix(b"{\"Key\":")).unwrap_or(object)
}

/// The identity of the item or key that stands next. It reads no further than the last key attribute.
pub(super) fn of_item(entity: &Entity, input: &mut Reader<'_>) -> Result<Identity, DecodeError> {
    let mut values: Vec<Option<Vec<u8>>> = vec![None; entity.key.attributes().count()];
    let mut missing = values.len();
    let mut members = input.begin_object()?;
    while missing > 0 {
        let Some(name) = members.next(input)? else { break };
        let slot = entity.key.attributes().zip(&mut values).find(|(attribute, _)| attribute.name == name);
        match slot {
            Some((_, slot)) => {
                if slot.replace(value(input)?).is_none() {
                    missing -= 1;
                }
            }
            None => input.skip_value()?,
        }
    }
    let mut identity = Vec::new();
    for (attribute, value) in entity.key.attributes().zip(values) {
        let value = value.ok_or_else(|| DecodeError::missing(attribute.name))?;
        // With its length, so that the end of one value is not the beginning of the next.
        identity.extend_from_slice(&(value.len() as u64).to_be_bytes());
        identity.extend_from_slice(&value);
    }
    Ok(identity.into())
}

/// A key attribute's value, with a letter for its type before it.
fn value(input: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    let (kind, bytes) = match input.peek_type()? {
        AttributeType::S => (b'S', input.string()?.into_owned().into_bytes()),
        AttributeType::B => (b'B', input.binary()?),
        AttributeType::N => {
            let text = input.number()?;
            let plain = number::normalize(&text).unwrap_or_else(|_| text.into_owned());
            (b'N', plain.into_bytes())
        }
        _ => (b'?', input.raw_value()?.as_bytes().to_vec()),
    };
    let mut value = Vec::with_capacity(1 + bytes.len());
    value.push(kind);
    value.extend_from_slice(&bytes);
    Ok(value)
}

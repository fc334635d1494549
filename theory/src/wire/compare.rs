//! The order of two encoded values, as DynamoDB compares them.

use super::{AttributeType, Reader, number};
use std::cmp::Ordering;

/// Compares two strings, numbers or bytes in DynamoDB JSON; `None` where they have no common order.
///
/// DynamoDB orders strings and bytes by their bytes, and numbers by value.
pub fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (mut a, mut b) = (Reader::new(a).ok()?, Reader::new(b).ok()?);
    let ty = a.peek_type().ok()?;
    if b.peek_type().ok()? != ty {
        return None;
    }
    match ty {
        AttributeType::S => Some(a.string().ok()?.as_bytes().cmp(b.string().ok()?.as_bytes())),
        AttributeType::N => number::compare(&a.number().ok()?, &b.number().ok()?).ok(),
        AttributeType::B => Some(a.binary().ok()?.cmp(&b.binary().ok()?)),
        _ => None,
    }
}

//! Whether an item is past its time to live.

use super::Attribute;
use crate::expr::{Comparator, Node, PathNode, Test};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, Reader, Writer, compare};
use std::cmp::Ordering;

/// The attribute by which items expire. The derive makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ttl(Attribute);

impl Ttl {
    /// With this name, and others under which it is read.
    pub const fn new(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Ttl(Attribute { name, aliases })
    }

    /// The names under which it may stand in an item.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.names()
    }

    /// The condition that an item has not expired. Of its older names only these that `is_there` admits are asked.
    ///
    /// DynamoDB compares nothing with an attribute that is missing, or that is no number: such an item lives.
    pub(crate) fn is_live(&self, now: Timestamp, is_there: impl Fn(&str) -> bool) -> Test {
        let path = PathNode::attribute;
        let has_passed =
            |name| Test::Compare(Node::Path(path(name)), Comparator::Le, Node::Value(seconds(now)));
        let Attribute { name, aliases } = self.0;
        let older = aliases
            .iter()
            .filter(|alias| is_there(alias))
            .map(|alias| Test::All(vec![Test::NotExists(path(name)), has_passed(alias)]));
        let mut any: Vec<Test> = std::iter::once(has_passed(name)).chain(older).collect();
        let has_expired = if any.len() == 1 { any.pop() } else { None };
        Test::Not(Box::new(has_expired.unwrap_or(Test::Any(any))))
    }

    /// The same judgement of an item that was read. The input stays where it is.
    pub(crate) fn has_expired(&self, input: &mut Reader<'_>, now: Timestamp) -> Result<bool, DecodeError> {
        let start = input.save();
        let now = seconds(now);
        let has_passed =
            |json: &str| matches!(compare(json.as_bytes(), &now), Some(Ordering::Less | Ordering::Equal));
        let (mut own, mut older) = (None, false);
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(input)? {
            if name == self.0.name {
                own = Some(has_passed(input.raw_value()?));
            } else if self.0.aliases.contains(&&*name) {
                older |= has_passed(input.raw_value()?);
            } else {
                input.skip_value()?;
            }
        }
        input.restore(start);
        Ok(own.unwrap_or(older))
    }
}

/// The whole seconds since the Unix epoch, as the attribute holds them.
fn seconds(now: Timestamp) -> Vec<u8> {
    let mut out = Writer::new();
    out.integer(now.unix_seconds());
    // An integer of 64 bits is a number that DynamoDB holds.
    out.finish().unwrap_or_default()
}

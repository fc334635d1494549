//! The version that an item is expected to have.

use super::{Attribute, Lifecycle};
use crate::attribute::{VersionField, exhausted_version};
use crate::error::{CancellationReason, Error, ErrorKind};
use crate::expr::{Comparator, Node, PathNode, Test};
use crate::wire::{EncodeError, Reader, Writer, number};
use theory_schema::Entity;

/// The version that an item is expected to have, and the one that the write leaves behind.
#[derive(Debug, Clone)]
pub struct Expected {
    attribute: Attribute,
    version: Node,
    /// An item without the attribute has it too.
    is_first: bool,
    pub(crate) next: Node,
}

impl Expected {
    /// This version, of an entity with this lifecycle; `None` where it has no version.
    pub fn of<V: VersionField>(version: &V, lifecycle: &'static Lifecycle) -> Option<Self> {
        let (attribute, _) = lifecycle.version?;
        let node = |version: &V| {
            let mut out = Writer::new();
            version.encode(&mut out);
            out.finish().map_or_else(Node::Invalid, Node::Value)
        };
        let exhausted = || EncodeError::new(exhausted_version()).in_attribute(attribute.name);
        let (version, first) = (version, node(&V::FIRST));
        let next = version.next_version().as_ref().map_or_else(|| Node::Invalid(exhausted()), node);
        let version = node(version);
        let is_first = match (&version, &first) {
            (Node::Value(version), Node::Value(first)) => version == first,
            _ => false,
        };
        Some(Expected { attribute, version, is_first, next })
    }

    /// The version that the write leaves behind.
    pub(crate) fn next_version(&self) -> Option<u128> {
        let Node::Value(json) = &self.next else { return None };
        Reader::new(json).ok()?.integer().ok()
    }

    /// What must be true of the item.
    pub(crate) fn condition(&self, entity: &Entity) -> Test {
        let Attribute { name, aliases } = self.attribute;
        let path = PathNode::attribute;
        let equals = |name| Test::Compare(Node::Path(path(name)), Comparator::Eq, self.version.clone());
        // An item that was stored under an older name has its version there, until the library writes it.
        let older = aliases.iter().map(|alias| Test::All(vec![Test::NotExists(path(name)), equals(alias)]));
        let mut any: Vec<Test> = std::iter::once(equals(name)).chain(older).collect();
        if !self.is_first {
            return Test::only(any, Test::Any);
        }
        // An item without the attribute is unversioned, and reads as the first version.
        any.push(Test::only(
            self.attribute.names().map(|name| Test::NotExists(path(name))).collect(),
            Test::All,
        ));
        let exists = entity.key.partition.first().map(|key| Test::Exists(path(key.name)));
        Test::only(exists.into_iter().chain([Test::Any(any)]).collect(), Test::All)
    }

    /// Whether the condition failed because of the version, and not of something else that the request asked for. `item` is the item
    /// as it was then: DynamoDB says it at no cost.
    ///
    /// Without an item there was none, so that it is gone. An engine that is too old to return it says the same: then a condition of the
    /// caller's that failed passes for a conflict, after which the caller reads the item again, and nothing is lost.
    fn is_conflict(&self, item: Option<&[u8]>) -> bool {
        item.and_then(|item| self.has_version(item)).is_none_or(|has_version| !has_version)
    }

    fn has_version(&self, item: &[u8]) -> Option<bool> {
        let Some(found) = self.attribute.find(item) else { return Some(self.is_first) };
        let Node::Value(expected) = &self.version else { return None };
        Some(digits(found.as_bytes())? == digits(expected)?)
    }

    /// The error of a request that expected the version, by its right kind.
    pub(crate) fn judge(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::ConditionFailed && self.is_conflict(error.item_json()) {
            return error.with_kind(ErrorKind::VersionConflict);
        }
        error
    }

    /// The same for a part of a transaction.
    pub(crate) fn judge_part(&self, reason: &mut CancellationReason) {
        if reason.kind() == Some(ErrorKind::ConditionFailed) && self.is_conflict(reason.item_json()) {
            reason.set_verdict(ErrorKind::VersionConflict);
        }
    }
}

/// A number in one form.
fn digits(json: &[u8]) -> Option<String> {
    let mut input = Reader::new(json).ok()?;
    number::normalize(&input.number().ok()?).ok()
}

//! The last version that a type can hold.

use super::{Attribute, Lifecycle};
use crate::attribute::exhausted_version;
use crate::error::{CancellationReason, Error, ErrorKind};
use crate::expr::{Comparator, Node, PathNode, Test};
use crate::wire::{EncodeError, Writer, compare};
use std::cmp::Ordering;

/// The last version, of a type that may come to it: an update that counts further would leave an item that cannot be read.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    attribute: Attribute,
    /// In JSON.
    last: Vec<u8>,
}

impl Limit {
    /// That of an entity with this lifecycle; `None` where its version lasts for ever.
    pub(crate) fn of(lifecycle: &Lifecycle) -> Option<Self> {
        let (attribute, range) = lifecycle.version?;
        let mut out = Writer::new();
        range.last?(&mut out);
        Some(Limit { attribute, last: out.finish().ok()? })
    }

    /// The condition that the item is not there yet. It is met by an item without a version, and where there is no item.
    pub(crate) fn condition(&self) -> Test {
        let Attribute { name, aliases } = self.attribute;
        let path = PathNode::attribute;
        let is_there =
            |name| Test::Compare(Node::Path(path(name)), Comparator::Ge, Node::Value(self.last.clone()));
        let older = aliases.iter().map(|alias| Test::All(vec![Test::NotExists(path(name)), is_there(alias)]));
        Test::Not(Box::new(match aliases {
            [] => is_there(name),
            _ => Test::Any(std::iter::once(is_there(name)).chain(older).collect()),
        }))
    }

    /// Whether that is why a condition failed, with the item as it was then.
    fn is_reached(&self, item: Option<&[u8]>) -> bool {
        let version = item.and_then(|item| self.attribute.find(item));
        let order = version.and_then(|version| compare(version.as_bytes(), &self.last));
        matches!(order, Some(Ordering::Equal | Ordering::Greater))
    }

    /// The error of an update by its right kind: the one of a version that cannot be written.
    pub(crate) fn judge(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::ConditionFailed && self.is_reached(error.item_json()) {
            let name = self.attribute.name;
            let why = EncodeError::new(exhausted_version()).in_attribute(name);
            return error.with_kind(ErrorKind::Encode).with_attribute(name).with_source(why);
        }
        error
    }

    /// The same for a part of a transaction.
    pub(crate) fn judge_part(&self, reason: &mut CancellationReason) {
        if reason.kind() == Some(ErrorKind::ConditionFailed) && self.is_reached(reason.item_json()) {
            reason.set_verdict(ErrorKind::Encode);
        }
    }
}

//! What an update does beside what the caller asked for.

use super::{Attribute, Expected, Lifecycle, Stamps, Versions};
use crate::expr::{Action, Actions, Node, PathNode};
use crate::timestamp::Timestamp;
use crate::wire::Writer;

/// The library's part in an update of one item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touch {
    pub(crate) lifecycle: &'static Lifecycle,
    /// The update makes the item where there is none.
    pub(crate) creates: bool,
}

impl Touch {
    /// Adds the library's actions to those of the caller.
    pub(crate) fn act(&self, expected: Option<&Expected>, now: Timestamp, actions: &mut Actions) {
        let Lifecycle { version, created_at, updated_at } = self.lifecycle;
        if let Some((attribute, Versions { first, .. })) = version {
            let next = match expected {
                Some(expected) => expected.next.clone(),
                None => {
                    let mut out = Writer::new();
                    first(&mut out);
                    let first = out.finish().map_or_else(Node::Invalid, Node::Value);
                    let one = Node::Value(b"{\"N\":\"1\"}".to_vec());
                    Node::Plus(Box::new(stored_or(attribute, first)), Box::new(one))
                }
            };
            actions.0.push(Action::Set(PathNode::attribute(attribute.name), next));
        }
        let now = || Node::Value(now.to_json().to_vec());
        if let Some(attribute) = created_at.as_ref().filter(|_| self.creates) {
            actions.0.push(Action::Set(PathNode::attribute(attribute.name), stored_or(attribute, now())));
        }
        if let Some(attribute) = updated_at {
            actions.0.push(Action::Set(PathNode::attribute(attribute.name), now()));
        }
    }
}

impl Touch {
    /// What the update leaves behind, as far as it is known before.
    pub(crate) fn stamps(&self, expected: Option<&Expected>, now: Option<Timestamp>) -> Stamps {
        Stamps {
            version: expected.and_then(Expected::next_version),
            created_at: None,
            updated_at: now.filter(|_| self.lifecycle.updated_at.is_some()),
        }
    }
}

/// The attribute, under whichever name it is stored, or else the value.
fn stored_or(attribute: &Attribute, otherwise: Node) -> Node {
    attribute
        .names()
        .rev()
        .fold(otherwise, |otherwise, name| Node::IfNotExists(PathNode::attribute(name), Box::new(otherwise)))
}

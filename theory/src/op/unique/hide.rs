//! Guards are no items of an entity: what reads a whole table leaves them out.

use crate::expr::{Node, PathNode, Test};
use crate::op::query::Parts;
use crate::wire::Writer;
use theory_schema::Role;
use theory_schema::unique::GUARD_PREFIX;

/// A filter that leaves out guards, where the request could meet any.
///
/// A query of the table never does: guards have partitions of their own. An index holds those whose attributes are its key: the table's
/// key, the ttl.
pub(crate) fn hide_guards(parts: &Parts) -> Option<Test> {
    let entity = parts.entity;
    let partition = entity.key.partition.first().filter(|_| !entity.uniques.is_empty())?;
    let meets = || {
        let index = parts.index?;
        let ttl = entity.role(Role::Ttl)?;
        let by_ttl = index.key.partition.iter().any(|key| key.name == ttl.name);
        (by_ttl && !index.key.contains(partition.name)).then_some(())
    };
    if !parts.is_scan {
        meets()?;
    }
    let mut out = Writer::new();
    out.string(GUARD_PREFIX);
    let prefix = out.finish().map_or_else(Node::Invalid, Node::Value);
    Some(Test::Not(Box::new(Test::BeginsWith(PathNode::attribute(partition.name), prefix))))
}

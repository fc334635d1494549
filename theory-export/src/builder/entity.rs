//! What the application does with an entity.

use crate::contract::{Entity, Operation};
use std::collections::BTreeSet;

/// What the application does with an entity; see [`Schema::entity`](super::Schema::entity).
///
/// Without any of these calls, an entity has everything that the derive generates for it.
#[derive(Debug)]
pub struct EntityBuilder {
    entity: Entity,
    faults: Vec<String>,
}

impl EntityBuilder {
    pub(super) fn new(entity: Entity) -> Self {
        EntityBuilder { entity, faults: Vec::new() }
    }

    pub(super) fn finish(self) -> (Entity, Vec<String>) {
        (self.entity, self.faults)
    }

    /// The only operations on the table, and none on indexes but those that [`query_index`](Self::query_index) and
    /// [`scan_index`](Self::scan_index) add after it.
    #[must_use]
    pub fn only(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.entity.access.operations = operations.into_iter().collect();
        self.entity.access.indexes.clear();
        self
    }

    /// Queries this index.
    #[must_use]
    pub fn query_index(self, index: &str) -> Self {
        self.on_index(index, Operation::Query)
    }

    /// Scans this index.
    #[must_use]
    pub fn scan_index(self, index: &str) -> Self {
        self.on_index(index, Operation::Scan)
    }

    /// The only attributes that the application reads or writes; keys are always among them. One that the entity does not have is a fault of the contract.
    ///
    /// IAM can compare only what a request names: reads are allowed with `Select=SPECIFIC_ATTRIBUTES` alone, so that a plain get of the
    /// entity is denied. Read with a projection.
    #[must_use]
    pub fn attributes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut names: BTreeSet<String> = names.into_iter().map(Into::into).collect();
        names.extend(self.entity.keys.keys().cloned());
        self.entity.access.attributes = names;
        self
    }

    fn on_index(mut self, index: &str, operation: Operation) -> Self {
        if self.entity.indexes.iter().any(|known| known == index) {
            self.entity.access.indexes.entry(index.into()).or_default().insert(operation);
        } else {
            let entity = &self.entity.name;
            self.faults.push(format!(
                "access of entity `{entity}` names an index `{index}`, which it does not have"
            ));
        }
        self
    }
}

//! One Rust type as stored in one table.

use crate::attribute::{Attribute, Role};
use crate::index::{Index, Key, KeyAttribute, same};
use crate::unique::Unique;

/// Constant description of an entity.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entity {
    /// The Rust type.
    pub name: &'static str,
    /// The declared name of the table; a client may map it to another.
    pub table: &'static str,
    /// The table's key.
    pub key: Key,
    /// Its secondary indexes.
    pub indexes: &'static [Index],
    /// Its attributes, in the order of the struct.
    pub attributes: &'static [Attribute],
    /// Whether the table may be scanned.
    pub scan: bool,
    /// Whether an item is never changed once it is written.
    pub write_once: bool,
    /// What no two items share beside the key.
    pub uniques: &'static [Unique],
}

impl Entity {
    /// An entity without indexes that may not be scanned.
    pub const fn new(
        name: &'static str,
        table: &'static str,
        key: Key,
        attributes: &'static [Attribute],
    ) -> Self {
        Entity { name, table, key, indexes: &[], attributes, scan: false, write_once: false, uniques: &[] }
    }

    /// The same entity with these indexes.
    pub const fn indexes(mut self, indexes: &'static [Index]) -> Self {
        self.indexes = indexes;
        self
    }

    /// The same entity in a table that may be scanned.
    pub const fn scannable(mut self) -> Self {
        self.scan = true;
        self
    }

    /// The same entity, whose items are never changed once they are written.
    pub const fn write_once(mut self) -> Self {
        self.write_once = true;
        self
    }

    /// The same entity with these constraints.
    pub const fn uniques(mut self, uniques: &'static [Unique]) -> Self {
        self.uniques = uniques;
        self
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The attribute with this role.
    pub fn role(&self, role: Role) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.role == role)
    }

    /// The index of this name.
    pub fn index(&self, name: &str) -> Option<&'static Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The place of an index in [`indexes`](Self::indexes).
    ///
    /// # Panics
    ///
    /// While the crate is compiled, where the entity has no such index.
    pub const fn index_number(&self, name: &str) -> usize {
        let mut i = 0;
        while i < self.indexes.len() {
            if same(self.indexes[i].name, name) {
                return i;
            }
            i += 1;
        }
        panic!("the entity has no index of this name")
    }

    /// Every attribute that is part of some key, the table's first, each once.
    pub fn key_attributes(&self) -> Vec<&'static KeyAttribute> {
        let mut found: Vec<&'static KeyAttribute> = Vec::new();
        for key in std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key)) {
            for attribute in key.attributes() {
                if !found.iter().any(|seen| seen.name == attribute.name) {
                    found.push(attribute);
                }
            }
        }
        found
    }
}

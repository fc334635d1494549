//! Keys of tables and of secondary indexes, and what an index projects.

use crate::attribute::ScalarType;
use crate::key_template::Segment;

/// One attribute of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAttribute {
    /// The name in DynamoDB.
    pub name: &'static str,
    /// What it holds.
    pub ty: ScalarType,
    /// The fields that form it.
    pub template: &'static [Segment],
}

impl KeyAttribute {
    /// A key attribute that is one field of the entity.
    ///
    /// # Panics
    ///
    /// While the crate is compiled, where the type may not be part of a key.
    pub const fn field(name: &'static str, ty: &crate::Type, template: &'static [Segment]) -> Self {
        match ty.scalar() {
            Some(ty) => KeyAttribute { name, ty, template },
            None => panic!("a key attribute must be a string, a number or bytes"),
        }
    }
}

/// The key of a table or of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// One attribute; in a global secondary index up to four.
    pub partition: &'static [KeyAttribute],
    /// None or one attribute; in a global secondary index up to four.
    pub sort: &'static [KeyAttribute],
}

impl Key {
    /// All attributes, those of the partition first.
    pub fn attributes(&self) -> impl Iterator<Item = &'static KeyAttribute> + use<> {
        self.partition.iter().chain(self.sort)
    }

    /// Whether an attribute of this name is part of the key.
    pub fn contains(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }
}

/// Which kind of secondary index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// Its own partitions, throughput of its own, eventually consistent.
    Global,
    /// Another order within the table's partitions; can be read consistently; made with the table, never after.
    Local,
}

/// What an index holds beside its own key and the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projection {
    /// Every attribute.
    All,
    /// Nothing more.
    KeysOnly,
    /// These attributes.
    Include(&'static [&'static str]),
}

/// A secondary index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// The name in DynamoDB.
    pub name: &'static str,
    /// Global or local.
    pub kind: IndexKind,
    /// Its key.
    pub key: Key,
    /// What it holds.
    pub projection: Projection,
}

impl Index {
    /// An index.
    pub const fn new(name: &'static str, kind: IndexKind, key: Key, projection: Projection) -> Self {
        Index { name, kind, key, projection }
    }

    /// Whether items read through the index have the attribute; `table` is the key of the table.
    pub const fn projects(&self, table: &Key, attribute: &str) -> bool {
        if key_has(&self.key, attribute) || key_has(table, attribute) {
            return true;
        }
        match self.projection {
            Projection::All => true,
            Projection::KeysOnly => false,
            Projection::Include(names) => {
                let mut i = 0;
                while i < names.len() {
                    if same(names[i], attribute) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
        }
    }
}

const fn key_has(key: &Key, attribute: &str) -> bool {
    side_has(key.partition, attribute) || side_has(key.sort, attribute)
}

const fn side_has(side: &[KeyAttribute], attribute: &str) -> bool {
    let mut i = 0;
    while i < side.len() {
        if same(side[i].name, attribute) {
            return true;
        }
        i += 1;
    }
    false
}

/// `==` on strings, in constant evaluation.
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

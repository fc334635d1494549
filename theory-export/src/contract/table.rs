//! One table of a contract: its key, its indexes, and how it is deployed.

use super::deployment::{
    Billing, Consumer, Encryption, Recovery, Replica, Retention, StreamView, TableClass, Tenant,
    WarmThroughput,
};
use super::{Entity, Extensions, is_default};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use theory_schema::ScalarType;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// Its name in the profile at hand; without a profile, the declared one.
    pub name: String,
    /// The declared name, where a profile has given the table another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_name: Option<String>,
    /// Its key: one partition attribute, none or one sort attribute.
    pub key: Key,
    /// Its secondary indexes, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The attribute after whose time DynamoDB deletes an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// What is paid.
    #[serde(default)]
    pub billing: Billing,
    /// What its stream holds, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamView>,
    /// Who reads the stream.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<Consumer>,
    /// Whose key encrypts it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encryption: Encryption,
    /// Continuous backups, where it has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_in_time_recovery: Option<Recovery>,
    /// Whether DynamoDB refuses to delete it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deletion_protection: bool,
    /// What a deployment tool does with its data.
    #[serde(default, skip_serializing_if = "is_default")]
    pub retention: Retention,
    /// Its storage class.
    #[serde(default, skip_serializing_if = "is_default")]
    pub class: TableClass,
    /// What it serves without having been warmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughput>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Its resource policy, as IAM writes policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<serde_json::Value>,
    /// Its copies in other regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<Replica>,
    /// Which part of the key says to whom an item belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// What is stored in it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Table {
    /// A table on demand, with nothing in it.
    pub fn new(name: impl Into<String>, key: Key) -> Self {
        Table {
            name: name.into(),
            declared_name: None,
            key,
            indexes: Vec::new(),
            ttl: None,
            billing: Billing::default(),
            stream: None,
            consumers: Vec::new(),
            encryption: Encryption::default(),
            point_in_time_recovery: None,
            deletion_protection: false,
            retention: Retention::default(),
            class: TableClass::default(),
            warm_throughput: None,
            tags: BTreeMap::new(),
            resource_policy: None,
            replicas: Vec::new(),
            tenant: None,
            entities: Vec::new(),
            extensions: Extensions::new(),
        }
    }

    /// The name that the code declares, whatever the profile.
    pub fn declared_name(&self) -> &str {
        self.declared_name.as_deref().unwrap_or(&self.name)
    }

    /// Its global secondary indexes.
    pub fn global_indexes(&self) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter(|index| index.kind == IndexKind::Global)
    }

    /// Its local secondary indexes.
    pub fn local_indexes(&self) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter(|index| index.kind == IndexKind::Local)
    }

    /// The index of this name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The entity of this name.
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// `AttributeDefinitions`: every attribute that is part of some key, each once, sorted by name.
    pub fn attribute_definitions(&self) -> Vec<&KeyAttribute> {
        let keys = std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key));
        let mut found: BTreeMap<&str, &KeyAttribute> = BTreeMap::new();
        for attribute in keys.flat_map(Key::attributes) {
            found.entry(&attribute.name).or_insert(attribute);
        }
        found.into_values().collect()
    }
}

/// The key of a table or of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The attributes that choose the partition (`HASH`): one, in a global secondary index up to four.
    pub partition: Vec<KeyAttribute>,
    /// The attributes that order it (`RANGE`): none or one, in a global secondary index up to four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<KeyAttribute>,
}

impl Key {
    /// All attributes, those of the partition first.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&self.sort)
    }

    /// Whether an attribute of this name is part of the key.
    pub fn contains(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }
}

/// One attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAttribute {
    /// The name in DynamoDB.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type", with = "scalar")]
    pub ty: ScalarType,
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Global or local.
    pub kind: IndexKind,
    /// Its key.
    pub key: Key,
    /// What it holds beside its own key and the table's.
    pub projection: Projection,
    /// Its capacity, where it differs from the table's; only for a global index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// What it serves without having been warmed; only for a global index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughput>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// Which kind of secondary index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IndexKind {
    /// Its own partitions, throughput of its own, eventually consistent.
    Global,
    /// Another order within the table's partitions; made with the table, never after.
    Local,
}

/// What an index holds beside its own key and the table's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Projection {
    /// Every attribute.
    All,
    /// Nothing more.
    KeysOnly,
    /// These attributes, sorted.
    Include {
        /// `NonKeyAttributes`
        attributes: Vec<String>,
    },
}

impl Projection {
    /// `ProjectionType`, as DynamoDB spells it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Projection::All => "ALL",
            Projection::KeysOnly => "KEYS_ONLY",
            Projection::Include { .. } => "INCLUDE",
        }
    }

    /// `NonKeyAttributes`
    pub fn attributes(&self) -> &[String] {
        match self {
            Projection::Include { attributes } => attributes,
            Projection::All | Projection::KeysOnly => &[],
        }
    }
}

/// `S`, `N` and `B` for a type that lives in a crate without serde.
mod scalar {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use theory_schema::ScalarType;

    pub(super) fn serialize<S: Serializer>(ty: &ScalarType, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(ty.descriptor())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ScalarType, D::Error> {
        match &*String::deserialize(deserializer)? {
            "S" => Ok(ScalarType::String),
            "N" => Ok(ScalarType::Number),
            "B" => Ok(ScalarType::Binary),
            other => {
                Err(D::Error::custom(format_args!("a key attribute is of type S, N or B, not `{other}`")))
            }
        }
    }
}

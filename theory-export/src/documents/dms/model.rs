//! The document as it is written.

use serde::Deserialize;
use serde_json::Value;

/// The whole document, but for its version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) namespace: Option<String>,
    pub(super) models: Vec<Model>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) table: TableName,
    #[serde(default)]
    pub(super) naming: Option<Naming>,
    pub(super) keys: Keys,
    #[serde(default)]
    pub(super) write_policy: Option<Value>,
    pub(super) attributes: Vec<Attribute>,
    #[serde(default)]
    pub(super) indexes: Vec<Index>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableName {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Naming {
    pub(super) convention: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) partition: KeyAttribute,
    #[serde(default)]
    pub(super) sort: Option<KeyAttribute>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyAttribute {
    pub(super) attribute: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attribute {
    pub(super) attribute: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) omit_empty: bool,
    #[serde(default)]
    pub(super) json: bool,
    #[serde(default)]
    pub(super) binary: bool,
    #[serde(default)]
    pub(super) format: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default)]
    pub(super) encryption: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) partition: KeyAttribute,
    #[serde(default)]
    pub(super) sort: Option<KeyAttribute>,
    #[serde(default)]
    pub(super) projection: Option<Projection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Projection {
    #[serde(rename = "type")]
    pub(super) ty: String,
    #[serde(default)]
    pub(super) fields: Vec<String>,
}

//! The contract: everything that is deployed, as one file with stable bytes.
//!
//! | module | what |
//! |---|---|
//! | [`table`] | one table: its key, its indexes |
//! | [`deployment`] | how a table is deployed |
//! | [`entity`] | one type of item |
//! | [`template`] | how an entity fills a key attribute |
//! | [`profile`] | one schema deployed several times |
//! | [`Contract::faults`] | what is wrong with it |

pub mod deployment;
pub mod entity;
mod from_schema;
pub(crate) use from_schema::tables;
mod keep;
pub mod profile;
mod read;
pub mod table;
pub mod template;
mod validate;

pub use entity::{Access, Attribute, Entity, Operation, Role, Shape, StoredType};
pub use profile::{Overrides, Profile};
pub use table::{Index, IndexKind, Key, KeyAttribute, Projection, Table};
pub use template::{KeyTemplate, Segment};
pub use validate::Fault;
pub(crate) use validate::refused_of;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Members whose name begins with `x-`: other tools' own. They are kept, and are no part of the digest.
pub type Extensions = BTreeMap<String, serde_json::Value>;

/// The format that this version writes.
pub const FORMAT: &str = "1.0";

/// The tag of a table that holds the digest of the contract of which it was made.
pub const STAMP_TAG: &str = "theory:contract";

/// How many tags a table may have, that one among them.
pub(crate) const TAGS: usize = 50;

/// The JSON Schema of a contract, as published.
pub const JSON_SCHEMA: &str = include_str!("../../schema/theory.contract.v1.schema.json");

/// Everything that is deployed.
///
/// The same schema gives the same bytes, in whatever order its types are listed and its fields are written: tables, entities,
/// attributes and indexes are sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// The version of the format: `major.minor`.
    pub format: String,
    /// SHA-256 over everything but itself and members that begin with `x-`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The tables, by name.
    pub tables: Vec<Table>,
    /// The set-ups in which the tables are deployed, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profiles: BTreeMap<String, Profile>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Contract {
    /// A contract of these tables, sorted and sealed.
    pub fn new(tables: Vec<Table>, profiles: BTreeMap<String, Profile>) -> Self {
        let mut contract =
            Contract { format: FORMAT.into(), digest: None, tables, profiles, extensions: Extensions::new() };
        contract.seal();
        contract
    }

    /// The table of this name, declared or deployed.
    pub fn table(&self, name: &str) -> Option<&Table> {
        let deployed = self.tables.iter().find(|table| table.name == name);
        deployed.or_else(|| self.tables.iter().find(|table| table.declared_name() == name))
    }

    /// The entity of this name, with its table.
    pub fn entity(&self, name: &str) -> Option<(&Table, &Entity)> {
        self.tables.iter().find_map(|table| Some((table, table.entity(name)?)))
    }

    /// The file: indented JSON that ends with a line feed.
    pub fn to_json(&self) -> String {
        let mut text = json(serde_json::to_string_pretty(self));
        text.push('\n');
        text
    }

    /// `sha256:` and the digest of everything but `digest` itself and members that begin with `x-`.
    pub fn compute_digest(&self) -> String {
        let mut bare = serde_json::to_value(self).unwrap_or_default();
        if let Some(members) = bare.as_object_mut() {
            members.remove("digest");
        }
        without_extensions(&mut bare);
        // The order must not depend on whether some crate of the build turned `serde_json/preserve_order` on.
        bare.sort_all_objects();
        let digest = Sha256::digest(bare.to_string().as_bytes());
        digest.iter().fold(String::from("sha256:"), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Sorts what has no order of its own, and sets the digest.
    pub fn seal(&mut self) {
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut self.tables {
            table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
            table.entities.sort_by(|a, b| a.name.cmp(&b.name));
            table.consumers.sort_by(|a, b| a.function.cmp(&b.function));
            table.replicas.sort_by(|a, b| a.region.cmp(&b.region));
            table.resource_policy.iter_mut().for_each(serde_json::Value::sort_all_objects);
            for index in &mut table.indexes {
                if let Projection::Include { attributes } = &mut index.projection {
                    attributes.sort();
                }
            }
            for entity in &mut table.entities {
                entity.indexes.sort();
                sort_attributes(&mut entity.attributes);
            }
        }
        self.digest = Some(self.compute_digest());
    }
}

fn sort_attributes(attributes: &mut [Attribute]) {
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    attributes.iter_mut().for_each(|attribute| sort_shape(&mut attribute.shape));
}

fn sort_shape(shape: &mut Shape) {
    shape.values.sort();
    sort_attributes(&mut shape.attributes);
    shape.element.iter_mut().for_each(|element| sort_shape(element));
    shape.elements.iter_mut().for_each(sort_shape);
    shape.variants.values_mut().for_each(sort_shape);
}

/// Members whose members are named by the user, so that `x-` means nothing in their names.
const NAMED_BY_USERS: &[&str] = &["indexes", "keys", "profiles", "tables", "tags", "variants"];

/// Removes what begins with `x-`, wherever a contract may hold it; a policy is not touched.
fn without_extensions(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            members.retain(|name, _| !name.starts_with("x-"));
            for (name, member) in members {
                match member {
                    _ if name == "resourcePolicy" => {}
                    serde_json::Value::Object(named) if NAMED_BY_USERS.contains(&name.as_str()) => {
                        named.values_mut().for_each(without_extensions);
                    }
                    member => without_extensions(member),
                }
            }
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(without_extensions),
        _ => {}
    }
}

/// What cannot fail: every map of a contract has strings as keys, and no number in it is a float.
fn json(written: serde_json::Result<String>) -> String {
    written.unwrap_or_default()
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

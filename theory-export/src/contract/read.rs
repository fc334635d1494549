//! A contract read from a file.

use super::{Contract, FORMAT, JSON_SCHEMA};
use crate::error::ExportError;
use serde::Deserialize as _;
use serde_json::Value;
use std::sync::LazyLock;

/// How large a file may be; a thousand tables with five indexes each take 3 MB.
const MAX_BYTES: usize = 64 << 20;
/// How many tables, entities, attributes or other parts may be in one list.
const MAX_PARTS: usize = 10_000;

impl Contract {
    /// Reads a contract.
    ///
    /// Members that begin with `x-` are kept. A file may have 64 MiB, nest 128 levels deep, and have 10,000 parts in one list.
    ///
    /// # Errors
    ///
    /// Where the text is not a contract, has another major version or an unknown member, or where its digest is not that of its content.
    pub fn from_json(text: &str) -> Result<Contract, ExportError> {
        let (contract, found) = Contract::from_edited_json(text)?;
        match (found, &contract.digest) {
            (Some(found), Some(computed)) if found != *computed => {
                Err(ExportError::Digest { found, computed: computed.clone() })
            }
            _ => Ok(contract),
        }
    }

    /// A contract whose content may not be that of the digest beside it, with the digest that the file has.
    pub(crate) fn from_edited_json(text: &str) -> Result<(Contract, Option<String>), ExportError> {
        // Editors of Windows begin a file with it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            let fault = format!("it has {} bytes, and {MAX_BYTES} are read", text.len());
            return Err(ExportError::Malformed(fault));
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            ExportError::Malformed(format!("{error}; a contract is the JSON that `contract` writes"))
        })?;
        check_format(&value)?;
        if let Some(parts) = too_many(&value) {
            let fault = format!("a list in it has {parts} parts, and {MAX_PARTS} are read");
            return Err(ExportError::Malformed(fault));
        }
        let unknown = unknown_members(&value);
        if !unknown.is_empty() {
            let list = unknown.join(", ");
            return Err(ExportError::Malformed(format!(
                "unknown members: {list}; members of your own begin with `x-`, and have a place in tables, indexes, replicas, consumers, \
                 entities, attributes and profiles, and beside `tables`"
            )));
        }
        let mut contract = Contract::deserialize(&value).map_err(|error| {
            ExportError::Malformed(format!("{error}; the JSON Schema of contracts says what may stand where"))
        })?;
        let found = contract.digest.take();
        contract.seal();
        Ok((contract, found))
    }
}

/// The length of a list, or map, that is too long. `serde_json` has bounded the depth.
fn too_many(value: &Value) -> Option<usize> {
    let (parts, below): (usize, Option<usize>) = match value {
        Value::Array(elements) => (elements.len(), elements.iter().find_map(too_many)),
        Value::Object(members) => (members.len(), members.values().find_map(too_many)),
        _ => return None,
    };
    if parts > MAX_PARTS { Some(parts) } else { below }
}

fn check_format(value: &Value) -> Result<(), ExportError> {
    let Some(found) = value.get("format").and_then(Value::as_str) else {
        return Err(ExportError::Malformed(format!("it has no member `format`, such as \"{FORMAT}\"")));
    };
    let major = |version: &str| version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let (known, read) = (major(FORMAT), major(found));
    if read == known {
        return Ok(());
    }
    Err(ExportError::Format {
        found: found.into(),
        supported: FORMAT,
        remedy: if read > known {
            "use a newer `theory`"
        } else {
            "write the contract again with this version's `contract`"
        },
    })
}

/// The paths of members that the JSON Schema of contracts does not know.
fn unknown_members(value: &Value) -> Vec<String> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(JSON_SCHEMA).unwrap_or_default());
    let mut found = Vec::new();
    Walk { root: &SCHEMA, found: &mut found }.walk(&SCHEMA, value, "");
    found
}

struct Walk<'a> {
    root: &'a Value,
    found: &'a mut Vec<String>,
}

impl Walk<'_> {
    /// The schema uses `$ref`, `properties`, `additionalProperties` and `items`, and `anyOf` where something may be `false`: nothing else
    /// that nests.
    fn walk(&mut self, schema: &Value, value: &Value, path: &str) {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => match self.root.pointer(reference.trim_start_matches('#')) {
                Some(schema) => schema,
                None => return,
            },
            None => schema,
        };
        if let (Some(Value::Array(alternatives)), true) = (schema.get("anyOf"), value.is_object()) {
            let objects = alternatives.iter().filter(|alternative| alternative.get("$ref").is_some());
            objects.for_each(|schema| self.walk(schema, value, path));
            return;
        }
        match value {
            Value::Object(members) => {
                let properties = schema.get("properties");
                // Where the schema admits members of other tools, there is a place to keep them.
                let open = schema.get("patternProperties").is_some();
                let others = schema.get("additionalProperties");
                for (name, member) in members {
                    let path = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let known = properties.and_then(|properties| properties.get(name));
                    match (known, others) {
                        (Some(schema), _) => self.walk(schema, member, &path),
                        (None, Some(schema @ Value::Object(_))) => self.walk(schema, member, &path),
                        (None, Some(Value::Bool(false))) if !(open && name.starts_with("x-")) => {
                            self.found.push(path);
                        }
                        _ => {}
                    }
                }
            }
            Value::Array(elements) => {
                if let Some(schema) = schema.get("items") {
                    for (place, element) in elements.iter().enumerate() {
                        self.walk(schema, element, &format!("{path}/{place}"));
                    }
                }
            }
            _ => {}
        }
    }
}

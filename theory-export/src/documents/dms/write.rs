//! A document written from a contract.

use super::*;
use crate::contract::{Attribute, Entity, Index, IndexKind, KeyAttribute, Role, StoredType, Table};
use crate::templates::Options;
use crate::templates::node::{Map, Node};

/// Renders the document.
///
/// # Errors
///
/// Where an attribute may hold any type, for which DMS has no word.
pub(super) fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let namespace = options.settings.get("namespace").map(String::as_str);
    let kept = contract.extensions.get(NAMESPACE).and_then(serde_json::Value::as_str);
    let mut models = Vec::new();
    let mut left_out = Vec::new();
    let mut faults = Vec::new();
    for table in options.tables_of(contract)? {
        let several = |index: &&Index| index.key.partition.len() > 1 || index.key.sort.len() > 1;
        left_out.extend(
            table.indexes.iter().filter(several).map(|index| format!("{}.{}", table.name, index.name)),
        );
        models.extend(table.entities.iter().map(|entity| model(table, entity, &mut faults)));
    }
    if !faults.is_empty() {
        return Err(ExportError::Invalid(faults));
    }
    let document = Map::new()
        .with("dms_version", VERSION)
        .with("namespace", namespace.or(kept).unwrap_or("theory"))
        .with("models", models);
    let text = Node::from(document).to_yaml()?;
    if left_out.is_empty() {
        return Ok(text);
    }
    // A name of a table or an index has no line feed in it, and what has is no name.
    let left_out = left_out.join(", ").replace(|c: char| c.is_control(), " ");
    Ok(format!("# Without the indexes whose keys have several attributes: {left_out}\n{text}"))
}

fn model(table: &Table, entity: &Entity, faults: &mut Vec<String>) -> Map {
    let indexes = entity.indexes.iter().filter_map(|name| table.index(name));
    let indexes: Vec<_> =
        indexes.filter(|index| index.key.partition.len() == 1 && index.key.sort.len() <= 1).collect();
    let mut attributes: Vec<(&str, Map)> = Vec::new();
    for attribute in &entity.attributes {
        if attribute.shape.ty == StoredType::Any {
            faults.push(format!(
                "attribute `{}` of `{}` may hold any type, and DMS has no word for that",
                attribute.name.escape_debug(),
                entity.name.escape_debug()
            ));
        }
        attributes.push((&attribute.name, written(table, entity, &indexes, attribute)));
    }
    // What is made of a template is no field, but is stored all the same.
    let keys = table.key.attributes().chain(indexes.iter().flat_map(|index| index.key.attributes()));
    for key in keys {
        if !attributes.iter().any(|(known, _)| *known == key.name) {
            let roles = roles(table, &indexes, &key.name, Role::Data);
            let in_table = table.key.contains(&key.name);
            let map = Map::new().with("attribute", &key.name).with("type", key.ty.descriptor());
            let map = if in_table {
                map.with("required", true)
            } else {
                map.with("optional", true).with("omit_empty", true)
            };
            attributes.push((&key.name, map.with_any("roles", roles)));
        }
    }
    attributes.sort_by_key(|(name, _)| *name);
    let naming = entity.extensions.get(NAMING).and_then(serde_json::Value::as_str);
    let naming = naming.unwrap_or_else(|| convention(entity));
    let keys = Map::new()
        .with_some("partition", table.key.partition.first().map(key))
        .with_some("sort", table.key.sort.first().map(key));
    Map::new()
        .with("name", &entity.name)
        .with("table", Map::new().with("name", &table.name))
        .with("naming", Map::new().with("convention", naming))
        .with("keys", keys)
        .with_some("write_policy", entity.extensions.get(WRITE_POLICY).map(Node::from))
        .with("attributes", attributes.into_iter().map(|(_, map)| map).collect::<Node>())
        .with_any("indexes", indexes.into_iter().map(index).collect::<Node>())
}

fn key(attribute: &KeyAttribute) -> Map {
    Map::new().with("attribute", &attribute.name).with("type", attribute.ty.descriptor())
}

fn written(table: &Table, entity: &Entity, indexes: &[&Index], attribute: &Attribute) -> Map {
    let shape = &attribute.shape;
    let kept = |member: &str| attribute.extensions.get(member);
    let format = match (attribute.role, shape.ty) {
        (Role::Version, StoredType::N) => Some("int"),
        (Role::Ttl, StoredType::N) => Some("unix_seconds"),
        (Role::CreatedAt | Role::UpdatedAt, StoredType::S) => Some("rfc3339nano"),
        _ => None,
    };
    let format = kept(FORMAT).and_then(serde_json::Value::as_str).or(format);
    let in_index = indexes.iter().any(|index| index.key.contains(&attribute.name));
    let set = matches!(shape.ty, StoredType::SS | StoredType::NS | StoredType::BS);
    let from_dms = entity.extensions.contains_key(NAMING) || kept(OMIT_EMPTY).is_some();
    // Without this, what is absent would be stored as NULL: which is read as absent, but is refused in a key.
    let ours = attribute.skip_empty || set || (shape.optional && (in_index || attribute.role == Role::Ttl));
    let omit_empty = if from_dms { kept(OMIT_EMPTY).is_some() } else { ours };
    let flag = |map: Map, name: &str, set: bool| if set { map.with(name, true) } else { map };
    let map = Map::new().with("attribute", &attribute.name).with("type", shape.ty.as_str());
    let map = flag(map, "required", attribute.required && !shape.optional);
    let map = flag(map, "optional", shape.optional || (set && !from_dms && !attribute.required));
    let map = flag(map, "omit_empty", omit_empty);
    let map = flag(map, "json", kept(JSON).is_some());
    flag(map, "binary", kept(BINARY).is_some())
        .with_some("format", format)
        .with_any("roles", roles(table, indexes, &attribute.name, attribute.role))
        .with_some("encryption", kept(ENCRYPTION).map(Node::from))
}

fn roles(table: &Table, indexes: &[&Index], name: &str, role: Role) -> Node {
    let among = |side: &[KeyAttribute]| side.iter().any(|attribute| attribute.name == name);
    let mut roles = Vec::new();
    if among(&table.key.partition) {
        roles.push("pk".to_owned());
    }
    if among(&table.key.sort) {
        roles.push("sk".to_owned());
    }
    roles.extend(match role {
        Role::Data => None,
        Role::Version => Some("version".to_owned()),
        Role::CreatedAt => Some("created_at".to_owned()),
        Role::UpdatedAt => Some("updated_at".to_owned()),
        Role::Ttl => Some("ttl".to_owned()),
    });
    for index in indexes {
        for (side, word) in [(&index.key.partition, "index_pk"), (&index.key.sort, "index_sk")] {
            if among(side) {
                roles.push(format!("{word}:{}", index.name));
            }
        }
    }
    roles.into()
}

fn index(index: &Index) -> Map {
    let fields: Node = index.projection.attributes().iter().collect();
    let projection = Map::new().with("type", index.projection.as_str()).with_any("fields", fields);
    Map::new()
        .with("name", &index.name)
        .with("type", if index.kind == IndexKind::Local { "LSI" } else { "GSI" })
        .with_some("partition", index.key.partition.first().map(key))
        .with_some("sort", index.key.sort.first().map(key))
        .with("projection", projection)
}

/// How the names of the attributes are made, as far as they tell.
fn convention(entity: &Entity) -> &'static str {
    let snake = |name: &str| name.contains('_') && !name.contains(|c: char| c.is_ascii_uppercase());
    if entity.attributes.iter().any(|attribute| snake(&attribute.name)) { "snake_case" } else { "camelCase" }
}

//! What is stored in a table: whether it fits the keys, and whether what is said of it exists.

use super::Faults;
use super::deployment::known;
use crate::contract::{Attribute, Entity, Key, StoredType, Table};

pub(super) fn faults(table: &Table, entity: &Entity, found: &mut Faults) {
    if entity.name.is_empty() {
        found.fault("name", "it is empty", "name the entity");
    }
    keys(table, entity, found);
    attributes("attributes", &entity.attributes, found);
    for index in &entity.indexes {
        if table.index(index).is_none() {
            found.fault(
                format!("indexes/{index}"),
                "the table has no such index",
                known(table.indexes.iter().map(|index| &index.name)),
            );
        }
    }
    for index in entity.access.indexes.keys() {
        if !entity.indexes.contains(index) {
            found.fault(
                format!("access/indexes/{index}"),
                "the entity is not in such an index",
                known(entity.indexes.iter()),
            );
        }
    }
    let has = |name: &String| entity.attribute(name).is_some() || entity.keys.contains_key(name);
    for name in entity.access.attributes.iter().filter(|name| !has(name)) {
        found.fault(format!("access/attributes/{name}"), "the entity has no such attribute", "remove it");
    }
    for (constraint, names) in &entity.uniques {
        if names.is_empty() {
            found.fault(format!("uniques/{constraint}"), "it names no attribute", "name some, or remove it");
        }
        for name in names.iter().filter(|name| entity.attribute(name).is_none()) {
            found.fault(
                format!("uniques/{constraint}/{name}"),
                "the entity has no such attribute",
                "remove it",
            );
        }
    }
}

fn keys(table: &Table, entity: &Entity, found: &mut Faults) {
    for attribute in table.key.attributes() {
        if !entity.keys.contains_key(&attribute.name) {
            found.fault(
                format!("keys/{}", attribute.name),
                "the entity does not say how it fills the key of its table",
                format!("name what is in it: `{{{}}}`", attribute.name),
            );
        }
    }
    let all = || std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    for (name, template) in &entity.keys {
        // A key that is a field of its own is stored as that field is.
        let Some(attribute) = entity.attribute(name).filter(|_| template.is_attribute()) else { continue };
        let Some(key) = all().flat_map(Key::attributes).find(|key| key.name == *name) else { continue };
        let ty = attribute.shape.ty;
        if ty != StoredType::Any && ty.as_str() != key.ty.descriptor() {
            found.fault(
                format!("attributes/{name}"),
                format!("it is {}, and as part of a key {}", ty.as_str(), key.ty.descriptor()),
                "give it one type",
            );
        }
    }
}

fn attributes(path: &str, attributes: &[Attribute], found: &mut Faults) {
    found.once(path, "attributes", attributes.iter().map(|attribute| attribute.name.as_str()));
    if attributes.iter().any(|attribute| attribute.name.is_empty()) {
        found.fault(path, "an attribute has no name", "name it");
    }
    for attribute in attributes.iter().filter(|attribute| !attribute.shape.attributes.is_empty()) {
        let path = format!("{path}/{}/attributes", attribute.name);
        self::attributes(&path, &attribute.shape.attributes, found);
    }
}

//! A table: its name, its keys and its indexes.

use super::{Faults, deployment, entity, name_fault};
use crate::contract::{Index, IndexKind, Key, Projection, Table};
use std::collections::BTreeMap;
use theory_schema::ScalarType;
use theory_schema::limits::{
    GLOBAL_INDEXES, KEY_ATTRIBUTES, KEY_NAME_MAX, LOCAL_INDEXES, PROJECTED_ATTRIBUTES,
};

pub(super) fn faults(table: &Table, found: &mut Faults) {
    keys_and_indexes(table, found);
    deployment::faults(table, found);
    found.once("entities", "entities", table.entities.iter().map(|entity| entity.name.as_str()));
    for entity in &table.entities {
        found.at(format!("entities/{}", entity.name), |found| entity::faults(table, entity, found));
    }
}

pub(super) fn keys_and_indexes(table: &Table, found: &mut Faults) {
    if let Some(what) = name_fault(&table.name) {
        found.fault(
            "name",
            format!("a table cannot be called `{}`: {what}", table.name),
            "choose another name",
        );
    }
    key("key", &table.key, 1, found);
    found.once("indexes", "indexes", table.indexes.iter().map(|index| index.name.as_str()));
    for index in &table.indexes {
        found.at(format!("indexes/{}", index.name), |found| self::index(table, index, found));
    }
    counts(table, found);
    types(table, found);
}

fn counts(table: &Table, found: &mut Faults) {
    let (global, local) = (table.global_indexes().count(), table.local_indexes().count());
    if global > GLOBAL_INDEXES {
        found.quota(
            "indexes",
            format!("{global} global indexes"),
            format!("a table has up to {GLOBAL_INDEXES}, unless AWS has raised the quota of the account"),
        );
    }
    if local > LOCAL_INDEXES {
        let remedy = format!("a table has up to {LOCAL_INDEXES}: make the others global");
        found.fault("indexes", format!("{local} local indexes"), remedy);
    }
    // An attribute counts once for each index that names it.
    let projected: usize = table.indexes.iter().map(|index| index.projection.attributes().len()).sum();
    if projected > PROJECTED_ATTRIBUTES {
        found.fault(
            "indexes",
            format!("{projected} projected attributes in all indexes together"),
            format!("up to {PROJECTED_ATTRIBUTES} are allowed: project all attributes instead"),
        );
    }
}

fn index(table: &Table, index: &Index, found: &mut Faults) {
    if let Some(what) = name_fault(&index.name) {
        found.fault(
            "name",
            format!("an index cannot be called `{}`: {what}", index.name),
            "choose another name",
        );
    }
    match index.kind {
        IndexKind::Global => key("key", &index.key, KEY_ATTRIBUTES, found),
        IndexKind::Local => local(table, index, found),
    }
    if let Projection::Include { attributes } = &index.projection {
        if attributes.is_empty() {
            found.fault(
                "projection",
                "it includes no attribute",
                "name some, or project keys only (`KEYS_ONLY`)",
            );
        }
        found.once("projection", "attributes", attributes.iter().map(String::as_str));
    }
    if let Some(billing) = &index.billing {
        deployment::billing("billing", billing, found);
    }
    deployment::warm("warmThroughput", index.warm_throughput.as_ref(), found);
}

fn local(table: &Table, index: &Index, found: &mut Faults) {
    key("key", &index.key, 1, found);
    let names = |key: &Key| key.partition.iter().map(|attribute| attribute.name.clone()).collect::<Vec<_>>();
    if names(&index.key) != names(&table.key) {
        found.fault(
            "key/partition",
            "a local index has the partition key of its table, and this one has another",
            "give it that, or make it global",
        );
    }
    if index.key.sort.is_empty() {
        found.fault("key/sort", "a local index has a sort key, and this one has none", "name one");
    }
    if table.key.sort.is_empty() {
        found.fault("", "a local index of a table without a sort key", "make it global");
    }
    if index.warm_throughput.is_some() || index.billing.is_some() {
        found.fault("", "a local index has no throughput of its own", "remove it there");
    }
}

/// `most`: attributes on either side.
fn key(path: &str, key: &Key, most: usize, found: &mut Faults) {
    if key.partition.is_empty() {
        found.fault(format!("{path}/partition"), "there is no partition key", "name its attribute");
    }
    for (side, attributes) in [("partition", &key.partition), ("sort", &key.sort)] {
        if attributes.len() > most {
            found.fault(
                format!("{path}/{side}"),
                format!("{} attributes", attributes.len()),
                if most == 1 {
                    "one is allowed: only global indexes have several".to_owned()
                } else {
                    format!("up to {most} are allowed")
                },
            );
        }
    }
    found.once(path, "attributes of the key", key.attributes().map(|attribute| attribute.name.as_str()));
    for attribute in key.attributes() {
        let length = attribute.name.len();
        if length == 0 || length > KEY_NAME_MAX {
            found.fault(
                path,
                format!("the name of a key attribute has {length} bytes"),
                format!("1 to {KEY_NAME_MAX} are allowed"),
            );
        }
    }
}

/// A key attribute has one type, in whatever keys it is.
fn types(table: &Table, found: &mut Faults) {
    let of_table = table.key.attributes().map(|attribute| ("key".to_owned(), attribute));
    let of_indexes = table.indexes.iter().flat_map(|index| {
        index.key.attributes().map(|attribute| (format!("indexes/{}/key", index.name), attribute))
    });
    let mut known: BTreeMap<&str, (String, ScalarType)> = BTreeMap::new();
    for (path, attribute) in of_table.chain(of_indexes) {
        let (first, ty) = known.entry(&attribute.name).or_insert_with(|| (path.clone(), attribute.ty));
        if *ty != attribute.ty {
            let (here, there) = (attribute.ty.descriptor(), ty.descriptor());
            found.fault(
                format!("{path}/{}", attribute.name),
                format!("it is {here} here, and {there} in `{first}`"),
                "an attribute has one type in all keys of a table",
            );
        }
    }
}

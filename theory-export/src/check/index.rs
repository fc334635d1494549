//! The comparison of secondary indexes.

use super::Severity;
use super::compare::{Comparison, key, same_key};
use crate::contract::{Index, IndexKind, Projection, Table};
use std::collections::BTreeMap;

pub(super) fn compare(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("indexes") {
        return;
    }
    let by_name: BTreeMap<&str, &Index> =
        to.found.table.indexes.iter().map(|index| (index.name.as_str(), index)).collect();
    for declared in &table.indexes {
        let path = format!("indexes/{}", declared.name);
        match by_name.get(declared.name.as_str()) {
            Some(found) => one(&path, table, declared, found, to),
            None => {
                let what = format!("there is no index `{}`", declared.name);
                let remedy = match declared.kind {
                    IndexKind::Global => "add it, and wait until it is ACTIVE: queries of it fail",
                    IndexKind::Local => "a local index is made with its table only: make the table anew",
                };
                to.push(path, Severity::Error, what, remedy);
            }
        }
    }
    let declared: BTreeMap<&str, &Index> =
        table.indexes.iter().map(|index| (index.name.as_str(), index)).collect();
    for name in by_name.keys().filter(|name| !declared.contains_key(*name)) {
        let what = format!("there is an index `{name}`, which the contract does not have");
        to.push(
            format!("indexes/{name}"),
            Severity::Warning,
            what,
            "declare it, or remove it: every write pays for it",
        );
    }
}

fn one(path: &str, table: &Table, declared: &Index, found: &Index, to: &mut Comparison<'_>) {
    let name = &declared.name;
    if declared.kind != found.kind {
        let kind = |kind| match kind {
            IndexKind::Global => "global",
            IndexKind::Local => "local",
        };
        let remedy = "make an index of the right kind under another name";
        let kinds = (kind(declared.kind), kind(found.kind));
        return to.other(
            format!("{path}/kind"),
            Severity::Error,
            &format!("the index `{name}`"),
            kinds,
            remedy,
        );
    }
    let key_path = format!("{path}/key");
    if to.knows(&key_path) && !same_key(&declared.key, &found.key) {
        let remedy =
            "DynamoDB refuses to change it: make an index of another name, move the readers, remove this one";
        let keys = (key(&declared.key), key(&found.key));
        to.other(key_path, Severity::Error, &format!("the key of the index `{name}`"), keys, remedy);
    }
    projection(&format!("{path}/projection"), table, declared, found, to);
}

fn projection(path: &str, table: &Table, declared: &Index, found: &Index, to: &mut Comparison<'_>) {
    if !to.knows(path) {
        return;
    }
    // A key is in the index whether it is named or not.
    let is_key = |name: &str| table.key.contains(name) || declared.key.contains(name);
    let attributes = |index: &Index| {
        let mut names: Vec<String> =
            index.projection.attributes().iter().filter(|name| !is_key(name)).cloned().collect();
        names.sort_unstable();
        names
    };
    let (declared_names, found_names) = (attributes(declared), attributes(found));
    let all = |index: &Index| index.projection == Projection::All;
    let missing: Vec<&String> =
        declared_names.iter().filter(|name| found_names.binary_search(name).is_err()).collect();
    let name = &declared.name;
    let said = |projection: &Projection, names: &[String]| match projection {
        Projection::Include { .. } => format!("INCLUDE of {}", names.join(", ")),
        other => other.as_str().to_owned(),
    };
    let (severity, remedy) = match (all(declared), all(found)) {
        (true, true) => return,
        (true, false) => (Severity::Error, "what the code reads is not in the index"),
        (false, false) if !missing.is_empty() => (Severity::Error, "what the code reads is not in the index"),
        (false, false) if found_names == declared_names => return,
        _ => (Severity::Warning, "it holds more than is read, and every write pays for it"),
    };
    let projections = (said(&declared.projection, &declared_names), said(&found.projection, &found_names));
    let remedy = format!("{remedy}; DynamoDB refuses to change it: make an index of another name");
    to.other(path, severity, &format!("the projection of the index `{name}`"), projections, &remedy);
}

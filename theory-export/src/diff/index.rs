//! The comparison of a table's indexes.

use super::class::Class;
use super::collect::{Collector, arrow};
use super::plan::Phase;
use super::table::{billing, warm};
use crate::contract::{Index, IndexKind, Key, KeyAttribute, KeyTemplate, Segment, Table};

pub(super) fn compare(table: &Table, now: &Table, before: &[Index], after: &[Index], found: &mut Collector) {
    let global = |index: &&Index| index.kind == IndexKind::Global;
    let added: Vec<_> = after.iter().filter(|new| !before.iter().any(|old| old.name == new.name)).collect();
    let gone: Vec<_> = before.iter().filter(|old| !after.iter().any(|new| old.name == new.name)).collect();
    let several =
        added.iter().copied().filter(global).count() + gone.iter().copied().filter(global).count() > 1;
    for new in &added {
        found.at(format!("indexes/{}", new.name), |found| add(table, now, new, several, found));
    }
    for old in &gone {
        let name = &old.name;
        let path = format!("indexes/{name}");
        match old.kind {
            IndexKind::Local => local(found, path, format!("local index `{name}` is gone")),
            IndexKind::Global => found.push_with(
                path,
                Class::BreaksReaders,
                format!("index `{name}` is gone"),
                "deploy code that does not query it, then remove it",
                &[Phase::Writers, Phase::Remove],
            ),
        }
    }
    for new in after {
        if let Some(old) = before.iter().find(|old| old.name == new.name) {
            found.at(format!("indexes/{}", new.name), |found| change(old, new, found));
        }
    }
}

fn add(table: &Table, now: &Table, index: &Index, several: bool, found: &mut Collector) {
    let name = &index.name;
    if index.kind == IndexKind::Local {
        return local(found, "", format!("local index `{name}` is new"));
    }
    let what = format!("index `{name}` is new");
    let missing = missing_keys(table, now, index);
    if !missing.is_empty() {
        let remedy = format!(
            "items that exist have no {}: fill it in, and they appear in the index",
            missing.join(", ")
        );
        found.push_with("", Class::Backfill, what, remedy, &[Phase::AddIndex, Phase::Backfill]);
    } else if several {
        found.push_with(
            "",
            Class::TwoDeploys,
            what,
            "DynamoDB makes and removes one index of a table at a time: a deployment of its own",
            &[Phase::AddIndex],
        );
    } else {
        found.push_with(
            "",
            Class::Compatible,
            what,
            "deploy it, and wait until it is ACTIVE, before the code that queries it",
            &[Phase::AddIndex],
        );
    }
}

/// The key attributes of an index that items of its entities do not have yet.
fn missing_keys(table: &Table, now: &Table, index: &Index) -> Vec<String> {
    let users = now.entities.iter().filter(|entity| entity.indexes.contains(&index.name));
    let mut missing: Vec<String> = Vec::new();
    for entity in users {
        // Items of an entity that is new do not exist.
        let Some(before) = table.entity(&entity.name) else { continue };
        for key in index.key.attributes() {
            let had = before.keys.get(&key.name).is_some_and(|old| entity.keys.get(&key.name) == Some(old))
                || before
                    .attribute(&key.name)
                    .is_some_and(|attribute| attribute.shape.ty.as_str() == key.ty.descriptor())
                    && entity.keys.get(&key.name).is_none_or(KeyTemplate::is_attribute);
            if !had && !missing.contains(&format!("`{}`", key.name)) {
                missing.push(format!("`{}`", key.name));
            }
        }
    }
    missing
}

fn change(before: &Index, after: &Index, found: &mut Collector) {
    let Index { name, kind, key, projection, billing: capacity, warm_throughput, extensions: _ } = before;
    if *kind != after.kind {
        local(
            found,
            "kind",
            format!("index `{name}` is {}", if after.kind == IndexKind::Local { "local" } else { "global" }),
        );
        return;
    }
    let refused = |found: &mut Collector, path: &str, what: String| {
        match kind {
        IndexKind::Local => local(found, path, what),
        IndexKind::Global => found.push_with(
            path,
            Class::RefusedInPlace,
            what,
            "DynamoDB cannot change it: add an index under a new name, move the readers to it, and remove this one in a second deployment",
            &[Phase::AddIndex, Phase::Readers, Phase::Remove],
        ),
    }
    };
    if *key != after.key {
        let what = format!("the key of index `{name}`: {}", arrow(key, &after.key));
        match retyped(key, &after.key) {
            Some(attribute) if *kind == IndexKind::Global => found.push_with(
                "key",
                Class::RefusedInPlace,
                what,
                format!(
                    "`{attribute}` has one type in all keys of a table, and CloudFormation replaces the table where it is edited: put the \
                     value under a new attribute name, add an index of that under a new name, move the readers to it, and remove this one \
                     in a second deployment"
                ),
                &[Phase::AddIndex, Phase::Backfill, Phase::Readers, Phase::Remove],
            ),
            _ => refused(found, "key", what),
        }
    }
    if *projection != after.projection {
        refused(
            found,
            "projection",
            format!("the projection of index `{name}`: {}", arrow(projection, &after.projection)),
        );
    }
    match (capacity, &after.billing) {
        (Some(old), Some(new)) => billing("billing", old, new, found),
        (old, new) => found.unequal(
            "billing",
            (old, new),
            Class::Compatible,
            format!("capacity of index `{name}`: {}", arrow(old, new)),
            "nothing to do",
        ),
    }
    warm("warmThroughput", warm_throughput.as_ref(), after.warm_throughput.as_ref(), found);
}

/// An attribute of both keys whose type is another.
fn retyped<'a>(before: &Key, after: &'a Key) -> Option<&'a str> {
    let other = |new: &&KeyAttribute| before.attributes().any(|old| old.name == new.name && old.ty != new.ty);
    after.attributes().find(other).map(|new| new.name.as_str())
}

fn local(found: &mut Collector, path: impl AsRef<str>, what: String) {
    found.push(path, Class::Replacement, what, "local indexes are made with their table and kept: create a new table and copy the items, or use a global index");
}

/// Whether a template names nothing but what items had before.
pub(super) fn rests_on(template: &KeyTemplate, had: impl Fn(&str) -> bool) -> bool {
    template.segments().iter().all(|segment| match segment {
        Segment::Literal(_) => false,
        Segment::Attribute(name) => had(name),
    })
}

//! The comparison of a table's indexes.

use super::class::Class;
use super::collect::{Collector, arrow};
use super::table::{billing, warm};
use super::ways::{NEW_INDEX, NEW_INDEX_TO_FILL, NO_INDEX, OTHER_INDEX, OTHER_INDEX_TO_FILL};
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
            IndexKind::Global => found.push_about(
                path,
                Class::BreaksReaders,
                format!("index `{name}` is gone"),
                "deploy code that does not query it, then remove it",
                NO_INDEX,
                &found.index(name),
            ),
        }
    }
    for new in after {
        if let Some(old) = before.iter().find(|old| old.name == new.name) {
            found.at(format!("indexes/{}", new.name), |found| change((table, now), old, new, found));
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
    let (class, remedy, way) = if !missing.is_empty() {
        let missing = missing.join(", ");
        let remedy = format!("items that exist have no {missing}: fill it in, and they appear in the index");
        (Class::Backfill, remedy, NEW_INDEX_TO_FILL)
    } else if several {
        let remedy = "DynamoDB makes and removes one index of a table at a time: a deployment of its own";
        (Class::TwoDeploys, remedy.into(), NEW_INDEX)
    } else {
        let remedy = "deploy it, and wait until it is ACTIVE, before the code that queries it";
        (Class::Compatible, remedy.into(), NEW_INDEX)
    };
    found.push_about("", class, what, remedy, way, &found.index(name));
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

fn change(tables: (&Table, &Table), before: &Index, after: &Index, found: &mut Collector) {
    let Index { name, kind, key, projection, billing: capacity, warm_throughput, extensions: _ } = before;
    if *kind != after.kind {
        local(
            found,
            "kind",
            format!("index `{name}` is {}", if after.kind == IndexKind::Local { "local" } else { "global" }),
        );
        return;
    }
    // However many of its parts are different, it is made anew once.
    let (table, now) = tables;
    let retyped = retyped(key, &after.key);
    let way = if *key != after.key && (retyped.is_some() || !missing_keys(table, now, after).is_empty()) {
        OTHER_INDEX_TO_FILL
    } else {
        OTHER_INDEX
    };
    let refused = |found: &mut Collector, path: &str, what: String, remedy: String| match kind {
        IndexKind::Local => local(found, path, what),
        IndexKind::Global => {
            found.push_about(path, Class::RefusedInPlace, what, remedy, way, &found.index(name));
        }
    };
    let usual = "DynamoDB cannot change it: add an index under a new name, move the readers to it, and remove this one in a second deployment";
    if *key != after.key {
        let what = format!("the key of index `{name}`: {}", arrow(key, &after.key));
        let remedy = match retyped {
            Some(attribute) => format!(
                "`{attribute}` has one type in all keys of a table, and CloudFormation replaces the table where it is edited: put the \
                 value under a new attribute name, add an index of that under a new name, move the readers to it, and remove this one \
                 in a second deployment"
            ),
            None => usual.into(),
        };
        refused(found, "key", what, remedy);
    }
    if *projection != after.projection {
        let what = format!("the projection of index `{name}`: {}", arrow(projection, &after.projection));
        refused(found, "projection", what, usual.into());
    }
    match (capacity, &after.billing) {
        (Some(old), Some(new)) => billing("billing", old, new, found),
        (old, new) => found.unequal(
            "billing",
            (old, new),
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
    found.anew(path, what, "local indexes are made with their table and kept: create a new table and copy the items, or use a global index");
}

/// Whether a template names nothing but what items had before.
pub(super) fn rests_on(template: &KeyTemplate, had: impl Fn(&str) -> bool) -> bool {
    template.segments().iter().all(|segment| match segment {
        Segment::Literal(_) => false,
        Segment::Attribute(name) => had(name),
    })
}

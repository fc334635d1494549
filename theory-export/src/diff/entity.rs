//! The comparison of the entities of a table.

use super::attribute;
use super::class::Class;
use super::collect::{Collector, arrow};
use super::index::rests_on;
use super::plan::Phase;
use crate::contract::{Access, Entity, Operation, Table};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn compare(table: &Table, before: &[Entity], after: &[Entity], found: &mut Collector) {
    let by_name = |entities: &[Entity]| -> BTreeMap<String, usize> {
        entities.iter().enumerate().rev().map(|(place, entity)| (entity.name.clone(), place)).collect()
    };
    let (old_names, new_names) = (by_name(before), by_name(after));
    for old in before {
        let name = &old.name;
        match new_names.get(name).and_then(|place| after.get(*place)) {
            Some(new) => found.at(format!("entities/{name}"), |found| change(table, old, new, found)),
            None => found.push(
                format!("entities/{name}"),
                Class::BreaksReaders,
                format!("entity `{name}` is gone"),
                "its items stay in the table, and nothing reads them: delete them while the entity still exists, or keep it",
            ),
        }
    }
    for new in after.iter().filter(|new| !old_names.contains_key(&new.name)) {
        let path = format!("entities/{}", new.name);
        found.push(
            path,
            Class::Compatible,
            format!("entity `{}` is new", new.name),
            "readers of whole partitions meet its items: deploy those that know it first",
        );
    }
}

fn change(table: &Table, before: &Entity, after: &Entity, found: &mut Collector) {
    let Entity { name, keys, indexes, attributes, uniques: _, access, extensions: _ } = before;
    for (attribute, old) in keys {
        let path = format!("keys/{attribute}");
        let primary = table.key.contains(attribute);
        match after.keys.get(attribute) {
            Some(new) if new == old => {}
            Some(new) if primary => found.push(
                path,
                Class::BreaksReaders,
                format!("entity `{name}` has other keys: `{attribute}` {}", arrow(old, new)),
                "items that exist are not found under the new key: write copies under both, move the readers, then delete the old ones",
            ),
            Some(new) => found.push(
                path,
                Class::Backfill,
                format!("entity `{name}` has other index keys: `{attribute}` {}", arrow(old, new)),
                "items that exist stay where they are in the index until they are written again",
            ),
            None if primary => found.push(path, Class::BreaksReaders, format!("entity `{name}` no longer fills `{attribute}`"), "items that exist are not found"),
            None => found.push(path, Class::Compatible, format!("entity `{name}` no longer fills `{attribute}`"), "nothing to do"),
        }
    }
    for (attribute, template) in after.keys.iter().filter(|(attribute, _)| !keys.contains_key(*attribute)) {
        // What was an attribute of every item already needs no filling in.
        if !rests_on(template, |named| {
            named == attribute && before.attribute(named).is_some_and(|known| known.required)
        }) {
            let (class, remedy) = if table.key.contains(attribute) {
                (
                    Class::BreaksReaders,
                    "items that exist have other keys: write copies under the new ones, move the readers, then delete the old ones",
                )
            } else {
                (
                    Class::Backfill,
                    "items that exist lack it, and are not in the index, until they are filled in",
                )
            };
            let what = format!("entity `{name}` fills `{attribute}`: {template}");
            found.push(format!("keys/{attribute}"), class, what, remedy);
        }
    }
    for index in indexes.iter().filter(|index| !after.indexes.contains(index)) {
        found.push_with(
            format!("indexes/{index}"),
            Class::BreaksReaders,
            format!("entity `{name}` is no longer in index `{index}`"),
            "deploy code that does not query it there first",
            &[Phase::Writers, Phase::Remove],
        );
    }
    for index in after.indexes.iter().filter(|index| !indexes.contains(index)) {
        found.push(
            format!("indexes/{index}"),
            Class::Compatible,
            format!("entity `{name}` is in index `{index}`"),
            "what its items lack of the key is a difference of its own",
        );
    }
    found.at("attributes", |found| attribute::compare(attributes, &after.attributes, found));
    uniques(before, after, found);
    found.at("access", |found| self::access(name, access, &after.access, found));
}

/// A constraint rests on guards: items of the table, which the library writes beside those of the entity.
fn uniques(before: &Entity, after: &Entity, found: &mut Collector) {
    let name = &before.name;
    for (constraint, old) in &before.uniques {
        let path = format!("uniques/{constraint}");
        match after.uniques.get(constraint) {
            Some(new) if new == old => {}
            Some(new) => found.push(
                path,
                Class::Backfill,
                format!("constraint `{constraint}` of entity `{name}` is on other attributes: {}", arrow(old, new)),
                "its guards are those of the old values: give it another name, as a constraint that is new",
            ),
            None => found.push(
                path,
                Class::Backfill,
                format!("entity `{name}` no longer has the constraint `{constraint}`"),
                "its guards stay in the table, and scans meet them: delete those whose keys begin with its name",
            ),
        }
    }
    for (constraint, new) in &after.uniques {
        if !before.uniques.contains_key(constraint) {
            found.push(
                format!("uniques/{constraint}"),
                Class::Backfill,
                format!("entity `{name}` has the constraint `{constraint}` on {}", new.join(", ")),
                "items that exist have no guards, and code that does not know the constraint writes none: deploy the code, then write \
                 each item again, with `put().reading_old()`",
            );
        }
    }
}

/// Policies are widened before the code that needs it, and narrowed after the last that does.
fn access(entity: &str, before: &Access, after: &Access, found: &mut Collector) {
    let Access { operations, indexes, attributes } = before;
    let none = BTreeSet::new();
    self::operations("operations", entity, "its table", operations, &after.operations, found);
    for index in indexes.keys().chain(after.indexes.keys().filter(|index| !indexes.contains_key(*index))) {
        let (old, new) = (indexes.get(index).unwrap_or(&none), after.indexes.get(index).unwrap_or(&none));
        self::operations(&format!("indexes/{index}"), entity, &format!("index `{index}`"), old, new, found);
    }
    if *attributes != after.attributes {
        // None at all means every one.
        let narrower = match (attributes.is_empty(), after.attributes.is_empty()) {
            (true, _) => true,
            (_, true) => false,
            _ => !attributes.is_subset(&after.attributes),
        };
        let what = format!("attributes that `{entity}` may use: {}", arrow(attributes, &after.attributes));
        if narrower {
            narrow(found, "attributes", what);
        } else {
            widen(found, "attributes", what);
        }
    }
}

fn operations(
    path: &str,
    entity: &str,
    place: &str,
    before: &BTreeSet<Operation>,
    after: &BTreeSet<Operation>,
    found: &mut Collector,
) {
    let list = |operations: Vec<&Operation>| {
        let names: Vec<_> = operations.into_iter().map(|operation| operation.as_str()).collect();
        names.join(", ")
    };
    let (gone, added) = (list(before.difference(after).collect()), list(after.difference(before).collect()));
    if !gone.is_empty() {
        narrow(found, path, format!("`{entity}` no longer uses on {place}: {gone}"));
    }
    if !added.is_empty() {
        widen(found, path, format!("`{entity}` uses on {place}: {added}"));
    }
}

fn widen(found: &mut Collector, path: &str, what: String) {
    found.push(path, Class::Compatible, what, "deploy the policy before the code");
}

fn narrow(found: &mut Collector, path: &str, what: String) {
    found.push_with(
        path,
        Class::TwoDeploys,
        what,
        "deploy the code first, and the narrower policy when no old code runs",
        &[Phase::Writers, Phase::Remove],
    );
}

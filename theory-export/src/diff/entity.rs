//! The comparison of the entities of a table.

use super::attribute;
use super::class::Class;
use super::collect::{Collector, arrow};
use super::index::rests_on;
use super::plan::Phase;
use super::ways::{FILL_IN, NARROWER, OTHER_KEY};
use crate::contract::{Access, Entity, Operation, Table};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn compare(table: &Table, now: &Table, found: &mut Collector) {
    let (before, after) = (&table.entities, &now.entities);
    let by_name = |entities: &[Entity]| -> BTreeMap<String, usize> {
        entities.iter().enumerate().rev().map(|(place, entity)| (entity.name.clone(), place)).collect()
    };
    let (old_names, new_names) = (by_name(before), by_name(after));
    for old in before {
        let name = &old.name;
        match new_names.get(name).and_then(|place| after.get(*place)) {
            Some(new) => found.at(format!("entities/{name}"), |found| change((table, now), old, new, found)),
            None => found.push_way(
                format!("entities/{name}"),
                Class::BreaksReaders,
                format!("entity `{name}` is gone"),
                "its items stay in the table, and nothing reads them: delete them while the entity still exists, or keep it",
                &[
                    (Phase::Decide, "its items stay in the table: delete them while code knows them, or keep it"),
                    (Phase::Rely, "deploy code that does not know it"),
                ],
            ),
        }
    }
    for new in after.iter().filter(|new| !old_names.contains_key(&new.name)) {
        let path = format!("entities/{}", new.name);
        found.push_way(
            path,
            Class::Compatible,
            format!("entity `{}` is new", new.name),
            "readers of whole partitions meet its items: deploy those that know it first",
            &[
                (Phase::Readers, "deploy readers of whole partitions that know it"),
                (Phase::Writers, "deploy code that writes it"),
            ],
        );
    }
}

fn change((table, now): (&Table, &Table), before: &Entity, after: &Entity, found: &mut Collector) {
    let Entity { name, keys, indexes, attributes, uniques: _, access, extensions: _ } = before;
    for (attribute, old) in keys {
        let path = format!("keys/{attribute}");
        let primary = table.key.contains(attribute);
        match after.keys.get(attribute) {
            Some(new) if new == old => {}
            Some(new) if primary => found.push_way(
                path,
                Class::BreaksReaders,
                format!("entity `{name}` has other keys: `{attribute}` {}", arrow(old, new)),
                "items that exist are not found under the new key: write copies under both, move the readers, then delete the old ones",
                OTHER_KEY,
            ),
            Some(new) => found.push_way(
                path,
                Class::Backfill,
                format!("entity `{name}` has other index keys: `{attribute}` {}", arrow(old, new)),
                "items that exist stay where they are in the index until they are written again",
                &[
                    (Phase::Writers, "deploy code that writes the new key, and queries under both"),
                    (Phase::Backfill, "write the items that exist again"),
                    (Phase::Rely, "deploy code that queries under the new key alone"),
                ],
            ),
            None if primary => found.push_way(
                path,
                Class::BreaksReaders,
                format!("entity `{name}` no longer fills `{attribute}`"),
                "items that exist are not found",
                OTHER_KEY,
            ),
            None => {
                found.code(path, format!("entity `{name}` no longer fills `{attribute}`"), "nothing but the code")
            }
        }
    }
    for (attribute, template) in after.keys.iter().filter(|(attribute, _)| !keys.contains_key(*attribute)) {
        // What was an attribute of every item already needs no filling in.
        if !rests_on(template, |named| {
            named == attribute && before.attribute(named).is_some_and(|known| known.required)
        }) {
            let (class, remedy, way) = if table.key.contains(attribute) {
                (
                    Class::BreaksReaders,
                    "items that exist have other keys: write copies under the new ones, move the readers, then delete the old ones",
                    OTHER_KEY,
                )
            } else {
                (
                    Class::Backfill,
                    "items that exist lack it, and are not in the index, until they are filled in",
                    // A new index is told with the same steps.
                    if of_new_index(attribute, after, table, now) { &[] } else { FILL_IN },
                )
            };
            let what = format!("entity `{name}` fills `{attribute}`: {template}");
            found.push_way(format!("keys/{attribute}"), class, what, remedy, way);
        }
    }
    for index in indexes.iter().filter(|index| !after.indexes.contains(index)) {
        // That of an index that is gone is told there, with its steps.
        let way: &[_] = match now.index(index) {
            Some(_) => &[
                (Phase::Rely, "deploy code that does not query it there"),
                (Phase::Remove, "deploy code that no longer writes its key"),
            ],
            None => &[],
        };
        found.push_way(
            format!("indexes/{index}"),
            Class::BreaksReaders,
            format!("entity `{name}` is no longer in index `{index}`"),
            "deploy code that does not query it there first",
            way,
        );
    }
    for index in after.indexes.iter().filter(|index| !indexes.contains(index)) {
        found.push_way(
            format!("indexes/{index}"),
            Class::Compatible,
            format!("entity `{name}` is in index `{index}`"),
            "what its items lack of the key is a difference of its own",
            if table.index(index).is_some() {
                &[(Phase::Writers, "deploy the code that writes its key")]
            } else {
                &[]
            },
        );
    }
    found.at("attributes", |found| attribute::compare(attributes, &after.attributes, found));
    uniques(before, after, found);
    found.at("access", |found| self::access(name, access, &after.access, found));
}

/// Whether a key attribute is of indexes alone that are new.
fn of_new_index(attribute: &str, entity: &Entity, before: &Table, now: &Table) -> bool {
    let mut of = now
        .indexes
        .iter()
        .filter(|index| entity.indexes.contains(&index.name) && index.key.contains(attribute))
        .peekable();
    of.peek().is_some() && of.all(|index| before.index(&index.name).is_none())
}

/// A constraint rests on guards: items of the table, which the library writes beside those of the entity.
fn uniques(before: &Entity, after: &Entity, found: &mut Collector) {
    let name = &before.name;
    for (constraint, old) in &before.uniques {
        let path = format!("uniques/{constraint}");
        match after.uniques.get(constraint) {
            Some(new) if new == old => {}
            Some(new) => found.push_at(
                path,
                Class::Backfill,
                format!("constraint `{constraint}` of entity `{name}` is on other attributes: {}", arrow(old, new)),
                "its guards are those of the old values: give it another name, as a constraint that is new",
                Phase::Decide,
            ),
            None => found.push_way(
                path,
                Class::Backfill,
                format!("entity `{name}` no longer has the constraint `{constraint}`"),
                "its guards stay in the table, and scans meet them: delete those whose keys begin with its name",
                &[
                    (Phase::Rely, "deploy code that does not know it"),
                    (Phase::Remove, "delete its guards: the items whose keys begin with its name"),
                ],
            ),
        }
    }
    for (constraint, new) in &after.uniques {
        if !before.uniques.contains_key(constraint) {
            found.push_way(
                format!("uniques/{constraint}"),
                Class::Backfill,
                format!("entity `{name}` has the constraint `{constraint}` on {}", new.join(", ")),
                "items that exist have no guards, and code that does not know the constraint writes none: deploy the code, then write \
                 each item again, with `put().reading_old()`",
                &[
                    (Phase::Writers, "deploy the code: what it writes from now on is unique"),
                    (Phase::Backfill, "write each item again, with `put().reading_old()`"),
                ],
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
    let remedy = "deploy the code first, and the narrower policy when no old code runs";
    found.push_way(path, Class::TwoDeploys, what, remedy, NARROWER);
}

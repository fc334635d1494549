//! The comparison of attributes and of what is stored in them.
//!
//! Two sides must be read: items that exist, by new code, and items that new code writes, by code that still runs.

use super::class::Class;
use super::collect::{Collector, arrow};
use super::plan::Phase;
use super::ways::{CLEAR_OUT, FILL_IN, NEW_NAME, READ_FIRST};
use crate::contract::{Attribute, Role, Shape};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn compare(before: &[Attribute], after: &[Attribute], found: &mut Collector) {
    // An entity has few attributes, and a file may have any number.
    let by_name: BTreeMap<&str, &Attribute> =
        after.iter().rev().map(|new| (new.name.as_str(), new)).collect();
    let aliases =
        after.iter().rev().flat_map(|new| new.aliases.iter().map(move |alias| (alias.as_str(), new)));
    let by_alias: BTreeMap<&str, &Attribute> = aliases.collect();
    let old_names: BTreeSet<&str> = before.iter().map(|old| old.name.as_str()).collect();
    for old in before {
        let name = &old.name;
        if let Some(new) = by_name.get(name.as_str()) {
            found.at(name, |found| change(old, new, found));
        } else if let Some(new) = by_alias.get(name.as_str()) {
            let remedy = "deploy code that reads both names first, then code that writes the new one";
            found.push_way(
                name,
                Class::TwoDeploys,
                format!("attribute `{name}` is now called `{}`", new.name),
                remedy,
                &[
                    (Phase::Readers, "deploy code that reads both names, and writes the old one"),
                    (Phase::Writers, "deploy code that writes the new name"),
                ],
            );
        } else if old.required && !old.has_default {
            found.push_way(
                name,
                Class::BreaksReaders,
                format!("attribute `{name}` is gone"),
                "code that runs cannot read items without it: deploy code that does not need it first",
                &[
                    (Phase::Readers, "deploy code that reads items without it, and still writes it"),
                    (Phase::Writers, "deploy code that does not write it"),
                ],
            );
        } else {
            found.code(name, format!("attribute `{name}` is gone"), "items keep it until they are put again");
        }
    }
    for new in after.iter().filter(|new| !old_names.contains(new.name.as_str())) {
        let name = &new.name;
        if new.aliases.iter().any(|alias| old_names.contains(alias.as_str())) {
            continue; // told where the old name is
        }
        if new.required && !new.has_default {
            found.push_way(name, Class::BreaksReaders, format!("attribute `{name}` is new and required"), "items that exist lack it: make it optional or give it a default, fill it in, and require it then", FILL_IN);
        } else {
            found.code(name, format!("attribute `{name}` is new"), "deploy the code that writes it");
        }
    }
}

fn change(before: &Attribute, after: &Attribute, found: &mut Collector) {
    let Attribute { name, field, shape, required, role, aliases, has_default, skip_empty, extensions: _ } =
        before;
    if *field != after.field {
        found.code(
            "field",
            format!("the field of `{name}` is called otherwise"),
            "nothing but the code: it is stored under the same name",
        );
    }
    self::shape(name, shape, &after.shape, *required == after.required, found);
    match (required, after.required) {
        (false, true) if after.has_default => {
            found.code("required", format!("`{name}` is required, with a default"), "nothing but the code")
        }
        (false, true) => found.push_way(
            "required",
            Class::BreaksReaders,
            format!("`{name}` is required"),
            "items that exist may lack it: fill it in first",
            FILL_IN,
        ),
        (true, false) if *has_default && !after.shape.optional => found.code(
            "required",
            format!("`{name}` may be left out"),
            "nothing but the code: what runs has a default for it",
        ),
        (true, false) => found.push_way(
            "required",
            Class::BreaksReaders,
            format!("`{name}` is optional"),
            "code that runs cannot read items without it: deploy code that can before any that leaves it out",
            &[
                (Phase::Readers, "deploy code that reads items without it, and always writes it"),
                (Phase::Writers, "deploy code that leaves it out"),
            ],
        ),
        _ => {}
    }
    if *role != after.role {
        let version = *role == Role::Version || after.role == Role::Version;
        let what = format!("the role of `{name}`: {}", arrow(role, &after.role));
        if version {
            let way: [(Phase, &str); 2] = if after.role == Role::Version {
                [
                    (Phase::Writers, "deploy code that counts to every writer"),
                    (Phase::Rely, "deploy code whose writes depend on the count"),
                ]
            } else {
                [
                    (Phase::Writers, "deploy code that still counts, and whose writes do not depend on it"),
                    (Phase::Rely, "deploy code that does not count"),
                ]
            };
            let remedy = "every writer must count before any relies on the count, and the other way round";
            found.push_way("role", Class::TwoDeploys, what, remedy, &way);
        } else {
            found.code("role", what, "nothing but the code");
        }
    }
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (aliases.iter().collect(), after.aliases.iter().collect());
    for alias in old.difference(&new).filter(|alias| **alias != name) {
        found.push_way(
            "aliases",
            Class::Backfill,
            format!("`{name}` is no longer read under `{alias}`"),
            "write every item that still has it under that name again first",
            &[
                (Phase::Backfill, "write every item that still has it under that name again"),
                (Phase::Rely, "deploy code that does not read that name"),
            ],
        );
    }
    for alias in new.difference(&old) {
        found.code("aliases", format!("`{name}` is read under `{alias}` too"), "nothing but the code");
    }
    match (has_default, after.has_default) {
        (true, false) if after.required => found.push_way(
            "hasDefault",
            Class::Backfill,
            format!("`{name}` has no default"),
            "items that lack it cannot be read: fill it in first",
            FILL_IN,
        ),
        (old, new) if *old != new => found.code(
            "hasDefault",
            format!("`{name}` {} a default", if new { "has" } else { "needs no" }),
            "nothing but the code",
        ),
        _ => {}
    }
    if *skip_empty != after.skip_empty {
        found.code(
            "skipEmpty",
            format!("`{name}` is {} where it is empty", if after.skip_empty { "left out" } else { "stored" }),
            "whether items may lack it is a difference of its own",
        );
    }
}

/// `optional_too`: whether a difference in `optional` has not been told as one in `required`.
fn shape(name: &str, before: &Shape, after: &Shape, optional_too: bool, found: &mut Collector) {
    let Shape { ty, optional, values, element, elements, document, attributes, tag, variants } = before;
    if *ty != after.ty {
        let what = format!("the type of `{name}`: {} → {}", ty.as_str(), after.ty.as_str());
        // What lies beneath cannot be compared any longer.
        return found.push_way("type", Class::BreaksReaders, what, "neither side reads what the other writes: add an attribute under a new name, fill it in, and move the readers", NEW_NAME);
    }
    if optional_too && *optional != after.optional {
        let what = format!("`{name}` may {}be `NULL`", if after.optional { "" } else { "no longer " });
        let way = if after.optional { READ_FIRST } else { CLEAR_OUT };
        found.push_way("optional", Class::BreaksReaders, what, "deploy code that reads both first", way);
    }
    self::values(name, values, &after.values, found);
    match (element, &after.element) {
        (Some(old), Some(new)) => {
            found.at("element", |found| shape(&format!("{name}[]"), old, new, true, found))
        }
        (None, None) => {}
        (_, new) => found.push_way(
            "element",
            Class::BreaksReaders,
            format!(
                "the elements of `{name}` are {}",
                if new.is_some() { "of one type" } else { "of any type" }
            ),
            "deploy code that reads both first",
            if new.is_some() { CLEAR_OUT } else { READ_FIRST },
        ),
    }
    if elements.len() == after.elements.len() {
        for (place, (old, new)) in elements.iter().zip(&after.elements).enumerate() {
            found.at(format!("elements/{place}"), |found| {
                shape(&format!("{name}[{place}]"), old, new, true, found)
            });
        }
    } else {
        found.push_way(
            "elements",
            Class::BreaksReaders,
            format!("`{name}` has {} places, not {}", after.elements.len(), elements.len()),
            "neither side reads what the other writes: add an attribute under a new name",
            NEW_NAME,
        );
    }
    if *document != after.document {
        found.code(
            "document",
            format!("the type of the document `{name}` is called otherwise"),
            "nothing but the code: the name is not stored",
        );
    }
    found.at("attributes", |found| compare(attributes, &after.attributes, found));
    if *tag != after.tag {
        found.push_way(
            "tag",
            Class::BreaksReaders,
            format!("the tag of `{name}`: {}", arrow(tag, &after.tag)),
            "neither side reads what the other writes: add an attribute under a new name",
            NEW_NAME,
        );
    }
    for (form, old) in variants {
        match after.variants.get(form) {
            Some(new) => found.at(format!("variants/{form}"), |found| {
                shape(&format!("{name}.{form}"), old, new, true, found)
            }),
            None => found.push_way(
                format!("variants/{form}"),
                Class::BreaksReaders,
                format!("`{name}` has no variant `{form}`"),
                "items that exist with it cannot be read: change them first",
                CLEAR_OUT,
            ),
        }
    }
    for form in after.variants.keys().filter(|form| !variants.contains_key(*form)) {
        found.push_way(
            format!("variants/{form}"),
            Class::TwoDeploys,
            format!("`{name}` has a variant `{form}`"),
            "deploy code that reads it before any that writes it",
            READ_FIRST,
        );
    }
}

fn values(name: &str, before: &[String], after: &[String], found: &mut Collector) {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let gone = match (old.is_empty(), new.is_empty()) {
        // None listed means any.
        (true, false) => vec!["any other".to_owned()],
        (_, true) => Vec::new(),
        _ => old.difference(&new).map(|value| format!("`{value}`")).collect(),
    };
    let added = match (old.is_empty(), new.is_empty()) {
        (false, true) => vec!["any".to_owned()],
        (true, _) => Vec::new(),
        _ => new.difference(&old).map(|value| format!("`{value}`")).collect(),
    };
    if !gone.is_empty() {
        found.push_way(
            "values",
            Class::BreaksReaders,
            format!("`{name}` no longer takes {}", gone.join(", ")),
            "items that exist with such a value cannot be read: change them first",
            CLEAR_OUT,
        );
    }
    if !added.is_empty() {
        found.push_way(
            "values",
            Class::TwoDeploys,
            format!("`{name}` takes {}", added.join(", ")),
            "deploy code that reads it before any that writes it",
            READ_FIRST,
        );
    }
}

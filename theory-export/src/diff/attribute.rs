//! The comparison of attributes and of what is stored in them.
//!
//! Two sides must be read: items that exist, by new code, and items that new code writes, by code that still runs.

use super::class::Class;
use super::collect::{Collector, arrow};
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
            found.push(
                name,
                Class::TwoDeploys,
                format!("attribute `{name}` is now called `{}`", new.name),
                remedy,
            );
        } else if old.required && !old.has_default {
            found.push(
                name,
                Class::BreaksReaders,
                format!("attribute `{name}` is gone"),
                "code that runs cannot read items without it: deploy code that does not need it first",
            );
        } else {
            found.push(
                name,
                Class::Compatible,
                format!("attribute `{name}` is gone"),
                "items keep it until they are put again",
            );
        }
    }
    for new in after.iter().filter(|new| !old_names.contains(new.name.as_str())) {
        let name = &new.name;
        if new.aliases.iter().any(|alias| old_names.contains(alias.as_str())) {
            continue; // told where the old name is
        }
        if new.required && !new.has_default {
            found.push(name, Class::BreaksReaders, format!("attribute `{name}` is new and required"), "items that exist lack it: make it optional or give it a default, fill it in, and require it then");
        } else {
            found.push(name, Class::Compatible, format!("attribute `{name}` is new"), "nothing to do");
        }
    }
}

fn change(before: &Attribute, after: &Attribute, found: &mut Collector) {
    let Attribute { name, field, shape, required, role, aliases, has_default, skip_empty, extensions: _ } =
        before;
    found.unequal(
        "field",
        (field, &after.field),
        Class::Compatible,
        format!("the field of `{name}` is called otherwise"),
        "nothing to do: it is stored under the same name",
    );
    self::shape(name, shape, &after.shape, *required == after.required, found);
    match (required, after.required) {
        (false, true) if after.has_default => found.push(
            "required",
            Class::Compatible,
            format!("`{name}` is required, with a default"),
            "nothing to do",
        ),
        (false, true) => found.push(
            "required",
            Class::BreaksReaders,
            format!("`{name}` is required"),
            "items that exist may lack it: fill it in first",
        ),
        (true, false) if *has_default && !after.shape.optional => found.push(
            "required",
            Class::Compatible,
            format!("`{name}` may be left out"),
            "nothing to do: code that runs has a default for it",
        ),
        (true, false) => found.push(
            "required",
            Class::BreaksReaders,
            format!("`{name}` is optional"),
            "code that runs cannot read items without it: deploy code that can before any that leaves it out",
        ),
        _ => {}
    }
    if *role != after.role {
        let version = *role == Role::Version || after.role == Role::Version;
        if version {
            found.push(
                "role",
                Class::TwoDeploys,
                format!("the role of `{name}`: {}", arrow(role, &after.role)),
                "every writer must count before any relies on the count, and the other way round",
            );
        } else {
            found.push(
                "role",
                Class::Compatible,
                format!("the role of `{name}`: {}", arrow(role, &after.role)),
                "nothing to do",
            );
        }
    }
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (aliases.iter().collect(), after.aliases.iter().collect());
    for alias in old.difference(&new).filter(|alias| **alias != name) {
        found.push(
            "aliases",
            Class::Backfill,
            format!("`{name}` is no longer read under `{alias}`"),
            "write every item that still has it under that name again first",
        );
    }
    for alias in new.difference(&old) {
        found.push(
            "aliases",
            Class::Compatible,
            format!("`{name}` is read under `{alias}` too"),
            "nothing to do",
        );
    }
    match (has_default, after.has_default) {
        (true, false) if after.required => found.push(
            "hasDefault",
            Class::Backfill,
            format!("`{name}` has no default"),
            "items that lack it cannot be read: fill it in first",
        ),
        (old, new) if *old != new => found.push(
            "hasDefault",
            Class::Compatible,
            format!("`{name}` {} a default", if new { "has" } else { "needs no" }),
            "nothing to do",
        ),
        _ => {}
    }
    found.unequal(
        "skipEmpty",
        (skip_empty, &after.skip_empty),
        Class::Compatible,
        format!("`{name}` is {} where it is empty", if after.skip_empty { "left out" } else { "stored" }),
        "whether items may lack it is a difference of its own",
    );
}

/// `optional_too`: whether a difference in `optional` has not been told as one in `required`.
fn shape(name: &str, before: &Shape, after: &Shape, optional_too: bool, found: &mut Collector) {
    let Shape { ty, optional, values, element, elements, document, attributes, tag, variants } = before;
    if *ty != after.ty {
        let what = format!("the type of `{name}`: {} → {}", ty.as_str(), after.ty.as_str());
        // What lies beneath cannot be compared any longer.
        return found.push("type", Class::BreaksReaders, what, "neither side reads what the other writes: add an attribute under a new name, fill it in, and move the readers");
    }
    if optional_too && *optional != after.optional {
        let what = format!("`{name}` may {}be `NULL`", if after.optional { "" } else { "no longer " });
        found.push("optional", Class::BreaksReaders, what, "deploy code that reads both first");
    }
    self::values(name, values, &after.values, found);
    match (element, &after.element) {
        (Some(old), Some(new)) => {
            found.at("element", |found| shape(&format!("{name}[]"), old, new, true, found))
        }
        (None, None) => {}
        (_, new) => found.push(
            "element",
            Class::BreaksReaders,
            format!(
                "the elements of `{name}` are {}",
                if new.is_some() { "of one type" } else { "of any type" }
            ),
            "deploy code that reads both first",
        ),
    }
    if elements.len() == after.elements.len() {
        for (place, (old, new)) in elements.iter().zip(&after.elements).enumerate() {
            found.at(format!("elements/{place}"), |found| {
                shape(&format!("{name}[{place}]"), old, new, true, found)
            });
        }
    } else {
        found.push(
            "elements",
            Class::BreaksReaders,
            format!("`{name}` has {} places, not {}", after.elements.len(), elements.len()),
            "neither side reads what the other writes: add an attribute under a new name",
        );
    }
    found.unequal(
        "document",
        (document, &after.document),
        Class::Compatible,
        format!("the type of the document `{name}` is called otherwise"),
        "nothing to do: the name is not stored",
    );
    found.at("attributes", |found| compare(attributes, &after.attributes, found));
    found.unequal(
        "tag",
        (tag, &after.tag),
        Class::BreaksReaders,
        format!("the tag of `{name}`: {}", arrow(tag, &after.tag)),
        "neither side reads what the other writes: add an attribute under a new name",
    );
    for (form, old) in variants {
        match after.variants.get(form) {
            Some(new) => found.at(format!("variants/{form}"), |found| {
                shape(&format!("{name}.{form}"), old, new, true, found)
            }),
            None => found.push(
                format!("variants/{form}"),
                Class::BreaksReaders,
                format!("`{name}` has no variant `{form}`"),
                "items that exist with it cannot be read: change them first",
            ),
        }
    }
    for form in after.variants.keys().filter(|form| !variants.contains_key(*form)) {
        found.push(
            format!("variants/{form}"),
            Class::TwoDeploys,
            format!("`{name}` has a variant `{form}`"),
            "deploy code that reads it before any that writes it",
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
        found.push(
            "values",
            Class::BreaksReaders,
            format!("`{name}` no longer takes {}", gone.join(", ")),
            "items that exist with such a value cannot be read: change them first",
        );
    }
    if !added.is_empty() {
        found.push(
            "values",
            Class::TwoDeploys,
            format!("`{name}` takes {}", added.join(", ")),
            "deploy code that reads it before any that writes it",
        );
    }
}

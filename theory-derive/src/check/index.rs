//! Secondary indexes.

use super::names::resource;
use crate::errors::Errors;
use crate::model::{Entity, Field, Index, Projected, Store};
use crate::names;
use proc_macro2::Ident;
use std::collections::HashMap;
use theory_schema::limits;

/// The inherent functions of an entity. The list is frozen: another name would break the index of a user that has it.
pub(crate) const VERBS: &[&str] =
    &["key", "get", "put", "create", "replace", "update", "delete", "check", "query", "scan"];

pub(super) fn check(entity: &Entity, errors: &Errors) {
    count(entity, errors);
    same_names(entity, errors);
    methods(entity, errors);
    projected_attributes(entity, errors);
    for index in &entity.indexes {
        match &index.name {
            Some(name) => resource(name, "an index", errors),
            None if index.faulty => {}
            None => {
                let kind = &index.key;
                errors.push(kind, format!("an index has a name: add `name = \"by_…\"` to `{kind}(…)`"));
            }
        }
        if index.local {
            local(entity, index, errors)
        } else {
            global(index, errors)
        }
        for (place, name) in index.partition.iter().chain(&index.sort) {
            if let Some(field) = entity.fields.get(*place) {
                key_attribute(field, name, errors);
            }
        }
        projected(entity, index, errors);
    }
}

fn count(entity: &Entity, errors: &Errors) {
    let globals = entity.indexes.iter().filter(|index| !index.local);
    if let Some(index) = globals.clone().nth(limits::GLOBAL_INDEXES) {
        let (max, count) = (limits::GLOBAL_INDEXES, globals.count());
        errors.push(&index.key, format!("a table has at most {max} global indexes; these are {count}"));
    }
    let locals = entity.indexes.iter().filter(|index| index.local);
    if let Some(index) = locals.clone().nth(limits::LOCAL_INDEXES) {
        let (max, count) = (limits::LOCAL_INDEXES, locals.count());
        errors.push(&index.key, format!("a table has at most {max} local indexes; these are {count}"));
    }
}

fn same_names(entity: &Entity, errors: &Errors) {
    let mut seen: Vec<String> = Vec::new();
    for name in entity.indexes.iter().filter_map(|index| index.name.as_ref()) {
        let text = name.value();
        if seen.contains(&text) {
            errors.push(name, format!("another index is called `{text}` already"));
        } else {
            seen.push(text);
        }
    }
}

/// The function that queries an index must have a name of its own.
fn methods(entity: &Entity, errors: &Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for index in &entity.indexes {
        let Some(name) = &index.name else {
            continue;
        };
        let text = name.value();
        let Some(method) = &index.method else {
            let message =
                format!("no function can be called `{text}`: say what queries it, with `method = by_…`");
            errors.push(name, message);
            continue;
        };
        let plain = names::plain(method);
        let report = |message: String| match index.named_method {
            true => errors.push(method, message),
            false => errors.push(name, message),
        };
        if VERBS.contains(&plain.as_str()) {
            report(format!(
                "every entity has a function `{plain}`: say what queries this index, with `method = by_…`"
            ));
        } else if let Some(before) = seen.get(&plain).filter(|before| **before != text) {
            report(format!(
                "the indexes `{before}` and `{text}` would both be queried by `{plain}`: add `method = by_…` to one"
            ));
        } else {
            seen.insert(plain, text);
        }
    }
    for index in entity.indexes.iter().filter(|_| entity.scan) {
        let (Some(name), Some(method)) = (&index.name, &index.method) else {
            continue;
        };
        let (scan, text) = (names::scan(method), name.value());
        if let Some(other) = seen.get(&names::plain(&scan)) {
            errors.push(
                name,
                format!("`{scan}` would both query the index `{other}` and scan `{text}`: add `method = by_…` to one"),
            );
        }
    }
}

fn global(index: &Index, errors: &Errors) {
    if index.partition.is_empty() && !index.faulty {
        errors.push(&index.key, "a global index has a partition key of its own: add `pk = field`");
    }
    let max = limits::KEY_ATTRIBUTES;
    for (side, what) in [(&index.partition, "partition"), (&index.sort, "sort")] {
        if let Some((_, name)) = side.get(max) {
            let count = side.len();
            errors.push(
                name,
                format!("the {what} key of a global index has at most {max} attributes; this has {count}"),
            );
        }
    }
    let mut seen: Vec<usize> = Vec::new();
    for (place, name) in index.partition.iter().chain(&index.sort) {
        if seen.contains(place) {
            errors.push(name, format!("`{name}` is in the key of this index already"));
        }
        seen.push(*place);
    }
}

fn local(entity: &Entity, index: &Index, errors: &Errors) {
    if entity.sort.is_empty() {
        errors.push(
            &index.key,
            "a local index needs a table with a sort key: put `#[table(sk)]` on a field, or make it a `gsi`",
        );
    }
    if index.sort.is_empty() && !index.faulty {
        errors.push(&index.key, "a local index has a sort key of its own: add `sk = field`");
    }
    if let Some((_, name)) = index.sort.get(1) {
        errors.push(name, "the sort key of a local index is one attribute; that of a `gsi` may have four");
    }
    for (place, name) in &index.sort {
        if entity.sort.contains(place) {
            errors.push(name, format!("the table is ordered by `{name}` already: query the table"));
        } else if entity.partition.contains(place) {
            let message = format!("`{name}` is the partition key, which has one value within a partition");
            errors.push(name, message);
        }
    }
}

/// What is in the key of an index must be an attribute of its own, in its own form.
fn key_attribute(field: &Field, name: &Ident, errors: &Errors) {
    let (keys, max, length) = (&field.keys, limits::KEY_NAME_MAX, field.name.len());
    if length > max {
        errors.push(
            name,
            format!("the name of a key attribute has at most {max} bytes; that of `{name}` has {length}"),
        );
    }
    let problem = match field.store {
        Store::Skip => "is skipped",
        Store::Flatten => "is flattened",
        Store::Rest => "keeps the rest",
        Store::Attribute if keys.serde.is_some() => "is stored by serde",
        Store::Attribute if keys.json.is_some() => "is stored as JSON",
        Store::Attribute => return,
    };
    errors.push(
        name,
        format!(
            "`{name}` {problem}: the key of an index is made of attributes that are strings, numbers or bytes"
        ),
    );
}

fn projected(entity: &Entity, index: &Index, errors: &Errors) {
    let Projected::Include(_, included) = &index.projected else {
        return;
    };
    let mut seen: Vec<usize> = Vec::new();
    for (place, name) in included {
        let of_index = index.partition.iter().chain(&index.sort).any(|(key, _)| key == place);
        if of_index || entity.key().any(|key| key == *place) {
            let whose = if of_index { "the index" } else { "the table" };
            errors.push(name, format!("`{name}` is a key of {whose}, which every index holds: leave it out"));
        } else if seen.contains(place) {
            errors.push(name, format!("`{name}` is included already"));
        } else if entity.fields.get(*place).is_some_and(|field| field.store != Store::Attribute) {
            let message =
                format!("`{name}` is not an attribute of its own: an index can only include attributes");
            errors.push(name, message);
        }
        seen.push(*place);
    }
}

/// DynamoDB counts what all indexes of a table include.
fn projected_attributes(entity: &Entity, errors: &Errors) {
    let max = limits::PROJECTED_ATTRIBUTES;
    let mut total = 0;
    for index in &entity.indexes {
        if let Projected::Include(include, fields) = &index.projected {
            let before = total;
            total += fields.len();
            if before <= max && total > max {
                errors.push(
                    include,
                    format!("the indexes of a table include at most {max} attributes together: use `projection = all`"),
                );
            }
        }
    }
}

//! Constraints: what no two items share.

use crate::errors::Errors;
use crate::model::{Entity, Field, Store, Unique};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;

/// Longer names would leave the value too little of the 2048 bytes of a guard's key.
const NAME_MAX: usize = 255;

pub(super) fn check(entity: &Entity, errors: &Errors) {
    let mut seen: Vec<&str> = Vec::new();
    for unique in &entity.uniques {
        fields(entity, unique, errors);
        if unique.faulty {
            continue;
        }
        name(unique, errors);
        if seen.contains(&&*unique.name) {
            let name = &unique.name;
            errors.push(on(unique), format!("another constraint is called `{name}` already"));
        }
        seen.push(&unique.name);
    }
}

/// Where messages about the name stand.
fn on(unique: &Unique) -> TokenStream {
    unique.given_name.as_ref().map_or_else(|| unique.key.to_token_stream(), |name| name.to_token_stream())
}

fn name(unique: &Unique, errors: &Errors) {
    let name = &unique.name;
    let remedy = match (&unique.given_name, unique.on_field) {
        (Some(_), _) => "",
        (None, true) => ": give it a name, with `unique = \"…\"`",
        (None, false) => ": give it a name, with `name = \"…\"`",
    };
    if let Some(c) = name.chars().find(|c| !matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-'))
    {
        let c = c.escape_debug();
        errors.push(
            on(unique),
            format!(
                "the name of a constraint is made of letters a-z and A-Z, digits, `_`, `-` and `.`, and `{name}` contains `{c}`{remedy}"
            ),
        );
    } else if name.is_empty() || name.len() > NAME_MAX {
        let length = name.len();
        errors.push(
            on(unique),
            format!("the name of a constraint has 1 to {NAME_MAX} characters; this has {length}{remedy}"),
        );
    }
}

fn fields(entity: &Entity, unique: &Unique, errors: &Errors) {
    if unique.fields.is_empty() && !unique.faulty {
        let message = "a constraint names the fields whose values are unique together: add `fields(…)`";
        errors.push(&unique.key, message);
    }
    let mut seen: Vec<usize> = Vec::new();
    for (place, name) in &unique.fields {
        if seen.contains(place) {
            errors.push(name, format!("`{name}` is in this constraint already"));
        }
        seen.push(*place);
        if let Some(field) = entity.fields.get(*place).filter(|_| !unique.on_field) {
            attribute(field, name, errors);
        }
    }
    let key: Vec<usize> = entity.key().collect();
    if !key.is_empty() && !unique.faulty && key.iter().all(|place| seen.contains(place)) {
        errors.push(
            &unique.key,
            "no two items have the same key: the key needs no constraint, nor does what contains it",
        );
    }
}

/// As the rules for the keys of a field say, of a field that is named on the struct.
fn attribute(field: &Field, name: &Ident, errors: &Errors) {
    let keys = &field.keys;
    let problem = match field.store {
        Store::Skip => "is skipped",
        Store::Flatten => "is flattened",
        Store::Rest => "keeps the rest",
        Store::Attribute if keys.serde.is_some() => "is stored by serde",
        Store::Attribute if keys.json.is_some() => "is stored as JSON",
        Store::Attribute if keys.recursive.is_some() => "is a document",
        Store::Attribute if keys.default.is_some() => {
            "has a default, which every item without it would share"
        }
        Store::Attribute
            if [&keys.version, &keys.created_at, &keys.updated_at, &keys.ttl]
                .iter()
                .any(|key| key.is_some()) =>
        {
            "is the same in many items"
        }
        Store::Attribute => return,
    };
    errors.push(
        name,
        format!("`{name}` {problem}: what is unique is an attribute that is a string, a number, bytes or a boolean"),
    );
}

//! Names: of tables, indexes, attributes and constants.

use crate::errors::Errors;
use crate::model::{Entity, Field, Projection, Role, Store};
use crate::names;
use proc_macro2::TokenStream;
use quote::ToTokens as _;
use std::collections::HashMap;
use syn::LitStr;
use theory_schema::limits;

/// The name of the table.
pub(super) fn table(entity: &Entity, errors: &Errors) {
    match &entity.name {
        Some(name) => resource(name, "a table", errors),
        None if entity.faulty => {}
        None => {
            let name = names::plain(&entity.ident).to_lowercase();
            let message =
                format!("an entity names its table: add `#[table(name = \"{name}\")]` to the struct");
            errors.push(&entity.ident, message);
        }
    }
}

/// The name of a table or an index.
pub(super) fn resource(name: &LitStr, what: &str, errors: &Errors) {
    let text = name.value();
    let (min, max) = (limits::NAME_MIN, limits::NAME_MAX);
    if let Some(c) = text.chars().find(|c| !matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-'))
    {
        let message = format!(
            "the name of {what} cannot contain `{}`: it is made of letters a-z and A-Z, digits, `_`, `-` and `.`",
            c.escape_debug()
        );
        errors.push(name, message);
    } else if text.len() < min || text.len() > max {
        let length = text.len();
        errors.push(name, format!("the name of {what} has {min} to {max} characters; this has {length}"));
    }
}

/// The stored names of fields that lie beside each other, and beside the tag of an enum.
pub(super) fn attributes(fields: &[Field], tag: Option<&str>, errors: &Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for field in fields.iter().filter(|field| field.store == Store::Attribute) {
        let plain = field.plain();
        let key = field.role == Role::Key;
        let stored = (
            field.name.clone(),
            field.keys.rename.as_ref().map_or_else(|| field.ident.to_token_stream(), LitStr::to_token_stream),
        );
        let aliases = field.keys.aliases.iter().map(|alias| (alias.value(), alias.to_token_stream()));
        for (name, on) in std::iter::once(stored).chain(aliases) {
            length(&name, &on, key, errors);
            if tag == Some(name.as_str()) {
                let message = format!(
                    "`{name}` is the attribute that tells the variants apart: rename the field, or the tag with `#[attribute(tag = \"…\")]`"
                );
                errors.push(&on, message);
            }
            match seen.get(&name) {
                Some(before) if *before == plain => {
                    errors.push(&on, format!("the field is called `{name}` already: remove this name"));
                }
                Some(before) => errors.push(
                    &on,
                    format!(
                        "`{before}` and `{plain}` would both be the attribute `{name}`: rename one of them"
                    ),
                ),
                None => {
                    seen.insert(name, plain.clone());
                }
            }
        }
    }
}

fn length(name: &str, on: &TokenStream, key: bool, errors: &Errors) {
    let max = if key { limits::KEY_NAME_MAX } else { limits::ATTRIBUTE_NAME_BYTES };
    let length = name.len();
    if name.is_empty() {
        errors.push(on, "an attribute has a name of at least one character");
    } else if length > max {
        let what = if key { "a key attribute" } else { "an attribute" };
        errors.push(on, format!("the name of {what} has at most {max} bytes; this has {length}"));
    }
}

/// The constants for paths, one a field.
pub(super) fn constants(fields: &[Field], errors: &Errors) {
    let mut seen: HashMap<String, &Field> = HashMap::new();
    for field in fields.iter().filter(|field| matches!(field.store, Store::Attribute | Store::Flatten)) {
        let Some(constant) = field.constant() else {
            continue;
        };
        match seen.get(&constant.to_string()) {
            Some(before) => {
                let (before, plain) = (before.plain(), field.plain());
                errors.push(
                    &field.ident,
                    format!(
                        "`{before}` and `{plain}` would both have the constant `{constant}`: give one another Rust name, and keep the stored one with `rename = \"{}\"`",
                        field.name
                    ),
                );
            }
            None => {
                seen.insert(constant.to_string(), field);
            }
        }
    }
}

/// Two fields that read one attribute, and parameters.
pub(super) fn projection(projection: &Projection, errors: &Errors) {
    if !projection.generics.params.is_empty() {
        let params = &projection.generics.params;
        errors.push(params, "a projection has no parameters: name the types of its fields");
    }
    let mut seen: HashMap<String, String> = HashMap::new();
    for field in &projection.fields {
        let (from, plain) = (names::plain(&field.from), names::plain(&field.ident));
        match seen.get(&from) {
            Some(before) => {
                errors.push(
                    &field.from,
                    format!("`{before}` reads the field `{from}` already: remove one of them"),
                );
            }
            None => {
                seen.insert(from, plain);
            }
        }
    }
}

//! Documents, newtypes and enums.

use super::{exclusive, field, names};
use crate::errors::Errors;
use crate::model::{AttributeType, Content, Enum, Field, Shape, Variant};
use quote::ToTokens as _;
use std::collections::HashMap;
use syn::LitStr;

pub(super) fn check(ty: &AttributeType, errors: &Errors) {
    match &ty.shape {
        Shape::Newtype(field) => exclusive::check(&field.keys, errors),
        Shape::Document(fields) => document(fields, ty, None, errors),
        Shape::Text(variants) => variants_of(variants, errors),
        Shape::Union(union) => union_of(union, ty, errors),
    }
}

fn document(fields: &[Field], ty: &AttributeType, tag: Option<&str>, errors: &Errors) {
    field::check(fields, &ty.ident, &ty.generics, errors);
    names::attributes(fields, tag, errors);
    if tag.is_none() {
        names::constants(fields, errors);
    }
}

fn union_of(union: &Enum, ty: &AttributeType, errors: &Errors) {
    variants_of(&union.variants, errors);
    if let Some(tag) = union.tag_key.as_ref().filter(|_| union.tag.is_empty()) {
        errors.push(tag, "an attribute has a name of at least one character");
    }
    for variant in &union.variants {
        match &variant.content {
            Content::Fields(fields) => document(fields, ty, Some(&union.tag), errors),
            Content::Newtype(field) => {
                for key in field.keys.given() {
                    let message = format!(
                        "`{key}` has no place here: the document in this variant lies beside the tag `{}`; make it a named field",
                        union.tag
                    );
                    errors.push(key, message);
                }
            }
            Content::Unit => {}
        }
    }
}

fn variants_of(variants: &[Variant], errors: &Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for variant in variants {
        let ident = variant.ident.to_string();
        let keeps_text = variant.other.is_some() && !matches!(variant.content, Content::Unit);
        let stored =
            variant.rename.as_ref().map_or_else(|| variant.ident.to_token_stream(), LitStr::to_token_stream);
        let stored = (!keeps_text).then(|| (variant.name.clone(), stored));
        let aliases = variant.aliases.iter().map(|alias| (alias.value(), alias.to_token_stream()));
        for (name, on) in stored.into_iter().chain(aliases) {
            match seen.get(&name) {
                Some(before) if *before == ident => {
                    errors.push(on, format!("the variant is called `{name}` already: remove this name"));
                }
                Some(before) => errors.push(
                    on,
                    format!("`{before}` and `{ident}` would both be stored as `{name}`: rename one of them"),
                ),
                None => {
                    seen.insert(name, ident.clone());
                }
            }
        }
    }
    others(variants, errors);
}

/// At most one variant catches what no other reads.
fn others(variants: &[Variant], errors: &Errors) {
    let mut first: Option<&Variant> = None;
    for variant in variants {
        let Some(other) = &variant.other else {
            continue;
        };
        match first {
            Some(first) => {
                let first = &first.ident;
                errors.push(other, format!("one variant catches the others, and `{first}` does already"));
            }
            None => first = Some(variant),
        }
        if let Some(alias) = &variant.alias_key {
            errors.push(alias, "`other` reads every name that no other variant has: remove `alias`");
        }
        match &variant.content {
            Content::Unit => {}
            Content::Newtype(_) => {
                if let Some(rename) = &variant.rename_key {
                    errors.push(rename, "this variant is stored under the name that was read: remove `rename`");
                }
            }
            Content::Fields(_) => errors.push(
                other,
                "what no other variant reads has unknown fields: use a unit variant, or one that holds the value as it was read",
            ),
        }
    }
}

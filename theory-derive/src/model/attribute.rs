//! Documents, newtypes and enums.

use super::field::Field;
use super::library;
use crate::names::{self, Case};
use crate::parse;
use proc_macro2::Ident;
use syn::{Generics, LitStr, Path};

/// A type that derives `Attribute`.
pub(crate) struct AttributeType {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    pub(crate) shape: Shape,
}

/// Its stored form.
pub(crate) enum Shape {
    /// That of its only field.
    Newtype(Box<Field>),
    /// A map.
    Document(Vec<Field>),
    /// A string.
    Text(Vec<Variant>),
    /// A map with a tag.
    Union(Enum),
}

/// An enum whose variants have data.
pub(crate) struct Enum {
    /// The name of the attribute that holds the variant's.
    pub(crate) tag: String,
    /// Where it was given.
    pub(crate) tag_key: Option<LitStr>,
    pub(crate) variants: Vec<Variant>,
}

/// A variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// Its stored name.
    pub(crate) name: String,
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    /// Reads what no other variant does.
    pub(crate) other: Option<Ident>,
    pub(crate) rename_key: Option<Ident>,
    pub(crate) alias_key: Option<Ident>,
    pub(crate) content: Content,
}

/// What a variant holds.
pub(crate) enum Content {
    Unit,
    Newtype(Box<Field>),
    Fields(Vec<Field>),
}

impl AttributeType {
    pub(crate) fn new(ty: parse::AttributeType) -> AttributeType {
        let parse::AttributeType { ident, generics, krate, shape } = ty;
        let shape = match shape {
            parse::Shape::Newtype(field) => Shape::Newtype(Box::new(Field::new(*field, None))),
            parse::Shape::Document { rename_all, fields } => Shape::Document(all(fields, rename_all)),
            parse::Shape::Enum(parsed) => Shape::of_enum(parsed),
        };
        AttributeType { ident, generics, krate: library(krate), shape }
    }
}

fn all(fields: Vec<parse::Field>, rename_all: Option<Case>) -> Vec<Field> {
    fields.into_iter().map(|field| Field::new(field, rename_all)).collect()
}

impl Shape {
    /// An enum is a string where no variant has data; the one that catches the others may hold their text.
    fn of_enum(parsed: parse::Enum) -> Shape {
        let parse::Enum { rename_all, rename_all_fields, tag, variants } = parsed;
        let variants: Vec<Variant> = variants
            .into_iter()
            .map(|variant| Variant::new(variant, rename_all, rename_all_fields))
            .collect();
        let text = |variant: &Variant| match variant.content {
            Content::Unit => true,
            Content::Newtype(_) => variant.other.is_some(),
            Content::Fields(_) => false,
        };
        if tag.is_none() && variants.iter().all(text) {
            return Shape::Text(variants);
        }
        let name = tag.as_ref().map_or_else(|| "type".to_owned(), LitStr::value);
        Shape::Union(Enum { tag: name, tag_key: tag, variants })
    }
}

impl Variant {
    fn new(variant: parse::Variant, rename_all: Option<Case>, fields: Option<Case>) -> Variant {
        let parse::Variant { ident, rename, aliases, other, rename_key, alias_key, content } = variant;
        let plain = names::plain(&ident);
        let name = match &rename {
            Some(name) => name.value(),
            None => rename_all.map_or_else(|| plain.clone(), |case| case.variant(&plain)),
        };
        let content = match content {
            parse::Content::Unit => Content::Unit,
            parse::Content::Newtype(field) => Content::Newtype(Box::new(Field::new(*field, None))),
            parse::Content::Fields(all_fields) => Content::Fields(all(all_fields, fields)),
        };
        Variant { ident, name, rename, aliases, other, rename_key, alias_key, content }
    }
}

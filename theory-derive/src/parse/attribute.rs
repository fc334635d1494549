//! The keys of documents, newtypes and enums.

use super::entry::{Entry, case};
use super::field::Field;
use super::keys::{DOCUMENT, DOCUMENT_FIELD, ENUM, NEWTYPE, NEWTYPE_FIELD, VARIANT};
use crate::errors::Errors;
use crate::names::Case;
use proc_macro2::Ident;
use syn::{Data, DeriveInput, Fields, Generics, LitStr, Path};

/// A type of an attribute as it was written.
pub(crate) struct AttributeType {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Option<Path>,
    pub(crate) shape: Shape,
}

/// Its three shapes.
pub(crate) enum Shape {
    Newtype(Box<Field>),
    Document { rename_all: Option<Case>, fields: Vec<Field> },
    Enum(Enum),
}

/// An enum as it was written.
pub(crate) struct Enum {
    pub(crate) rename_all: Option<Case>,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) variants: Vec<Variant>,
}

/// A variant as it was written.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) other: Option<Ident>,
    pub(crate) alias_key: Option<Ident>,
    pub(crate) rename_key: Option<Ident>,
    pub(crate) content: Content,
}

/// What a variant holds.
pub(crate) enum Content {
    Unit,
    Newtype(Box<Field>),
    Fields(Vec<Field>),
}

impl AttributeType {
    /// `None` where the input has no stored form.
    pub(crate) fn parse(input: &DeriveInput, errors: &Errors) -> Option<AttributeType> {
        let mut krate = None;
        let shape = match &input.data {
            Data::Struct(data) => Shape::parse_struct(input, &data.fields, &mut krate, errors),
            Data::Enum(data) => Enum::parse(input, data, &mut krate, errors).map(Shape::Enum),
            Data::Union(data) => {
                let message = "a union does not say which of its fields holds; store an enum or a struct";
                errors.push(data.union_token, message);
                None
            }
        }?;
        Some(AttributeType { ident: input.ident.clone(), generics: input.generics.clone(), krate, shape })
    }
}

impl Shape {
    fn parse_struct(
        input: &DeriveInput,
        fields: &Fields,
        krate: &mut Option<Path>,
        errors: &Errors,
    ) -> Option<Shape> {
        let mut rename_all = None;
        let newtype = matches!(fields, Fields::Unnamed(_));
        for entry in Entry::of(&input.attrs, if newtype { &NEWTYPE } else { &DOCUMENT }, errors) {
            match &*entry.key.to_string() {
                "rename_all" => entry.fill(&mut rename_all, case(&entry, errors), errors),
                _ => entry.fill(krate, entry.path(errors), errors),
            }
        }
        match fields {
            Fields::Named(fields) => {
                let fields = fields.named.iter();
                let fields = fields.map(|field| Field::parse(field, &DOCUMENT_FIELD, errors)).collect();
                Some(Shape::Document { rename_all, fields })
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let field = fields.unnamed.first()?;
                Some(Shape::Newtype(Box::new(Field::parse(field, &NEWTYPE_FIELD, errors))))
            }
            Fields::Unnamed(fields) => {
                let message = "a struct of several unnamed fields has no stored form: name the fields, which makes it a document";
                errors.push(fields, message);
                None
            }
            Fields::Unit => {
                errors.push(&input.ident, "a struct without fields has nothing to store");
                None
            }
        }
    }
}

impl Enum {
    fn parse(
        input: &DeriveInput,
        data: &syn::DataEnum,
        krate: &mut Option<Path>,
        errors: &Errors,
    ) -> Option<Enum> {
        let (mut rename_all, mut rename_all_fields, mut tag) = (None, None, None);
        for entry in Entry::of(&input.attrs, &ENUM, errors) {
            match &*entry.key.to_string() {
                "rename_all" => entry.fill(&mut rename_all, case(&entry, errors), errors),
                "rename_all_fields" => entry.fill(&mut rename_all_fields, case(&entry, errors), errors),
                "tag" => entry.fill(&mut tag, entry.string(errors), errors),
                _ => entry.fill(krate, entry.path(errors), errors),
            }
        }
        let variants: Vec<Variant> =
            data.variants.iter().filter_map(|variant| Variant::parse(variant, errors)).collect();
        if data.variants.is_empty() {
            errors.push(&input.ident, "an enum without variants has no value to store");
        }
        Some(Enum { rename_all, rename_all_fields, tag, variants })
    }
}

impl Variant {
    fn parse(variant: &syn::Variant, errors: &Errors) -> Option<Variant> {
        let (mut rename, mut aliases, mut other) = (None, Vec::new(), None);
        let (mut rename_key, mut alias_key) = (None, None);
        for entry in Entry::of(&variant.attrs, &VARIANT, errors) {
            match &*entry.key.to_string() {
                "rename" => {
                    entry.fill(&mut rename, entry.string(errors), errors);
                    rename_key = Some(entry.key.clone());
                }
                "alias" => {
                    aliases.extend(entry.string(errors));
                    alias_key = Some(entry.key.clone());
                }
                _ => entry.fill(&mut other, entry.flag(errors), errors),
            }
        }
        let content = match &variant.fields {
            Fields::Unit => Content::Unit,
            Fields::Named(fields) => {
                let fields = fields.named.iter();
                Content::Fields(fields.map(|field| Field::parse(field, &DOCUMENT_FIELD, errors)).collect())
            }
            Fields::Unnamed(fields) => match fields.unnamed.iter().collect::<Vec<_>>()[..] {
                [field] => Content::Newtype(Box::new(Field::parse(field, &NEWTYPE_FIELD, errors))),
                _ => {
                    let message = "a variant of several unnamed fields has no stored form: name the fields";
                    errors.push(fields, message);
                    return None;
                }
            },
        };
        let ident = variant.ident.clone();
        Some(Variant { ident, rename, aliases, other, alias_key, rename_key, content })
    }
}

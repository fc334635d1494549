//! The keys of a projection.

use super::entry::Entry;
use super::keys::{PROJECTION, PROJECTION_FIELD};
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::{Data, DeriveInput, Fields, Generics, LitStr, Path, Type};

/// A projection as it was written.
pub(crate) struct Projection {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Option<Path>,
    /// The entity.
    pub(crate) of: Option<Path>,
    /// The index whose queries it is for.
    pub(crate) index: Option<LitStr>,
    pub(crate) fields: Vec<ProjectionField>,
}

/// A field of a projection.
pub(crate) struct ProjectionField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The field of the entity, where it has another name.
    pub(crate) from: Option<Ident>,
}

impl Projection {
    /// `None` where the input is no struct with named fields.
    pub(crate) fn parse(input: &DeriveInput, errors: &Errors) -> Option<Projection> {
        let (mut of, mut index, mut krate) = (None, None, None);
        let before = errors.count();
        for entry in Entry::of(&input.attrs, &PROJECTION, errors) {
            match &*entry.key.to_string() {
                "of" => entry.fill(&mut of, entry.path(errors), errors),
                "index" => entry.fill(&mut index, entry.text(errors), errors),
                _ => entry.fill(&mut krate, entry.path(errors), errors),
            }
        }
        if of.is_none() && errors.count() == before {
            errors.push(
                &input.ident,
                "a projection names its entity: add `#[projection(of = Entity)]` to the struct",
            );
        }
        let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
            errors.push(&input.ident, "`Projection` is derived for a struct with named fields");
            return None;
        };
        if fields.named.is_empty() {
            errors.push(&input.ident, "a projection without fields reads nothing: name the fields to read");
        }
        let fields = fields.named.iter().filter_map(|field| ProjectionField::parse(field, errors)).collect();
        let (ident, generics) = (input.ident.clone(), input.generics.clone());
        Some(Projection { ident, generics, krate, of, index, fields })
    }
}

impl ProjectionField {
    fn parse(field: &syn::Field, errors: &Errors) -> Option<ProjectionField> {
        let mut from = None;
        for entry in Entry::of(&field.attrs, &PROJECTION_FIELD, errors) {
            entry.fill(&mut from, entry.ident(errors), errors);
        }
        Some(ProjectionField { ident: field.ident.clone()?, ty: field.ty.clone(), from })
    }
}

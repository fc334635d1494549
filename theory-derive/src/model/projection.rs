//! Projections.

use super::library;
use crate::parse;
use proc_macro2::Ident;
use syn::{Generics, LitStr, Path, Type};

/// A struct that reads some attributes of an entity.
pub(crate) struct Projection {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Path,
    /// `None` where it is missing.
    pub(crate) of: Option<Path>,
    pub(crate) index: Option<LitStr>,
    pub(crate) fields: Vec<ProjectionField>,
}

/// One of its fields.
pub(crate) struct ProjectionField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The entity's field.
    pub(crate) from: Ident,
}

impl Projection {
    pub(crate) fn new(projection: parse::Projection) -> Projection {
        let parse::Projection { ident, generics, krate, of, index, fields } = projection;
        let fields = fields
            .into_iter()
            .map(|parse::ProjectionField { ident, ty, from }| {
                let from = from.unwrap_or_else(|| ident.clone());
                ProjectionField { ident, ty, from }
            })
            .collect();
        Projection { ident, generics, krate: library(krate), of, index, fields }
    }
}

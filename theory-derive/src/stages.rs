//! The four stages of each derive, in a row.

use crate::errors::Errors;
use crate::expand::{self, fallback};
use crate::{check, model, parse};
use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) fn entity(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let entity = parse::Table::parse(input, &errors).map(|table| model::Entity::new(table, &errors));
    if let Some(entity) = &entity {
        check::entity(entity, &errors);
    }
    let stubs = |entity| Option::map_or_else(entity, || fallback::no_entity(input), fallback::entity);
    finish(errors, entity, expand::table, stubs)
}

pub(crate) fn attribute(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let ty = parse::AttributeType::parse(input, &errors).map(model::AttributeType::new);
    if let Some(ty) = &ty {
        check::attribute(ty, &errors);
    }
    let stubs = |ty| Option::map_or_else(ty, || fallback::no_attribute(input), fallback::attribute);
    finish(errors, ty, expand::attribute, stubs)
}

pub(crate) fn projection(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let projection = parse::Projection::parse(input, &errors).map(model::Projection::new);
    if let Some(projection) = &projection {
        check::projection(projection, &errors);
    }
    finish(errors, projection, expand::projection, |projection| {
        projection.map(fallback::projection).unwrap_or_default()
    })
}

/// The real code, or the mistakes with stubs.
fn finish<M>(
    errors: Errors,
    model: Option<M>,
    expand: impl FnOnce(&M) -> TokenStream,
    stubs: impl FnOnce(Option<M>) -> TokenStream,
) -> TokenStream {
    match (errors.finish(), &model) {
        (Ok(()), Some(model)) => expand(model),
        (Ok(()), None) => stubs(model),
        (Err(error), _) => {
            let error = error.to_compile_error();
            let stubs = stubs(model);
            quote::quote!(#error #stubs)
        }
    }
}

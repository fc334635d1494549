//! The derive macros of Theory.
//!
//! Each derive runs four stages: `parse` reads what was written, `model` looks up what it means, `check` refuses what DynamoDB would,
//! `expand` writes the code. All mistakes of an input are collected and reported together; the code that is then written in place of
//! the real one keeps the rest of the user's crate from failing for the same reason a second time.

mod check;
mod errors;
mod expand;
mod model;
mod names;
mod parse;
#[cfg(test)]
mod tests;

use errors::Errors;
use expand::fallback;
use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an entity of a table; documented with `theory::Table`.
#[proc_macro_derive(Table, attributes(table, attribute))]
pub fn table(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    entity(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a type storable in an attribute; documented with `theory::Attribute`.
#[proc_macro_derive(Attribute, attributes(attribute, table))]
pub fn attribute(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    attribute_type(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct a part of an entity, to read alone; documented with `theory::Projection`.
#[proc_macro_derive(Projection, attributes(projection))]
pub fn projection(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    part(&parse_macro_input!(input as DeriveInput)).into()
}

fn entity(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let entity = parse::Table::parse(input, &errors).map(|table| model::Entity::new(table, &errors));
    if let Some(entity) = &entity {
        check::entity(entity, &errors);
    }
    let stubs = |entity| Option::map_or_else(entity, || fallback::no_entity(input), fallback::entity);
    finish(errors, entity, expand::table, stubs)
}

fn attribute_type(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let ty = parse::AttributeType::parse(input, &errors).map(model::AttributeType::new);
    if let Some(ty) = &ty {
        check::attribute(ty, &errors);
    }
    let stubs = |ty| Option::map_or_else(ty, || fallback::no_attribute(input), fallback::attribute);
    finish(errors, ty, expand::attribute, stubs)
}

fn part(input: &DeriveInput) -> TokenStream {
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

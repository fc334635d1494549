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
mod stages;
#[cfg(test)]
mod tests;

use syn::{DeriveInput, parse_macro_input};

#[doc = include_str!("../docs/table.md")]
#[proc_macro_derive(Table, attributes(table, attribute))]
pub fn table(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    stages::entity(&parse_macro_input!(input as DeriveInput)).into()
}

#[doc = include_str!("../docs/attribute.md")]
#[proc_macro_derive(Attribute, attributes(attribute, table))]
pub fn attribute(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    stages::attribute(&parse_macro_input!(input as DeriveInput)).into()
}

#[doc = include_str!("../docs/projection.md")]
#[proc_macro_derive(Projection, attributes(projection))]
pub fn projection(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    stages::projection(&parse_macro_input!(input as DeriveInput)).into()
}

//! What the stages say of faulty input, without a compiler. The spans are in the UI tests of the workspace.

mod attribute;
mod index;
mod projection;
mod table;
mod unique;

use crate::errors::Errors;
use crate::{check, model, parse};
use syn::DeriveInput;

fn input(source: &str) -> DeriveInput {
    syn::parse_str(source).expect("the test's input is Rust")
}

fn messages(errors: Errors) -> Vec<String> {
    match errors.finish() {
        Ok(()) => Vec::new(),
        Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
    }
}

/// The entity and all mistakes found in it.
fn entity(source: &str) -> (Option<model::Entity>, Vec<String>) {
    let errors = Errors::new();
    let entity = parse::Table::parse(&input(source), &errors).map(|table| {
        let entity = model::Entity::new(table, &errors);
        check::entity(&entity, &errors);
        entity
    });
    (entity, messages(errors))
}

/// The type and all mistakes found in it.
fn attribute(source: &str) -> (Option<model::AttributeType>, Vec<String>) {
    let errors = Errors::new();
    let ty = parse::AttributeType::parse(&input(source), &errors).map(|ty| {
        let ty = model::AttributeType::new(ty);
        check::attribute(&ty, &errors);
        ty
    });
    (ty, messages(errors))
}

fn projection(source: &str) -> (Option<model::Projection>, Vec<String>) {
    let errors = Errors::new();
    let projection = parse::Projection::parse(&input(source), &errors).map(|projection| {
        let projection = model::Projection::new(projection);
        check::projection(&projection, &errors);
        projection
    });
    (projection, messages(errors))
}

/// Every message holds its expected part, in order, and there is no other.
#[track_caller]
fn assert_messages(found: &[String], expected: &[&str]) {
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.contains(e));
    assert!(fits, "expected {expected:#?}\n   found {found:#?}");
}

#[track_caller]
fn check_table(source: &str, expected: &[&str]) {
    assert_messages(&entity(source).1, expected);
}

/// An entity with a key, these keys on the struct and these further fields.
#[track_caller]
fn check_with(keys: &str, fields: &str, expected: &[&str]) {
    let source = format!(
        "#[table(name = \"orders\", {keys})] struct Order {{
            #[table(pk)] customer: String, #[table(sk)] order_id: String, status: String, placed_at: u64, total: u64,
            {fields}
        }}"
    );
    check_table(&source, expected);
}

#[track_caller]
fn check_attribute(source: &str, expected: &[&str]) {
    assert_messages(&attribute(source).1, expected);
}

//! Projections.

use super::*;

#[track_caller]
fn check(source: &str, expected: &[&str]) {
    assert_messages(&projection(source).1, expected);
}

#[test]
fn a_projection_names_its_entity_and_fields() {
    check(
        "#[projection(of = shop::Order, index = by_status)] struct Row { a: u8, #[projection(from = b)] c: u8 }",
        &[],
    );
    check("#[projection(of = Order, index = \"by-status\")] struct Row { a: u8 }", &[]);
    check("struct Row { a: u8 }", &["add `#[projection(of = Entity)]` to the struct"]);
    check("#[projection(of = Order)] struct Row(u8);", &["a struct with named fields"]);
    check("#[projection(of = Order)] struct Row {}", &["reads nothing"]);
    check(
        "#[projection(of = Order)] struct Row { a: u8, #[projection(from = a)] b: u8 }",
        &["`a` reads the field `a` already"],
    );
    check(
        "#[projection(of = Order, from = a)] struct Row { a: u8 }",
        &["`from` is a key of a projection's field"],
    );
    check("#[projection(of = \"Order\")] struct Row { a: u8 }", &["`of` takes a path"]);
}

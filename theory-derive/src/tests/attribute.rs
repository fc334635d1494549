//! Documents, newtypes and enums.

use super::*;
use crate::model::{Content, Shape};

fn shape(source: &str) -> Shape {
    let (ty, mistakes) = attribute(source);
    assert_messages(&mistakes, &[]);
    ty.unwrap().shape
}

#[test]
fn shapes() {
    assert!(matches!(shape("struct A(String);"), Shape::Newtype(_)));
    assert!(matches!(shape("struct A { a: u8 }"), Shape::Document(_)));
    assert!(matches!(shape("struct A {}"), Shape::Document(_)));
    assert!(matches!(shape("enum A { B, C }"), Shape::Text(_)));
    assert!(matches!(shape("enum A { B, #[attribute(other)] C(String) }"), Shape::Text(_)));
    assert!(matches!(shape("#[attribute(tag = \"kind\")] enum A { B, C }"), Shape::Union(_)));
    assert!(matches!(shape("enum A { B, C(Document) }"), Shape::Union(_)));
    let Shape::Union(union) = shape(
        r#"#[attribute(rename_all = "snake_case", rename_all_fields = "camelCase")] enum Payment {
            OnAccount, ByCard { card_number: String }, #[attribute(rename = "wire")] Transfer(Transfer),
        }"#,
    ) else {
        panic!("a union")
    };
    assert_eq!(union.tag, "type");
    assert_eq!(
        union.variants.iter().map(|v| &*v.name).collect::<Vec<_>>(),
        ["on_account", "by_card", "wire"]
    );
    let Content::Fields(fields) = &union.variants[1].content else { panic!("fields") };
    assert_eq!(fields[0].name, "cardNumber");
}

#[test]
fn what_has_no_stored_form() {
    for (source, expected) in [
        ("struct A(u8, u8);", "name the fields, which makes it a document"),
        ("struct A();", "name the fields"),
        ("struct A;", "nothing to store"),
        ("enum A {}", "no value to store"),
        ("enum A { B(u8, u8) }", "name the fields"),
        ("union A { a: u8 }", "store an enum or a struct"),
    ] {
        check_attribute(source, &[expected]);
    }
}

#[test]
fn keys_stand_in_their_place() {
    for (source, expected) in [
        (
            "struct A { #[attribute(pk)] a: u8 }",
            "`pk` is a key of an entity's field, not of a document's field",
        ),
        ("struct A { #[attribute(version)] a: u8 }", "not of a document's field"),
        ("struct A { #[table(serde)] a: u8 }", "write `#[attribute(…)]` here"),
        ("#[attribute(tag = \"t\")] struct A { a: u8 }", "`tag` is a key of the enum, not of the struct"),
        (
            "#[attribute(rename_all = \"camelCase\")] struct A(u8);",
            "is a key of the struct, not of a newtype",
        ),
        ("struct A(#[attribute(rename = \"x\")] u8);", "not of a newtype's field"),
        ("enum A { #[attribute(tag = \"x\")] B }", "`tag` is a key of the enum, not of a variant"),
        ("enum A { #[attribute(othr)] B }", "did you mean `other`?"),
        ("struct A(#[attribute(serde, json)] u8);", "exclude each other"),
    ] {
        check_attribute(source, &[expected]);
    }
}

#[test]
fn what_contains_itself_says_so() {
    check_attribute("struct A { a: Vec<Box<A>> }", &["`A` contains itself here: add `recursive`"]);
    check_attribute("struct A { a: Option<Box<Self>> }", &["`A` contains itself here: add `recursive`"]);
    check_attribute("enum A { B { a: (u8, Box<A>) } }", &["`A` contains itself here: add `recursive`"]);
    check_attribute(
        "struct A { #[attribute(recursive)] a: Vec<A>, b: other::A, #[attribute(json)] c: Vec<A> }",
        &[],
    );
}

#[test]
fn names_of_variants() {
    for (source, expected) in [
        ("enum A { B, #[attribute(rename = \"B\")] C }", "`B` and `C` would both be stored as `B`"),
        ("enum A { B, #[attribute(alias = \"B\")] C }", "`B` and `C` would both be stored as `B`"),
        ("enum A { #[attribute(alias = \"B\")] B }", "the variant is called `B` already"),
        (
            "#[attribute(rename_all = \"lowercase\")] enum A { Ab, AB }",
            "`Ab` and `AB` would both be stored as `ab`",
        ),
    ] {
        check_attribute(source, &[expected]);
    }
}

#[test]
fn one_variant_catches_the_others() {
    for (source, expected) in [
        ("enum A { #[attribute(other)] B, #[attribute(other)] C }", "and `B` does already"),
        ("enum A { B, #[attribute(other)] C { a: u8 } }", "a unit variant, or one that holds the value"),
        ("enum A { B, #[attribute(other, alias = \"x\")] C }", "remove `alias`"),
        ("enum A { B, #[attribute(other, rename = \"x\")] C(String) }", "remove `rename`"),
    ] {
        check_attribute(source, &[expected]);
    }
    check_attribute("enum A { B, #[attribute(other, rename = \"x\")] C }", &[]);
}

#[test]
fn the_tag_lies_beside_the_fields() {
    check_attribute(
        "enum A { B { r#type: u8 } }",
        &["`type` is the attribute that tells the variants apart"],
    );
    check_attribute("#[attribute(tag = \"kind\")] enum A { B { r#type: u8 } }", &[]);
    check_attribute("#[attribute(tag = \"\")] enum A { B { a: u8 } }", &["at least one character"]);
    check_attribute("enum A { B, C(#[attribute(json)] D) }", &["`json` has no place here"]);
    check_attribute("enum A { B { a: u8 }, C { a: u8 } }", &[]);
}

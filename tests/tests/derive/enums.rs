//! Enums: strings, and maps with a tag.

use super::{check, from_value, value};
use std::collections::BTreeMap;
use theory::Attribute;
use theory::schema::Type;

/// A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Attribute)]
#[attribute(rename_all = "snake_case")]
pub enum Status {
    /// `open`
    Open,
    /// `paid_in_full`
    #[attribute(alias = "settled", alias = "paid")]
    PaidInFull,
    /// Odd.
    #[attribute(rename = "a \"b\"")]
    Odd,
}

#[test]
fn a_unit_enum_is_a_string() {
    check(&Status::PaidInFull, r#"{"S":"paid_in_full"}"#);
    check(&Status::Odd, r#"{"S":"a \"b\""}"#);
    assert_eq!(from_value(r#"{"S":"settled"}"#), Ok(Status::PaidInFull));
    let error = from_value::<Status>(r#"{"S":"lost"}"#).unwrap_err();
    assert_eq!(error.expected(), "one of `open`, `paid_in_full` and `a \"b\"`");
    assert!(from_value::<Status>(r#"{"N":"1"}"#).is_err());
    assert_eq!(Status::TYPE, &Type::OneOf(&["open", "paid_in_full", "a \"b\""]));
    check(&std::collections::BTreeSet::from([Status::Open]), r#"{"SS":["open"]}"#);
}

/// An open list that forgets what it does not know.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub enum Forgetful {
    /// Known.
    Known,
    /// Anything else.
    #[attribute(other)]
    Unknown,
}

/// An open list that keeps what it does not know.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub enum Keeping {
    /// Known.
    Known,
    /// Anything else.
    #[attribute(other)]
    Other(String),
}

#[test]
fn other_catches_what_is_unknown() {
    assert_eq!(from_value(r#"{"S":"x"}"#), Ok(Forgetful::Unknown));
    check(&Forgetful::Unknown, r#"{"S":"Unknown"}"#);
    check(&Keeping::Other("x".into()), r#"{"S":"x"}"#);
    check(&Keeping::Known, r#"{"S":"Known"}"#);
    assert_eq!(Keeping::TYPE, &Type::String);
}

/// A document.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Transfer {
    /// Where.
    pub iban: String,
}

/// Data in every form.
#[derive(Debug, PartialEq, Eq, Attribute)]
#[attribute(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Payment {
    /// Nothing more.
    Cash,
    /// Fields.
    #[attribute(alias = "cc")]
    CreditCard {
        /// Renamed.
        card_number: String,
        /// Absent.
        name: Option<String>,
        /// Every local of the generated code.
        #[attribute(default)]
        partial: u8,
        /// Not stored.
        #[attribute(skip)]
        seen: bool,
        /// What else there is.
        #[attribute(rest)]
        more: BTreeMap<String, String>,
    },
    /// A document beside the tag.
    #[attribute(rename = "transfer")]
    ByTransfer(Transfer),
    /// The map as it was.
    #[attribute(other)]
    Other(BTreeMap<String, String>),
}

#[test]
fn a_data_enum_is_a_map_with_a_tag() {
    check(&Payment::Cash, r#"{"M":{"kind":{"S":"cash"}}}"#);
    check(
        &Payment::CreditCard {
            card_number: "4".into(),
            name: None,
            partial: 1,
            seen: false,
            more: BTreeMap::from([("x".into(), "y".into())]),
        },
        r#"{"M":{"kind":{"S":"credit-card"},"cardNumber":{"S":"4"},"partial":{"N":"1"},"x":{"S":"y"}}}"#,
    );
    check(
        &Payment::ByTransfer(Transfer { iban: "NL".into() }),
        r#"{"M":{"kind":{"S":"transfer"},"iban":{"S":"NL"}}}"#,
    );
}

#[test]
fn the_tag_may_stand_anywhere() {
    let json = r#"{"M":{"cardNumber":{"S":"4"},"name":{"S":"A"},"kind":{"S":"cc"}}}"#;
    let Ok(Payment::CreditCard { name, partial: 0, .. }) = from_value(json) else { panic!("a card") };
    assert_eq!(name.as_deref(), Some("A"));
    let missing = from_value::<Payment>(r#"{"M":{"cardNumber":{"S":"4"}}}"#).unwrap_err();
    assert_eq!(missing.attribute().as_deref(), Some("kind"));
    let missing = from_value::<Payment>(r#"{"M":{"kind":{"S":"cc"}}}"#).unwrap_err();
    assert_eq!(missing.attribute().as_deref(), Some("cardNumber"));
    let wrong = from_value::<Payment>(r#"{"M":{"kind":{"S":"transfer"},"iban":{"N":"4"}}}"#).unwrap_err();
    assert_eq!(wrong.attribute().as_deref(), Some("iban"));
}

#[test]
fn an_unknown_variant_is_kept() {
    let json = r#"{"M":{"kind":{"S":"barter"},"what":{"S":"eggs"}}}"#;
    let payment: Payment = from_value(json).unwrap();
    assert!(matches!(&payment, Payment::Other(map) if map["what"] == "eggs"));
    assert_eq!(value(&payment), json);
}

/// Tagged, though nothing has data yet.
#[derive(Debug, PartialEq, Eq, Attribute)]
#[attribute(tag = "type")]
pub enum Tagged {
    /// One.
    One,
    /// The others.
    #[attribute(other)]
    Others,
}

#[test]
fn a_tag_makes_a_map_of_units() {
    check(&Tagged::One, r#"{"M":{"type":{"S":"One"}}}"#);
    assert_eq!(from_value(r#"{"M":{"type":{"S":"Two"},"x":{"N":"1"}}}"#), Ok(Tagged::Others));
    let Type::Union(union) = Payment::TYPE else { panic!("a union") };
    let names: Vec<&str> = union.variants.iter().map(|(name, _)| *name).collect();
    assert_eq!((union.tag, names), ("kind", vec!["cash", "credit-card", "transfer"]));
}

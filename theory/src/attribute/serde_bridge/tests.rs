//! The same form as `serde_dynamo`'s, in both directions.

use super::{Json, Serde};
use crate::attribute::{Adapter, Optional};
use crate::value::Value;
use crate::wire::{DecodeError, EncodeError, EncodeErrorKind, Reader, Writer};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;

fn encode<A: Adapter<T>, T>(value: &T) -> Result<String, EncodeError> {
    let mut out = Writer::new();
    A::encode(value, &mut out);
    out.finish().map(|json| String::from_utf8(json).unwrap())
}

fn decode<A: Adapter<T>, T>(json: &str) -> Result<T, DecodeError> {
    let mut input = Reader::new(json.as_bytes())?;
    let value = A::decode(&mut input)?;
    input.end()?;
    Ok(value)
}

/// Ours reads ours and theirs, theirs reads ours, and both look alike.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let ours = encode::<Serde, T>(value).unwrap();
    assert_eq!(&decode::<Serde, T>(&ours).unwrap(), value, "{ours}");
    assert_eq!(&decode::<Json, T>(&encode::<Json, T>(value).unwrap()).unwrap(), value);

    let theirs: serde_dynamo::AttributeValue = serde_dynamo::to_attribute_value(value).unwrap();
    let theirs = Value::try_from(theirs).unwrap();
    let dynamic = Value::from_serde(value).unwrap();
    assert_eq!(dynamic, theirs);
    assert_eq!(&theirs.to_serde::<T>().unwrap(), value);
    let read: T = serde_dynamo::from_attribute_value(serde_dynamo::AttributeValue::from(dynamic)).unwrap();
    assert_eq!(&read, value);
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Shape {
    Point,
    Round(u32),
    Rectangle(u32, u32),
    Named { name: String, inner: Option<Box<Shape>> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Plain,
    Sized { width: u16 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    List(Vec<Untagged>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wrapper(String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct All {
    flag: bool,
    small: i8,
    large: u64,
    single: f32,
    double: f64,
    letter: char,
    text: String,
    missing: Option<String>,
    wrapper: Wrapper,
    unit: Unit,
    nothing: (),
    tuple: (u8, String),
    list: Vec<i32>,
    shapes: Vec<Shape>,
    by_number: BTreeMap<i32, bool>,
    by_shape: BTreeMap<String, Shape>,
    tagged: Vec<Tagged>,
    untagged: Untagged,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
    #[serde(with = "serde_dynamo::string_set")]
    names: Vec<String>,
    #[serde(with = "serde_dynamo::number_set")]
    sizes: Vec<u16>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Point),
        any::<u32>().prop_map(Shape::Round),
        any::<(u32, u32)>().prop_map(|(width, height)| Shape::Rectangle(width, height)),
    ];
    leaf.prop_recursive(4, 8, 1, |inner| {
        (any::<String>(), proptest::option::of(inner))
            .prop_map(|(name, inner)| Shape::Named { name, inner: inner.map(Box::new) })
    })
}

fn untagged() -> impl Strategy<Value = Untagged> {
    let leaf = prop_oneof![any::<i64>().prop_map(Untagged::Number), any::<String>().prop_map(Untagged::Text)];
    leaf.prop_recursive(3, 10, 4, |inner| proptest::collection::vec(inner, 0..4).prop_map(Untagged::List))
}

prop_compose! {
    fn all()(
        (flag, small, large, letter) in any::<(bool, i8, u64, char)>(),
        // Of some doubles there are two shortest texts, and the two crates choose differently.
        (single, double) in any::<(i16, i32)>(),
        (text, missing, wrapper) in any::<(String, Option<String>, String)>(),
        (tuple, list, by_number) in any::<((u8, String), Vec<i32>, BTreeMap<i32, bool>)>(),
        shapes in proptest::collection::vec(shape(), 0..4),
        by_shape in proptest::collection::btree_map(any::<String>(), shape(), 0..4),
        width in any::<u16>(),
        untagged in untagged(),
        rest in proptest::collection::btree_map("rest[a-z]{1,3}", any::<u8>(), 0..3),
        names in proptest::collection::btree_set(any::<String>(), 1..4),
        sizes in proptest::collection::btree_set(any::<u16>(), 1..4),
    ) -> All {
        All {
            flag, small, large, single: f32::from(single) / 8.0, double: f64::from(double) / 8.0, letter, text, missing,
            wrapper: Wrapper(wrapper), unit: Unit, nothing: (), tuple, list, shapes, by_number, by_shape,
            tagged: vec![Tagged::Plain, Tagged::Sized { width }], untagged, rest,
            names: names.into_iter().collect(), sizes: sizes.into_iter().collect(),
        }
    }
}

proptest! {
    #[test]
    fn every_shape_of_serde_s_is_stored_as_serde_dynamo_stores_it(all in all()) {
        check(&all);
    }
}

#[test]
fn the_form_is_the_natural_one() {
    let shapes = [
        Shape::Point,
        Shape::Round(1),
        Shape::Rectangle(2, 3),
        Shape::Named { name: "x".into(), inner: None },
    ];
    assert_eq!(
        encode::<Serde, _>(&shapes).unwrap(),
        concat!(
            r#"{"L":[{"S":"Point"},{"M":{"Round":{"N":"1"}}},{"M":{"Rectangle":{"L":[{"N":"2"},{"N":"3"}]}}},"#,
            r#"{"M":{"Named":{"M":{"name":{"S":"x"},"inner":{"NULL":true}}}}}]}"#
        )
    );
    let wide = (u128::MAX / 10, i128::MIN / 10);
    let json = encode::<Serde, _>(&wide).unwrap();
    assert_eq!(decode::<Serde, (u128, i128)>(&json).unwrap(), wide);
}

#[test]
fn none_is_absent_and_absent_is_none() {
    assert!(<Serde as Adapter<Option<Shape>>>::is_absent(&None));
    assert!(!<Serde as Adapter<Option<Shape>>>::is_absent(&Some(Shape::Point)));
    assert!(<Json as Adapter<Option<Shape>>>::is_absent(&None));
    assert!(!<Serde as Adapter<Vec<u8>>>::is_absent(&Vec::new()));
    assert!(!<Serde as Adapter<()>>::is_absent(&()));
    assert_eq!(<Serde as Adapter<Option<Shape>>>::absent(), Some(None));
    assert_eq!(<Serde as Adapter<Shape>>::absent(), None);
    assert_eq!(<Serde as Adapter<Vec<u8>>>::absent(), None);
    assert_eq!(decode::<Serde, Option<u8>>(r#"{"NULL":true}"#).unwrap(), None);
    assert_eq!(decode::<Optional<Json>, Option<u8>>(r#"{"NULL":true}"#).unwrap(), None);
    assert_eq!(decode::<Json, Option<u8>>(r#"{"S":"null"}"#).unwrap(), None);
}

#[test]
fn what_dynamodb_cannot_hold_is_refused() {
    let kind = |result: Result<String, EncodeError>| result.unwrap_err().kind().clone();
    assert_eq!(kind(encode::<Serde, _>(&f64::NAN)), EncodeErrorKind::NotFinite);
    assert_eq!(kind(encode::<Serde, _>(&u128::MAX)), EncodeErrorKind::TooManyDigits);
    assert!(matches!(kind(encode::<Serde, _>(&BTreeMap::from([((1, 2), 3)]))), EncodeErrorKind::Custom(_)));

    #[derive(Serialize, Deserialize)]
    struct Deep(Option<Box<Deep>>, u8);
    let deep = (0..1000).fold(Deep(None, 0), |inner, _| Deep(Some(Box::new(inner)), 0));
    assert_eq!(kind(encode::<Serde, _>(&deep)), EncodeErrorKind::TooDeep);

    #[derive(Serialize, Deserialize)]
    struct Set(#[serde(with = "serde_dynamo::number_set")] Vec<String>);
    assert!(matches!(kind(encode::<Serde, _>(&Set(vec!["x".into()]))), EncodeErrorKind::Custom(_)));
    assert_eq!(kind(encode::<Serde, _>(&Set(Vec::new()))), EncodeErrorKind::EmptySet);
}

#[test]
fn errors_name_the_place_and_never_the_value() {
    let cases: &[(DecodeError, &str)] = &[
        (
            decode::<Serde, All>(r#"{"M":{"flag":{"S":"secret"}}}"#).unwrap_err(),
            "attribute `flag`: expected a boolean (BOOL), found a string (S), at byte 13",
        ),
        (
            decode::<Serde, All>(r#"{"M":{"flag":{"BOOL":true}}}"#).unwrap_err(),
            "attribute `small`: it is missing",
        ),
        (
            decode::<Serde, Vec<Shape>>(r#"{"L":[{"S":"Point"},{"S":"secret"}]}"#).unwrap_err(),
            "attribute `[1]`: the value is not one of the variants `Point`, `Round`, `Rectangle`, `Named`",
        ),
        (
            decode::<Serde, Shape>(r#"{"M":{"Rectangle":{"L":[{"N":"1"},{"S":"secret"}]}}}"#).unwrap_err(),
            "attribute `Rectangle[1]`: expected a number (N), found a string (S), at byte 34",
        ),
        (
            decode::<Serde, BTreeMap<u8, u8>>(r#"{"M":{"secret":{"N":"1"}}}"#).unwrap_err(),
            "the value is not a map whose keys fit u8",
        ),
        (
            decode::<Serde, (u8, u8)>(r#"{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}"#).unwrap_err(),
            "the value is not a list of 2 elements",
        ),
        (
            decode::<Serde, Untagged>(r#"{"BOOL":true}"#).unwrap_err(),
            "the value is not what the type's `Deserialize` accepts",
        ),
        (
            decode::<Json, Shape>(r#"{"S":"\"secret\""}"#).unwrap_err(),
            "the value is not JSON text of the field's type (line 1, column 8)",
        ),
    ];
    for (error, expected) in cases {
        assert_eq!(error.to_string(), *expected);
    }
}

#[test]
fn hostile_input_is_an_error() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Deep(Vec<Deep>);
    let deep = format!("{}{}", r#"{"L":["#.repeat(100_000), r#"]}"#.repeat(100_000));
    assert!(decode::<Serde, Deep>(&deep).is_err());
    for json in [
        "",
        "{",
        r#"{"M":{}"#,
        r#"{"M":{"Round":{"N":"1"},"Point":{"NULL":true}}}"#,
        r#"{"M":{}}"#,
        r#"{"X":1}"#,
    ] {
        assert!(decode::<Serde, Shape>(json).is_err(), "{json}");
    }
}

#[test]
fn sets_are_read_as_sequences() {
    assert_eq!(decode::<Serde, Vec<u8>>(r#"{"NS":["1","2"]}"#).unwrap(), [1, 2]);
    assert_eq!(decode::<Serde, Vec<String>>(r#"{"SS":["a\n","b"]}"#).unwrap(), ["a\n", "b"]);
    assert_eq!(
        decode::<Serde, serde_json::Value>(r#"{"NS":["1","2.5","18446744073709551615"]}"#).unwrap(),
        serde_json::json!([1, 2.5, u64::MAX])
    );
    // An integer that a double would round is refused by what knows neither 128 bits nor more.
    assert!(decode::<Serde, serde_json::Value>(r#"{"N":"36893488147419103233"}"#).is_err());
    assert_eq!(decode::<Serde, u128>(r#"{"N":"36893488147419103233"}"#).unwrap(), 36893488147419103233);
}

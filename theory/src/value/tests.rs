//! Dynamic values: through the wire, through the SDK's type, and through serde.

use super::*;
use crate::wire::number::NumberError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Numbers that DynamoDB holds, in all their spellings.
fn any_number() -> impl Strategy<Value = Number> {
    ("[+-]?[0-9]{1,20}(\\.[0-9]{0,18})?([eE][+-]?[0-9]{1,2})?")
        .prop_filter_map("a number of DynamoDB's", |text| text.parse().ok())
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::S),
        any_number().prop_map(Value::N),
        vec(any::<u8>(), 0..20).prop_map(Value::B),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        btree_set(any::<String>(), 1..5).prop_map(Value::Ss),
        btree_set(any_number(), 1..5).prop_map(Value::Ns),
        btree_set(vec(any::<u8>(), 0..5), 1..5).prop_map(Value::Bs),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::L),
            vec((any::<String>(), inner), 0..5).prop_map(|members| Value::M(members.into_iter().collect())),
        ]
    })
}

fn encode<T: Attribute + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut out = Writer::new();
    value.encode(&mut out);
    out.finish()
}

fn decode<T: FromAttribute>(json: &[u8]) -> Result<T, DecodeError> {
    T::decode(&mut Reader::new(json)?)
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, level| match level % 2 {
        0 => Value::L(vec![inner]),
        _ => Value::M(Item::from([("inner", inner)])),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in any_value()) {
        prop_assert_eq!(decode::<Value>(&encode(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn the_sdk_s_values_are_the_same(value in any_value()) {
        let theirs = AttributeValue::from(value.clone());
        prop_assert_eq!(Value::try_from(theirs).unwrap(), value);
    }

    #[test]
    fn items_are_the_same_in_the_sdk(item in any_value().prop_map(|value| Item::from([("a", value)]))) {
        let theirs: HashMap<String, AttributeValue> = item.clone().into();
        prop_assert_eq!(Item::try_from(theirs).unwrap(), item);
    }

    #[test]
    fn numbers_keep_their_text_and_compare_by_value(number in any_number()) {
        let read: Number = decode(&encode(&number).unwrap()).unwrap();
        prop_assert_eq!(read.as_str(), number.as_str());
        let normal: Number = crate::wire::number::normalize(number.as_str()).unwrap().parse().unwrap();
        prop_assert_eq!(&normal, &number);
        prop_assert_eq!(normal.cmp(&number), std::cmp::Ordering::Equal);
        prop_assert_eq!(hash(&normal), hash(&number));
    }

    #[test]
    fn nothing_in_a_body_panics(json in "[\\[\\]{}:,\"SNBMLUO0-9a]{0,60}") {
        let _ = decode::<Value>(json.as_bytes());
    }
}

fn hash(number: &Number) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(number)
}

#[test]
fn numbers_of_38_digits_are_exact() {
    let digits = "9".repeat(38);
    let number: Number = digits.parse().unwrap();
    assert_eq!(number.to_integer::<u128>().map(|integer| integer.to_string()).as_ref(), Some(&digits));
    assert_eq!("9".repeat(39).parse::<Number>(), Err(NumberError::TooManyDigits));
    assert_eq!(Number::try_from(u128::MAX), Err(NumberError::TooManyDigits));
    assert_eq!(Number::try_from(i128::MIN), Err(NumberError::TooManyDigits));
    assert_eq!("1e126".parse::<Number>(), Err(NumberError::OutOfRange));
    assert_eq!("".parse::<Number>(), Err(NumberError::Syntax));
    assert_eq!("NaN".parse::<Number>(), Err(NumberError::Syntax));
}

#[test]
fn numbers_convert_where_they_fit() {
    let number: Number = "2.50E2".parse().unwrap();
    assert_eq!(number.to_integer::<u8>(), Some(250));
    assert_eq!(number.to_integer::<i8>(), None);
    assert_eq!(number.to_f64(), 250.0);
    assert_eq!("2.5".parse::<Number>().unwrap().to_integer::<u8>(), None);
    assert_eq!(Number::try_from(0.1).unwrap(), "0.1".parse().unwrap());
    assert_eq!(Number::try_from(0.1f32).unwrap(), "0.1".parse().unwrap());
    assert_eq!(Number::try_from(1e20).unwrap(), "100000000000000000000".parse().unwrap());
    for float in [f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE] {
        assert!(Number::try_from(float).is_err(), "{float}");
    }
    assert_eq!(Number::default(), Number::from(0));
}

#[test]
fn an_empty_set_is_refused_before_it_is_sent() {
    for set in [Value::Ss(BTreeSet::new()), Value::Ns(BTreeSet::new()), Value::Bs(BTreeSet::new())] {
        assert_eq!(encode(&set).map_err(|error| error.kind().clone()), Err(EncodeErrorKind::EmptySet));
    }
}

#[test]
fn depth_is_bounded_in_both_directions() {
    // DynamoDB counts the innermost value too.
    assert!(encode(&nested(31)).is_ok());
    assert_eq!(encode(&nested(1000)).map_err(|error| error.kind().clone()), Err(EncodeErrorKind::TooDeep));
    let deep = format!("{}{}", r#"{"L":["#.repeat(5000), r#"]}"#.repeat(5000));
    assert!(decode::<Value>(deep.as_bytes()).is_err());
    let theirs = (0..40).fold(AttributeValue::Null(true), |inner, _| AttributeValue::L(vec![inner]));
    assert!(Value::try_from(theirs).is_err());
    let theirs = (0..32).fold(AttributeValue::Null(true), |inner, _| AttributeValue::L(vec![inner]));
    assert!(Value::try_from(theirs).is_ok());
}

#[test]
fn what_the_sdk_can_hold_and_dynamodb_cannot_is_refused() {
    let duplicate = AttributeValue::Ns(vec!["1".into(), "1.0".into()]);
    assert!(Value::try_from(duplicate).is_err());
    let attributes = HashMap::from([("price".to_owned(), AttributeValue::N("cheap".into()))]);
    let error = Item::try_from(attributes).unwrap_err();
    assert_eq!(error.to_string(), "attribute `price`: the value is not a number that DynamoDB holds");
    assert_eq!(Value::try_from(AttributeValue::Null(false)), Ok(Value::Null));
    assert_eq!(Value::try_from(AttributeValue::B(Blob::new([1]))), Ok(Value::B(vec![1])));
}

#[test]
fn an_item_reads_and_writes_every_attribute() {
    let json = br#"{"sku":{"S":"X-1"},"sizes":{"NS":["39","38.0"]},"inner":{"M":{"a":{"BOOL":true}}}}"#;
    let item: Item = crate::attribute::document::decode_item(&mut Reader::new(json).unwrap()).unwrap();
    assert_eq!(item.get("sku").and_then(Value::as_s), Some("X-1"));
    assert_eq!(item.get("sizes").unwrap().to::<BTreeSet<u8>>().unwrap(), BTreeSet::from([38, 39]));
    assert_eq!(item.get("inner").and_then(Value::as_m).unwrap().get("a"), Some(&Value::Bool(true)));
    assert_eq!(Item::of(&item).unwrap(), item);
    assert_eq!(item.to::<Item>().unwrap(), item);

    let error = crate::attribute::document::decode_item::<Item>(
        &mut Reader::new(br#"{"a":{"M":{"b":{"L":[{"N":"1"},{"N":"x"}]}}}}"#).unwrap(),
    );
    assert_eq!(error.unwrap_err().attribute().as_deref(), Some("a.b[1]"));
}

#[test]
fn an_item_behaves_as_a_map() {
    let mut item: Item = [("b", 2), ("a", 1)].into_iter().collect();
    assert_eq!(item.insert("c", "x"), None);
    assert_eq!(item.insert("c", Value::Null), Some("x".into()));
    assert_eq!(item.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(item.remove("c"), Some(Value::Null));
    assert!(item.contains("a") && !item.contains("c") && item.len() == 2);
    assert_eq!(item.to::<BTreeMapOfNumbers>().unwrap(), BTreeMapOfNumbers::from([("a", 1), ("b", 2)]));
}

/// A stand-in for a derived document.
#[derive(Debug, Default, PartialEq)]
struct BTreeMapOfNumbers(BTreeMap<String, u8>);

impl<const LENGTH: usize> From<[(&str, u8); LENGTH]> for BTreeMapOfNumbers {
    fn from(members: [(&str, u8); LENGTH]) -> Self {
        BTreeMapOfNumbers(members.into_iter().map(|(name, number)| (name.to_owned(), number)).collect())
    }
}

impl crate::attribute::Fields for BTreeMapOfNumbers {
    fn encode_fields(&self, out: &mut Writer) {
        crate::attribute::RestField::encode_rest(&self.0, out);
    }
}

impl crate::attribute::FromFields for BTreeMapOfNumbers {
    type Partial = BTreeMap<String, u8>;

    fn partial() -> Self::Partial {
        BTreeMap::new()
    }

    fn read_field(
        partial: &mut Self::Partial,
        name: &str,
        input: &mut Reader<'_>,
    ) -> Result<bool, DecodeError> {
        crate::attribute::RestField::read_rest(partial, name, input).map(|()| true)
    }

    fn finish(partial: Self::Partial) -> Result<Self, DecodeError> {
        Ok(BTreeMapOfNumbers(partial))
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use super::*;
    use serde_json::json;

    proptest! {
        #[test]
        fn serde_dynamo_s_values_are_the_same(value in any_value()) {
            let theirs = serde_dynamo::AttributeValue::from(value.clone());
            prop_assert_eq!(Value::try_from(theirs).unwrap(), value);
        }

        #[test]
        fn the_sdk_and_serde_dynamo_agree_on_the_conversion(value in any_value()) {
            let by_us = AttributeValue::from(value.clone());
            let by_them: AttributeValue = serde_dynamo::AttributeValue::from(value).into();
            prop_assert_eq!(by_us, by_them);
        }
    }

    #[test]
    fn json_goes_there_and_back() {
        let json = json!({"a": [1, -2, 2.5, "x", true, null], "b": {"c": u64::MAX}});
        let item: Item = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(item.get("b").and_then(Value::as_m).unwrap().get("c"), Some(&Value::from(u64::MAX)));
        assert_eq!(serde_json::to_value(&item).unwrap(), json);
        assert_eq!(Item::from_serde(&json).unwrap(), item);
        assert_eq!(item.to_serde::<serde_json::Value>().unwrap(), json);
        let big: Number = "1e38".parse().unwrap();
        assert_eq!(serde_json::to_string(&big).unwrap(), format!("1{}", "0".repeat(38)));
        let fine: Number = "0.12345678901234567890123".parse().unwrap();
        assert!(serde_json::to_string(&fine).is_err(), "never rounded");
    }
}

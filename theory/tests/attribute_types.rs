//! Every attribute type: what is written is read back, and what DynamoDB cannot hold is refused.

use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;
use theory::attribute::{Adapter, Attribute, EpochSeconds, FromAttribute, Optional, Predecessor};
use theory::wire::{DecodeError, EncodeError, EncodeErrorKind, Reader, Writer};
use theory::{Timestamp, Value};

fn encode<T: Attribute + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut out = Writer::new();
    value.encode(&mut out);
    out.finish().map(|json| String::from_utf8(json).unwrap())
}

fn decode<T: FromAttribute>(json: &str) -> Result<T, DecodeError> {
    let mut input = Reader::new(json.as_bytes())?;
    let value = T::decode(&mut input)?;
    input.end()?;
    Ok(value)
}

/// Decode after encode is the identity, alone and as an element of a list; the stored form is the one that the type says.
fn check<T: FromAttribute + PartialEq + Debug>(value: T) {
    let json = encode(&value).unwrap();
    assert_eq!(decode::<T>(&json).unwrap(), value, "{json}");
    let dynamic: Value = decode(&json).unwrap();
    let descriptor = T::TYPE.descriptor();
    assert!(
        dynamic.is_null() || descriptor == "*" || dynamic.attribute_type().tag() == descriptor,
        "{json} is no {descriptor}"
    );
    assert_eq!(dynamic.to::<T>().unwrap(), value, "{json}");
    let list = [value];
    assert_eq!(decode::<[T; 1]>(&encode(&list).unwrap()).unwrap(), list);
}

/// The same, as the type of a key: also as an element of a set, and ordered by DynamoDB as by Rust.
fn check_key<T>(a: T, b: T)
where
    T: FromAttribute<Kind: theory::attribute::kind::InSet> + Ord + Clone + Debug,
{
    let (json_a, json_b) = (encode(&a).unwrap(), encode(&b).unwrap());
    assert_eq!(
        theory::wire::compare(json_a.as_bytes(), json_b.as_bytes()),
        Some(a.cmp(&b)),
        "{json_a} {json_b}"
    );
    check(BTreeSet::from([a.clone(), b.clone()]));
    check(a);
    check(b);
}

/// Nothing lies between a value and its predecessor.
fn check_predecessor<T>(value: T)
where
    T: Predecessor + FromAttribute + Ord + Debug,
{
    if let Some(before) = value.predecessor() {
        assert!(before < value, "{before:?} {value:?}");
        let (json, json_before) = (encode(&value).unwrap(), encode(&before).unwrap());
        assert_eq!(
            theory::wire::compare(json_before.as_bytes(), json.as_bytes()),
            Some(std::cmp::Ordering::Less),
            "{json_before} {json}"
        );
    }
}

fn check_adapter<A: Adapter<T>, T: PartialEq + Debug>(value: &T) -> String {
    let mut out = Writer::new();
    A::encode(value, &mut out);
    let json = String::from_utf8(out.finish().unwrap()).unwrap();
    assert_eq!(&A::decode(&mut Reader::new(json.as_bytes()).unwrap()).unwrap(), value, "{json}");
    json
}

fn kind<T: Attribute + ?Sized>(value: &T) -> EncodeErrorKind {
    encode(value).unwrap_err().kind().clone()
}

/// What DynamoDB can hold of the 128-bit integers.
fn fits(magnitude: u128) -> bool {
    magnitude.to_string().trim_end_matches('0').len() <= 38
}

macro_rules! integers {
    ($($name:ident: $integer:ty;)*) => { $(
        proptest! {
            #[test]
            fn $name(a in any::<$integer>(), b in any::<$integer>()) {
                check_key(a, b);
                check_predecessor(a);
                assert_eq!(a.predecessor(), a.checked_sub(1));
                let text = format!("{{\"N\":\"{a}.0\"}}");
                assert_eq!(decode::<$integer>(&text).unwrap(), a);
                assert!(decode::<$integer>(&format!("{{\"N\":\"{a}.5\"}}")).is_err());
            }
        }
    )* };
}

integers! {
    integers_u16: u16;
    integers_i8: i8;
    integers_i16: i16;
    integers_u32: u32;
    integers_i32: i32;
    integers_u64: u64;
    integers_i64: i64;
    integers_usize: usize;
    integers_isize: isize;
}

proptest! {
    #[test]
    fn bytes(a in any::<u8>(), list in vec(any::<u8>(), 0..50), array in any::<[u8; 16]>()) {
        // A byte alone is a number, and more of them are bytes.
        assert_eq!(encode(&a).unwrap(), format!("{{\"N\":\"{a}\"}}"));
        assert_eq!(decode::<u8>(&encode(&a).unwrap()).unwrap(), a);
        check(list.clone());
        check(array);
        check(bytes::Bytes::from(list.clone()));
        check(BTreeSet::from([list.clone(), array.to_vec()]));
        check(vec![list]);
    }

    #[test]
    fn integers_of_128_bits(unsigned in any::<u128>(), signed in any::<i128>(), shift in 0..128u32) {
        let unsigned = unsigned >> shift;
        let signed = signed >> shift;
        if fits(unsigned) {
            check(unsigned);
        } else {
            assert_eq!(kind(&unsigned), EncodeErrorKind::TooManyDigits);
        }
        if fits(signed.unsigned_abs()) {
            check(signed);
        } else {
            assert_eq!(kind(&signed), EncodeErrorKind::TooManyDigits);
        }
    }

    #[test]
    fn doubles(bits in any::<u64>(), decimal in -1e12..1e12f64) {
        check(decimal);
        let value = f64::from_bits(bits);
        let magnitude = value.abs();
        if !value.is_finite() {
            assert_eq!(kind(&value), EncodeErrorKind::NotFinite);
        } else if magnitude == 0.0 || (1e-130..1e126).contains(&magnitude) {
            check(value);
        } else {
            assert_eq!(kind(&value), EncodeErrorKind::NumberOutOfRange);
        }
    }

    #[test]
    fn singles(bits in any::<u32>()) {
        let value = f32::from_bits(bits);
        if value.is_finite() {
            check(value);
        } else {
            assert_eq!(kind(&value), EncodeErrorKind::NotFinite);
        }
    }

    #[test]
    fn text(a in any::<String>(), b in any::<String>(), letter in any::<char>(), other in any::<char>()) {
        check_key(a.clone(), b);
        check_key(letter, other);
        check::<Cow<'static, str>>(Cow::Owned(a.clone()));
        check::<Box<str>>(a.as_str().into());
        check::<Rc<str>>(a.as_str().into());
        check::<Arc<str>>(a.as_str().into());
        assert_eq!(encode(a.as_str()).unwrap(), encode(&a).unwrap());
    }

    #[test]
    fn compounds(
        flag in any::<bool>(),
        option in any::<Option<u32>>(),
        list in vec(any::<Option<String>>(), 0..5),
        tuple in any::<(u8, String, bool)>(),
        nested in vec(vec(any::<i16>(), 0..3), 0..3),
        array in any::<[u32; 3]>(),
    ) {
        check(flag);
        check(option);
        check(list);
        check(tuple);
        check(nested.clone());
        check(array);
        check(Box::new(nested.clone()));
        check(Rc::new(nested.clone()));
        check::<Arc<[Vec<i16>]>>(nested.into());
    }

    #[test]
    fn maps_and_sets(
        by_name in btree_map(any::<String>(), any::<u32>(), 0..5),
        by_number in hash_map(any::<i64>(), any::<Option<bool>>(), 0..5),
        strings in btree_set(any::<String>(), 0..5),
        numbers in hash_set(any::<i64>(), 0..5),
        blobs in btree_set(vec(any::<u8>(), 0..5), 0..5),
    ) {
        check::<BTreeMap<_, _>>(by_name);
        check::<HashMap<_, _>>(by_number);
        // An empty set is absent where that is possible, and `NULL` where something must stand.
        assert_eq!(strings.is_absent(), strings.is_empty());
        check::<BTreeSet<_>>(strings);
        check::<HashSet<_>>(numbers);
        check(blobs);
    }

    #[test]
    fn timestamps(a in timestamp(), b in timestamp()) {
        check_key(a, b);
        check_predecessor(a);
        let whole = Timestamp::from_unix_seconds(a.unix_seconds()).unwrap();
        assert_eq!(
            check_adapter::<EpochSeconds, _>(&whole),
            format!("{{\"N\":\"{}\"}}", a.unix_seconds())
        );
        check_adapter::<EpochSeconds, _>(&Some(whole));
    }
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.unix_nanos()..=Timestamp::MAX.unix_nanos())
        .prop_map(|nanos| Timestamp::from_unix_nanos(nanos).unwrap())
}

#[test]
fn numbers_at_the_edges() {
    check(10u128.pow(38) - 1);
    check(-(10i128.pow(38) - 1));
    check(10u128.pow(38)); // 39 digits long, but one significant
    assert_eq!(kind(&u128::MAX), EncodeErrorKind::TooManyDigits); // 39 digits
    assert_eq!(kind(&i128::MAX), EncodeErrorKind::TooManyDigits);
    assert_eq!(kind(&i128::MIN), EncodeErrorKind::TooManyDigits);
    check(u64::MAX);
    check(i64::MIN);

    check(1e-130);
    check(-9.99e125);
    check(f32::MAX);
    check(f32::MIN_POSITIVE);
    check(f32::from_bits(1)); // the smallest subnormal
    for float in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e126, 9.999e-131] {
        assert_eq!(kind(&float), EncodeErrorKind::NumberOutOfRange, "{float:e}");
    }
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(kind(&float), EncodeErrorKind::NotFinite);
    }
    // DynamoDB's zero has no sign.
    assert_eq!(encode(&-0.0f64).unwrap(), r#"{"N":"0"}"#);
    assert_eq!(encode(&-0.0f32).unwrap(), r#"{"N":"0"}"#);

    assert!(decode::<u8>(r#"{"N":"256"}"#).is_err());
    assert!(decode::<u8>(r#"{"N":"-1"}"#).is_err());
    assert!(decode::<u8>(r#"{"S":"1"}"#).is_err());
    assert_eq!(decode::<u8>(r#"{"N":"2.55E2"}"#).unwrap(), 255);
    assert!(decode::<u128>(r#"{"N":"1E125"}"#).is_err());
    assert!(decode::<f32>(r#"{"N":"1E125"}"#).is_err());
}

#[test]
fn a_time_to_live_is_whole_seconds() {
    let json = |moment: &Option<Timestamp>| {
        let mut out = Writer::new();
        <EpochSeconds as Adapter<Option<Timestamp>>>::encode(moment, &mut out);
        String::from_utf8(out.finish().unwrap()).unwrap()
    };
    let moment: Timestamp = "2026-01-16T09:30:00.999Z".parse().unwrap();
    assert_eq!(json(&Some(moment)), r#"{"N":"1768555800"}"#);
    assert_eq!(check_adapter::<EpochSeconds, _>(&1_768_555_800u64), r#"{"N":"1768555800"}"#);
    assert_eq!(check_adapter::<EpochSeconds, _>(&-5i64), r#"{"N":"-5"}"#);
    assert!(<EpochSeconds as Adapter<Option<Timestamp>>>::is_absent(&None));
    assert_eq!(<EpochSeconds as Adapter<Option<Timestamp>>>::absent(), Some(None));
    assert_eq!(<EpochSeconds as Adapter<Timestamp>>::absent(), None);
    check_adapter::<Optional<EpochSeconds>, Option<u64>>(&Some(7));
    for json in [r#"{"S":"1"}"#, r#"{"N":"1.5"}"#, r#"{"N":"1E15"}"#] {
        let decoded =
            <EpochSeconds as Adapter<Timestamp>>::decode(&mut Reader::new(json.as_bytes()).unwrap());
        assert!(decoded.is_err(), "{json}");
    }
}

#[cfg(feature = "uuid")]
proptest! {
    #[test]
    fn uuids(a in any::<u128>(), b in any::<u128>()) {
        let (a, b) = (uuid::Uuid::from_u128(a), uuid::Uuid::from_u128(b));
        check_key(a, b);
        check_predecessor(a);
        assert_eq!(encode(&a).unwrap(), format!("{{\"S\":\"{}\"}}", a.hyphenated()));
        for text in [a.simple().to_string().to_uppercase(), a.braced().to_string(), a.urn().to_string()] {
            assert_eq!(decode::<uuid::Uuid>(&encode(&text).unwrap()).unwrap(), a);
        }
    }
}

#[cfg(feature = "ulid")]
proptest! {
    #[test]
    fn ulids(a in any::<u128>(), b in any::<u128>()) {
        let (a, b) = (ulid::Ulid::from(a), ulid::Ulid::from(b));
        check_key(a, b);
        check_predecessor(a);
        assert_eq!(decode::<ulid::Ulid>(&encode(&a.to_string().to_lowercase()).unwrap()).unwrap(), a);
    }
}

#[cfg(feature = "ulid")]
#[test]
fn a_ulid_of_more_than_128_bits_is_refused() {
    assert!(decode::<ulid::Ulid>(r#"{"S":"7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}"#).is_ok());
    assert!(decode::<ulid::Ulid>(r#"{"S":"80000000000000000000000000"}"#).is_err());
    assert!(decode::<ulid::Ulid>(r#"{"S":"0000000000000000000000000"}"#).is_err());
}

#[cfg(feature = "rust_decimal")]
mod decimals {
    use super::*;
    use rust_decimal::Decimal;

    proptest! {
        #[test]
        fn decimals(low: u32, middle: u32, high: u32, negative: bool, scale in 0..=28u32, other in any::<i64>()) {
            let value = Decimal::from_parts(low, middle, high, negative, scale);
            check_key(value, Decimal::new(other, scale));
            // As DynamoDB gives it back: without needless zeros, and with an exponent where it likes.
            let exponent = format!("{}E-{scale}", value.mantissa());
            assert_eq!(decode::<Decimal>(&format!("{{\"N\":\"{exponent}\"}}")).unwrap(), value);
            assert_eq!(decode::<Decimal>(&format!("{{\"N\":\"{}\"}}", value.normalize())).unwrap(), value);
        }
    }

    #[test]
    fn at_the_edges() {
        check(Decimal::MAX);
        check(Decimal::MIN);
        check(Decimal::new(1, 28));
        let mut negative_zero = Decimal::new(0, 5);
        negative_zero.set_sign_negative(true);
        assert_eq!(encode(&negative_zero).unwrap(), r#"{"N":"0"}"#);
        for (text, expected) in [
            ("1E2", "100"),
            ("1.50E+1", "15"),
            ("+7", "7"),
            (".5", "0.5"),
            ("0E-100", "0"),
            ("1e28", "10000000000000000000000000000"),
        ] {
            let value = decode::<Decimal>(&format!("{{\"N\":\"{text}\"}}")).unwrap();
            assert_eq!(value, expected.parse().unwrap(), "{text}");
        }
        // A zero more than the scale allows says nothing about the value.
        assert_eq!(
            decode::<Decimal>(r#"{"N":"0.50000000000000000000000000000000000"}"#).unwrap(),
            Decimal::new(5, 1)
        );
        for text in
            ["1e-29", "1e29", "79228162514264337593543950336", "0.12345678901234567890123456789", "x", "1e"]
        {
            assert!(decode::<Decimal>(&format!("{{\"N\":\"{text}\"}}")).is_err(), "{text}");
        }
    }
}

/// A moment of another crate's, made from a number of nanoseconds, behaves as a timestamp.
#[cfg(any(feature = "jiff_0_2", feature = "chrono_0_4", feature = "time_0_3"))]
fn check_moment<T>(moment: T, nanos: i128)
where
    T: theory::attribute::TimestampField
        + theory::attribute::TtlField
        + Predecessor
        + FromAttribute<Kind = theory::attribute::kind::Text>
        + Ord
        + Clone
        + Debug,
{
    let timestamp = Timestamp::from_unix_nanos(nanos).unwrap();
    assert_eq!(encode(&moment).unwrap(), encode(&timestamp).unwrap());
    assert_eq!(moment.to_timestamp(), Some(timestamp));
    assert_eq!(T::from_timestamp(timestamp).unwrap(), moment);
    check(Some(moment.clone()));
    check_key(moment.clone(), moment.predecessor().unwrap_or(moment.clone()));
    check_predecessor(moment);
    let whole = Timestamp::from_unix_seconds(timestamp.unix_seconds()).unwrap();
    check_adapter::<EpochSeconds, _>(&T::from_timestamp(whole).unwrap());
}

/// From 0001-01-01 to 9999-12-30, which all the crates hold.
#[cfg(any(feature = "jiff_0_2", feature = "chrono_0_4", feature = "time_0_3"))]
fn nanos() -> impl Strategy<Value = i128> {
    -62_135_596_800_000_000_000..253_402_200_000_000_000_000i128
}

#[cfg(feature = "jiff_0_2")]
mod jiff_types {
    use super::*;
    use jiff::civil;
    use jiff::tz::{Offset, TimeZone};

    proptest! {
        #[test]
        fn types(nanos in nanos(), other in nanos(), hours in -12..=12i8) {
            let (moment, other) =
                (jiff::Timestamp::from_nanosecond(nanos).unwrap(), jiff::Timestamp::from_nanosecond(other).unwrap());
            check_moment(moment, nanos);
            let (at, other) = (TimeZone::UTC.to_datetime(moment), TimeZone::UTC.to_datetime(other));
            check_key(at, other);
            check_predecessor(at);
            check_key(at.date(), other.date());
            check_predecessor(at.date());
            check_key(at.time(), other.time());
            check_predecessor(at.time());
            check(moment.to_zoned(TimeZone::fixed(Offset::constant(hours))));
            check(moment.to_zoned(TimeZone::get("Europe/Berlin").unwrap()));
        }
    }

    #[test]
    fn at_the_edges() {
        assert!(matches!(kind(&civil::date(-1, 12, 31)), EncodeErrorKind::Custom(_)));
        assert!(matches!(kind(&jiff::Timestamp::MIN), EncodeErrorKind::Custom(_)));
        check(jiff::Timestamp::MAX);
        check(civil::Date::MAX);
        assert_eq!(civil::date(0, 1, 1).predecessor(), None);
        assert_eq!(civil::Time::midnight().predecessor(), None);
        // The last day of the year 9999 is beyond what jiff calls a timestamp.
        assert!(decode::<jiff::Timestamp>(&encode(&Timestamp::MAX).unwrap()).is_err());
        assert_eq!(encode(&civil::date(7, 1, 2)).unwrap(), r#"{"S":"0007-01-02"}"#);
        assert_eq!(encode(&civil::time(1, 2, 3, 4)).unwrap(), r#"{"S":"01:02:03.000000004"}"#);
        assert_eq!(
            encode(&civil::date(2026, 1, 16).at(9, 30, 0, 0)).unwrap(),
            r#"{"S":"2026-01-16T09:30:00.000000000"}"#
        );
        for text in ["2026-01-16Z", "2026-01-6", "2026-02-30", ""] {
            assert!(decode::<civil::Date>(&encode(text).unwrap()).is_err(), "{text}");
        }
        for text in ["09:30", "09:30:00Z", "24:00:00", ""] {
            assert!(decode::<civil::Time>(&encode(text).unwrap()).is_err(), "{text}");
        }
        assert!(decode::<civil::DateTime>(&encode("2026-01-16T09:30:00Z").unwrap()).is_err());
        assert!(decode::<civil::DateTime>(&encode("2026-01-16 09:30:00.5").unwrap()).is_ok());
    }
}

#[cfg(feature = "chrono_0_4")]
mod chrono_types {
    use super::*;
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    fn moment(nanos: i128) -> DateTime<Utc> {
        let (seconds, nanos) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
        DateTime::from_timestamp(i64::try_from(seconds).unwrap(), u32::try_from(nanos).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn types(nanos in nanos(), other in nanos()) {
            check_moment(moment(nanos), nanos);
            let (at, other) = (moment(nanos).naive_utc(), moment(other).naive_utc());
            check_key(at, other);
            check_predecessor(at);
            check_key(at.date(), other.date());
            check_predecessor(at.date());
            check_key(at.time(), other.time());
            check_predecessor(at.time());
        }
    }

    #[test]
    fn at_the_edges() {
        assert!(matches!(kind(&NaiveDate::MAX), EncodeErrorKind::Custom(_)));
        assert!(matches!(kind(&DateTime::<Utc>::MIN_UTC), EncodeErrorKind::Custom(_)));
        assert!(matches!(kind(&NaiveDateTime::MAX), EncodeErrorKind::Custom(_)));
        assert_eq!(NaiveTime::MIN.predecessor(), None);
        assert_eq!(NaiveDate::from_ymd_opt(0, 1, 1).unwrap().predecessor(), None);
        // A leap second is stored as the second before it.
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
        assert_eq!(encode(&leap).unwrap(), r#"{"S":"23:59:59.500000000"}"#);
        let leap = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_time(leap);
        assert_eq!(encode(&leap.and_utc()).unwrap(), r#"{"S":"2016-12-31T23:59:59.500000000Z"}"#);
        assert_eq!(encode(&leap).unwrap(), r#"{"S":"2016-12-31T23:59:59.500000000"}"#);
    }
}

#[cfg(feature = "time_0_3")]
mod time_types {
    use super::*;
    use time::{Date, OffsetDateTime, Time, UtcDateTime, UtcOffset};

    proptest! {
        #[test]
        fn types(nanos in nanos(), other in nanos(), hours in -12..=12i8) {
            let moment = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap();
            check_moment(moment, nanos);
            check_moment(UtcDateTime::from_unix_timestamp_nanos(nanos).unwrap(), nanos);
            // The offset is not kept, the moment is; it may lie outside what `time` shows in that offset.
            if let Some(moment) = moment.checked_to_offset(UtcOffset::from_hms(hours, 0, 0).unwrap()) {
                check(moment);
            }
            let other = OffsetDateTime::from_unix_timestamp_nanos(other).unwrap();
            let plain = |moment: OffsetDateTime| time::PrimitiveDateTime::new(moment.date(), moment.time());
            check_key(plain(moment), plain(other));
            check_predecessor(plain(moment));
            check_key(moment.date(), other.date());
            check_predecessor(moment.date());
            check_key(moment.time(), other.time());
            check_predecessor(moment.time());
        }
    }

    #[test]
    fn at_the_edges() {
        assert!(matches!(kind(&Date::MIN), EncodeErrorKind::Custom(_)));
        assert_eq!(Time::MIDNIGHT.predecessor(), None);
        check(Time::MAX);
    }
}

#[cfg(feature = "serde_json")]
mod json {
    use super::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            // Halves, so that none of them is an integer: DynamoDB does not tell 1.0 from 1.
            any::<i32>().prop_map(|number| (f64::from(number) + 0.5).into()),
            (1e-100..1e-3f64).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 30, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
                vec((any::<String>(), inner), 0..4)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value(value in any_json()) {
            check(value);
        }
    }

    #[test]
    fn at_the_edges() {
        assert_eq!(decode::<serde_json::Value>(r#"{"SS":["a","b"]}"#).unwrap(), json!(["a", "b"]));
        assert_eq!(decode::<serde_json::Value>(r#"{"NS":["1","2.5"]}"#).unwrap(), json!([1, 2.5]));
        assert_eq!(decode::<serde_json::Value>(&encode(&json!(1.0)).unwrap()).unwrap(), json!(1));
        assert!(decode::<serde_json::Value>(r#"{"B":"AAAA"}"#).is_err());
        assert!(
            decode::<serde_json::Value>(r#"{"N":"0.1234567890123456789012345"}"#).is_err(),
            "never rounded"
        );
        assert_eq!(kind(&json!(1e300)), EncodeErrorKind::NumberOutOfRange);
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(kind(&deep), EncodeErrorKind::TooDeep);
        let deep = format!("{}{}", r#"{"M":{"a":"#.repeat(9999), r#"}}"#.repeat(9999));
        assert!(decode::<serde_json::Value>(&deep).is_err());
    }
}

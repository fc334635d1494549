//! Random items, of every type of attribute: what is read is what was written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use theory::value::Number;
use theory::{Attribute, Item, Table, Timestamp, Value};

use super::things::{dynamic, thing};
use crate::support::{each_case, with_tables};
use crate::thing::Thing;

/// Data in every form.
#[derive(Debug, Clone, PartialEq, Attribute)]
#[attribute(rename_all = "kebab-case")]
enum Payload {
    Nothing,
    Text(Wrapped),
    Fields { first: Option<i64>, second: Vec<String> },
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Wrapped {
    inner: Option<Box<Wrapped2>>,
    list: Vec<(String, bool)>,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Wrapped2 {
    value: f64,
}

/// Every type that an attribute can have.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "wide")]
struct Wide {
    #[table(pk)]
    id: Vec<u8>,
    #[table(sk)]
    at: i128,
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    floats: (f32, f64),
    letter: char,
    text: String,
    shared: Arc<str>,
    boxed: Box<str>,
    time: Timestamp,
    bytes: Vec<u8>,
    array: [u8; 4],
    numbers: [i16; 3],
    nested: Vec<Vec<Option<String>>>,
    by_number: BTreeMap<i32, Vec<u8>>,
    by_name: HashMap<String, Option<u64>>,
    words: HashSet<String>,
    integers: HashSet<i64>,
    blobs: BTreeSet<Vec<u8>>,
    letters: BTreeSet<char>,
    payload: Payload,
    payloads: Vec<Payload>,
    number: Number,
    value: Option<Value>,
    item: Item,
    #[table(skip_empty)]
    left_out: Vec<u8>,
    #[table(rest)]
    rest: BTreeMap<String, Value>,
}

/// DynamoDB keeps 38 digits.
const DIGITS: i128 = 10_i128.pow(38) - 1;

/// A double that DynamoDB can hold.
fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("in range", |x| *x == 0.0 || (1e-130..9.9e125).contains(&x.abs())),
        any::<i32>().prop_map(f64::from),
        Just(0.1),
        Just(-0.0),
        Just(f64::from(f32::MAX)),
        Just(f64::EPSILON),
    ]
}

fn float() -> impl Strategy<Value = f32> {
    any::<f32>().prop_filter("finite", |x| x.is_finite())
}

fn time() -> impl Strategy<Value = Timestamp> {
    let nanos = Timestamp::MIN.unix_nanos()..=Timestamp::MAX.unix_nanos();
    prop_oneof![nanos, Just(0), Just(-1)].prop_map(|nanos| Timestamp::from_unix_nanos(nanos).unwrap())
}

fn payload() -> BoxedStrategy<Payload> {
    let wrapped = (option::of(double()), vec((any::<String>(), any::<bool>()), 0..3));
    prop_oneof![
        Just(Payload::Nothing),
        wrapped.prop_map(|(value, list)| {
            let inner = value.map(|value| Box::new(Wrapped2 { value }));
            Payload::Text(Wrapped { inner, list })
        }),
        (option::of(any::<i64>()), vec(any::<String>(), 0..3))
            .prop_map(|(first, second)| Payload::Fields { first, second }),
    ]
    .boxed()
}

fn number() -> impl Strategy<Value = Number> {
    let digits = "-?[1-9][0-9]{0,37}";
    let exponents = (digits, -130..=88_i32);
    exponents.prop_filter_map("in range", |(digits, exponent)| format!("{digits}E{exponent}").parse().ok())
}

fn wide() -> BoxedStrategy<Wide> {
    let wide = -DIGITS..=DIGITS;
    let key = (vec(any::<u8>(), 1..20), wide.clone());
    let numbers = (
        (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), 0..=DIGITS.cast_unsigned(), any::<usize>()),
        (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), wide, any::<isize>()),
        (float(), double()),
        number(),
        any::<[i16; 3]>(),
    );
    let texts = (any::<char>(), any::<String>(), any::<String>(), any::<String>(), time());
    let bytes = (vec(any::<u8>(), 0..40), any::<[u8; 4]>(), vec(any::<u8>(), 0..3));
    let collections = (
        vec(vec(option::of(any::<String>()), 0..3), 0..3),
        btree_map(any::<i32>(), vec(any::<u8>(), 0..3), 0..3),
        hash_map(
            any::<String>().prop_filter("a name", |name| !name.is_empty()),
            option::of(any::<u64>()),
            0..3,
        ),
        hash_set(any::<String>(), 0..3),
        hash_set(any::<i64>(), 0..3),
        btree_set(vec(any::<u8>(), 0..3), 0..3),
        btree_set(any::<char>(), 0..3),
    );
    let dynamics = (
        payload(),
        vec(payload(), 0..3),
        option::of(dynamic().prop_filter("not null", |value| !value.is_null())),
        btree_map("[a-z.# ]{1,5}", dynamic(), 0..3),
        btree_map("rest[0-9]", dynamic(), 0..3),
    );
    (key, numbers, texts, bytes, collections, dynamics)
        .prop_map(|(key, numbers, texts, bytes, collections, dynamics)| {
            let (nested, by_number, by_name, words, integers, blobs, letters) = collections;
            Wide {
                id: key.0,
                at: key.1,
                unsigned: numbers.0,
                signed: numbers.1,
                floats: numbers.2,
                number: numbers.3,
                numbers: numbers.4,
                letter: texts.0,
                text: texts.1,
                shared: texts.2.into(),
                boxed: texts.3.into(),
                time: texts.4,
                bytes: bytes.0,
                array: bytes.1,
                left_out: bytes.2,
                nested,
                by_number,
                by_name,
                words,
                integers,
                blobs,
                letters,
                payload: dynamics.0,
                payloads: dynamics.1,
                value: dynamics.2,
                item: dynamics.3.into(),
                rest: dynamics.4,
            }
        })
        .boxed()
}

fn fail(error: theory::Error) -> TestCaseError {
    TestCaseError::fail(format!(
        "{error:?}: {:?} {:?}",
        std::error::Error::source(&error),
        error.service_message()
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn wide_items_come_back() {
    with_tables(&[Wide::SCHEMA], async |bench| {
        let client = &bench.client;
        each_case(64, &wide(), async |wide| {
            let old = wide.put().return_old().send(client).await.map_err(fail)?;
            prop_assert!(old.is_none_or(|old| old.id == wide.id));
            let read = Wide::get(&wide.id, wide.at).consistent_read().send(client).await.map_err(fail)?;
            prop_assert_eq!(read.as_ref(), Some(&wide));
            let queried = Wide::query(&wide.id).sort_key(wide.at).one(client).await.map_err(fail)?;
            prop_assert_eq!(&queried, &wide);
            let deleted = Wide::delete(&wide.id, wide.at).return_old().send(client).await.map_err(fail)?;
            prop_assert_eq!(deleted, Some(wide));
            Ok(())
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_come_back() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        each_case(64, &thing("r", 1), async |thing| {
            thing.put().send(client).await.map_err(fail)?;
            let read = Thing::get("r", 1).consistent_read().send(client).await.map_err(fail)?;
            prop_assert_eq!(read, Some(thing));
            Ok(())
        });
    })
    .await;
}

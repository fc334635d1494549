//! Random things, out of few values: so that comparisons meet their equals, and often enough nothing at all.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use theory::{Timestamp, Value};

use crate::thing::{Label, Part, Shape, State, Thing};

pub(super) fn text() -> BoxedStrategy<String> {
    select(vec!["", "a", "ab", "abc", "b", "é", "éa", "🎬", "a\"\\\n"]).prop_map(str::to_owned).boxed()
}

pub(super) fn int() -> BoxedStrategy<i64> {
    prop_oneof![8 => -2..=2_i64, 1 => select(vec![10, -10, 1 << 53, (1 << 53) + 1])].boxed()
}

pub(super) fn ratio() -> BoxedStrategy<f64> {
    (-6..=6_i32).prop_map(|quarters| f64::from(quarters) / 4.0).boxed()
}

pub(super) fn bytes() -> BoxedStrategy<Vec<u8>> {
    vec(select(vec![0, 1, 127, 128, 255]), 0..3).boxed()
}

pub(super) fn when() -> BoxedStrategy<Timestamp> {
    (-2..=2_i128).prop_map(|n| Timestamp::from_unix_nanos(n * 500_000_000).unwrap()).boxed()
}

pub(super) fn state() -> BoxedStrategy<State> {
    select(vec![State::Open, State::PaidInFull, State::Lost]).boxed()
}

pub(super) fn shape() -> BoxedStrategy<Shape> {
    prop_oneof![Just(Shape::Dot), (0..2_i64).prop_map(|radius| Shape::Circle { radius })].boxed()
}

pub(super) fn texts() -> BoxedStrategy<Vec<String>> {
    vec(text(), 0..3).boxed()
}

pub(super) fn ints() -> BoxedStrategy<Vec<i64>> {
    vec(-2..=2_i64, 0..3).boxed()
}

pub(super) fn tags() -> BoxedStrategy<BTreeSet<String>> {
    btree_set(text(), 0..3).boxed()
}

pub(super) fn scores() -> BoxedStrategy<BTreeSet<i64>> {
    btree_set(-2..=2_i64, 0..3).boxed()
}

pub(super) fn blobs() -> BoxedStrategy<BTreeSet<Vec<u8>>> {
    btree_set(bytes(), 0..3).boxed()
}

/// Names of members; those that tests ask for are among them.
pub(super) fn member() -> BoxedStrategy<String> {
    select(vec!["x", "a.b", "size", "#0"]).prop_map(str::to_owned).boxed()
}

pub(super) fn map() -> BoxedStrategy<BTreeMap<String, i64>> {
    btree_map(member(), -2..=2_i64, 0..3).boxed()
}

pub(super) fn part() -> BoxedStrategy<Part> {
    (text(), int(), option::of(text()), ints(), map())
        .prop_map(|(name, size, status, values, domain)| Part { name, size, status, values, domain })
        .boxed()
}

pub(super) fn dynamic() -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        text().prop_map(Value::from),
        (-2..=2_i64).prop_map(Value::from),
        bytes().prop_map(Value::B),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(Value::Ss(BTreeSet::from(["a".to_owned()]))),
    ];
    let nested = |inner| {
        prop_oneof![
            vec(inner, 0..3).prop_map(Value::L),
            map().prop_map(|map| Value::M(map.into_iter().collect())),
        ]
    };
    scalar.prop_recursive(2, 6, 2, nested).boxed()
}

/// A thing with this key.
pub(super) fn thing(owner: &'static str, number: u32) -> BoxedStrategy<Thing> {
    let scalars =
        (text(), int(), 0..3_u64, ratio(), any::<bool>(), bytes(), when(), state(), text(), shape());
    let collections =
        (tags(), scores(), blobs(), texts(), ints(), map(), part(), vec(part(), 0..3), (text(), int()));
    let options = (
        option::of(text()),
        option::of(int()),
        option::of(any::<bool>()),
        option::of(bytes()),
        option::of(texts()),
        option::of(map()),
        option::of(part()),
        option::of(int()),
        option::of(dynamic()),
    );
    (scalars, collections, options)
        .prop_map(move |(scalars, collections, options)| {
            let (text, count, limit, ratio, flag, bytes, when, state, label, shape) = scalars;
            let (tags, scores, blobs, list, values, map, part, parts, pair) = collections;
            let (
                maybe_text,
                maybe_count,
                maybe_flag,
                maybe_bytes,
                maybe_list,
                maybe_map,
                maybe_part,
                odd,
                any,
            ) = options;
            // Absence reads back as absence, also where it was written as NULL.
            let any = any.filter(|any| *any != Value::Null);
            Thing {
                owner: owner.to_owned(),
                number,
                text,
                count,
                limit,
                ratio,
                flag,
                bytes,
                when,
                state,
                label: Label(label),
                shape,
                tags,
                scores,
                blobs,
                list,
                values,
                map,
                part,
                parts,
                pair,
                maybe_text,
                maybe_count,
                maybe_flag,
                maybe_bytes,
                maybe_list,
                maybe_map,
                maybe_part,
                odd,
                any,
            }
        })
        .boxed()
}

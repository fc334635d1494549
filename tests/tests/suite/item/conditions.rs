//! Each operator on each type of attribute, as a condition of a write and as a filter of a query.

use std::collections::BTreeMap;

use theory::expr::AnyItem;
use theory::wire::AttributeType;
use theory::{Condition, ErrorKind, Table, Timestamp, Value};

use crate::support::{Bench, with_tables};
use crate::thing::{Label, Part, Shape, State, Thing};

type Test = Condition<Thing, AnyItem>;

/// Whether the condition holds for the item, by both ways in which DynamoDB can be asked.
async fn holds(bench: &Bench, what: &str, condition: Test) -> bool {
    let filtered =
        Thing::query("a").sort_key(1).filter(condition.clone()).count(&bench.client).await.expect(what) == 1;
    let met = match Thing::update("a", 1).condition(condition).send(&bench.client).await {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::ConditionFailed => false,
        Err(error) => panic!("{what}: {error:?}"),
    };
    assert_eq!(filtered, met, "{what}: filter and condition disagree");
    met
}

/// Checks a list of conditions, each with the name of its own source.
macro_rules! check {
    ($bench:expr, $thing:expr; $($expected:literal: $condition:expr;)*) => {
        $thing.put().send(&$bench.client).await.unwrap();
        $(
            let what = stringify!($condition);
            // On the heap: a test with a hundred of these has no room for them on its stack.
            assert_eq!(Box::pin(holds($bench, what, $condition)).await, $expected, "{what}");
            let what = concat!("!(", stringify!($condition), ")");
            assert_eq!(Box::pin(holds($bench, what, !($condition))).await, !$expected, "{what}");
        )*
    };
}

#[tokio::test]
async fn comparisons_of_strings() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing { text: "bé".into(), maybe_text: None, ..Thing::full("a", 1) };
        check!(bench, thing;
            true: Thing::TEXT.eq("bé");
            true: Thing::TEXT.eq(String::from("bé"));
            false: Thing::TEXT.eq("BÉ");
            true: Thing::TEXT.ne("b");
            false: Thing::TEXT.ne("bé");
            true: Thing::TEXT.lt("bê");
            false: Thing::TEXT.lt("bé");
            true: Thing::TEXT.le("bé");
            true: Thing::TEXT.gt("b");
            true: Thing::TEXT.gt("");
            true: Thing::TEXT.ge("bé");
            false: Thing::TEXT.ge("🎬");
            true: Thing::TEXT.between("a", "c");
            true: Thing::TEXT.between("bé", "bé");
            false: Thing::TEXT.between("c", "d");
            true: Thing::TEXT.is_in(["x", "bé"]);
            false: Thing::TEXT.is_in(["x"]);
            true: Thing::TEXT.begins_with("b");
            true: Thing::TEXT.begins_with("bé");
            false: Thing::TEXT.begins_with("é");
            true: Thing::TEXT.contains("é");
            false: Thing::TEXT.contains("bb");
            true: Thing::TEXT.exists();
            false: Thing::TEXT.not_exists();
            true: Thing::TEXT.attribute_type(AttributeType::S);
            false: Thing::TEXT.attribute_type(AttributeType::B);
            // What is not there compares with nothing, but differs from everything.
            false: Thing::MAYBE_TEXT.eq("x");
            true: Thing::MAYBE_TEXT.ne("x");
            false: Thing::MAYBE_TEXT.lt("x");
            false: Thing::MAYBE_TEXT.ge("");
            false: Thing::MAYBE_TEXT.between("", "z");
            false: Thing::MAYBE_TEXT.is_in(["x"]);
            false: Thing::MAYBE_TEXT.begins_with("x");
            false: Thing::MAYBE_TEXT.contains("x");
            false: Thing::MAYBE_TEXT.attribute_type(AttributeType::S);
            false: Thing::MAYBE_TEXT.attribute_type(AttributeType::Null);
            true: Thing::MAYBE_TEXT.eq(None);
            false: Thing::MAYBE_TEXT.ne(None);
            true: Thing::MAYBE_TEXT.not_exists();
            // Other attributes.
            true: Thing::TEXT.lt(Thing::PART.then(Part::NAME));
            true: Thing::TEXT.between("b", Thing::PART.then(Part::NAME));
            false: Thing::TEXT.is_in([Thing::PART.then(Part::NAME)]);
            // Newtypes and lists of words are strings.
            true: Thing::LABEL.eq(Label("l-1".into()));
            true: Thing::LABEL.begins_with("l-");
            true: Thing::LABEL.between(Label("l".into()), Label("m".into()));
            true: Thing::STATE.eq(State::PaidInFull);
            true: Thing::STATE.is_in([State::Open, State::PaidInFull]);
            true: Thing::STATE.begins_with("paid");
            true: Thing::STATE.gt(State::Open);
        );
    })
    .await;
}

#[tokio::test]
async fn comparisons_of_numbers() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing { count: -7, ratio: 0.1, maybe_count: Some(i64::MAX), ..Thing::full("a", 1) };
        check!(bench, thing;
            true: Thing::COUNT.eq(-7);
            false: Thing::COUNT.eq(7);
            true: Thing::COUNT.ne(0);
            // By value: as text, -7 is above -60.
            true: Thing::COUNT.gt(-60);
            false: Thing::COUNT.gt(-7);
            true: Thing::COUNT.ge(-7);
            true: Thing::COUNT.lt(-6);
            true: Thing::COUNT.le(-7);
            true: Thing::COUNT.between(-10, 10);
            false: Thing::COUNT.between(0, 10);
            true: Thing::COUNT.is_in([1, -7]);
            true: Thing::COUNT.attribute_type(AttributeType::N);
            true: Thing::RATIO.eq(0.1);
            true: Thing::RATIO.gt(0.099);
            true: Thing::RATIO.lt(1e100);
            true: Thing::RATIO.gt(-1e-100);
            true: Thing::RATIO.between(0.1, 0.1);
            // Nineteen digits, which a double would round.
            true: Thing::MAYBE_COUNT.eq(i64::MAX);
            false: Thing::MAYBE_COUNT.eq(i64::MAX - 1);
            true: Thing::MAYBE_COUNT.gt(i64::MAX - 1);
            true: Thing::COUNT.lt(Thing::PART.then(Part::SIZE));
            true: Thing::PART.then(Part::SIZE).between(Thing::COUNT, 1000);
        );
    })
    .await;
}

#[tokio::test]
async fn comparisons_of_bytes_booleans_and_times() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let when = |text: &str| text.parse::<Timestamp>().unwrap();
        let thing = Thing { bytes: vec![1, 255], maybe_bytes: None, ..Thing::full("a", 1) };
        check!(bench, thing;
            true: Thing::BYTES.eq([1, 255].as_slice());
            true: Thing::BYTES.eq(vec![1, 255]);
            false: Thing::BYTES.eq([1]);
            true: Thing::BYTES.ne([1]);
            // Bytes are unsigned.
            true: Thing::BYTES.gt([1, 127]);
            true: Thing::BYTES.lt([2]);
            true: Thing::BYTES.between([1], [1, 255]);
            true: Thing::BYTES.is_in([vec![], vec![1, 255]]);
            true: Thing::BYTES.begins_with([1]);
            false: Thing::BYTES.begins_with([255]);
            true: Thing::BYTES.attribute_type(AttributeType::B);
            false: Thing::MAYBE_BYTES.begins_with([1]);
            true: Thing::FLAG.eq(true);
            false: Thing::FLAG.eq(false);
            true: Thing::FLAG.ne(false);
            true: Thing::FLAG.is_in([true, false]);
            true: Thing::FLAG.attribute_type(AttributeType::Bool);
            true: Thing::MAYBE_FLAG.ne(Thing::FLAG);
            true: Thing::MAYBE_BYTES.ne(Thing::BYTES);
            true: Thing::WHEN.eq(when("2026-01-16T12:30:00.000000001Z"));
            true: Thing::WHEN.gt(when("2026-01-16T12:30:00Z"));
            true: Thing::WHEN.lt(when("2026-01-16T13:30:00.5+00:30"));
            true: Thing::WHEN.begins_with("2026-01");
        );
    })
    .await;
}

#[tokio::test]
async fn sets_lists_and_maps() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing { maybe_list: None, ..Thing::full("a", 1) };
        let other = Part { size: 6, ..thing.part.clone() };
        check!(bench, thing;
            true: Thing::TAGS.eq(["ç", "b", "a"]);
            false: Thing::TAGS.eq(["a", "b"]);
            true: Thing::TAGS.ne(["a", "b"]);
            true: Thing::TAGS.contains("ç");
            false: Thing::TAGS.contains("");
            true: Thing::TAGS.attribute_type(AttributeType::Ss);
            true: Thing::SCORES.eq([170, -1, 0]);
            true: Thing::SCORES.contains(170);
            false: Thing::SCORES.contains(17);
            true: Thing::SCORES.attribute_type(AttributeType::Ns);
            true: Thing::BLOBS.contains(vec![2, 3]);
            false: Thing::BLOBS.contains(vec![2]);
            true: Thing::BLOBS.attribute_type(AttributeType::Bs);
            true: Thing::LIST.eq(["zero", "one", "two"]);
            false: Thing::LIST.eq(["one", "zero", "two"]);
            true: Thing::LIST.contains("two");
            false: Thing::LIST.contains("tw");
            true: Thing::VALUES.contains(2);
            false: Thing::VALUES.contains(3);
            true: Thing::VALUES.eq(vec![0, 1, 2]);
            true: Thing::LIST.attribute_type(AttributeType::L);
            false: Thing::MAYBE_LIST.contains("x");
            true: Thing::PARTS.contains(thing.parts[1].clone());
            false: Thing::PARTS.contains(other.clone());
            true: Thing::MAP.eq(&thing.map);
            false: Thing::MAP.eq(BTreeMap::new());
            true: Thing::PART.eq(&thing.part);
            true: Thing::PART.ne(&other);
            true: Thing::PART.is_in([&other, &thing.part]);
            true: Thing::PART.attribute_type(AttributeType::M);
            true: Thing::SHAPE.eq(Shape::Circle { radius: 3 });
            false: Thing::SHAPE.eq(Shape::Dot);
            true: Thing::PAIR.eq(("left".to_owned(), 2));
            true: Thing::ANY.eq(Value::from("dynamic"));
            true: Thing::ANY.ne(Value::from(1));
        );
    })
    .await;
}

#[tokio::test]
async fn sizes() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing { text: "aé🎬".into(), maybe_map: None, ..Thing::full("a", 1) };
        check!(bench, thing;
            // UTF-16 code units: not bytes, of which there are seven, nor characters.
            true: Thing::TEXT.size().eq(4);
            false: Thing::TEXT.size().eq(3);
            true: Thing::TEXT.size().lt(7);
            true: Thing::BYTES.size().eq(5);
            true: Thing::TAGS.size().eq(3);
            true: Thing::SCORES.size().le(3);
            true: Thing::BLOBS.size().lt(3);
            true: Thing::LIST.size().ge(3);
            true: Thing::VALUES.size().ne(2);
            true: Thing::MAP.size().eq(16);
            true: Thing::PART.size().eq(5);
            true: Thing::PARTS.size().between(1, 2);
            false: Thing::PARTS.size().between(3, 4);
            true: Thing::STATE.size().eq(12);
            // Of what is not there the size compares with nothing.
            false: Thing::MAYBE_MAP.size().eq(0);
            false: Thing::MAYBE_MAP.size().ge(0);
            true: Thing::PART.then(Part::VALUES).size().eq(3);
            // With another attribute.
            true: Thing::PARTS.size().eq(Thing::LIMIT);
            false: Thing::LIST.size().le(Thing::LIMIT);
        );
    })
    .await;
}

#[tokio::test]
async fn and_or_not_keep_their_meaning() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing::full("a", 1);
        let yes = || Thing::FLAG.eq(true);
        let no = || Thing::FLAG.eq(false);
        check!(bench, thing;
            true: yes() & yes();
            false: yes() & no();
            true: yes() | no();
            false: no() | no();
            // Where AND bound more loosely than OR, or NOT reached further than its operand, these would differ.
            true: yes() | no() & no();
            false: (yes() | no()) & no();
            false: no() & (no() | yes());
            true: !no() | no();
            true: !no() & !(yes() & no());
            false: !(no() | yes());
            true: !!yes();
            true: !(!yes() & yes()) & yes();
            true: no().or(yes()).and(!no());
            false: (!(yes() & yes()) | no()) & (yes() | yes());
            true: (yes() & yes() & yes()) & (no() | no() | yes());
            true: !Thing::TEXT.not_exists() & !Thing::TEXT.between("a", "b") & !Thing::STATE.is_in([State::Lost]);
        );
    })
    .await;
}

#[tokio::test]
async fn key_attributes_in_conditions_of_writes() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        Thing::full("a", 1).put().send(&bench.client).await.unwrap();
        for (expected, condition) in [
            (true, Thing::OWNER.eq("a") & Thing::NUMBER.lt(2)),
            (false, Thing::OWNER.ne("a") | Thing::NUMBER.gt(1)),
            (true, Thing::NUMBER.is_in([1, 2]) & Thing::FLAG.eq(true)),
            (true, Thing::OWNER.begins_with("a") & Thing::OWNER.size().eq(1)),
        ] {
            let met = Thing::update("a", 1).condition(condition).send(&bench.client).await.is_ok();
            assert_eq!(met, expected);
        }
        // Nothing has the key 9, and what is not there meets only what is about absence or difference.
        let absent = Thing::delete("a", 9).condition(Thing::NUMBER.eq(9)).send(&bench.client).await;
        assert!(absent.unwrap_err().is_condition_failed());
        Thing::delete("a", 9).condition(Thing::OWNER.not_exists()).send(&bench.client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn in_takes_a_hundred_values() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        Thing { count: 99, ..Thing::bare("a", 1) }.put().send(&bench.client).await.unwrap();
        for (values, expected) in [(0..100, true), (100..200, false), (99..199, true)] {
            assert_eq!(holds(bench, "a hundred", Thing::COUNT.is_in(values)).await, expected);
        }
        bench.wire.clear();
        for refused in [
            Thing::COUNT.is_in(0..101),
            !Thing::COUNT.is_in(0..1000),
            Thing::COUNT.is_in(std::iter::empty::<i64>()),
            Thing::FLAG.eq(true) & Thing::MAYBE_TEXT.is_in([Some("x".to_owned()), None]),
        ] {
            let error =
                Thing::update("a", 1).condition(refused.clone()).send(&bench.client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
            let error = Thing::query("a").filter(refused).all(&bench.client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        }
        assert_eq!(bench.wire.count(), 0, "nothing of this was sent");
    })
    .await;
}

#[tokio::test]
async fn conditions_that_dynamodb_would_refuse_are_not_sent() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        for refused in [
            Thing::COUNT.between(2, 1),
            Thing::TEXT.between("b", "a"),
            Thing::BYTES.between([2], [1]),
            Thing::RATIO.between(1.5, 0.5),
            Thing::TEXT.size().between(10, 9),
            Thing::MAYBE_TEXT.lt(None),
            Thing::MAYBE_TEXT.between(None, Some("x".to_owned())),
        ] {
            let error = Thing::full("a", 1).put().condition(refused.clone()).send(&bench.client).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidRequest);
            let error = Thing::scan().filter(refused).first(&bench.client).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidRequest);
        }
        let unstorable = Thing::delete("a", 1).condition(Thing::RATIO.lt(f64::NAN)).send(&bench.client).await;
        assert_eq!(unstorable.unwrap_err().kind(), ErrorKind::Encode);
        assert_eq!(bench.wire.count(), 0, "nothing of this was sent");
    })
    .await;
}

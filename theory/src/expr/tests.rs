//! What expressions render to, and what is refused before it is sent.
//!
//! What DynamoDB refuses was tried on DynamoDB Local.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{Action, PathNode};
use super::{Actions, Condition, Node, Path, RenderError, Renderer, Test, Value, role};
use crate::attribute::Document;
use crate::wire::{AttributeType, Writer};

struct Order;
struct Address;
struct Street;

impl Document for Street {
    type Document = Address;
}

const A: Path<Order, i64> = Path::attribute("a");
const B: Path<Order, i64> = Path::attribute("b");
const MAYBE: Path<Order, Option<i64>> = Path::attribute("maybe");
const NAME: Path<Order, String> = Path::attribute("name");
const TAGS: Path<Order, BTreeSet<String>> = Path::attribute("tags");
const LINES: Path<Order, Vec<i64>> = Path::attribute("lines");
const MORE: Path<Order, Vec<i64>> = Path::attribute("more");
const COUNTS: Path<Order, BTreeMap<String, Vec<i64>>> = Path::attribute("counts");
const ADDRESS: Path<Order, Street> = Path::attribute("address");
const CITY: Path<Address, String> = Path::attribute("city");
const KEY: Path<Order, String, role::Key> = Path::attribute("pk");

/// An expression, and the placeholders that go with it.
fn finished(renderer: Renderer) -> String {
    let mut out = Writer::new();
    out.begin_object();
    renderer.finish(&mut out).unwrap();
    out.end_object();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn why(error: RenderError) -> String {
    match error {
        RenderError::Refused(why) => why.into_owned(),
        RenderError::Encode(error) => error.to_string(),
    }
}

fn condition<S>(condition: Condition<Order, S>) -> Result<String, String> {
    Renderer::new().condition(&[condition.test]).map_err(why)
}

#[track_caller]
fn refused<S>(by: Condition<Order, S>, because: &str) {
    let why = condition(by).unwrap_err();
    assert!(why.contains(because), "{why}");
}

/// `SET path = value`, of any path.
fn set<T: crate::Attribute, S: super::Steps>(
    path: Path<Order, T, role::Data, S>,
    value: impl Value<T, Order>,
) -> Actions {
    let mut actions = Actions::default();
    actions.set(path.node(), value.operand().0);
    actions
}

fn both(mut a: Actions, b: Actions) -> Actions {
    a.0.extend(b.0);
    a
}

fn update(actions: &Actions) -> Result<String, String> {
    Renderer::new().update(actions).map_err(why)
}

#[track_caller]
fn refused_update(actions: &Actions, because: &str) {
    let why = update(actions).unwrap_err();
    assert!(why.contains(because), "{why}");
}

#[test]
fn every_operator_has_its_text() {
    for (test, expected) in [
        (A.eq(1).test, "#0 = :0"),
        (A.ne(1).test, "#0 <> :0"),
        (A.lt(1).test, "#0 < :0"),
        (A.le(1).test, "#0 <= :0"),
        (A.gt(1).test, "#0 > :0"),
        (A.ge(B).test, "#0 >= #1"),
        (A.between(1, 2).test, "#0 BETWEEN :0 AND :1"),
        (A.between(B, 2).test, "#0 BETWEEN #1 AND :0"),
        (A.is_in([1]).test, "#0 IN (:0)"),
        (A.is_in([1, 2, 1]).test, "#0 IN (:0, :1, :0)"),
        (A.exists().test, "attribute_exists(#0)"),
        (A.not_exists().test, "attribute_not_exists(#0)"),
        (A.attribute_type(AttributeType::Ns).test, "attribute_type(#0, :0)"),
        (NAME.begins_with("x").test, "begins_with(#0, :0)"),
        (NAME.contains("x").test, "contains(#0, :0)"),
        (TAGS.contains("x").test, "contains(#0, :0)"),
        (LINES.size().gt(3u64).test, "size(#0) > :0"),
        (LINES.size().between(1u64, 3u64).test, "size(#0) BETWEEN :0 AND :1"),
        (MAYBE.eq(None).test, "attribute_not_exists(#0)"),
        (MAYBE.ne(None).test, "attribute_exists(#0)"),
        (KEY.eq("x").test, "#0 = :0"),
    ] {
        assert_eq!(Renderer::new().condition(&[test]).unwrap(), expected);
    }
}

#[test]
fn paths_go_into_documents_lists_and_maps() {
    assert_eq!(condition(ADDRESS.then(CITY).eq("x")).unwrap(), "#0.#1 = :0");
    assert_eq!(condition(LINES.index(7).eq(1)).unwrap(), "#0[7] = :0");
    assert_eq!(condition(COUNTS.key("x.y[0]").index(2).eq(1)).unwrap(), "#0.#1[2] = :0");
    let flattened: Path<Order, Street, role::Data, super::Flattened> = Path::flattened();
    assert_eq!(condition(flattened.then(CITY).eq("x")).unwrap(), "#0 = :0");
}

#[test]
fn text_of_users_is_never_part_of_an_expression() {
    let odd: Path<Order, String> = Path::attribute("SELECT a = :0 OR #1 \" \u{0}");
    let mut renderer = Renderer::new();
    let text = renderer
        .condition(&[(odd.eq(") OR attribute_exists(#0") & COUNTS.key("'; --").exists()).test])
        .unwrap();
    assert_eq!(text, "(#0 = :0) AND attribute_exists(#1.#2)");
    assert_eq!(
        finished(renderer),
        r##"{"ExpressionAttributeNames":{"#0":"SELECT a = :0 OR #1 \" \u0000","#1":"counts","#2":"'; --"},"ExpressionAttributeValues":{":0":{"S":") OR attribute_exists(#0"}}}"##
    );
}

#[test]
fn placeholders_are_shared_in_the_whole_request() {
    let mut renderer = Renderer::new();
    let update = renderer.update(&both(set(A, A + 1), set(B, 2))).unwrap();
    let condition = renderer.condition(&[A.eq(2).test, NAME.ne("1").test]).unwrap();
    let projection = renderer.projection(["name", "b", "extra"]).unwrap();
    assert_eq!(update, "SET #0 = #0 + :0, #1 = :1");
    assert_eq!(condition, "(#0 = :1) AND (#2 <> :2)");
    assert_eq!(projection, "#2, #1, #3");
    assert_eq!(
        finished(renderer),
        r##"{"ExpressionAttributeNames":{"#0":"a","#1":"b","#2":"name","#3":"extra"},"ExpressionAttributeValues":{":0":{"N":"1"},":1":{"N":"2"},":2":{"S":"1"}}}"##
    );
    assert_eq!(finished(Renderer::new()), "{}");
}

#[test]
fn the_same_request_renders_to_the_same_bytes() {
    let render = || {
        let mut renderer = Renderer::new();
        let test = (A.eq(1) | NAME.begins_with("x")) & !(B.is_in([3, 1, 2]) | TAGS.contains("t"));
        let mut text = renderer.condition(&[test.test]).unwrap();
        text.push_str(&renderer.update(&both(set(LINES, [1, 2]), set(B, 1))).unwrap());
        text + &finished(renderer)
    };
    assert_eq!(render(), render());
}

/// `NOT` binds more closely than `AND`, and `AND` than `OR`: here the parentheses say it, and never twice, which DynamoDB refuses.
#[test]
fn parentheses_keep_what_was_meant() {
    let (a, b, c) = (|| A.eq(1), || B.eq(2), || NAME.exists());
    for (meant, expected) in [
        (condition(a() & b()), "(#0 = :0) AND (#1 = :1)"),
        (condition(a().and(b()).and(c())), "(#0 = :0) AND (#1 = :1) AND attribute_exists(#2)"),
        (condition(a() & (b() & c())), "(#0 = :0) AND (#1 = :1) AND attribute_exists(#2)"),
        (condition((a() | b()) & c()), "((#0 = :0) OR (#1 = :1)) AND attribute_exists(#2)"),
        (condition(a() | b() & c()), "(#0 = :0) OR ((#1 = :1) AND attribute_exists(#2))"),
        (condition(!a()), "NOT (#0 = :0)"),
        (condition(!c()), "NOT attribute_exists(#0)"),
        (condition(!(a() & b())), "NOT ((#0 = :0) AND (#1 = :1))"),
        (condition(!(a() | b()) & c()), "(NOT ((#0 = :0) OR (#1 = :1))) AND attribute_exists(#2)"),
        (condition(!a() & !c()), "(NOT (#0 = :0)) AND (NOT attribute_exists(#1))"),
        (condition(!!a()), "#0 = :0"),
        (condition(!!!a()), "NOT (#0 = :0)"),
        (condition(A.between(1, 2) & b()), "(#0 BETWEEN :0 AND :1) AND (#1 = :1)"),
        (condition(!A.is_in([1])), "NOT (#0 IN (:0))"),
    ] {
        let text = meant.unwrap();
        assert_eq!(text, expected);
        assert!(!text.contains("(((") && !is_wrapped_twice(&text), "{text}");
    }
}

/// Whether a pair of parentheses encloses nothing but another pair.
fn is_wrapped_twice(text: &str) -> bool {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open.push(at),
            b')' => pairs.push((open.pop().unwrap(), at)),
            _ => {}
        }
    }
    pairs.iter().any(|(start, end)| pairs.contains(&(start + 1, end.wrapping_sub(1))))
}

#[test]
fn several_conditions_must_all_hold() {
    let mut renderer = Renderer::new();
    let tests: [Test; 3] = [KEY.exists().test, (A.eq(1) | B.eq(1)).test, A.lt(9).test];
    assert_eq!(
        renderer.condition(&tests).unwrap(),
        "attribute_exists(#0) AND ((#1 = :0) OR (#2 = :0)) AND (#1 < :1)"
    );
    // A key condition stands as DynamoDB documents it.
    let mut renderer = Renderer::new();
    assert_eq!(
        renderer.key_condition(&[KEY.eq("x").test, A.between(1, 2).test]).unwrap(),
        "#0 = :0 AND #1 BETWEEN :1 AND :2"
    );
}

#[test]
fn actions_are_grouped_into_clauses() {
    let mut actions = Actions::default();
    actions.remove(NAME.node());
    actions.add(A.node(), Value::<i64>::operand(5).0);
    actions.set(B.node(), Value::<i64>::operand(5).0);
    actions.delete(TAGS.node(), Value::<BTreeSet<String>>::operand(["x"]).0);
    actions.set(MAYBE.node(), Value::<Option<i64>>::operand(None::<i64>).0);
    actions.set(LINES.index(0).node(), Value::<i64>::operand(1).0);
    assert_eq!(update(&actions).unwrap(), "SET #0 = :0, #1[0] = :1 REMOVE #2, #3 ADD #4 :0 DELETE #5 :2");
    // Nothing to add, and nothing to take out, is nothing to do.
    let mut none = Actions::default();
    none.add(TAGS.node(), Node::Absent);
    none.delete(TAGS.node(), Node::Absent);
    assert!(none.0.is_empty());
}

#[test]
fn what_an_update_computes() {
    for (actions, expected) in [
        (set(A, A + 1), "SET #0 = #0 + :0"),
        (set(A, B - A), "SET #0 = #1 - #0"),
        (set(A, B), "SET #0 = #1"),
        (set(A, A.if_not_exists(0)), "SET #0 = if_not_exists(#0, :0)"),
        (set(A, A.if_not_exists(B.if_not_exists(0))), "SET #0 = if_not_exists(#0, if_not_exists(#1, :0))"),
        (
            set(A, A.if_not_exists(0) + B.if_not_exists(1)),
            "SET #0 = if_not_exists(#0, :0) + if_not_exists(#1, :1)",
        ),
        (set(LINES, LINES.list_append([1])), "SET #0 = list_append(#0, :0)"),
        (set(LINES, LINES.list_prepend([1])), "SET #0 = list_append(:0, #0)"),
        (set(LINES, LINES.or_empty().list_append(MORE)), "SET #0 = list_append(if_not_exists(#0, :0), #1)"),
    ] {
        assert_eq!(update(&actions).unwrap(), expected);
    }
}

#[test]
fn what_dynamodb_would_refuse_in_a_condition() {
    refused(MAYBE.lt(None), "`None` has no order");
    refused(MAYBE.between(None, 1), "`None` has no order");
    refused(A.between(2, 1), "lower bound");
    refused(NAME.between("b", "a"), "lower bound");
    refused(A.is_in([0; 0]), "at least one");
    refused(A.is_in(0..101), "at most 100");
    refused(MAYBE.is_in([None::<i64>]), "cannot look for `None`");
    refused(A.eq(A), "itself");
    refused(A.between(A, 1), "itself");
    refused(A.is_in([A]), "itself");
    refused(A.eq(B + 1), "does not compute");
    refused(A.between(0, B + 1), "does not compute");
    refused(A.is_in([B + 1]), "does not compute");
    refused(LINES.eq(MORE.list_append([1])), "does not compute");
    refused(A.gt(B.if_not_exists(1)), "`if_not_exists` is for updates");
    // Wherever it stands in the tree.
    refused(B.eq(1) | !(NAME.exists() & A.eq(A)), "itself");
}

#[test]
fn the_largest_in_is_accepted() {
    let text = condition(A.is_in(0..100)).unwrap();
    assert!(text.starts_with("#0 IN (:0, :1, ") && text.ends_with(", :99)"), "{text}");
}

#[test]
fn what_dynamodb_would_refuse_in_an_update() {
    refused_update(&set(A, B + (A + 1)), "one sum");
    refused_update(&set(A, B.if_not_exists(0) - (A - 1)), "one sum");
    refused_update(&set(A, B.if_not_exists(A + 1)), "one sum");
    refused_update(&set(LINES, LINES.list_append(MORE.list_append([1]))), "one sum");
    refused_update(&set(LINES, LINES.or_empty().list_prepend(MORE.list_append([1]))), "one sum");
    refused_update(&set(MAYBE, MAYBE + None::<i64>), "`None` is not a value");
}

#[test]
fn values_that_cannot_be_encoded_are_named_not_shown() {
    let ratio: Path<Order, f64> = Path::attribute("ratio");
    let error = Renderer::new().condition(&[ratio.eq(f64::NAN).test]).unwrap_err();
    assert!(matches!(error, RenderError::Encode(_)), "{error:?}");
    let error = Renderer::new().update(&set(ratio, ratio + f64::INFINITY)).unwrap_err();
    assert!(matches!(error, RenderError::Encode(_)), "{error:?}");
}

#[test]
fn two_actions_on_one_attribute_are_refused() {
    let x = || COUNTS.key("secret").node();
    let one = || Node::Value(br#"{"N":"1"}"#.to_vec());
    for (a, b) in [
        (Action::Set(A.node(), one()), Action::Set(A.node(), one())),
        (Action::Set(A.node(), one()), Action::Add(A.node(), one())),
        (Action::Remove(COUNTS.node()), Action::Set(x(), one())),
        (Action::Set(COUNTS.key("secret").index(0).node(), one()), Action::Remove(x())),
        // One takes it for a list, the other for a map.
        (Action::Set(x(), one()), Action::Set(PathNode(index(COUNTS.node())), one())),
    ] {
        for actions in [Actions(vec![a.clone(), b.clone()]), Actions(vec![b, a])] {
            let why = update(&actions).unwrap_err();
            assert!(why.starts_with("two actions of the update write `"), "{why}");
            assert!(!why.contains("secret"), "keys of maps are data: {why}");
        }
    }
    for (a, b) in [
        (A.node(), B.node()),
        (LINES.index(0).node(), LINES.index(1).node()),
        (COUNTS.key("a").node(), COUNTS.key("b").node()),
        (COUNTS.key("a").index(1).node(), COUNTS.key("a").index(10).node()),
        (Path::<Order, i64>::attribute("a.b").node(), A.node()),
    ] {
        let actions = Actions(vec![Action::Set(a, one()), Action::Set(b, one())]);
        assert!(update(&actions).is_ok(), "{actions:?}");
    }
}

fn index(path: PathNode) -> Vec<super::node::Step> {
    let mut steps = path.0;
    steps.push(super::node::Step::Index(0));
    steps
}

#[test]
fn an_update_that_adds_up_is_not_repeated() {
    let add = |json: &str| Actions(vec![Action::Add(A.node(), Node::Value(json.as_bytes().to_vec()))]);
    for (actions, idempotent) in [
        (set(A, 1), true),
        (set(A, B), true),
        (set(A, A.if_not_exists(0)), true),
        (set(A, B.if_not_exists(0)), true),
        (both(set(A, A.if_not_exists(0)), set(B, B.if_not_exists(A.if_not_exists(1)))), false),
        (set(A, A + 1), false),
        (set(A, B - 1), false),
        (set(LINES, LINES.list_append([1])), false),
        (both(set(A, B), set(B, A)), false),
        (both(set(A, B.if_not_exists(0)), set(B, 1)), false),
        (add(r#"{"N":"1"}"#), false),
        (add(r#"{"SS":["x"]}"#), true),
        (add(r#"{"NS":["1"]}"#), true),
        (Actions(vec![Action::Delete(TAGS.node(), Node::Value(br#"{"SS":["x"]}"#.to_vec()))]), true),
        (Actions(vec![Action::Remove(A.node())]), true),
        (Actions(vec![Action::Remove(LINES.index(0).node())]), false),
        // Behind the end of the list it appends.
        (set(LINES.index(9), 1), false),
        (set(COUNTS.key("x"), [1]), true),
    ] {
        assert_eq!(actions.are_idempotent_without(0), idempotent, "{actions:?}");
    }
}

#[test]
fn names_and_paths_have_limits() {
    let named = |name: &str| condition(COUNTS.key(name.to_owned()).exists());
    assert!(named("").unwrap_err().contains("empty or too long"));
    assert!(named(&"x".repeat(65_536)).unwrap_err().contains("empty or too long"));
    assert!(named(&"x".repeat(65_535)).is_ok());

    let deep = |levels: usize| {
        let mut path = A.node();
        while path.0.len() < levels {
            path.0.extend(B.node().0);
        }
        Renderer::new().condition(&[Test::Exists(path)]).map_err(why)
    };
    assert!(deep(32).is_ok());
    assert!(deep(33).unwrap_err().contains("32 levels"));

    let flattened: Path<Order, Street, role::Data, super::Flattened> = Path::flattened();
    let error = Renderer::new().condition(&[Test::Exists(flattened.node())]).unwrap_err();
    assert!(why(error).contains("flattened"));
}

#[test]
fn expressions_have_at_most_4_kb() {
    // `REMOVE ` and 3 bytes for each of ten names, 4 for each of ninety, 5 for each further one, and two between.
    let removing = |count: usize| {
        let names = (0..count).map(|i| Action::Remove(COUNTS.key(i.to_string()).node()));
        update(&Actions(names.collect()))
    };
    let fits = (1..).take_while(|count| removing(*count).is_ok()).last().unwrap();
    let length = removing(fits).unwrap().len();
    assert!((4080..=4096).contains(&length), "{length}");
    assert!(removing(fits + 1).unwrap_err().contains("4 KB"));
    assert!(removing(20_000).unwrap_err().contains("4 KB"));

    let names: Vec<String> = (0..2000).map(|i| i.to_string()).collect();
    let projection = Renderer::new().projection(names.iter().map(String::as_str));
    assert!(why(projection.unwrap_err()).contains("4 KB"));
}

#[test]
fn expressions_have_at_most_300_operators() {
    // As many comparisons, and one `AND` less.
    let all = |count: i64| condition((1..count).fold(A.eq(0), |all, i| all & A.eq(i % 2)));
    assert!(all(150).is_ok());
    assert!(all(151).unwrap_err().contains("300"));
    // `size` counts too.
    let sizes =
        |count| condition((1..count).fold(LINES.size().eq(0u64), |all, _| all & LINES.size().eq(0u64)));
    assert!(sizes(100).is_ok());
    assert!(sizes(101).unwrap_err().contains("300"));
    // The count is that of one expression, not of the request.
    let mut renderer = Renderer::new();
    for _ in 0..3 {
        let test = (1..150).fold(A.eq(0), |all, _| all & A.eq(1)).test;
        assert!(renderer.condition(&[test]).is_ok());
    }
}

#[test]
fn long_chains_are_flat_and_deep_trees_refused() {
    // A chain of one operator is one node however long: neither building nor dropping it goes deep.
    let chain = (0..100_000).fold(A.eq(0), |chain, i| chain | A.eq(i));
    assert!(condition(chain).unwrap_err().contains("300"));
    // Operators in turns nest; this would overflow the stack.
    let nested = |levels: usize| {
        (0..levels).fold(A.eq(0), |inner, i| if i % 2 == 0 { inner & B.eq(0) } else { inner | B.eq(0) })
    };
    assert!(condition(nested(60)).is_ok());
    assert!(condition(nested(100_000)).unwrap_err().contains("too deeply"));
    let negated = (0..100_001).fold(A.eq(0), |inner, _| !inner);
    assert_eq!(condition(negated).unwrap(), "NOT (#0 = :0)");
    let sum = (0..100_000).fold(A + 1, |sum, _| B + sum);
    refused_update(&set(A, sum), "one sum");
    let fallback = (0..100_000).fold(A.if_not_exists(0), |inner, _| B.if_not_exists(inner));
    refused_update(&set(A, fallback), "nested too deeply");
}

#[test]
fn names_and_values_have_at_most_2_mb_together() {
    let large = "x".repeat(1024 * 1024);
    let mut renderer = Renderer::new();
    renderer.condition(&[NAME.eq(large.as_str()).test, NAME.ne(large.as_str()).test]).unwrap();
    let mut out = Writer::new();
    out.begin_object();
    assert!(renderer.finish(&mut out).is_ok(), "equal values count once");
    let mut renderer = Renderer::new();
    renderer.condition(&[NAME.eq(large.as_str()).test, NAME.ne(large + "y").test]).unwrap();
    assert!(why(renderer.finish(&mut out).unwrap_err()).contains("2 MB"));
}

#[test]
fn debug_output_shows_no_values() {
    assert_eq!(format!("{:?}", NAME.eq("secret")), "Condition(…)");
    assert_eq!(format!("{:?}", COUNTS.key("secret").index(3)), "Path(counts[key][3])");
    assert_eq!(format!("{:?}", ADDRESS.then(CITY)), "Path(address.city)");
}

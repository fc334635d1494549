//! DynamoDB's limits: met before sending where they can be known, and the engine's own otherwise.

use std::collections::{BTreeMap, BTreeSet};

use theory::value::Number;
use theory::{Condition, ErrorKind, Table, Value};

use crate::support::{Bench, with_tables};
use crate::thing::Thing;

const KIB: usize = 1024;
/// The largest item.
const ITEM: usize = 400 * KIB;

/// A key of the greatest length, and indexes with the same.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "blobs",
    gsi(name = "by_text", pk = text, sk = bytes, projection = keys_only),
    lsi(name = "by_local", sk = local, projection = keys_only)
)]
struct Blob {
    #[table(pk)]
    id: String,
    #[table(sk)]
    part: Vec<u8>,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
    local: Option<String>,
    body: String,
    any: Option<Value>,
}

fn blob(body: usize) -> Blob {
    Blob {
        id: "i".into(),
        part: vec![1],
        text: None,
        bytes: None,
        local: None,
        body: "b".repeat(body),
        any: None,
    }
}

/// The bytes of `id`, `part` and the names.
const HEAD: usize = 2 + 1 + 4 + 1 + 4;

#[tokio::test]
async fn items_of_400_kilobytes_to_the_byte() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        let largest = blob(ITEM - HEAD);
        largest.create().send(client).await.unwrap();
        assert_eq!(
            Blob::get("i", [1].as_slice()).consistent_read().send(client).await.unwrap(),
            Some(largest)
        );
        bench.wire.clear();
        let error = blob(ITEM - HEAD + 1).put().send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ItemTooLarge);
        assert!(error.is_item_too_large());
        assert_eq!(error.attempts(), 0);
        assert_eq!(bench.wire.count(), 0, "it was not sent");

        // Characters count as their bytes, however they are escaped on the wire.
        let escaped = |n: usize| Blob { body: "\u{1}\"é🎬".repeat(n / 8) + &"x".repeat(n % 8), ..blob(0) };
        escaped(ITEM - HEAD).put().send(client).await.unwrap();
        assert_eq!(
            escaped(ITEM - HEAD + 1).put().send(client).await.unwrap_err().kind(),
            ErrorKind::ItemTooLarge
        );

        // What an update makes of an item only DynamoDB knows.
        let error =
            Blob::update("i", [1].as_slice()).set(Blob::BODY, "b".repeat(ITEM - HEAD + 1)).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::ItemTooLarge);
        let error =
            Blob::update("i", [1].as_slice()).set(Blob::ANY, Value::from("and this")).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::ItemTooLarge);
    })
    .await;
}

#[tokio::test]
async fn the_size_of_every_type() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        let number = |text: &str| Value::N(text.parse::<Number>().unwrap());
        let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<BTreeSet<_>>();
        // Sizes by the rules of the developer guide, without the attribute's name.
        for (size, value) in [
            (1, Value::Null),
            (1, Value::Bool(true)),
            (7, Value::from("bytes é")),
            (5, Value::B(vec![0; 5])),
            (0, Value::from("")),
            (3, Value::L(vec![])),
            (3 + 2 * (1 + 1), Value::L(vec![Value::Null, Value::Bool(false)])),
            (3 + 1 + 3 + 4, Value::M(BTreeMap::from([("key".to_owned(), Value::from("four"))]).into())),
            (6, Value::Ss(strings(&["a", "bb", "ccc"]))),
            (3, Value::Bs(BTreeSet::from([vec![1], vec![2, 3]]))),
        ] {
            let size = if let Value::S(text) = &value { text.len() } else { size };
            let with = |body: usize| Blob { any: Some(value.clone()), ..blob(body) };
            let room = ITEM - HEAD - "any".len() - size;
            with(room).put().send(client).await.unwrap_or_else(|error| panic!("{value:?}: {error}"));
            bench.wire.clear();
            let error = with(room + 1).put().send(client).await.unwrap_err();
            assert_eq!((error.kind(), bench.wire.count()), (ErrorKind::ItemTooLarge, 0), "{value:?}");
        }
        // A number's size is known only about; but what we send is taken.
        for text in
            ["0", "1", "-1", "123456789", "99999999999999999999999999999999999999", "1E-130", "-9.9E+125"]
        {
            let with = |body: usize| Blob { any: Some(number(text)), ..blob(body) };
            // The most that a number takes.
            with(ITEM - HEAD - 3 - 21).put().send(client).await.unwrap();
            assert_eq!(
                with(ITEM - HEAD - 2).put().send(client).await.unwrap_err().kind(),
                ErrorKind::ItemTooLarge
            );
            let stored =
                Blob::get("i", [1].as_slice()).consistent_read().send(client).await.unwrap().unwrap();
            assert_eq!(stored.any, Some(number(text)));
        }
    })
    .await;
}

#[tokio::test]
async fn keys_to_the_byte() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        let keys = |id: usize, part: usize| Blob { id: "é".repeat(id / 2), part: vec![7; part], ..blob(0) };
        let largest = keys(2048, 1024);
        largest.create().send(client).await.unwrap();
        let found = Blob::get(&largest.id, &largest.part).send(client).await.unwrap();
        assert_eq!(found.as_ref(), Some(&largest));
        let found = Blob::query(&largest.id).sort_key(&largest.part).one(client).await.unwrap();
        assert_eq!(found, largest);
        let indexed = Blob {
            text: Some("t".repeat(2048)),
            bytes: Some(vec![1; 1024]),
            local: Some("é".repeat(512)),
            ..blob(0)
        };
        indexed.create().send(client).await.unwrap();
        assert_eq!(Blob::by_text("t".repeat(2048)).count(client).await.unwrap(), 1);
        bench.wire.clear();

        let refused = async |blob: Blob, attribute: &str| {
            let error = blob.put().send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encode, "{attribute}");
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains(attribute), "{attribute}: {source}");
        };
        refused(Blob { id: "x".repeat(2049), ..blob(0) }, "`id`").await;
        refused(keys(2050, 1), "`id`").await;
        refused(keys(2, 1025), "`part`").await;
        refused(Blob { text: Some("x".repeat(2049)), ..blob(0) }, "`text`").await;
        refused(Blob { bytes: Some(vec![0; 1025]), ..blob(0) }, "`bytes`").await;
        refused(Blob { local: Some("x".repeat(1025)), ..blob(0) }, "`local`").await;
        let long = "x".repeat(2049);
        for error in [
            Blob::get(&long, [1].as_slice()).send(client).await.unwrap_err(),
            Blob::update("i", vec![0; 1025]).remove(Blob::ANY).send(client).await.unwrap_err(),
            Blob::delete(&long, [1].as_slice()).send(client).await.unwrap_err(),
            Blob::by_text(&long).count(client).await.unwrap_err(),
            Blob::by_local("i").sort_key("x".repeat(1025)).count(client).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Encode);
            assert!(!error.to_string().contains("xxxx"));
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
    })
    .await;
}

#[tokio::test]
async fn empty_keys() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        let source = |error: theory::Error| {
            assert_eq!(error.kind(), ErrorKind::Encode);
            std::error::Error::source(&error).unwrap().to_string()
        };
        let empty = async |blob: Blob| source(blob.put().send(client).await.unwrap_err());
        let message = empty(Blob { id: String::new(), ..blob(0) }).await;
        assert!(message.contains("`id`") && message.contains("table"), "{message}");
        let message = empty(Blob { part: vec![], ..blob(0) }).await;
        assert!(message.contains("`part`"), "{message}");
        // One empty attribute would refuse the whole item: so the message says whose it is.
        let message = empty(Blob { text: Some(String::new()), ..blob(0) }).await;
        assert!(message.contains("`text`") && message.contains("`by_text`"), "{message}");
        let message = empty(Blob { bytes: Some(vec![]), ..blob(0) }).await;
        assert!(message.contains("`bytes`") && message.contains("`by_text`"), "{message}");
        let message = empty(Blob { local: Some(String::new()), ..blob(0) }).await;
        assert!(message.contains("`local`") && message.contains("`by_local`"), "{message}");
        for error in [
            Blob::get("", [1].as_slice()).send(client).await.unwrap_err(),
            Blob::delete("i", Vec::new()).send(client).await.unwrap_err(),
            Blob::by_text("").count(client).await.unwrap_err(),
        ] {
            source(error);
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
        // Elsewhere an empty string and empty bytes are values like any other, and without the key there is no index.
        let fine = Blob { any: Some(Value::L(vec!["".into(), Value::B(vec![])])), ..blob(0) };
        fine.put().send(client).await.unwrap();
        assert_eq!(Blob::get("i", [1].as_slice()).send(client).await.unwrap(), Some(fine));
    })
    .await;
}

#[tokio::test]
async fn index_keys_in_updates() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        blob(0).put().send(client).await.unwrap();
        let update = || Blob::update("i", [1].as_slice());
        bench.wire.clear();
        for (refused, index) in [
            (update().set(Blob::TEXT, ""), "`by_text`"),
            (update().set(Blob::TEXT, Blob::TEXT.if_not_exists("")), "`by_text`"),
            (update().set(Blob::BYTES, Vec::new()), "`by_text`"),
            (update().set(Blob::TEXT, "x".repeat(2049)), "2048"),
            (update().set(Blob::LOCAL, "x".repeat(1025)), "1024"),
        ] {
            let error = refused.send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encode);
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains(index), "{source}");
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
        // What only DynamoDB can know is its to refuse.
        let copied = update().set(Blob::TEXT, Blob::BODY).send(client).await.unwrap_err();
        assert_eq!(copied.kind(), ErrorKind::Validation);
        assert_eq!(Blob::get("i", [1].as_slice()).send(client).await.unwrap(), Some(blob(0)));
    })
    .await;
}

/// A condition that renders to more bytes the more values it has, with few operators.
fn long(values: usize) -> Condition<Thing, theory::expr::AnyItem> {
    let lists = (0..values).step_by(100).map(|start| {
        let end = values.min(start + 100);
        Thing::COUNT.is_in((start..end).map(|value| i64::try_from(value).unwrap()))
    });
    lists.reduce(|a, b| a | b).expect("there is one value at least")
}

#[tokio::test]
async fn expressions_of_four_kilobytes() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        Thing { count: 3, ..Thing::full("a", 1) }.put().send(client).await.unwrap();
        // The longest that is still sent, and the next one.
        let fits =
            |values: usize| async move { Thing::update("a", 1).condition(long(values)).send(client).await };
        let length = |bench: &Bench| bench.wire.last()["ConditionExpression"].as_str().unwrap().len();
        let mut values = 600;
        let error = loop {
            match fits(values).await {
                Ok(()) => values += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let longest = length(bench);
        assert!((4080..=4096).contains(&longest), "{longest}");
        bench.wire.clear();
        let filter = Thing::query("a").filter(long(1000)).all(client).await.unwrap_err();
        assert_eq!(filter.kind(), ErrorKind::InvalidRequest);
        let put = Thing::full("a", 1).put().condition(long(1000)).send(client).await.unwrap_err();
        assert_eq!(put.kind(), ErrorKind::InvalidRequest);
        // An update expression is as long as its paths.
        let name = |n: usize| format!("member {n}");
        let wide =
            |n: usize| (0..n).fold(Thing::update("a", 1), |update, n| update.set(Thing::MAP.key(name(n)), 1));
        assert_eq!(wide(500).send(client).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
        wide(200).send(client).await.unwrap();
        let sum = Thing::get("a", 1).send(client).await.unwrap().unwrap().map.values().sum::<i64>();
        assert_eq!(sum, 200 + (1..=16).sum::<i64>());
        // Few bytes may be too many operators.
        let many = |n: usize| {
            (0..n).map(|_| Thing::FLAG.exists()).reduce(|a, b| a & b).expect("there is one at least")
        };
        bench.wire.clear();
        // With what asks whether the item exists at all, 301 operators and functions.
        assert_eq!(fits_with(client, many(150)).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
        fits_with(client, many(149)).await.unwrap();
    })
    .await;
}

async fn fits_with(
    client: &theory::Client,
    condition: Condition<Thing, theory::expr::AnyItem>,
) -> theory::Result<()> {
    Thing::update("a", 1).condition(condition).send(client).await
}

/// Lists in lists.
fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::from("deep"), |value, _| Value::L(vec![value]))
}

#[tokio::test]
async fn thirty_two_levels() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        let deep = |levels: usize| Blob { any: Some(nested(levels)), ..blob(0) };
        deep(31).put().send(client).await.unwrap();
        assert_eq!(Blob::get("i", [1].as_slice()).send(client).await.unwrap(), Some(deep(31)));
        Blob::update("i", [1].as_slice()).set(Blob::ANY, nested(31)).send(client).await.unwrap();
        bench.wire.clear();
        for levels in [32, 40, 5000] {
            let error = deep(levels).put().send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encode);
            let error = Blob::update("i", [1].as_slice()).set(Blob::ANY, nested(levels)).send(client).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Encode);
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
    })
    .await;
}

#[tokio::test]
async fn pages_of_one_megabyte() {
    with_tables(&[Blob::SCHEMA], async |bench| {
        let client = &bench.client;
        for part in 0..7 {
            Blob { part: vec![part], ..blob(300 * KIB) }.put().send(client).await.unwrap();
        }
        bench.wire.clear();
        let first = Blob::query("i").page(client).await.unwrap();
        // Whether the item that crosses the limit is in it is the engine's affair.
        let crossed = first.items.len() == 4;
        assert!(crossed || first.items.len() == 3);
        assert!(first.next_cursor().is_some());
        let rest = Blob::query("i").start_after(first.into_next_cursor()).all(client).await.unwrap();
        let parts = |blobs: &[Blob]| blobs.iter().map(|blob| blob.part[0]).collect::<Vec<_>>();
        assert_eq!(parts(&rest), (if crossed { 4 } else { 3 }..7).collect::<Vec<_>>());
        bench.wire.clear();
        let all = Blob::query("i").all(client).await.unwrap();
        assert_eq!(parts(&all), (0..7).collect::<Vec<_>>());
        assert!(bench.wire.count() >= 2);
        assert_eq!(Blob::query("i").count(client).await.unwrap(), 7);
        // Five are asked for, and the page that ends before them is not the end.
        assert_eq!(Blob::query("i").take(5).all(client).await.unwrap().len(), 5);
        let last =
            Blob::query("i").filter(Blob::TEXT.not_exists() & Blob::BODY.begins_with("b")).descending();
        assert_eq!(last.first(client).await.unwrap().unwrap().part, [6]);
    })
    .await;
}

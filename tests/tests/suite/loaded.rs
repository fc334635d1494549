//! Loaded entities: what a save writes, and what it is conditional on.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use serde_json::{Value as Json, json};
use theory::{
    Attribute, Client, ErrorKind, Loaded, Table, Timestamp, batch_get, transaction, transaction_get,
};
use theory_testing::FixedClock;

use crate::support::{Bench, with_tables};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", scan, gsi(name = "by_status", pk = status))]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    number: u64,
    status: String,
    address: Address,
    note: Option<String>,
    tags: BTreeSet<String>,
    marks: HashSet<String>,
    #[table(protected)]
    origin: String,
    #[table(alias = "price")]
    total: u64,
    #[table(rename = "promo", alias = "coupon")]
    coupon: Option<String>,
    #[table(version)]
    version: u64,
    #[table(created_at)]
    created_at: Timestamp,
    #[table(updated_at)]
    updated_at: Timestamp,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Address {
    city: String,
    lines: Vec<String>,
}

/// Without anything that the library writes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "plain")]
struct Plain {
    #[table(pk)]
    id: String,
    text: String,
    note: Option<String>,
    #[table(rest)]
    rest: BTreeMap<String, theory::Value>,
}

fn order(number: u64) -> Order {
    let never = Timestamp::default();
    Order {
        customer: "ada".into(),
        number,
        status: "open".into(),
        address: Address { city: "Paris".into(), lines: vec!["1, rue X".into()] },
        note: Some("quick".into()),
        tags: BTreeSet::from(["a".into(), "b".into()]),
        marks: ["x", "y", "z"].map(String::from).into(),
        origin: "web".into(),
        total: 5,
        coupon: None,
        version: 0,
        created_at: never,
        updated_at: never,
        expires: None,
    }
}

fn plain(text: &str) -> Plain {
    Plain { id: "p".into(), text: text.into(), note: None, rest: BTreeMap::new() }
}

async fn load(client: &Client, number: u64) -> Loaded<Order> {
    Order::get("ada", number).consistent_read().loaded().send(client).await.unwrap().expect("the order")
}

async fn load_plain(client: &Client) -> Loaded<Plain> {
    Plain::get("p").consistent_read().loaded().send(client).await.unwrap().expect("the item")
}

async fn created(bench: &Bench, number: u64) -> Loaded<Order> {
    order(number).create().send(&bench.client).await.unwrap();
    load(&bench.client, number).await
}

/// The names of the attributes that the last request sets and removes, in their order.
fn written(bench: &Bench) -> (Vec<String>, Vec<String>) {
    let body = bench.wire.last();
    let expression = body["UpdateExpression"].as_str().unwrap().to_owned();
    let names = &body["ExpressionAttributeNames"];
    let (set, remove) = match expression.split_once("REMOVE ") {
        Some((set, remove)) => (set.to_owned(), remove.to_owned()),
        None => (expression, String::new()),
    };
    let name = |part: &str| names[part.trim().split(' ').next().unwrap()].as_str().unwrap().to_owned();
    let list = |clause: &str| {
        clause
            .trim_start_matches("SET ")
            .split(", ")
            .filter(|part| !part.trim().is_empty())
            .map(name)
            .collect()
    };
    (list(&set), list(&remove))
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_save_writes_what_differs_and_nothing_else() {
    with_tables(theory::schema![Order], async |bench| {
        let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
        let now = clock.clone();
        let client = bench.client.clone().with_clock(move || now.now());
        order(1).create().send(&client).await.unwrap();
        let mut loaded = load(&client, 1).await;
        let created_at = clock.now();
        clock.advance(Duration::from_secs(5));

        loaded.status = "paid".into();
        loaded.address.lines.push("2, rue Y".into());
        loaded.tags.clear();
        loaded.note = None;
        loaded.expires = Some("2030-01-01T00:00:00Z".parse().unwrap());
        // What the library writes is not the caller's to write.
        loaded.version = 99;
        loaded.created_at = Timestamp::default();
        bench.wire.clear();
        loaded.save().send(&client).await.unwrap();
        assert_eq!(bench.wire.count(), 1, "one request, and no read");
        let (set, removed) = written(bench);
        assert_eq!(set, strings(&["status", "address", "expires", "version", "updated_at"]));
        assert_eq!(removed, strings(&["note", "tags"]));

        let stored = load(&client, 1).await;
        assert_eq!((stored.version, stored.updated_at, stored.created_at), (1, clock.now(), created_at));
        assert_eq!((loaded.version, loaded.updated_at), (1, clock.now()), "the stamps are in the entity");
        loaded.created_at = created_at;
        assert_eq!(stored, loaded);

        // The next one starts from there.
        loaded.total = 6;
        loaded.save().send(&client).await.unwrap();
        assert_eq!(written(bench).0, strings(&["total", "version", "updated_at"]));
        assert_eq!(load(&client, 1).await.version, 2);
    })
    .await;
}

#[tokio::test]
async fn nothing_changed_sends_nothing() {
    with_tables(theory::schema![Order], async |bench| {
        let mut loaded = created(bench, 1).await;
        bench.wire.clear();
        assert!(!loaded.is_changed());
        assert!(loaded.save().is_empty());
        assert_eq!(loaded.save().send_response(&bench.client).await.unwrap(), None);
        // Set anew to what it was, and a set that was built anew.
        loaded.status = "open".into();
        loaded.marks = ["z", "x", "y"].map(String::from).into();
        loaded.marks.reserve(1000);
        loaded.save().send(&bench.client).await.unwrap();
        assert_eq!(bench.wire.count(), 0);
        // A condition of the caller's is asked all the same.
        let save = loaded.save().condition(Order::STATUS.eq("paid"));
        assert_eq!(save.send(&bench.client).await.unwrap_err().kind(), ErrorKind::ConditionFailed);
        loaded.save().condition(Order::STATUS.eq("open")).send(&bench.client).await.unwrap();
        assert_eq!(load(&bench.client, 1).await.version, 0, "which writes nothing");
    })
    .await;
}

#[tokio::test]
async fn of_two_writers_one_meets_a_conflict() {
    with_tables(theory::schema![Order], async |bench| {
        let (mut first, mut second) = (created(bench, 1).await, load(&bench.client, 1).await);
        first.status = "paid".into();
        second.total = 7;
        first.save().send(&bench.client).await.unwrap();
        let error = second.save().send(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VersionConflict);
        assert!(!error.is_ambiguous());
        // It is as it was, and says the same again.
        assert!(second.is_changed() && second.version == 0);
        let error = second.save().send(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VersionConflict);
        let errors = [
            second.put().send(&bench.client).await.unwrap_err(),
            second.replace().send(&bench.client).await.unwrap_err(),
            second.delete().send(&bench.client).await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| error.kind() == ErrorKind::VersionConflict));
        let stored = load(&bench.client, 1).await;
        assert_eq!((&*stored.status, stored.total), ("paid", 5));
    })
    .await;
}

#[tokio::test]
async fn without_a_version_the_item_must_exist() {
    with_tables(theory::schema![Plain], async |bench| {
        let client = &bench.client;
        let item =
            json!({"id": {"S": "p"}, "text": {"S": "one"}, "other": {"N": "1"}, "more": {"BOOL": true}});
        bench.put_json("plain", item).await;
        let (mut first, mut second) = (load_plain(client).await, load_plain(client).await);
        first.text = "two".into();
        second.note = Some("three".into());
        second.rest.remove("other");
        second.rest.insert("new".into(), theory::Value::from("n"));
        first.save().send(client).await.unwrap();
        second.save().send(client).await.unwrap();
        assert_eq!(written(bench), (strings(&["note", "new"]), strings(&["other"])));
        let stored = load_plain(client).await;
        assert_eq!((&*stored.text, stored.note.as_deref()), ("two", Some("three")), "each wrote its own");
        assert_eq!(stored.rest.keys().collect::<Vec<_>>(), ["more", "new"]);

        stored.delete().send(client).await.unwrap();
        first.text = "four".into();
        let error = first.save().send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert!(Plain::get("p").send(client).await.unwrap().is_none(), "no half of an item");
    })
    .await;
}

#[tokio::test]
async fn keys_and_protected_attributes_are_refused_by_name() {
    with_tables(theory::schema![Order], async |bench| {
        let client = &bench.client;
        let mut loaded = created(bench, 1).await;
        bench.wire.clear();
        loaded.origin = "shop".into();
        let error = loaded.save().send(client).await.unwrap_err();
        assert_eq!((error.kind(), error.attribute()), (ErrorKind::InvalidRequest, Some("origin")));
        loaded.number = 2;
        assert!(loaded.is_changed());
        let error = transaction(loaded.save()).send(client).await.unwrap_err();
        assert_eq!((error.kind(), error.attribute()), (ErrorKind::InvalidRequest, Some("number")));
        for put in [loaded.put(), loaded.replace()] {
            let error = put.send(client).await.unwrap_err();
            assert_eq!((error.kind(), error.attribute()), (ErrorKind::InvalidRequest, Some("number")));
        }
        assert_eq!(bench.wire.count(), 0);
        // What is deleted is what was read.
        loaded.delete().send(client).await.unwrap();
        assert!(Order::get("ada", 1).send(client).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn an_older_name_goes_when_the_attribute_is_written() {
    with_tables(theory::schema![Order], async |bench| {
        let client = &bench.client;
        let _ = created(bench, 1).await;
        let key = json!({"customer": {"S": "ada"}, "number": {"N": "1"}});
        let mut item = bench.get_json("orders", key.clone()).await;
        item["price"] = item.as_object_mut().unwrap().remove("total").unwrap();
        item["coupon"] = json!({"S": "TEN"});
        item["unknown"] = json!({"S": "kept"});
        bench.put_json("orders", item).await;

        let mut loaded = load(client, 1).await;
        assert_eq!((loaded.total, loaded.coupon.as_deref()), (5, Some("TEN")));
        loaded.status = "paid".into();
        loaded.save().send(client).await.unwrap();
        let stored = bench.get_json("orders", key.clone()).await;
        assert_eq!((&stored["price"], &stored["coupon"]), (&json!({"N": "5"}), &json!({"S": "TEN"})));

        loaded.total = 6;
        loaded.coupon = None;
        loaded.save().send(client).await.unwrap();
        let stored = bench.get_json("orders", key).await;
        assert_eq!((&stored["total"], &stored["price"]), (&json!({"N": "6"}), &Json::Null));
        assert_eq!((&stored["promo"], &stored["coupon"]), (&Json::Null, &Json::Null));
        assert_eq!(stored["unknown"], json!({"S": "kept"}));
        assert_eq!(load(client, 1).await.coupon, None, "it does not come back");
    })
    .await;
}

#[tokio::test]
async fn in_a_transaction_a_save_is_an_update_or_a_check() {
    with_tables(theory::schema![Order], async |bench| {
        let client = &bench.client;
        let (mut one, mut two, mut three) =
            (created(bench, 1).await, created(bench, 2).await, created(bench, 3).await);
        one.total = 1;
        two.total = 2;
        let parts = (one.save(), two.save(), three.save());
        let stamps = transaction(parts).send_stamped(client).await.unwrap();
        let body = bench.wire.last();
        let kinds = body["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part.as_object().unwrap().keys().next().unwrap().clone());
        assert_eq!(kinds.collect::<Vec<_>>(), ["Update", "Update", "ConditionCheck"]);
        // What is changed before it is said that it was saved is not saved.
        two.status = "late".into();
        one.saved(stamps[0]);
        two.saved(stamps[1]);
        three.saved(stamps[2]);
        assert_eq!((one.version, two.version, three.version), (1, 1, 0));
        assert_eq!(load(client, 1).await, one);
        assert!(two.is_changed());
        two.save().send(client).await.unwrap();
        assert_eq!(written(bench).0, strings(&["status", "version", "updated_at"]));

        // One that somebody else changed stops all.
        three.total = 3;
        let mut stale = load(client, 1).await;
        one.total = 10;
        one.save().send(client).await.unwrap();
        stale.total = 11;
        let error = transaction((three.save(), stale.save())).send(client).await.unwrap_err();
        let reasons = error.cancellation_reasons();
        assert!(!reasons[0].is_version_conflict() && reasons[1].is_version_conflict());
        let error = transaction((three.save(), stale.check())).send(client).await.unwrap_err();
        assert!(error.cancellation_reasons()[1].is_version_conflict());
        assert_eq!(load(client, 3).await.total, 5);
        transaction((three.save(), one.check())).send(client).await.unwrap();
        assert_eq!(load(client, 3).await.total, 3);
    })
    .await;
}

#[tokio::test]
async fn whatever_reads_can_load() {
    with_tables(theory::schema![Order], async |bench| {
        let client = &bench.client;
        for number in 1..=2 {
            created(bench, number).await;
        }
        let mut all = Order::query("ada").loaded().all(client).await.unwrap();
        all.extend(Order::scan().loaded().all(client).await.unwrap());
        all.extend(Order::by_status("open").loaded().all(client).await.unwrap());
        all.extend(
            Order::query("ada").loaded().keep_undecodable().all(client).await.unwrap().into_iter().flatten(),
        );
        let (one, none) = transaction_get((Order::get("ada", 1).loaded(), Order::get("ada", 3).loaded()))
            .send(client)
            .await
            .unwrap();
        assert!(none.is_none());
        all.extend(one);
        let found = batch_get(vec![Order::get("ada", 1).loaded(), Order::get("ada", 2).loaded()]);
        all.extend(found.send(client).await.unwrap().into_iter().flatten());
        assert_eq!(all.len(), 11);
        for mut loaded in all {
            let mut fresh = load(client, loaded.number).await;
            assert!(!fresh.is_changed() && !loaded.is_changed());
            fresh.total += 1;
            fresh.save().send(client).await.unwrap();
            if fresh.version == 1 {
                loaded.total = 0;
                assert!(loaded.save().send(client).await.unwrap_err().is_version_conflict());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_put_can_be_saved_again() {
    with_tables(theory::schema![Order], async |bench| {
        let client = &bench.client;
        let mut loaded = created(bench, 1).await;
        loaded.total = 8;
        let stamps = loaded.replace().send(client).await.unwrap();
        loaded.saved(stamps);
        assert!(!loaded.is_changed());
        assert_eq!(load(client, 1).await, loaded);
        loaded.total = 9;
        let stamps = loaded.put().send(client).await.unwrap();
        loaded.saved(stamps);
        loaded.note = None;
        loaded.save().send(client).await.unwrap();
        assert_eq!(written(bench).1, strings(&["note"]));
        let stored = load(client, 1).await;
        assert_eq!((stored.version, stored.total), (3, 9));
        // An entity that was just created need not be read.
        let mut new = order(4);
        new.stamp(&new.create().send(client).await.unwrap());
        let mut new = Loaded::new(new);
        new.total = 1;
        new.save().send(client).await.unwrap();
        assert_eq!(load(client, 4).await.into_inner(), new.into_inner());
    })
    .await;
}

#[tokio::test]
async fn what_would_be_too_large_is_refused() {
    with_tables(theory::schema![Plain], async |bench| {
        let client = &bench.client;
        plain("small").create().send(client).await.unwrap();
        let mut loaded = load_plain(client).await;
        bench.wire.clear();
        loaded.text = "x".repeat(410 * 1024);
        let error = loaded.save().send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ItemTooLarge);
        assert_eq!(bench.wire.count(), 0);
    })
    .await;
    // With what the entity does not know it can be too large all the same: DynamoDB says so.
    with_tables(theory::schema![Order], async |bench| {
        let mut loaded = created(bench, 1).await;
        let mut item =
            bench.get_json("orders", json!({"customer": {"S": "ada"}, "number": {"N": "1"}})).await;
        item["unknown"] = json!({"S": "x".repeat(250 * 1024)});
        bench.put_json("orders", item).await;
        loaded.note = Some("y".repeat(200 * 1024));
        let error = loaded.save().send(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ItemTooLarge);
        assert!(loaded.is_changed());
    })
    .await;
}

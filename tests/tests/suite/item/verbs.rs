//! Every verb, with each of its options.

use serde_json::json;
use theory::{ErrorKind, Item, Projection, Table};
use theory_tests::Capability;

use crate::support::{Bench, with_tables};
use crate::thing::{State, Thing};

async fn get(bench: &Bench, thing: &Thing) -> Option<Thing> {
    Thing::get(&thing.owner, thing.number).consistent_read().send(&bench.client).await.unwrap()
}

#[tokio::test]
async fn create_never_overwrites() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let first = Thing::full("a", 1);
        let second = Thing { count: 99, ..first.clone() };
        first.create().send(&bench.client).await.unwrap();
        let error = second.create().send(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert!(error.is_condition_failed() && !error.is_ambiguous());
        assert_eq!(error.old_item::<Thing>().unwrap(), None, "it was not asked for");
        assert_eq!(get(bench, &first).await, Some(first.clone()));

        let error = second.create().return_old_on_failure().send(&bench.client).await.unwrap_err();
        assert_eq!(error.old_item::<Thing>().unwrap(), Some(first.clone()));
        assert_eq!(error.old_item::<Item>().unwrap(), Some(first.item()));
        // Another sort key is another item.
        Thing::full("a", 2).create().send(&bench.client).await.unwrap();
        // A condition on what is not there holds only if it is one of absence.
        let third = Thing::full("a", 3);
        let refused = third.create().condition(Thing::COUNT.eq(1)).send(&bench.client).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConditionFailed);
        third.create().condition(Thing::COUNT.not_exists()).send(&bench.client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn put_overwrites_and_returns_what_was_there() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let first = Thing::full("a", 1);
        assert_eq!(first.put().return_old().send(&bench.client).await.unwrap(), None);
        let second = Thing::bare("a", 1);
        assert_eq!(second.put().return_old().send(&bench.client).await.unwrap(), Some(first));
        assert_eq!(get(bench, &second).await, Some(second.clone()));

        let third = Thing { count: 3, ..second.clone() };
        let refused = third
            .put()
            .condition(Thing::COUNT.gt(5))
            .return_old_on_failure()
            .send(&bench.client)
            .await
            .unwrap_err();
        assert_eq!(refused.old_item::<Thing>().unwrap(), Some(second.clone()));
        // Several conditions are all of them.
        let both = third.put().condition(Thing::COUNT.eq(0)).condition(Thing::FLAG.eq(true));
        assert!(both.send(&bench.client).await.unwrap_err().is_condition_failed());
        let both = third.put().condition(Thing::COUNT.eq(0)).condition(Thing::FLAG.eq(false));
        both.send(&bench.client).await.unwrap();
        assert_eq!(get(bench, &third).await, Some(third));
    })
    .await;
}

#[tokio::test]
async fn replace_needs_an_item() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing::full("a", 1);
        let error = thing.replace().send(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert_eq!(get(bench, &thing).await, None);
        Thing::bare("a", 1).put().send(&bench.client).await.unwrap();
        let old = thing.replace().return_old().send(&bench.client).await.unwrap();
        assert_eq!(old, Some(Thing::bare("a", 1)));
        assert_eq!(get(bench, &thing).await, Some(thing));
    })
    .await;
}

#[tokio::test]
async fn unknown_attributes_survive_an_update_and_no_put() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let thing = Thing::bare("a", 1);
        thing.put().send(&bench.client).await.unwrap();
        let key = json!({"owner": {"S": "a"}, "number": {"N": "1"}});
        let mut stored = bench.get_json("things", key.clone()).await;
        stored["foreign"] = json!({"SS": ["kept"]});
        bench.put_json("things", stored).await;

        Thing::update("a", 1).set(Thing::COUNT, 5).send(&bench.client).await.unwrap();
        assert_eq!(bench.get_json("things", key.clone()).await["foreign"], json!({"SS": ["kept"]}));
        assert_eq!(get(bench, &thing).await, Some(Thing { count: 5, ..thing.clone() }));
        thing.replace().send(&bench.client).await.unwrap();
        assert!(bench.get_json("things", key).await["foreign"].is_null());
    })
    .await;
}

#[tokio::test]
async fn update_changes_what_is_there_and_returns_what_was_asked_for() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let update =
            || Thing::update("a", 1).set(Thing::COUNT, Thing::COUNT + 1).set(Thing::STATE, State::Lost);
        // Without an item there is nothing to change, and no half item comes into being.
        let error = update().send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        let thing = Thing::full("a", 1);
        assert_eq!(get(bench, &thing).await, None);

        thing.put().send(client).await.unwrap();
        update().send(client).await.unwrap();
        let once = Thing { count: -6, state: State::Lost, ..thing.clone() };
        assert_eq!(get(bench, &thing).await, Some(once.clone()));
        let twice = Thing { count: -5, ..once.clone() };
        assert_eq!(update().return_new().send(client).await.unwrap(), twice);
        assert_eq!(update().return_old().send(client).await.unwrap(), Some(twice.clone()));

        let written = update().return_updated_new::<Item>().send(client).await.unwrap();
        assert_eq!(written, Some(Item::from([("count", theory::Value::from(-3)), ("state", "lost".into())])));
        let before = update().return_updated_old::<Item>().send(client).await.unwrap();
        assert_eq!(before, Some(Item::from([("count", theory::Value::from(-3)), ("state", "lost".into())])));

        let error =
            update().condition(Thing::FLAG.eq(false)).return_old_on_failure().send(client).await.unwrap_err();
        assert_eq!(error.old_item::<Thing>().unwrap(), Some(Thing { count: -2, ..twice }));
        // An update without actions only asks whether the condition holds.
        Thing::update("a", 1).condition(Thing::COUNT.eq(-2)).send(client).await.unwrap();
        let refused = Thing::update("a", 1).condition(Thing::COUNT.eq(-1)).send(client).await;
        assert!(refused.unwrap_err().is_condition_failed());
    })
    .await;
}

/// What the key and one attribute make an item of.
#[derive(Debug, PartialEq, Table)]
#[table(name = "counters")]
struct Counter {
    #[table(pk)]
    name: String,
    hits: u64,
    #[table(default)]
    since: Option<String>,
}

#[tokio::test]
async fn upsert_makes_the_item() {
    with_tables(&[Counter::SCHEMA], async |bench| {
        let client = &bench.client;
        let hit = || Counter::update("home").add(Counter::HITS, 1).upsert();
        if bench.sandbox.lacks(Capability::OldItemOfUpsert) {
            hit().send(client).await.unwrap();
        } else {
            assert_eq!(hit().return_old().send(client).await.unwrap(), None);
        }
        let counter = hit().return_new().send(client).await.unwrap();
        assert_eq!(counter, Counter { name: "home".into(), hits: 2, since: None });

        // A condition still counts, and of what is not there only absence is true.
        let error = Counter::update("new").add(Counter::HITS, 1).upsert().condition(Counter::HITS.gt(0));
        assert!(error.send(client).await.unwrap_err().is_condition_failed());
        let first = Counter::update("new").set(Counter::HITS, 7).upsert();
        first.condition(Counter::NAME.not_exists()).send(client).await.unwrap();
        assert_eq!(Counter::get("new").send(client).await.unwrap().map(|counter| counter.hits), Some(7));
    })
    .await;
}

#[tokio::test]
async fn delete_with_and_without_an_item() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        Thing::delete("a", 1).send(client).await.unwrap();
        assert_eq!(Thing::delete("a", 1).return_old().send(client).await.unwrap(), None);
        thing.put().send(client).await.unwrap();
        let refused = Thing::delete("a", 1)
            .condition(Thing::STATE.ne(State::PaidInFull))
            .return_old_on_failure()
            .send(client)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConditionFailed);
        assert_eq!(refused.old_item::<Thing>().unwrap(), Some(thing.clone()));
        assert_eq!(Thing::delete("a", 1).return_old().send(client).await.unwrap(), Some(thing.clone()));
        assert_eq!(get(bench, &thing).await, None);
        // A condition of existence makes deleting what is not there a failure, which has no old item.
        let missing = Thing::delete("a", 1).condition(Thing::OWNER.exists()).return_old_on_failure();
        let error = missing.send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert_eq!(error.old_item::<Thing>().unwrap(), None);
    })
    .await;
}

/// A part of a thing.
#[derive(Debug, PartialEq, Projection)]
#[projection(of = Thing)]
struct Glance {
    #[projection(from = number)]
    id: u32,
    text: String,
    odd: Option<i64>,
    maybe_list: Option<Vec<String>>,
}

#[tokio::test]
async fn get_reads_whole_items_and_parts() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        Thing::bare("a", 2).put().send(client).await.unwrap();

        assert_eq!(Thing::get("a", 1).consistent_read().send(client).await.unwrap(), Some(thing.clone()));
        assert_eq!(bench.wire.last()["ConsistentRead"], true);
        assert_eq!(Thing::get("a", 3).send(client).await.unwrap(), None);
        assert!(bench.wire.last()["ConsistentRead"].is_null());

        let glance = Thing::get("a", 1).project::<Glance>().consistent_read().send(client).await.unwrap();
        let expected =
            Glance { id: 1, text: thing.text.clone(), odd: Some(1), maybe_list: Some(vec!["x".into()]) };
        assert_eq!(glance, Some(expected));
        let glance = Thing::get("a", 2).project::<Glance>().send(client).await.unwrap();
        assert_eq!(glance, Some(Glance { id: 2, text: String::new(), odd: None, maybe_list: None }));
        assert_eq!(Thing::get("b", 2).project::<Glance>().send(client).await.unwrap(), None);

        // Keys are made apart from requests too, and from tuples.
        let key = theory::Key::<Thing>::of(("a", 1));
        assert_eq!(key.clone().get().send(client).await.unwrap(), Some(thing.clone()));
        assert_eq!(key.delete().return_old().send(client).await.unwrap(), Some(thing));
    })
    .await;
}

#[tokio::test]
async fn every_response_says_what_it_consumed() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::bare("a", 1);
        let put = thing.put().send_response(client).await.unwrap();
        let update = Thing::update("a", 1).set(Thing::COUNT, 1).send_response(client).await.unwrap();
        let eventual = Thing::get("a", 1).send_response(client).await.unwrap();
        let consistent = Thing::get("a", 1).consistent_read().send_response(client).await.unwrap();
        let missing = Thing::get("a", 9).send_response(client).await.unwrap();
        let delete = Thing::delete("a", 1).return_old().send_response(client).await.unwrap();
        assert!(delete.output.is_some());
        let units = [
            put.consumed_capacity,
            update.consumed_capacity,
            eventual.consumed_capacity,
            consistent.consumed_capacity,
            missing.consumed_capacity,
            delete.consumed_capacity,
        ]
        .map(|capacity| capacity.expect("every response says so").units());
        assert_eq!(units, [1.0, 1.0, 0.5, 1.0, 0.5, 1.0]);
        assert_eq!([put.attempts, eventual.attempts, delete.attempts], [1; 3]);
        assert!(consistent.request_id.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_request_may_name_another_table() {
    with_tables(&[Counter::SCHEMA], async |bench| {
        let client = &bench.client;
        // The name is taken as it is: no prefix of the client's is put before it.
        let other = bench.sandbox.table("others");
        let described =
            client.sdk().describe_table().table_name(bench.sandbox.table("counters")).send().await;
        let described = described.unwrap().table.unwrap();
        client
            .sdk()
            .create_table()
            .table_name(&other)
            .billing_mode(aws_sdk_dynamodb::types::BillingMode::PayPerRequest)
            .set_key_schema(described.key_schema)
            .set_attribute_definitions(described.attribute_definitions)
            .send()
            .await
            .unwrap();
        let counter = Counter { name: "x".into(), hits: 1, since: None };
        counter.create().table(&other).send(client).await.unwrap();
        assert_eq!(Counter::get("x").send(client).await.unwrap(), None);
        assert_eq!(Counter::get("x").table(&other).send(client).await.unwrap(), Some(counter));
        assert_eq!(Counter::query("x").table(&other).count(client).await.unwrap(), 1);
        let over = client.with_overrides(theory::client::Overrides::new().table(&other));
        assert_eq!(Counter::query("x").count(&over).await.unwrap(), 1);
        Counter::update("x").add(Counter::HITS, 1).table(&other).send(client).await.unwrap();
        assert_eq!(
            Counter::delete("x").table(&other).return_old().send(client).await.unwrap().unwrap().hits,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn requests_are_values() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        // Built before there is a client, and sent from another task.
        let (put, get) = (thing.put(), Thing::get("a", 1));
        let query = Thing::query("a").filter(Thing::FLAG.eq(true));
        assert_eq!(bench.wire.count(), 0);
        tokio::spawn(put.send(client)).await.unwrap().unwrap();
        assert_eq!(tokio::spawn(get.send(client)).await.unwrap().unwrap(), Some(thing.clone()));
        assert_eq!(query.clone().count(client).await.unwrap(), 1);
        assert_eq!(tokio::spawn(query.all(client)).await.unwrap().unwrap(), std::slice::from_ref(&thing));
        // What is built and never sent is never sent.
        drop(Thing::delete("a", 1).send(client));
        assert_eq!(Thing::query("a").count(client).await.unwrap(), 1);

        // The same request is the same bytes.
        bench.wire.clear();
        let request = || {
            Thing::update("a", 1)
                .set(Thing::COUNT, 1)
                .condition(Thing::TEXT.ne("x") & Thing::COUNT.ne(1) | Thing::FLAG.eq(true))
                .send(client)
        };
        request().await.unwrap();
        request().await.unwrap();
        let sent = bench.wire.sent();
        assert_eq!(sent[0].body.to_string(), sent[1].body.to_string());
        let values = sent[0].body["ExpressionAttributeValues"].as_object().unwrap();
        assert_eq!(values.len(), 3, "equal values share a placeholder: {values:?}");
    })
    .await;
}

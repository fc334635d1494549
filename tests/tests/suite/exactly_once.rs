//! `.exactly_once()` on every verb: the plain verb's effect and errors, as a transaction of one.

use theory::{Client, ErrorKind, Table, Timestamp};
use theory_testing::FixedClock;
use theory_tests::Capability;

use crate::support::with_tables;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counters")]
struct Counter {
    #[table(pk)]
    id: String,
    count: u64,
    #[table(version)]
    version: u64,
    #[table(updated_at)]
    updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "plain")]
struct Plain {
    #[table(pk)]
    id: String,
    text: String,
    more: Option<String>,
}

fn counter(count: u64) -> Counter {
    Counter { id: "a".into(), count, version: 0, updated_at: Timestamp::default() }
}

async fn read(client: &Client) -> Option<Counter> {
    Counter::get("a").consistent_read().send(client).await.unwrap()
}

#[tokio::test]
async fn every_verb_does_what_it_does_alone() {
    with_tables(theory::schema![Counter], async |bench| {
        let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
        let now = clock.clone();
        let client = bench.client.with_clock(move || now.now());
        let stamps = counter(1).create().exactly_once().send(&client).await.unwrap();
        assert_eq!((stamps.version, stamps.updated_at), (Some(0), Some(clock.now())));
        assert_eq!(read(&client).await.map(|counter| (counter.count, counter.version)), Some((1, 0)));

        // The order of the calls is of no matter, and a touch is an update too.
        Counter::update("a").exactly_once().add(Counter::COUNT, 2).send(&client).await.unwrap();
        Counter::update("a").exactly_once().send(&client).await.unwrap();
        assert_eq!(read(&client).await.map(|counter| (counter.count, counter.version)), Some((3, 2)));

        let stored = read(&client).await.unwrap();
        let stamps =
            stored.replace().exactly_once().expected_version(stored.version).send(&client).await.unwrap();
        assert_eq!(stamps.version, Some(3));
        counter(9).put().exactly_once().send(&client).await.unwrap();
        assert_eq!(read(&client).await.map(|counter| counter.count), Some(9));
        Counter::delete("a").exactly_once().condition(Counter::COUNT.eq(9)).send(&client).await.unwrap();
        assert_eq!(read(&client).await, None);
        let operations: Vec<_> = bench.wire.sent().into_iter().map(|sent| sent.operation).collect();
        assert!(operations.iter().all(|name| name == "TransactWriteItems" || name == "GetItem"));
    })
    .await;
}

#[tokio::test]
async fn errors_are_those_of_the_plain_verb() {
    with_tables(theory::schema![Counter, Plain], async |bench| {
        let client = bench.client.clone();
        counter(1).create().send(&client).await.unwrap();
        for error in [
            counter(2).create().exactly_once().return_old_on_failure().send(&client).await.unwrap_err(),
            Counter::update("a")
                .add(Counter::COUNT, 1)
                .condition(Counter::COUNT.gt(1))
                .return_old_on_failure()
                .exactly_once()
                .send(&client)
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::ConditionFailed);
            assert!(error.is_condition_failed() && !error.is_ambiguous() && !error.is_retryable());
            assert_eq!((error.entity(), error.operation()), ("Counter", Some("TransactWriteItems")));
            assert_eq!(error.old_item::<Counter>().unwrap().map(|old| old.count), Some(1));
        }
        let update = Counter::update("a").add(Counter::COUNT, 1).expected_version(7);
        let error = update.exactly_once().send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VersionConflict);
        let error = Counter::delete("a").expected_version(7).exactly_once().send(&client).await.unwrap_err();
        assert!(error.is_version_conflict() && error.is_condition_failed());
        // Absent: an update makes no item unless it is asked to.
        let error =
            Counter::update("none").add(Counter::COUNT, 1).exactly_once().send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);

        let large = Plain { id: "a".into(), text: "x".repeat(300 * 1024), more: None };
        large.put().send(&client).await.unwrap();
        let larger = || Plain::update("a").set(Plain::MORE, "y".repeat(200 * 1024));
        let alone = larger().send(&client).await.unwrap_err();
        let error = larger().exactly_once().send(&client).await.unwrap_err();
        assert_eq!((alone.kind(), error.kind()), (ErrorKind::ItemTooLarge, ErrorKind::ItemTooLarge));

        bench.wire.clear();
        let error = Plain::update("a").exactly_once().send(&client).await.unwrap_err();
        assert_eq!((error.kind(), bench.wire.count()), (ErrorKind::InvalidRequest, 0));
    })
    .await;
}

#[tokio::test]
async fn it_costs_twice_and_goes_where_it_is_sent() {
    with_tables(theory::schema![Plain], async |bench| {
        let client = bench.client.clone();
        let plain = Plain { id: "a".into(), text: "short".into(), more: None };
        let alone = plain.put().send_response(&client).await.unwrap();
        let once = plain.put().exactly_once().send_response(&client).await.unwrap();
        let units =
            |capacity: Option<theory::op::ConsumedCapacity>| capacity.map(|capacity| capacity.units());
        if !bench.sandbox.lacks(Capability::TransactionCapacity) {
            assert_eq!(units(alone.consumed_capacity), Some(1.0));
            assert_eq!(units(once.consumed_capacity), Some(2.0));
        }

        let elsewhere = plain.put().exactly_once().table("no-such-table").send(&client).await.unwrap_err();
        assert!(elsewhere.is_table_not_found(), "{elsewhere}");
        assert_eq!(bench.wire.last()["TransactItems"][0]["Put"]["TableName"], "no-such-table");
    })
    .await;
}

/// The same request with the same token is done once; another one with it is refused.
#[tokio::test]
async fn a_token_of_the_callers_holds_from_request_to_request() {
    with_tables(theory::schema![Counter, Plain], async |bench| {
        let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
        let now = clock.clone();
        let client = bench.client.with_clock(move || now.now());
        counter(0).create().send(&client).await.unwrap();
        let add = |count: u64| {
            Counter::update("a").add(Counter::COUNT, count).exactly_once().client_request_token("order-17")
        };
        add(1).send(&client).await.unwrap();
        add(1).send(&client).await.unwrap();
        assert_eq!(read(&client).await.map(|counter| (counter.count, counter.version)), Some((1, 1)));
        let error = add(2).send(&client).await.unwrap_err();
        assert!(error.is_invalid() && !error.is_condition_failed(), "{error}");
        // The moment that is stamped is a part of the request.
        clock.advance(std::time::Duration::from_secs(1));
        assert!(add(1).send(&client).await.is_err());
        assert_eq!(read(&client).await.map(|counter| counter.count), Some(1));
    })
    .await;
}

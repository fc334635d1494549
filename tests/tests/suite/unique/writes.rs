//! One write at a time.

use std::time::Duration;

use serde_json::json;
use theory_testing::FixedClock;

use super::*;
use crate::support::with_tables;

#[tokio::test]
async fn a_value_is_taken_once_and_freed_by_a_delete() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "a@example.com").create().send(&client).await.unwrap();
        assert_eq!(
            guard(bench, "User.email#S13:a@example.com").await["theory.owner"],
            json!({"S": r#"{"id":"ada"}"#})
        );
        assert_violates(user("bob", "a@example.com").create().send(&client).await, "User.email");
        assert_eq!(read(&client, "bob").await, None, "nothing of it was done");
        // The key comes first: whoever creates again what was created is told so, and not that the value is taken.
        let error = user("ada", "a@example.com").create().send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);

        User::delete("ada").reading_old().send(&client).await.unwrap();
        assert_eq!(guard(bench, "User.email#S13:a@example.com").await, serde_json::Value::Null);
        user("bob", "a@example.com").create().send(&client).await.unwrap();
        // Deleting what is not there frees nothing.
        User::delete("ada").reading_old().send(&client).await.unwrap();
        assert_violates(user("eve", "a@example.com").create().send(&client).await, "User.email");
    })
    .await;
}

#[tokio::test]
async fn a_value_is_changed_on_every_way_of_writing() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "0").create().send(&client).await.unwrap();
        user("bob", "taken").create().send(&client).await.unwrap();
        user("ada", "1").put().reading_old().send(&client).await.unwrap();
        user("ada", "2").replace().reading_old().send(&client).await.unwrap();
        User::update("ada")
            .set(User::EMAIL, "3")
            .add(User::VISITS, 1)
            .reading_old()
            .send(&client)
            .await
            .unwrap();
        assert_eq!(read(&client, "ada").await, Some(User { visits: 1, ..user("ada", "3") }));
        for (number, email) in ["0", "1", "2"].iter().enumerate() {
            user(&format!("free {number}"), email).create().send(&client).await.unwrap();
        }
        assert_violates(user("ada", "taken").put().reading_old().send(&client).await, "User.email");
        assert_violates(user("ada", "taken").replace().reading_old().send(&client).await, "User.email");
        let update = || User::update("ada").set(User::EMAIL, "taken").reading_old();
        assert_violates(update().send(&client).await, "User.email");
        assert_eq!(read(&client, "ada").await.unwrap().email, "3");
        // What is written again keeps its guard.
        user("ada", "3").put().reading_old().send(&client).await.unwrap();
        assert_violates(user("eve", "3").create().send(&client).await, "User.email");
        // What is not there cannot be updated, but be made.
        let eve = || {
            User::update("eve").set(User::EMAIL, "4").set(User::TENANT, 1).set(User::VISITS, 0).reading_old()
        };
        assert_eq!(eve().send(&client).await.unwrap_err().kind(), ErrorKind::ConditionFailed);
        eve().upsert().send(&client).await.unwrap();
        assert_violates(user("fay", "4").create().send(&client).await, "User.email");
        assert_violates(user("fay", "4").put().reading_old().send(&client).await, "User.email");
    })
    .await;
}

#[tokio::test]
async fn only_what_touches_a_constraint_is_a_transaction() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "a").create().send(&client).await.unwrap();
        bench.wire.clear();
        User::update("ada").add(User::VISITS, 1).send(&client).await.unwrap();
        // Nor does it read for nothing.
        User::update("ada").add(User::VISITS, 1).reading_old().send(&client).await.unwrap();
        User::update("ada").set(User::HANDLE, "ada").reading_old().send(&client).await.unwrap();
        let sent: Vec<String> = bench.wire.sent().into_iter().map(|sent| sent.operation).collect();
        assert_eq!(sent, ["UpdateItem", "UpdateItem", "GetItem", "TransactWriteItems"]);
        let body = bench.wire.last();
        assert_eq!(body["TransactItems"].as_array().unwrap().len(), 2, "the other constraint is not touched");
        bench.wire.clear();
        // Nothing that is unique is there, so nothing is guarded: a plain delete would do, conditional on just that.
        bench.put_json("users", json!({"id": {"S": "bare"}})).await;
        User::delete("bare").reading_old().send(&client).await.unwrap();
        let sent: Vec<String> = bench.wire.sent().into_iter().map(|sent| sent.operation).collect();
        assert_eq!(sent, ["GetItem", "DeleteItem"]);
        assert_eq!(read(&client, "bare").await, None);
    })
    .await;
}

#[tokio::test]
async fn several_fields_are_unique_together_and_none_is_left_out() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        // Without a handle there is nothing to guard, however many they are.
        for id in ["1", "2", "3"] {
            user(id, id).create().send(&client).await.unwrap();
        }
        named("ada", "a", 1, "lady").create().send(&client).await.unwrap();
        named("bob", "b", 2, "lady").create().send(&client).await.unwrap();
        assert_violates(named("eve", "e", 1, "lady").create().send(&client).await, "handle");
        // The other constraint was not violated, and nothing of it is left.
        user("eve", "e").create().send(&client).await.unwrap();
        // One part of it moves, the other is known from the item that was read.
        assert_violates(User::update("bob").set(User::TENANT, 1).reading_old().send(&client).await, "handle");
        User::update("bob").set(User::TENANT, 3).reading_old().send(&client).await.unwrap();
        named("fay", "f", 2, "lady").create().send(&client).await.unwrap();
        assert_violates(named("gus", "g", 3, "lady").create().send(&client).await, "handle");
        User::update("bob").remove(User::HANDLE).reading_old().send(&client).await.unwrap();
        named("gus", "g", 3, "lady").create().send(&client).await.unwrap();
        // `12` and `3` are not `1` and `23`.
        named("hal", "h", 12, "3").create().send(&client).await.unwrap();
        named("ida", "i", 1, "23").create().send(&client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_is_refused() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "a").create().send(&client).await.unwrap();
        bench.wire.clear();
        let refused: Vec<Error> = vec![
            user("ada", "b").put().send(&client).await.unwrap_err(),
            user("ada", "b").replace().send(&client).await.unwrap_err(),
            User::update("ada").set(User::EMAIL, "b").send(&client).await.unwrap_err(),
            User::update("ada").remove(User::HANDLE).send(&client).await.unwrap_err(),
            User::delete("ada").send(&client).await.unwrap_err(),
            theory::transaction(User::delete("ada")).send(&client).await.unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("say `.reading_old()`"), "{error}");
        }
        let returning = User::delete("ada").reading_old().return_old().send(&client).await.unwrap_err();
        assert!(returning.to_string().contains("returns no item"), "{returning}");
        assert_eq!(bench.wire.count(), 0);
        let computed = User::update("ada").set(User::TENANT, User::TENANT + 1).reading_old();
        let error = computed.send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.attribute()), (ErrorKind::InvalidRequest, Some("tenant")));
        // But what the item has can be seen.
        let kept = User::update("ada").set(User::EMAIL, User::EMAIL.if_not_exists("other")).reading_old();
        kept.send(&client).await.unwrap();
        assert_violates(user("bob", "a").create().send(&client).await, "User.email");
        user("bob", "other").create().send(&client).await.unwrap();
        let long = user("eve", &"x".repeat(2048)).create().send(&client).await.unwrap_err();
        assert_eq!(long.kind(), ErrorKind::Encode);
        // A guard is nobody's item.
        let key = "theory.unique#User.email#S1:a";
        assert_eq!(User::get(key).send(&client).await.unwrap_err().kind(), ErrorKind::Encode);
        assert_eq!(
            user(key, "z").create().send(&client).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    })
    .await;
}

#[tokio::test]
async fn a_version_is_kept_beside_the_guards() {
    with_tables(theory::schema![Seat], async |bench| {
        let client = bench.client.clone();
        let stamps = seat("t-1", 12).create().send(&client).await.unwrap();
        assert_eq!(stamps.version, Some(0));
        seat("t-2", 13).create().send(&client).await.unwrap();
        let update = |number: u32, version: u64| {
            Seat::update("north", "t-1").set(Seat::SEAT, number).expected_version(version).reading_old()
        };
        update(14, 0).send(&client).await.unwrap();
        let stale = update(15, 0).send(&client).await.unwrap_err();
        assert_eq!(stale.kind(), ErrorKind::VersionConflict);
        assert_violates(update(13, 1).send(&client).await, "seat");
        let stale = Seat::delete("north", "t-1").expected_version(0).reading_old().send(&client).await;
        assert_eq!(stale.unwrap_err().kind(), ErrorKind::VersionConflict);
        let mut moved = Seat { version: 1, ..seat("t-1", 12) };
        moved.stamp(&moved.replace().expected_version(1).reading_old().send(&client).await.unwrap());
        assert_eq!(moved.version, 2);
        let stored = Seat::get("north", "t-1").consistent_read().send(&client).await.unwrap();
        assert_eq!(stored, Some(moved));
        seat("t-3", 14).create().send(&client).await.unwrap();
        Seat::delete("north", "t-1").expected_version(2).reading_old().send(&client).await.unwrap();
        seat("t-4", 12).create().send(&client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_expired_guard_is_free() {
    with_tables(theory::schema![Seat], async |bench| {
        let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
        let now = clock.clone();
        let client = bench.client.with_clock(move || now.now());
        let until = |minutes: u64| clock.now().checked_add(Duration::from_secs(60 * minutes));
        let held = |ticket: &str, minutes: u64| Seat { expires: until(minutes), ..seat(ticket, 12) };
        held("t-1", 10).create().send(&client).await.unwrap();
        clock.advance(Duration::from_secs(9 * 60));
        assert_violates(held("t-2", 10).create().send(&client).await, "seat");
        // The guard lives as long as the item: who extends one extends the other.
        let extend = |ticket| Seat::update("north", ticket).set(Seat::EXPIRES, until(10)).reading_old();
        extend("t-1").send(&client).await.unwrap();
        clock.advance(Duration::from_secs(9 * 60));
        assert_violates(held("t-2", 10).create().send(&client).await, "seat");
        clock.advance(Duration::from_secs(60));
        held("t-2", 10).create().send(&client).await.unwrap();
        // The first is still there, for DynamoDB deletes when it likes. The seat is the second's.
        assert_violates(extend("t-1").send(&client).await, "seat");
        Seat::update("north", "t-1").set(Seat::NOTE, "late").send(&client).await.unwrap();
        Seat::delete("north", "t-1").reading_old().send(&client).await.unwrap();
        assert_eq!(Seat::get("north", "t-1").send(&client).await.unwrap(), None);
        assert_violates(held("t-3", 10).create().send(&client).await, "seat");
        // For good.
        Seat::update("north", "t-2").remove(Seat::EXPIRES).reading_old().send(&client).await.unwrap();
        clock.advance(Duration::from_secs(3600));
        assert_violates(held("t-3", 10).create().send(&client).await, "seat");
    })
    .await;
}

#[tokio::test]
async fn items_from_before_the_constraint_are_guarded_once_they_are_written() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        let item =
            |id: &str| json!({"id": {"S": id}, "email": {"S": "a"}, "tenant": {"N": "7"}, "visits": {"N": "0"}});
        bench.put_json("users", item("ada")).await;
        bench.put_json("users", item("bob")).await;
        let ada = read(&client, "ada").await.unwrap();
        ada.put().reading_old().send(&client).await.unwrap();
        assert_violates(user("eve", "a").create().send(&client).await, "User.email");
        // The other one has not the value, as far as guards go; it can be given another, and be deleted.
        assert_violates(read(&client, "bob").await.unwrap().put().reading_old().send(&client).await, "User.email");
        User::update("bob").set(User::EMAIL, "b").reading_old().send(&client).await.unwrap();
        assert_violates(user("eve", "a").create().send(&client).await, "User.email");
        assert_violates(user("eve", "b").create().send(&client).await, "User.email");
    })
    .await;
}

#[tokio::test]
async fn what_is_stored_under_an_older_name_is_known_too() {
    with_tables(theory::schema![Seat], async |bench| {
        let client = bench.client.clone();
        let older = |ticket: &str, seat: &str| {
            json!({
                "hall": {"S": "north"}, "ticket": {"S": ticket}, "seat": {"N": seat}, "note": {"S": ""},
                "version": {"N": "0"},
            })
        };
        // A number in another form is the same number.
        bench.put_json("seats", older("t-1", "12.0")).await;
        bench.put_json("seats", older("t-2", "13")).await;
        let mut first = Seat::get("north", "t-1").loaded().send(&client).await.unwrap().unwrap();
        // Its guard is made once the item is written.
        first.replace().send(&client).await.unwrap();
        assert_violates(seat("t-3", 12).create().send(&client).await, "seat");
        Seat::update("north", "t-2").set(Seat::SEAT, 14).reading_old().send(&client).await.unwrap();
        assert_violates(seat("t-3", 14).create().send(&client).await, "seat");
        seat("t-3", 13).create().send(&client).await.unwrap();
        // Another hall has seats of the same numbers.
        Seat { hall: "south".into(), ..seat("t-1", 12) }.create().send(&client).await.unwrap();
        Seat::delete("north", "t-1").reading_old().send(&client).await.unwrap();
        seat("t-4", 12).create().send(&client).await.unwrap();
    })
    .await;
}

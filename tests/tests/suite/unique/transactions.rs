//! In transactions of the caller's, beside other writes.

use std::time::Duration;

use theory::{CancellationReason, transaction};
use theory_testing::FixedClock;

use super::*;
use crate::support::with_tables;

fn kinds(error: &Error) -> Vec<Option<ErrorKind>> {
    error.cancellation_reasons().iter().map(CancellationReason::kind).collect()
}

#[tokio::test]
async fn the_reason_has_the_place_of_the_write() {
    with_tables(theory::schema![User, Seat], async |bench| {
        let client = bench.client.clone();
        transaction((named("ada", "a", 1, "lady").create(), seat("t-1", 12).create()))
            .send(&client)
            .await
            .unwrap();
        let error = transaction((
            named("bob", "b", 1, "sir").create(),
            seat("t-2", 12).create(),
            named("eve", "e", 1, "lady").create(),
            User::check("ada").condition(User::VISITS.eq(0)),
        ))
        .send(&client)
        .await
        .unwrap_err();
        let violated = Some(ErrorKind::UniqueViolation);
        assert_eq!(error.kind(), ErrorKind::TransactionCanceled);
        assert_eq!(kinds(&error), [None, violated, violated, None]);
        let constraints: Vec<_> =
            error.cancellation_reasons().iter().map(|reason| reason.constraint()).collect();
        assert_eq!(constraints, [None, Some("seat"), Some("handle"), None]);
        assert_eq!(error.constraint(), Some("seat"));
        assert!(error.is_unique_violation() && !error.is_condition_failed() && !error.is_retryable());
        // A condition of the caller's and a violation.
        let error = transaction((
            User::update("ada").set(User::VISITS, 1).condition(User::VISITS.gt(5)),
            user("bob", "a").create(),
        ))
        .send(&client)
        .await
        .unwrap_err();
        assert_eq!(kinds(&error), [Some(ErrorKind::ConditionFailed), violated]);
        assert!(error.is_condition_failed() && error.is_unique_violation());
        assert_eq!(read(&client, "bob").await, None);
    })
    .await;
}

#[tokio::test]
async fn values_change_hands_within_a_transaction() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "a").create().send(&client).await.unwrap();
        user("bob", "b").create().send(&client).await.unwrap();
        let set = |id: &str, email: &str| User::update(id).set(User::EMAIL, email).reading_old();
        transaction((set("ada", "b"), set("bob", "a"))).send(&client).await.unwrap();
        assert_eq!(read(&client, "ada").await.unwrap().email, "b");
        assert_eq!(read(&client, "bob").await.unwrap().email, "a");
        assert_violates(set("ada", "a").send(&client).await, "User.email");
        assert_violates(set("bob", "b").send(&client).await, "User.email");
        // One leaves, another takes what is free then, whatever the order.
        transaction((user("eve", "b").create(), User::delete("ada").reading_old()))
            .send(&client)
            .await
            .unwrap();
        transaction((User::delete("bob").reading_old(), user("fay", "a").create()))
            .send(&client)
            .await
            .unwrap();
        assert_violates(user("gus", "a").create().send(&client).await, "User.email");
        assert_violates(user("gus", "b").create().send(&client).await, "User.email");
        // Two that want the same are refused before anything is sent.
        bench.wire.clear();
        let both = transaction((user("gus", "g").create(), user("hal", "g").create()));
        assert_violates(both.send(&client).await, "User.email");
        assert_eq!(bench.wire.count(), 0);
    })
    .await;
}

#[tokio::test]
async fn guards_count_and_stamps_keep_their_places() {
    with_tables(theory::schema![User, Seat], async |bench| {
        let client = bench.client.clone();
        let all = |count: u32| {
            (0..count).map(|n| user(&format!("{n}"), &format!("{n}")).create()).collect::<Vec<_>>()
        };
        let error = transaction(all(51)).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("not 102, the guards of unique values included"), "{error}");
        transaction(all(50)).send(&client).await.unwrap();
        let response =
            transaction(user("one more", "one more").create()).send_response(&client).await.unwrap();
        assert!(response.consumed_capacity.unwrap().units() >= 4.0);
        let stamps = transaction((user("x", "x").create(), seat("t-1", 1).create(), seat("t-2", 2).create()));
        let stamps = stamps.send_stamped(&client).await.unwrap();
        let versions: Vec<_> = stamps.iter().map(|stamps| stamps.and_then(|stamps| stamps.version)).collect();
        assert_eq!(versions, [None, Some(0), Some(0)]);
        // Once with a token of the caller's, and again.
        let again = || transaction(user("y", "y").create()).client_request_token("0123456789").send(&client);
        again().await.unwrap();
        again().await.unwrap();
    })
    .await;
}

/// What an item that has expired held, and is another's by now, is left to that: but not under the caller's token, under which the
/// transaction with other guards would be another one.
#[tokio::test]
async fn a_token_of_the_callers_is_the_only_one_that_is_sent() {
    with_tables(theory::schema![User, Seat], async |bench| {
        let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
        let now = clock.clone();
        let client = bench.client.with_clock(move || now.now());
        let until = || clock.now().checked_add(Duration::from_secs(600));
        user("ada", "a").create().send(&client).await.unwrap();
        Seat { expires: until(), ..seat("t-1", 12) }.create().send(&client).await.unwrap();
        clock.advance(Duration::from_secs(700));
        seat("t-2", 12).create().send(&client).await.unwrap();

        bench.wire.clear();
        let leave = || {
            transaction((
                User::update("ada").add(User::VISITS, 1),
                Seat::delete("north", "t-1").reading_old(),
            ))
        };
        for _ in 0..2 {
            let error = leave().client_request_token("leave t-1").send(&client).await.unwrap_err();
            assert!(error.is_transaction_conflict() && !error.is_ambiguous(), "{error}");
            assert_eq!(kinds(&error), [None, Some(ErrorKind::TransactionConflict)]);
        }
        let delete = Seat::delete("north", "t-1").reading_old().exactly_once();
        let error = delete.client_request_token("leave t-1 alone").send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::TransactionConflict, false));
        let tokens: Vec<_> = bench
            .wire
            .sent()
            .into_iter()
            .filter(|sent| sent.operation == "TransactWriteItems")
            .map(|sent| sent.body["ClientRequestToken"].as_str().unwrap().to_owned())
            .collect();
        assert!(tokens.iter().all(|token| token.starts_with("leave t-1")), "{tokens:?}");
        assert_eq!(read(&client, "ada").await.unwrap().visits, 0);
        // Without one it is done, once.
        leave().send(&client).await.unwrap();
        assert_eq!(read(&client, "ada").await.unwrap().visits, 1);
        assert_violates(seat("t-3", 12).create().send(&client).await, "seat");
    })
    .await;
}

//! In transactions of the caller's, beside other writes.

use theory::{CancellationReason, transaction};

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

//! Writing what was loaded: it knows what it frees.

use theory::{Loaded, transaction};

use super::*;
use crate::support::with_tables;

async fn load(client: &Client, id: &str) -> Loaded<User> {
    User::get(id).consistent_read().loaded().send(client).await.unwrap().expect("the user")
}

#[tokio::test]
async fn a_loaded_entity_changes_and_frees_values_without_another_read() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        named("ada", "a", 1, "lady").create().send(&client).await.unwrap();
        user("bob", "b").create().send(&client).await.unwrap();
        let mut ada = load(&client, "ada").await;
        bench.wire.clear();
        ada.visits = 5;
        ada.save().send(&client).await.unwrap();
        ada.email = "c".into();
        ada.save().send(&client).await.unwrap();
        ada.handle = None;
        ada.put().send(&client).await.unwrap();
        let sent: Vec<String> = bench.wire.sent().into_iter().map(|sent| sent.operation).collect();
        assert_eq!(sent, ["UpdateItem", "TransactWriteItems", "TransactWriteItems"]);
        named("eve", "a", 1, "lady").create().send(&client).await.unwrap();
        let mut ada = load(&client, "ada").await;
        ada.email = "b".into();
        assert_violates(ada.save().send(&client).await, "User.email");
        assert_violates(ada.replace().send(&client).await, "User.email");
        // What failed has changed nothing of what is known.
        ada.email = "d".into();
        ada.save().send(&client).await.unwrap();
        ada.delete().send(&client).await.unwrap();
        for (id, email) in [("c", "c"), ("d", "d")] {
            user(id, email).create().send(&client).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_it_was_loaded_is_a_conflict() {
    with_tables(theory::schema![User, Seat], async |bench| {
        let client = bench.client.clone();
        user("ada", "a").create().send(&client).await.unwrap();
        let mut stale = load(&client, "ada").await;
        User::update("ada").set(User::EMAIL, "b").reading_old().send(&client).await.unwrap();
        stale.email = "c".into();
        let conflicts: [Result<(), Error>; 3] = [
            stale.save().send(&client).await,
            stale.put().send(&client).await,
            stale.delete().send(&client).await,
        ];
        for conflict in conflicts {
            let error = conflict.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VersionConflict);
            assert!(error.is_condition_failed() && !error.is_unique_violation());
        }
        let error = transaction((user("bob", "x").create(), stale.save())).send(&client).await.unwrap_err();
        assert!(error.is_version_conflict());
        assert_eq!(error.cancellation_reasons()[1].kind(), Some(ErrorKind::VersionConflict));
        // A condition of the caller's that fails is none.
        let mut ada = load(&client, "ada").await;
        ada.email = "c".into();
        let error = ada.save().condition(User::VISITS.gt(5)).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        User::delete("ada").reading_old().send(&client).await.unwrap();
        assert_eq!(ada.save().send(&client).await.unwrap_err().kind(), ErrorKind::VersionConflict);
        user("eve", "b").create().send(&client).await.unwrap();

        // Beside a version.
        seat("t-1", 12).create().send(&client).await.unwrap();
        let mut one = Seat::get("north", "t-1").loaded().send(&client).await.unwrap().unwrap();
        let mut two = one.clone();
        one.seat = Some(13);
        one.save().send(&client).await.unwrap();
        assert_eq!(one.version, 1);
        two.seat = Some(14);
        assert_eq!(two.save().send(&client).await.unwrap_err().kind(), ErrorKind::VersionConflict);
        one.seat = None;
        one.save().send(&client).await.unwrap();
        seat("t-2", 13).create().send(&client).await.unwrap();
        seat("t-3", 12).create().send(&client).await.unwrap();
        one.delete().send(&client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn once_is_once_with_guards_too() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        let create = || user("ada", "a").create().exactly_once().client_request_token("create ada");
        create().send(&client).await.unwrap();
        create().send(&client).await.unwrap();
        assert_violates(user("bob", "a").create().exactly_once().send(&client).await, "User.email");
        let mut add = User::update("ada").add(User::VISITS, 1).set(User::EMAIL, "b").reading_old();
        add = add.return_old_on_failure();
        add.exactly_once().send(&client).await.unwrap();
        let ada = read(&client, "ada").await.unwrap();
        assert_eq!((ada.visits, &*ada.email), (1, "b"));
    })
    .await;
}

//! Unique values under faults: an item and its guards are never without each other, whatever happens to the requests.

use std::collections::BTreeSet;

use theory::client::CreateTables;
use theory::{Client, ErrorKind, Table};
use theory_testing::{Cancellation, EmbeddedDynamoDb, Fault, Faults, Operation};

/// Somebody whose address nobody else has.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users", scan)]
pub(crate) struct User {
    #[table(pk)]
    pub(crate) id: String,
    #[table(unique)]
    pub(crate) email: String,
    pub(crate) visits: u64,
}

/// What is in the table, guards included.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users", scan)]
struct Stored {
    #[table(pk)]
    id: String,
    email: Option<String>,
    #[table(rename = "theory.owner")]
    owner: Option<String>,
}

/// Examples of faults after which nobody knows whether the write was done, and such as did nothing.
const FAULTS: [Fault; 10] = [
    Fault::TimeoutAfterEffect,
    Fault::ResetAfterEffect,
    Fault::ServerErrorAfterEffect,
    Fault::BrokenBody,
    Fault::CorruptBody,
    Fault::TimeoutBeforeEffect,
    Fault::ResetBeforeEffect,
    Fault::ServerErrorBeforeEffect,
    Fault::ConnectionRefused,
    Fault::TransactionConflict,
];

fn user(id: &str, email: &str) -> User {
    User { id: id.into(), email: email.into(), visits: 0 }
}

pub(crate) async fn engine() -> EmbeddedDynamoDb {
    let engine = EmbeddedDynamoDb::new();
    CreateTables::of(theory::schema![User]).send(&engine.client()).await.unwrap();
    engine
}

/// Each item with its value; every item must have its guard, and every guard its item.
pub(crate) async fn stored(client: &Client, context: &str) -> BTreeSet<(String, String)> {
    let all = Stored::scan().consistent_read().all(client).await.unwrap();
    let items: BTreeSet<_> =
        all.iter().filter_map(|item| Some((item.id.clone(), item.email.clone()?))).collect();
    let guards: BTreeSet<_> =
        all.iter().filter_map(|guard| Some((guard.id.clone(), guard.owner.clone()?))).collect();
    let expected: BTreeSet<_> = items
        .iter()
        .map(|(id, email)| {
            (format!("theory.unique#User.email#S{}:{email}", email.len()), format!(r#"{{"id":"{id}"}}"#))
        })
        .collect();
    assert_eq!(guards, expected, "{context}");
    items
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_again_by_the_token() {
    for fault in FAULTS {
        let engine = engine().await;
        let faults = Faults::seed(1).on_all().attempt(1).inject(fault.clone());
        let client = engine.through(&faults).client();
        user("ada", "a").create().send(&client).await.unwrap();
        User::update("ada")
            .set(User::EMAIL, "b")
            .add(User::VISITS, 1)
            .reading_old()
            .send(&client)
            .await
            .unwrap();
        let items = stored(&engine.client(), &format!("{fault:?}")).await;
        assert_eq!(items, BTreeSet::from([("ada".into(), "b".into())]), "{fault:?}");
        assert_eq!(User::get("ada").send(&engine.client()).await.unwrap().unwrap().visits, 1, "{fault:?}");
        User::delete("ada").reading_old().send(&client).await.unwrap();
        assert!(stored(&engine.client(), &format!("{fault:?}")).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answers_are_all_lost_is_safe_to_repeat() {
    let engine = engine().await;
    let faults = Faults::seed(1).on_all().inject(Fault::ResetAfterEffect);
    let client = engine.through(&faults).client();
    let lost = user("ada", "a").create().send(&client).await.unwrap_err();
    assert!(lost.is_ambiguous() && !lost.is_unique_violation());
    // It meets its own item, and no guard of another's.
    let again = user("ada", "a").create().send(&engine.client()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::ConditionFailed);
    assert!(!again.is_ambiguous());
    // What was only to be read is not in doubt.
    let unread = User::delete("ada").reading_old().send(&client).await.unwrap_err();
    assert_eq!((unread.operation(), unread.is_ambiguous()), (Some("GetItem"), false));
    assert_eq!(stored(&engine.client(), "lost").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_reason_of_a_guard_is_the_write_s() {
    for (cancellation, kind) in [
        (Cancellation::ConditionalCheckFailed, ErrorKind::UniqueViolation),
        (Cancellation::ThrottlingError, ErrorKind::Throttled),
        (Cancellation::TransactionConflict, ErrorKind::TransactionConflict),
    ] {
        let engine = engine().await;
        let faults =
            Faults::seed(1).on(Operation::TransactWriteItems).inject(Fault::CanceledAt(1, cancellation));
        let client = engine.through(&faults).client();
        let error = user("ada", "a").create().send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (kind, false));
        let writes = theory::transaction(user("ada", "a").create()).send(&client).await.unwrap_err();
        let kinds: Vec<_> = writes.cancellation_reasons().iter().map(|reason| reason.kind()).collect();
        assert_eq!(kinds, [Some(kind)]);
    }
}

//! A save whose answer is lost: what the loaded entity knows then.

use theory::client::CreateTables;
use theory::{ErrorKind, Loaded, Table};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counters")]
struct Counter {
    #[table(pk)]
    id: String,
    count: u64,
    #[table(version)]
    version: u64,
}

/// Without a version.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "labels")]
struct Label {
    #[table(pk)]
    id: String,
    text: String,
}

async fn engine() -> EmbeddedDynamoDb {
    let engine = EmbeddedDynamoDb::new();
    CreateTables::of(theory::schema![Counter, Label]).send(&engine.client()).await.unwrap();
    engine
}

async fn stored(engine: &EmbeddedDynamoDb) -> Loaded<Counter> {
    Counter::get("c").loaded().send(&engine.client()).await.unwrap().expect("the counter")
}

#[tokio::test(start_paused = true)]
async fn after_an_ambiguous_save_the_entity_is_as_it_was() {
    for (fault, takes_effect) in [(Fault::ResetAfterEffect, true), (Fault::ResetBeforeEffect, false)] {
        let engine = engine().await;
        Counter { id: "c".into(), count: 1, version: 0 }.create().send(&engine.client()).await.unwrap();
        let faults = Faults::seed(1).on(Operation::UpdateItem).inject(fault.clone());
        let lossy = engine.through(&faults).client();
        let mut counter = stored(&engine).await;
        counter.count = 2;
        let error = counter.save().send(&lossy).await.unwrap_err();
        assert!(error.is_ambiguous(), "{fault:?}: {error}");
        assert!(counter.is_changed() && counter.version == 0, "{fault:?}");

        // Said again, it is either done or meets its own work; it is never done twice.
        let again = counter.save().send(&engine.client()).await;
        if takes_effect {
            assert_eq!(again.unwrap_err().kind(), ErrorKind::VersionConflict, "{fault:?}");
        } else {
            again.unwrap();
            assert!(!counter.is_changed() && counter.version == 1);
        }
        let stored = stored(&engine).await;
        assert_eq!((stored.count, stored.version), (2, 1), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_save_without_a_version_is_repeated_until_it_is_answered() {
    let engine = engine().await;
    Label { id: "l".into(), text: "old".into() }.create().send(&engine.client()).await.unwrap();
    let faults = Faults::seed(1).on(Operation::UpdateItem).times(1).inject(Fault::ResetAfterEffect);
    let client = engine.through(&faults).client();
    let mut label = Label::get("l").loaded().send(&client).await.unwrap().expect("the label");
    label.text = "new".into();
    let response = label.save().send_response(&client).await.unwrap().expect("something was sent");
    assert_eq!(response.attempts, 2);
    assert!(response.earlier_attempt_unknown && !label.is_changed());
}

/// A save that meets the work of its own first attempt does not know whose it is.
#[tokio::test(start_paused = true)]
async fn a_conflict_behind_a_lost_answer_is_a_doubt() {
    let engine = engine().await;
    Counter { id: "c".into(), count: 1, version: 0 }.create().send(&engine.client()).await.unwrap();
    let faults = Faults::seed(1).on(Operation::UpdateItem).attempt(1).inject(Fault::ResetAfterEffect);
    let client = engine.through(&faults).client();
    let mut counter = stored(&engine).await;
    counter.count = 2;
    let error = counter.save().send(&client).await.unwrap_err();
    assert!(error.is_ambiguous() && !error.is_version_conflict(), "{error}");
    assert!(counter.is_changed() && counter.version == 0);
    assert_eq!(stored(&engine).await.count, 2);
}

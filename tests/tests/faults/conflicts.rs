//! A condition that may have met the work of the call's own first attempt is in doubt: never a conflict, after which a program would read
//! again and do it once more.

use theory::client::CreateTables;
use theory::{Client, Error, ErrorKind, Loaded, Table};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counters")]
struct Counter {
    #[table(pk)]
    id: String,
    count: u64,
    #[table(version)]
    version: u64,
}

/// An item that is written 255 times at most.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "brief")]
struct Brief {
    #[table(pk)]
    id: String,
    text: String,
    #[table(version)]
    version: u8,
}

/// Somebody who may have an address.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "guests")]
struct Guest {
    #[table(pk)]
    id: String,
    #[table(unique)]
    email: Option<String>,
}

fn counter(count: u64) -> Counter {
    Counter { id: "c".into(), count, version: 0 }
}

/// An engine with a counter, and a client to whose first attempts at writes this happens.
async fn bench(fault: Fault) -> (EmbeddedDynamoDb, Client) {
    let engine = EmbeddedDynamoDb::new();
    let client = engine.client();
    CreateTables::of(theory::schema![Counter, Brief, Guest]).send(&client).await.unwrap();
    counter(1).create().send(&client).await.unwrap();
    let faults = Faults::seed(1);
    let lossy = engine.through(&faults).client();
    faults.on_all().attempt(1).when(|request| !request.operation.is_read()).inject(fault);
    (engine, lossy)
}

async fn loaded(engine: &EmbeddedDynamoDb) -> Loaded<Counter> {
    let mut counter = Counter::get("c").loaded().send(&engine.client()).await.unwrap().expect("the counter");
    counter.count = 2;
    counter
}

#[track_caller]
fn assert_in_doubt(write: &str, result: Result<(), Error>) -> Error {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ConditionFailed, 2), "{write}: {error}");
    assert!(error.is_ambiguous() && error.is_condition_failed(), "{write}");
    assert!(!error.is_version_conflict() && !error.is_unique_violation() && !error.is_retryable(), "{write}");
    error
}

const WRITES: [&str; 8] =
    ["update", "add", "put", "replace", "delete", "save", "loaded put", "loaded delete"];

async fn send(write: &str, engine: &EmbeddedDynamoDb, client: &Client) -> Result<(), Error> {
    let update = || Counter::update("c").expected_version(0);
    match write {
        "update" => update().set(Counter::COUNT, 2).send(client).await,
        "add" => update().add(Counter::COUNT, 1).send(client).await,
        "put" => counter(2).put().expected_version(0).send(client).await.map(drop),
        "replace" => counter(2).replace().expected_version(0).send(client).await.map(drop),
        "delete" => Counter::delete("c").expected_version(0).send(client).await,
        "save" => loaded(engine).await.save().send(client).await,
        "loaded put" => loaded(engine).await.put().send(client).await.map(drop),
        "loaded delete" => loaded(engine).await.delete().send(client).await,
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_moved_behind_a_lost_answer_is_no_conflict() {
    for write in WRITES {
        let (engine, client) = bench(Fault::ResetAfterEffect).await;
        let error = assert_in_doubt(write, send(write, &engine, &client).await);
        let stored = Counter::get("c").send(&engine.client()).await.unwrap();
        // The item that the condition met may tell whose work it was.
        assert_eq!(error.old_item::<Counter>().unwrap(), stored, "{write}");
        assert_eq!(stored.map(|counter| counter.count), (!write.contains("delete")).then_some(2), "{write}");
    }
}

/// Nor where the first attempt did nothing, and it is really somebody else's work: nobody can know.
#[tokio::test(start_paused = true)]
async fn nor_is_it_where_somebody_else_was_there() {
    for write in WRITES {
        let (engine, client) = bench(Fault::ResetBeforeEffect).await;
        let mut stale = loaded(&engine).await;
        Counter::update("c").set(Counter::COUNT, 9).send(&engine.client()).await.unwrap();
        let result = match write {
            "save" => stale.save().send(&client).await,
            "loaded put" => stale.put().send(&client).await.map(drop),
            "loaded delete" => stale.delete().send(&client).await,
            write => send(write, &engine, &client).await,
        };
        assert_in_doubt(write, result);
        assert_eq!(loaded(&engine).await.version, 1, "{write}");
        // What is certain is a conflict.
        let certain = stale.save().send(&engine.client()).await.unwrap_err();
        assert!(certain.is_version_conflict() && !certain.is_ambiguous());
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_at_its_end_behind_a_lost_answer_is_no_error_of_encoding() {
    let (engine, client) = bench(Fault::ResetAfterEffect).await;
    let brief = Brief { id: "b".into(), text: "a".into(), version: 253 };
    brief.put().send(&engine.client()).await.unwrap();
    assert_in_doubt("update", Brief::update("b").set(Brief::TEXT, "b").send(&client).await);
    assert_eq!(Brief::get("b").send(&engine.client()).await.unwrap().expect("it").version, 255);
}

/// A write that says what it has read, and is sent without guards because there are none.
#[tokio::test(start_paused = true)]
async fn what_was_read_and_met_its_own_work_is_no_conflict() {
    let (engine, client) = bench(Fault::ResetAfterEffect).await;
    let guest = Guest { id: "ada".into(), email: None };
    assert_in_doubt("put", guest.put().reading_old().send(&client).await.map(drop));
    assert_eq!(Guest::get("ada").send(&engine.client()).await.unwrap(), Some(guest));
}

/// With guards it is a transaction, whose token knows it again: there is no doubt, and no conflict with itself.
#[tokio::test(start_paused = true)]
async fn with_guards_the_token_decides() {
    let (engine, client) = bench(Fault::ResetAfterEffect).await;
    let guest = |id: &str, email: &str| Guest { id: id.into(), email: Some(email.into()) };
    guest("ada", "a").create().send(&client).await.unwrap();
    let mut ada = Guest::get("ada").loaded().send(&client).await.unwrap().expect("ada");
    ada.email = Some("b".into());
    ada.save().send(&client).await.unwrap();
    // Somebody else's is a certain violation, before and behind a lost answer.
    for fault in [Fault::ResetAfterEffect, Fault::ResetBeforeEffect] {
        let faults = Faults::seed(1).on_all().attempt(1).inject(fault);
        let client = engine.through(&faults).client();
        let error = guest("bob", "b").create().send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::UniqueViolation, 2));
        assert!(!error.is_ambiguous());
    }
}

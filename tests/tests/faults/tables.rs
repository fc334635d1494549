//! Tables under every fault: a change that was done is never denied, and to say it again makes it whole.
//!
//! What befalls items stands in the matrix. A table is changed by several requests, one after the other, so that other rules hold:
//!
//! - *done* means that the table is there, active, with its time to live; or that it is gone;
//! - *failed*, without doubt, means that nothing changed;
//! - that a table exists already, or does not exist, is said without doubt only if it was so before;
//! - `skip_existing` and `skip_missing`, said again where nothing goes wrong, come to the same as if nothing ever had;
//! - a table that is there keeps its items, whatever happens.

use theory::client::{CreateTables, DeleteTables};
use theory::{Client, ErrorKind, Table, Timestamp};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation, Recorder};

use crate::matrix::seeds;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "sessions")]
struct Session {
    #[table(pk)]
    id: String,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Create,
    CreateSkipping,
    Delete,
    DeleteSkipping,
}

impl Change {
    fn creates(self) -> bool {
        matches!(self, Self::Create | Self::CreateSkipping)
    }

    async fn send(self, client: &Client) -> theory::Result<()> {
        let (create, delete) = (CreateTables::of(ENTITIES), DeleteTables::of(ENTITIES));
        match self {
            Self::Create => create.send(client).await,
            Self::CreateSkipping => create.skip_existing().send(client).await,
            Self::Delete => delete.send(client).await,
            Self::DeleteSkipping => delete.skip_missing().send(client).await,
        }
    }
}

const ENTITIES: &[&theory::schema::Entity] = theory::schema![Session];

/// The table as it is: whether its items expire, and which there are.
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    expires: bool,
    session: Option<Session>,
}

async fn stored(client: &Client) -> Option<Stored> {
    client.describe_table(Session::SCHEMA).await.unwrap()?;
    let ttl = client.sdk().describe_time_to_live().table_name("sessions").send().await.unwrap();
    let expires = ttl.time_to_live_description().and_then(|ttl| ttl.attribute_name()) == Some("expires");
    Some(Stored { expires, session: Session::get("s").consistent_read().send(client).await.unwrap() })
}

fn plan(fault: &Fault, seed: u64) -> Faults {
    let faults = Faults::seed(seed);
    let rule = match seed % 4 {
        0 => faults.on_all().attempt(1),
        1 => faults.on_all(),
        2 => faults.on_all().probability(0.5),
        // What follows the change.
        _ => faults.on_any_of([
            Operation::DescribeTable,
            Operation::DescribeTimeToLive,
            Operation::UpdateTimeToLive,
        ]),
    };
    rule.inject(fault.clone())
}

/// Three of four do the same each time, and the engine is made anew for each run.
fn some_seeds() -> u64 {
    seeds().clamp(4, 20)
}

/// What came of it: done, ambiguous, failed.
async fn run(change: Change, fault: &Fault, seed: u64, is_there: bool) -> usize {
    let case = format!("{change:?} under {fault:?}, seed {seed}, there: {is_there}");
    let engine = EmbeddedDynamoDb::new();
    let without_faults = engine.client();
    if is_there {
        CreateTables::of(ENTITIES).send(&without_faults).await.unwrap();
        let session = Session { id: "s".into(), expires: None };
        session.put().send(&without_faults).await.unwrap();
    }
    let before = stored(&without_faults).await;
    let truth = Recorder::new();
    let faults = plan(fault, seed);
    let client = engine.through(&truth).through(&faults).client();
    let result = change.send(&client).await;
    let after = stored(&without_faults).await;

    let is_whole = match change.creates() {
        true => after.as_ref().is_some_and(|after| after.expires),
        false => after.is_none(),
    };
    let changes = [Operation::CreateTable, Operation::UpdateTimeToLive, Operation::DeleteTable];
    let is_changed = truth
        .exchanges()
        .iter()
        .any(|exchange| exchange.is_success() && changes.contains(&exchange.request.operation));
    let end = match &result {
        Ok(()) => {
            assert!(is_whole, "{case}: done, and {after:?}");
            0
        }
        Err(error) if error.is_ambiguous() => {
            let doubt = faults.injected().iter().any(|injected| injected.fault.leaves_doubt());
            assert!(doubt || is_changed, "{case}: nothing left a doubt: {error}");
            assert!(!error.is_retryable(), "{case}: {error}");
            1
        }
        Err(error) => {
            assert!(!is_changed, "{case}: something was done, and it is called failed: {error}");
            assert_eq!(after, before, "{case}: {error}");
            let as_before = match error.kind() {
                ErrorKind::TableInUse => is_there && change == Change::Create,
                ErrorKind::TableNotFound => !is_there && change == Change::Delete,
                _ => !faults.injected().is_empty(),
            };
            assert!(as_before, "{case}: {error}");
            2
        }
    };
    let kept = |stored: &Option<Stored>| stored.as_ref().and_then(|stored| stored.session.clone());
    if change.creates() {
        assert_eq!(kept(&after), kept(&before), "{case}");
    }
    faults.stop();
    let again = if change.creates() { Change::CreateSkipping } else { Change::DeleteSkipping };
    again.send(&client).await.unwrap();
    match (change.creates(), stored(&without_faults).await) {
        (true, Some(Stored { expires: true, session })) => assert_eq!(session, kept(&before), "{case}"),
        (false, None) => {}
        (_, other) => panic!("{case}: said again, it comes to {other:?}"),
    }
    end
}

async fn try_all(change: Change) {
    let mut ends = [0; 3];
    // All of them, or none: to each of its requests.
    for fault in Fault::all().iter().filter(|fault| fault.applies_to(Operation::CreateTable)) {
        for seed in 0..some_seeds() {
            for is_there in [false, true] {
                ends[run(change, fault, seed, is_there).await] += 1;
            }
        }
    }
    let [done, ambiguous, failed] = ends;
    println!("{change:?}: {done}/{ambiguous}/{failed} done/ambiguous/failed, {} seeds a case", some_seeds());
    assert!(done > 0 && ambiguous > 0 && failed > 0);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_table_keeps_its_word_to_create() {
    try_all(Change::Create).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_table_keeps_its_word_to_create_what_is_not_there() {
    try_all(Change::CreateSkipping).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_table_keeps_its_word_to_delete() {
    try_all(Change::Delete).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_table_keeps_its_word_to_delete_what_is_there() {
    try_all(Change::DeleteSkipping).await;
}

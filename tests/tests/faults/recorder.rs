//! The recorder shows what went over the wire, from wherever it stands.

use std::time::Duration;

use serde_json::{Value, json};
use theory::Table as _;
use theory_testing::{Fault, Faults, Operation, Outcome, Recorder};

use crate::account::{Account, OWNER, account, engine};

#[tokio::test(start_paused = true)]
async fn requests_and_answers_are_shown() {
    let engine = engine([]).await.unwrap();
    let recorder = Recorder::new();
    let client = engine.through(&recorder).client();
    account(1, 5).create().send(&client).await.unwrap();
    account(1, 5).create().send(&client).await.unwrap_err();

    let exchanges = recorder.exchanges();
    assert_eq!(exchanges.len(), 2);
    let request = &exchanges[0].request;
    assert_eq!((request.operation, request.attempt), (Operation::PutItem, 1));
    assert_eq!(request.tables(), ["accounts"]);
    assert_eq!(request.body["Item"]["balance"], json!({ "N": "5" }));
    assert!(exchanges[0].is_success() && !exchanges[1].is_success());
    let refusal = exchanges[1].response().unwrap();
    assert_eq!(refusal.status, 400);
    let kind = refusal.body()["__type"].as_str().unwrap().to_owned();
    assert!(kind.ends_with("#ConditionalCheckFailedException"), "{kind}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_before_it_is_sent_is_not_there() {
    let engine = engine([]).await.unwrap();
    let recorder = Recorder::new();
    let client = engine.through(&recorder).client();
    let twice = theory::transaction((account(1, 0).put(), account(1, 1).put())).send(&client).await;
    assert_eq!(twice.unwrap_err().kind(), theory::ErrorKind::InvalidRequest);
    let (first, last) = (5, 1);
    assert!(Account::query(OWNER).sort_key(first..=last).all(&client).await.unwrap().is_empty());
    assert_eq!(recorder.requests(), []);
}

/// Around the faults it sees what the client sees, within them what the engine sees.
#[tokio::test(start_paused = true)]
async fn layers_see_what_passes_them() {
    let engine = engine([]).await.unwrap();
    let (inner, outer) = (Recorder::new(), Recorder::new());
    let faults = Faults::seed(1);
    faults.on_all().attempt(1).inject(Fault::ResetBeforeEffect);
    faults.on_all().attempt(2).inject(Fault::TimeoutAfterEffect);
    faults.on_all().attempt(3).inject(Fault::SlowBody(Duration::from_secs(1)));
    let client = engine.through(&inner).through(&faults).through(&outer).client();
    account(1, 5).put().send(&client).await.unwrap();

    let outcomes: Vec<_> = outer.take().into_iter().map(|exchange| exchange.outcome).collect();
    assert_eq!(outcomes[0], Outcome::Failed("io error: connection reset".to_owned()));
    assert_eq!(outcomes[1], Outcome::Failed("timeout: timed out".to_owned()));
    let Outcome::Answered(answer) = &outcomes[2] else { panic!("{outcomes:?}") };
    let beneath = inner.exchanges();
    assert_eq!(beneath.iter().map(|exchange| exchange.request.attempt).collect::<Vec<_>>(), [2, 3]);
    // A body that came in pieces is put together.
    assert_eq!(Some(answer), beneath[1].response());
    assert_eq!(outer.requests(), []);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_came_is_pending() {
    let engine = engine([]).await.unwrap();
    let recorder = Recorder::new();
    let faults = Faults::seed(1);
    faults.on_all().nth(1).inject(Fault::HangAfterEffect);
    faults.on_all().nth(1).inject(Fault::StalledBody);
    let client = engine.through(&faults).through(&recorder).client();
    Account::get(OWNER, 1).send(&client).await.unwrap();

    let exchanges = recorder.take();
    assert_eq!(exchanges[0].outcome, Outcome::Pending);
    let half = exchanges[1].response().unwrap();
    let whole = exchanges[2].response().unwrap();
    assert_eq!(half.bytes, whole.bytes[..whole.bytes.len() / 2]);
    assert_eq!(half.body(), Value::Null);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_is_not_written_to_any_more() {
    let engine = engine([]).await.unwrap();
    let recorder = Recorder::new();
    let client = engine.through(&recorder).client();
    Account::get(OWNER, 1).send(&client).await.unwrap();
    recorder.clear();
    account(1, 0).put().send(&client).await.unwrap();
    let operations: Vec<_> = recorder.requests().iter().map(|request| request.operation).collect();
    assert_eq!(operations, [Operation::PutItem]);
}

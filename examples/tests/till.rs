//! A shop's till, and tests of what becomes of its money when DynamoDB misbehaves.

use std::time::Duration;

use theory::client::CreateTables;
use theory::{Client, Table, Timestamp};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, FixedClock, Operation, Recorder, Throttle};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "tills")]
struct Till {
    #[table(pk)]
    name: String,
    cents: i64,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "sales")]
struct Sale {
    #[table(pk)]
    till: String,
    #[table(sk)]
    number: u32,
    cents: i64,
    #[table(created_at)]
    at: Timestamp,
}

/// Puts money into a till.
async fn pay(client: &Client, till: &str, cents: i64) -> theory::Result<()> {
    Till::update(till).add(Till::CENTS, cents).send(client).await
}

/// The same, at twice the write units and safe to repeat.
async fn pay_once(client: &Client, till: &str, cents: i64) -> theory::Result<()> {
    Till::update(till).add(Till::CENTS, cents).exactly_once().send(client).await
}

/// Notes the sales of a day.
async fn note(client: &Client, till: &str, amounts: &[i64]) -> theory::Result<()> {
    let sale = |(number, &cents): (u32, &i64)| {
        Sale { till: till.into(), number, cents, at: Timestamp::default() }.put()
    };
    let sales: Vec<_> = (0..).zip(amounts).map(sale).collect();
    theory::batch_write(sales).send(client).await?;
    Ok(())
}

/// A database with an empty till.
async fn engine() -> EmbeddedDynamoDb {
    let engine = EmbeddedDynamoDb::new();
    CreateTables::of(theory::schema![Till, Sale]).send(&engine.client()).await.unwrap();
    Till { name: "front".into(), cents: 0 }.create().send(&engine.client()).await.unwrap();
    engine
}

/// What is in the till, asked without faults: `through` leaves this handle as it is.
async fn cents(engine: &EmbeddedDynamoDb) -> i64 {
    Till::get("front").consistent_read().send(&engine.client()).await.unwrap().unwrap().cents
}

#[tokio::test(start_paused = true)]
async fn throttling_is_overcome() {
    let engine = engine().await;
    let hot = Fault::Throttle(Throttle::KeyRange);
    let faults = Faults::seed(1).on(Operation::UpdateItem).times(2).inject(hot);
    let recorder = Recorder::new();
    let client = engine.through(&faults).through(&recorder).client();

    pay(&client, "front", 500).await.unwrap();
    assert_eq!(cents(&engine).await, 500);
    // The recorder lies around the faults, so it sees what the client sent: two attempts in vain, and a third.
    let attempts: Vec<u32> = recorder.requests().iter().map(|request| request.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn throttling_that_stays_says_why() {
    let engine = engine().await;
    let faults = Faults::seed(1).on(Operation::UpdateItem).inject(Fault::Throttle(Throttle::KeyRange));
    let error = pay(&engine.through(&faults).client(), "front", 500).await.unwrap_err();
    assert!(error.is_throttled() && !error.is_ambiguous());
    assert_eq!(error.throttling_reasons()[0].table(), "tills");
    assert_eq!(cents(&engine).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_done_in_part_is_finished() {
    // Each seed has other parts of other requests done.
    for seed in 0..20 {
        let engine = engine().await;
        let faults = Faults::seed(seed);
        faults.on(Operation::BatchWriteItem).probability(0.5).inject(Fault::PartialBatch);
        note(&engine.through(&faults).client(), "front", &[100; 60]).await.unwrap();
        assert_eq!(Sale::query("front").count(&engine.client()).await.unwrap(), 60, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_in_doubt() {
    let engine = engine().await;
    // The first attempt takes effect, and nobody hears of it.
    let faults = Faults::seed(1).on(Operation::UpdateItem).attempt(1).inject(Fault::TimeoutAfterEffect);
    let error = pay(&engine.through(&faults).client(), "front", 500).await.unwrap_err();
    assert!(error.is_ambiguous(), "to pay again could be to pay twice");
    assert_eq!(faults.injected()[0].engine_status, Some(200));
    assert_eq!(cents(&engine).await, 500);
}

#[tokio::test(start_paused = true)]
async fn exactly_once_is_once_whatever_happens() {
    for fault in
        [Fault::TimeoutBeforeEffect, Fault::TimeoutAfterEffect, Fault::CorruptBody, Fault::HangAfterEffect]
    {
        let engine = engine().await;
        let faults = Faults::seed(1).on_all().attempt(1).inject(fault.clone());
        pay_once(&engine.through(&faults).client(), "front", 500).await.unwrap();
        assert_eq!(cents(&engine).await, 500, "{fault:?}");
    }
}

#[tokio::test]
async fn sales_have_the_time_of_the_clients_clock() {
    let engine = engine().await;
    let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
    let client = engine.client().with_clock(clock.read());

    note(&client, "front", &[100]).await.unwrap();
    let opened = clock.now();
    clock.advance(Duration::from_secs(60));
    let sale = Sale::get("front", 0).send(&client).await.unwrap().unwrap();
    assert_eq!(sale.at, opened);
}

/// docs/testing.md shows this file up to here.
#[test]
fn the_page_shows_this_file() {
    let (shown, _) = include_str!("till.rs").split_once("\n/// docs/testing.md shows").unwrap();
    assert!(include_str!("../../docs/testing.md").contains(shown), "docs/testing.md has another text");
}

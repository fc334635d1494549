//! Which requests a rule befalls.

use theory::{Client, Table as _};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Injected, Layer as _, Operation, Recorder, Throttle};

use crate::account::{Account, OWNER, account, engine};

const THROTTLE: Fault = Fault::Throttle(Throttle::KeyRange);

async fn get(client: &Client) -> bool {
    Account::get(OWNER, 1).send(client).await.is_ok()
}

async fn bench(faults: &Faults) -> (EmbeddedDynamoDb, Client) {
    let engine = engine([&account(1, 10)]).await.unwrap();
    let client = engine.through(faults).client();
    (engine, client)
}

fn places(injected: &[Injected]) -> Vec<(u64, u32)> {
    injected.iter().map(|injected| (injected.request, injected.attempt)).collect()
}

#[tokio::test(start_paused = true)]
async fn without_rules_nothing_goes_wrong() {
    let faults = Faults::seed(1);
    let (_, client) = bench(&faults).await;
    assert!(get(&client).await);
    assert_eq!(faults.injected(), []);
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_for_its_operations() {
    let faults =
        Faults::seed(1).on_any_of([Operation::PutItem, Operation::Query]).inject(Fault::AccessDenied);
    let (_, client) = bench(&faults).await;
    assert!(get(&client).await);
    assert!(account(2, 0).put().send(&client).await.unwrap_err().is_access_denied());
    assert!(Account::query(OWNER).all(&client).await.unwrap_err().is_access_denied());
    assert!(Account::scan().all(&client).await.is_ok());
    let operations: Vec<_> = faults.injected().iter().map(|injected| injected.operation).collect();
    assert_eq!(operations, [Operation::PutItem, Operation::Query]);
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_for_its_attempt() {
    let faults = Faults::seed(1);
    faults.on(Operation::GetItem).attempt(1).inject(THROTTLE);
    faults.on(Operation::GetItem).attempt(3).inject(Fault::ResetBeforeEffect);
    let (_, client) = bench(&faults).await;
    let read = Account::get(OWNER, 1).send_response(&client).await.unwrap();
    assert_eq!(read.attempts, 2);
    assert!(get(&client).await);
    assert_eq!(places(&faults.injected()), [(1, 1), (3, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_for_the_nth_of_its_requests() {
    let faults = Faults::seed(1);
    faults.on(Operation::GetItem).attempt(1).nth(2).inject(THROTTLE);
    let (_, client) = bench(&faults).await;
    for number in 10..13 {
        account(number, 0).put().send(&client).await.unwrap();
        assert!(get(&client).await);
    }
    // Put, get, put, and the second get.
    assert_eq!(places(&faults.injected()), [(4, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_rule_ends_after_its_times() {
    let faults = Faults::seed(1).on_all().times(5).inject(THROTTLE);
    let (_, client) = bench(&faults).await;
    assert!(!get(&client).await); // four attempts
    assert!(get(&client).await); // the fifth, and a repetition
    assert_eq!(places(&faults.injected()), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_for_its_table_and_its_predicate() {
    let faults = Faults::seed(1);
    faults.on_all().table("orders").inject(Fault::AccessDenied);
    faults.on_all().when(|request| request.body["Key"]["number"]["N"] == "7").inject(Fault::Unavailable);
    let (_, client) = bench(&faults).await;
    assert!(get(&client).await);
    let elsewhere = Account::get(OWNER, 1).table("orders").send(&client).await;
    assert!(elsewhere.unwrap_err().is_access_denied());
    assert!(Account::get(OWNER, 7).send(&client).await.is_err());
    // A transaction names its tables further inside.
    let read = theory::transaction_get((Account::get(OWNER, 1), Account::get(OWNER, 2).table("orders")));
    assert!(read.send(&client).await.unwrap_err().is_access_denied());
}

#[tokio::test(start_paused = true)]
async fn the_first_rule_that_fires_decides() {
    let faults = Faults::seed(1);
    faults.on(Operation::GetItem).times(1).inject(Fault::AccessDenied);
    faults.on_all().nth(1).inject(Fault::Unavailable);
    let (_, client) = bench(&faults).await;
    assert!(!get(&client).await);
    // The second rule has not seen the first request: this is its first, which is repeated.
    assert!(get(&client).await);
    let faults: Vec<_> = faults.injected().into_iter().map(|injected| injected.fault).collect();
    assert_eq!(faults, [Fault::AccessDenied, Fault::Unavailable]);
}

#[tokio::test(start_paused = true)]
async fn rules_may_be_added_and_ended_on_the_way() {
    let faults = Faults::seed(1);
    let (_, client) = bench(&faults).await;
    assert!(get(&client).await);
    faults.on_all().inject(Fault::AccessDenied);
    assert!(!get(&client).await);
    faults.stop();
    assert!(get(&client).await);
    assert_eq!(faults.take_injected().len(), 1);
    assert_eq!(faults.injected(), []);
}

async fn by_chance(seed: u64, probability: f64) -> Vec<bool> {
    let faults = Faults::seed(seed).on_all().probability(probability).inject(Fault::AccessDenied);
    let (_, client) = bench(&faults).await;
    let mut lucky = Vec::new();
    for _ in 0..40 {
        lucky.push(get(&client).await);
    }
    lucky
}

#[tokio::test(start_paused = true)]
async fn chance_is_the_seeds() {
    assert_eq!(by_chance(1, 0.3).await, by_chance(1, 0.3).await);
    assert_ne!(by_chance(1, 0.3).await, by_chance(2, 0.3).await);
    assert!(by_chance(1, 0.0).await.iter().all(|lucky| *lucky));
    assert!(by_chance(1, 1.0).await.iter().all(|lucky| !*lucky));
}

#[tokio::test(start_paused = true)]
async fn a_rule_passes_over_what_its_faults_do_not_apply_to() {
    let faults = Faults::seed(1);
    faults.on_all().inject_one_of([Fault::PartialBatch, Fault::TransactionInProgress]);
    let (_, client) = bench(&faults).await;
    assert!(get(&client).await);
    assert_eq!(faults.injected(), []);
    // Of several faults one that applies.
    faults.on_all().inject_one_of([Fault::PartialBatch, Fault::AccessDenied, Fault::TransactionInProgress]);
    for _ in 0..10 {
        assert!(!get(&client).await);
    }
    assert!(faults.injected().iter().all(|injected| injected.fault == Fault::AccessDenied));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_unsent_is_none() {
    let faults = Faults::seed(1).on_all().inject(Fault::AccessDenied);
    let recorder = Recorder::new();
    let (engine, _) = bench(&faults).await;
    let client = engine.through(&faults).through(&recorder).client();
    drop(Account::get(OWNER, 1).send(&client));
    assert_eq!(faults.injected(), []);
    assert_eq!(recorder.requests(), []);
}

/// Around the HTTP client of a configuration, whichever it is.
#[tokio::test(start_paused = true)]
async fn a_layer_goes_around_any_http_client() {
    let engine = engine([]).await.unwrap();
    let config = engine.sdk_config();
    let faults = Faults::seed(1).on_all().inject(Fault::AccessDenied);
    let http_client = faults.around(config.http_client().unwrap());
    let sdk = aws_sdk_dynamodb::Client::from_conf(config.to_builder().http_client(http_client).build());
    let error = sdk.list_tables().send().await.unwrap_err().into_service_error();
    assert_eq!(error.meta().code(), Some("AccessDeniedException"));
    assert_eq!(faults.injected()[0].operation, Operation::ListTables);
    assert!(engine.sdk_client().list_tables().send().await.is_ok());
}

/// One engine's faults do not use up another's tokens for retries.
#[tokio::test(start_paused = true)]
async fn every_engine_has_a_quota_of_retries_of_its_own() {
    let faults = Faults::seed(1).on_all().inject(Fault::Unavailable);
    let (_, client) = bench(&faults).await;
    let mut attempts = Vec::new();
    for _ in 0..60 {
        attempts.push(Account::get(OWNER, 1).send(&client).await.unwrap_err().attempts());
    }
    assert_eq!((attempts[0], attempts[59]), (4, 1), "{attempts:?}");
    let once = Faults::seed(1).on_all().attempt(1).inject(Fault::Unavailable);
    let (_, other) = bench(&once).await;
    assert!(get(&other).await);
}

//! Each fault as the SDK sees it, without the library.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Get, ThrottlingReason, TransactGetItem, TransactWriteItem,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use theory_testing::{Cancellation, EmbeddedDynamoDb, Fault, Faults, Injected, Recorder, Throttle};

use crate::account::{OWNER, account, engine, stored};

/// What came of one PutItem, sent once.
struct Tried {
    error: Option<SdkError<PutItemError, HttpResponse>>,
    injected: Injected,
    /// Whether it took effect.
    stored: bool,
    engine: EmbeddedDynamoDb,
    recorder: Recorder,
}

fn once(engine: &EmbeddedDynamoDb) -> Client {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(5)).build();
    let config = engine.sdk_config().to_builder().retry_config(RetryConfig::disabled());
    Client::from_conf(config.timeout_config(timeouts).build())
}

async fn put(client: &Client, number: u32) -> Result<(), SdkError<PutItemError, HttpResponse>> {
    let request = client.put_item().table_name("accounts").item("owner", AttributeValue::S(OWNER.into()));
    let request = request.item("number", AttributeValue::N(number.to_string()));
    let request = request.item("status", AttributeValue::S("open".into()));
    let request = request.item("balance", AttributeValue::N("0".into()));
    request.item("entries", AttributeValue::L(Vec::new())).send().await.map(|_| ())
}

async fn tried(fault: Fault) -> Tried {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(7).on_all().inject(fault);
    let recorder = Recorder::new();
    let error = put(&once(&engine.through(&faults).through(&recorder)), 1).await.err();
    let injected = faults.injected();
    assert_eq!(injected.len(), 1);
    let stored = !stored(&engine.client()).await.unwrap().is_empty();
    Tried { error, injected: injected[0].clone(), stored, engine, recorder }
}

impl Tried {
    #[track_caller]
    fn error(&self) -> &SdkError<PutItemError, HttpResponse> {
        self.error.as_ref().expect("an error")
    }

    /// The status of the answer, and its exception.
    #[track_caller]
    fn exception(&self) -> (u16, &str) {
        let error = self.error();
        let raw = error.raw_response().expect("an answer");
        (raw.status().as_u16(), error.code().expect("a code"))
    }
}

#[tokio::test(start_paused = true)]
async fn throttles_say_which_limit() {
    let table = "arn:aws:dynamodb:us-east-1:000000000000:table/accounts";
    for (throttle, code, reason) in [
        (
            Throttle::Provisioned,
            "ProvisionedThroughputExceededException",
            "TableWriteProvisionedThroughputExceeded",
        ),
        (Throttle::OnDemandMaximum, "ThrottlingException", "TableWriteMaxOnDemandThroughputExceeded"),
        (Throttle::KeyRange, "ThrottlingException", "TableWriteKeyRangeThroughputExceeded"),
        (Throttle::Account, "RequestLimitExceeded", "TableWriteAccountLimitExceeded"),
    ] {
        let tried = tried(Fault::Throttle(throttle)).await;
        assert_eq!(tried.exception(), (400, code));
        let reasons: &[ThrottlingReason] = match tried.error().as_service_error().unwrap() {
            PutItemError::ProvisionedThroughputExceededException(error) => error.throttling_reasons(),
            PutItemError::ThrottlingException(error) => error.throttling_reasons(),
            PutItemError::RequestLimitExceeded(error) => error.throttling_reasons(),
            other => panic!("{other:?}"),
        };
        assert_eq!(reasons.len(), 1);
        assert_eq!((reasons[0].reason(), reasons[0].resource()), (Some(reason), Some(table)));
        assert_eq!((tried.stored, tried.injected.engine_status), (false, None));
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_index_is_named() {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(7).on_all().inject(Fault::Throttle(Throttle::Provisioned));
    let client = once(&engine.through(&faults));
    let error = client.query().table_name("accounts").index_name("by_status").send().await.unwrap_err();
    let QueryError::ProvisionedThroughputExceededException(error) = error.into_service_error() else {
        panic!("another exception");
    };
    let reason = &error.throttling_reasons()[0];
    assert_eq!(reason.reason(), Some("IndexReadProvisionedThroughputExceeded"));
    assert!(reason.resource().unwrap().ends_with(":table/accounts/index/by_status"));
}

#[tokio::test(start_paused = true)]
async fn refusals_have_their_exception_and_no_effect() {
    for (fault, status, code) in [
        (Fault::TransactionConflict, 400, "TransactionConflictException"),
        (Fault::ServerErrorBeforeEffect, 500, "InternalServerError"),
        (Fault::Unavailable, 503, "ServiceUnavailableException"),
        (Fault::ClockSkew, 400, "InvalidSignatureException"),
        (Fault::AccessDenied, 400, "AccessDeniedException"),
        (Fault::refusal(413, "RequestEntityTooLarge", "too much"), 413, "RequestEntityTooLarge"),
    ] {
        let tried = tried(fault.clone()).await;
        assert_eq!(tried.exception(), (status, code));
        assert_eq!((tried.stored, tried.injected.engine_status), (false, None), "{fault:?}");
    }
    let tried = tried(Fault::ServerErrorAfterEffect).await;
    assert_eq!(tried.exception(), (500, "InternalServerError"));
    assert_eq!((tried.stored, tried.injected.engine_status), (true, Some(200)));
}

#[tokio::test(start_paused = true)]
async fn connections_fail_before_or_after_effect() {
    for (fault, is_timeout, stored) in [
        (Fault::TimeoutBeforeEffect, true, false),
        (Fault::TimeoutAfterEffect, true, true),
        (Fault::ResetBeforeEffect, false, false),
        (Fault::ResetAfterEffect, false, true),
        (Fault::ConnectionRefused, false, false),
    ] {
        let tried = tried(fault.clone()).await;
        let SdkError::DispatchFailure(failure) = tried.error() else { panic!("{:?}", tried.error()) };
        assert_eq!((failure.is_timeout(), failure.is_io()), (is_timeout, !is_timeout), "{fault:?}");
        assert_eq!(tried.stored, stored, "{fault:?}");
        assert_eq!(tried.injected.engine_status, stored.then_some(200));
    }
}

#[tokio::test(start_paused = true)]
async fn hangs_end_by_the_callers_timeout() {
    for (fault, stored) in
        [(Fault::HangBeforeEffect, false), (Fault::HangAfterEffect, true), (Fault::StalledBody, true)]
    {
        let tried = tried(fault.clone()).await;
        assert!(matches!(tried.error(), SdkError::TimeoutError(_)), "{fault:?} {:?}", tried.error());
        assert_eq!(tried.stored, stored, "{fault:?}");
    }
}

/// That the checksum is that of the whole shows in what the library makes of it: see `told`.
#[tokio::test(start_paused = true)]
async fn damaged_bodies_are_shorter_or_differ_in_one_byte() {
    for (fault, whole_length) in [(Fault::TruncatedBody, false), (Fault::CorruptBody, true)] {
        let tried = tried(fault.clone()).await;
        assert!(tried.stored);
        let exchanges = tried.recorder.exchanges();
        let seen = exchanges[0].response().unwrap();
        // What the engine answered, by another PutItem of the same.
        let clean = Recorder::new();
        put(&once(&tried.engine.through(&clean)), 1).await.unwrap();
        let exchanges = clean.exchanges();
        let whole = &exchanges[0].response().unwrap().bytes;
        assert_ne!(&seen.bytes, whole);
        assert_eq!(seen.bytes.len() == whole.len(), whole_length, "{fault:?}");
        let different = seen.bytes.iter().zip(whole).filter(|(seen, whole)| seen != whole).count();
        assert_eq!(different, usize::from(whole_length), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_body_is_noticed_by_the_sdk() {
    let tried = tried(Fault::BrokenBody).await;
    assert!(matches!(tried.error(), SdkError::ResponseError(_)), "{:?}", tried.error());
    assert!(tried.stored);
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_comes_in_the_end_and_takes_its_time() {
    let before = tokio::time::Instant::now();
    let tried = tried(Fault::SlowBody(Duration::from_secs(4))).await;
    assert!(tried.error.is_none() && tried.stored);
    // The paused clock, which nothing else moves.
    assert!(before.elapsed() >= Duration::from_secs(4));
    let exchanges = tried.recorder.exchanges();
    assert_eq!(exchanges[0].response().unwrap().bytes, b"{}");
}

fn delete(number: u32) -> TransactWriteItem {
    let delete = Delete::builder()
        .table_name("accounts")
        .key("owner", AttributeValue::S(OWNER.into()))
        .key("number", AttributeValue::N(number.to_string()));
    TransactWriteItem::builder().delete(delete.build().unwrap()).build()
}

async fn transact(fault: Fault, seed: u64) -> (TransactWriteItemsError, EmbeddedDynamoDb) {
    let engine = engine([&account(0, 0), &account(1, 0), &account(2, 0)]).await.unwrap();
    let faults = Faults::seed(seed).on_all().inject(fault);
    let request = once(&engine.through(&faults)).transact_write_items();
    let result = request.set_transact_items(Some(vec![delete(0), delete(1), delete(2)])).send().await;
    (result.unwrap_err().into_service_error(), engine)
}

fn codes(error: &TransactWriteItemsError) -> Vec<&str> {
    let TransactWriteItemsError::TransactionCanceledException(error) = error else { panic!("{error:?}") };
    error.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_has_its_reason_in_its_place() {
    let (error, engine) = transact(Fault::CanceledAt(1, Cancellation::ThrottlingError), 0).await;
    assert_eq!(codes(&error), ["None", "ThrottlingError", "None"]);
    assert!(error.to_string().contains("TransactionCanceledException"), "{error}");
    assert!(error.message().unwrap().ends_with("[None, ThrottlingError, None]"));
    assert_eq!(stored(&engine.client()).await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_seed_chooses_the_place() {
    let mut places = Vec::new();
    for seed in 0..20 {
        let (error, _) = transact(Fault::Canceled(Cancellation::TransactionConflict), seed).await;
        let codes = codes(&error);
        assert_eq!(codes.iter().filter(|code| **code == "None").count(), 2);
        places.push(codes.iter().position(|code| *code == "TransactionConflict").unwrap());
        let (same, _) = transact(Fault::TransactionConflict, seed).await;
        assert_eq!(self::codes(&same), codes);
    }
    places.sort_unstable();
    places.dedup();
    assert_eq!(places, [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_under_way_is_an_exception_of_its_own() {
    let (error, _) = transact(Fault::TransactionInProgress, 0).await;
    assert!(error.is_transaction_in_progress_exception(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_place_that_a_transaction_has_not_is_passed_over() {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(0).on_all().inject(Fault::CanceledAt(3, Cancellation::TransactionConflict));
    let client = once(&engine.through(&faults));
    let check = ConditionCheck::builder()
        .table_name("accounts")
        .key("owner", AttributeValue::S(OWNER.into()))
        .key("number", AttributeValue::N("9".into()))
        .condition_expression("attribute_not_exists(balance)");
    let check = TransactWriteItem::builder().condition_check(check.build().unwrap()).build();
    client.transact_write_items().transact_items(check).transact_items(delete(1)).send().await.unwrap();
    assert_eq!(faults.injected(), []);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_reads_is_cancelled_too() {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(0);
    // A read has no condition that could fail.
    faults.on_all().inject(Fault::Canceled(Cancellation::ConditionalCheckFailed));
    faults.on_all().inject(Fault::CanceledAt(0, Cancellation::TransactionConflict));
    let get = Get::builder()
        .table_name("accounts")
        .key("owner", AttributeValue::S(OWNER.into()))
        .key("number", AttributeValue::N("1".into()));
    let get = TransactGetItem::builder().get(get.build().unwrap()).build();
    let result = once(&engine.through(&faults)).transact_get_items().transact_items(get).send().await;
    match result.unwrap_err().into_service_error() {
        TransactGetItemsError::TransactionCanceledException(error) => {
            assert_eq!(error.cancellation_reasons()[0].code(), Some("TransactionConflict"));
        }
        other => panic!("{other:?}"),
    }
}

//! Which limit of which table or index throttled a request: in the error, and in the span of the operation.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use theory::client::{CreateTables, RetryBudget, RetryPolicy};
use theory::error::ThrottlingLimit;
use theory::{
    Client, ErrorKind, Table, batch_get, batch_get_iter, batch_write, transaction, transaction_get,
};
use theory_testing::{Cancellation, EmbeddedDynamoDb, Fault, Faults, Operation, Request, Throttle};
use tracing::Dispatch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::account::{Account, OWNER, account};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", gsi(name = "by_status", pk = status))]
struct Order {
    #[table(pk)]
    id: String,
    status: String,
}

/// The fields that were recorded, of all spans in their order.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>);

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if attributes.metadata().target() == "theory" {
            self.0.lock().unwrap().push(BTreeMap::new());
        }
    }

    // One operation is under way at a time.
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields(BTreeMap::new());
        values.record(&mut fields);
        if let Some(span) = self.0.lock().unwrap().last_mut() {
            span.extend(fields.0);
        }
    }
}

/// A second dispatcher, which is there for as long as the process. Where there is but one, `tracing` asks the thread that comes first to a span
/// whether anybody wants it: a test on another thread, which has no subscriber, would say no for all.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// What the span of one operation says of throttling, and of how it ended.
async fn traced<T>(work: impl Future<Output = T>) -> (T, Option<String>) {
    LazyLock::force(&ANOTHER);
    let spans = Spans::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    let output = work.await;
    drop(guard);
    let mut spans = std::mem::take(&mut *spans.0.lock().unwrap());
    assert_eq!(spans.len(), 1, "one operation");
    (output, spans.remove(0).remove("throttled_by"))
}

async fn bench(faults: &Faults) -> Client {
    let engine = EmbeddedDynamoDb::new();
    CreateTables::of(theory::schema![Account, Order]).send(&engine.client()).await.unwrap();
    engine.through(faults).client()
}

fn arn(resource: &str) -> String {
    format!("arn:aws:dynamodb:us-east-1:000000000000:table/{resource}")
}

#[tokio::test(start_paused = true)]
async fn the_error_and_the_span_say_what_is_hot() {
    for (throttle, suffix, limit) in [
        (Throttle::Provisioned, "ProvisionedThroughputExceeded", ThrottlingLimit::Provisioned),
        (Throttle::OnDemandMaximum, "MaxOnDemandThroughputExceeded", ThrottlingLimit::OnDemandMaximum),
        (Throttle::KeyRange, "KeyRangeThroughputExceeded", ThrottlingLimit::KeyRange),
        (Throttle::Account, "AccountLimitExceeded", ThrottlingLimit::Account),
    ] {
        let client = bench(&Faults::seed(1).on_all().inject(Fault::Throttle(throttle))).await;
        let order = Order { id: "a".into(), status: "open".into() };
        let (result, throttled) = traced(order.put().send(&client)).await;
        let error = result.unwrap_err();
        let [reason] = error.throttling_reasons() else { panic!("one reason: {error}") };
        assert_eq!((reason.table(), reason.index(), reason.limit()), ("orders", None, Some(limit)));
        assert_eq!(throttled, Some(format!("TableWrite{suffix} of {}", arn("orders"))));

        let (result, throttled) = traced(Order::by_status("open").page(&client)).await;
        let error = result.unwrap_err();
        let [reason] = error.throttling_reasons() else { panic!("one reason: {error}") };
        assert_eq!((reason.table(), reason.index()), ("orders", Some("by_status")));
        assert_eq!(throttled, Some(format!("IndexRead{suffix} of {}", arn("orders/index/by_status"))));
    }
}

/// What the client overcame by itself is not an error, and still nobody's secret.
#[tokio::test(start_paused = true)]
async fn the_span_says_it_of_a_request_that_succeeded_later() {
    let faults = Faults::seed(1).on_all().attempt(1).inject(Fault::Throttle(Throttle::KeyRange));
    let client = bench(&faults).await;
    let (result, throttled) = traced(Account::get(OWNER, 1).send(&client)).await;
    assert_eq!(result.unwrap(), None);
    assert_eq!(throttled, Some(format!("TableReadKeyRangeThroughputExceeded of {}", arn("accounts"))));
    faults.stop();
    let (_, throttled) = traced(Account::get(OWNER, 1).send(&client)).await;
    assert_eq!(throttled, None);
}

/// An error that is another one in the end does not claim it.
#[tokio::test(start_paused = true)]
async fn the_error_says_it_only_of_itself() {
    let faults = Faults::seed(1);
    faults.on_all().attempt(1).inject(Fault::Throttle(Throttle::KeyRange));
    faults.on_all().attempt(2).inject(Fault::AccessDenied);
    let client = bench(&faults).await;
    let (result, throttled) = traced(Account::get(OWNER, 1).send(&client)).await;
    let error = result.unwrap_err();
    assert!(error.is_access_denied() && error.throttling_reasons().is_empty());
    assert!(throttled.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_transaction_names_the_table_of_the_part() {
    for (cancellation, code, limit) in [
        (Cancellation::ThrottlingError, "ThrottlingError", None),
        (
            Cancellation::ProvisionedThroughputExceeded,
            "ProvisionedThroughputExceeded",
            Some(ThrottlingLimit::Provisioned),
        ),
    ] {
        let faults = Faults::seed(1);
        faults.on(Operation::TransactWriteItems).inject(Fault::CanceledAt(1, cancellation));
        faults.on(Operation::TransactGetItems).inject(Fault::CanceledAt(0, cancellation));
        let client = bench(&faults).await;
        let order = Order { id: "a".into(), status: "open".into() };
        let (result, throttled) = traced(transaction((account(1, 1).put(), order.put())).send(&client)).await;
        let error = result.unwrap_err();
        assert!(error.is_throttled() && error.is_retryable());
        let [reason] = error.throttling_reasons() else { panic!("one reason: {error}") };
        assert_eq!((&*reason.reason, reason.table(), reason.limit()), (code, "orders", limit));
        assert_eq!(throttled, Some(format!("{code} of orders")));

        let gets = transaction_get((Account::get(OWNER, 1), Order::get("a")));
        let (result, throttled) = traced(gets.send(&client)).await;
        assert_eq!(result.unwrap_err().throttling_reasons()[0].table(), "accounts");
        assert_eq!(throttled, Some(format!("{code} of accounts")));

        // A write that is a transaction of its own, and one by an ARN.
        faults.stop();
        faults.on_all().inject(Fault::Canceled(cancellation));
        let named = order.put().table(arn("orders")).exactly_once();
        let (result, _) = traced(named.send(&client)).await;
        assert_eq!(result.unwrap_err().throttling_reasons()[0].table(), "orders");
    }
}

/// Also as the error that it becomes by `?`, with which a program has no more than this.
#[tokio::test(start_paused = true)]
async fn the_error_of_a_batch_says_what_was_hot() {
    let order = |id: u32| Order { id: id.to_string(), status: "open".into() };
    let orders = || (0..40).map(|id| order(id).put()).collect::<Vec<_>>();
    let hot = |error: theory::Error| {
        assert!(!error.is_ambiguous(), "{error}");
        let reasons = error.throttling_reasons().iter().map(|reason| reason.reason.clone());
        (error.kind(), reasons.collect::<Vec<_>>())
    };
    let faults = Faults::seed(1).on_all().inject(Fault::Throttle(Throttle::KeyRange));
    let client = bench(&faults).await;
    let error = batch_write(orders()).attempts(2).send(&client).await.unwrap_err();
    let write = vec!["TableWriteKeyRangeThroughputExceeded".to_owned()];
    assert_eq!(hot(error.into()), (ErrorKind::Throttled, write.clone()));
    // The deadline is why it was given up, and the hot key is why it was late.
    let late = batch_write(orders()).deadline(Duration::from_millis(200));
    assert_eq!(hot(late.send(&client).await.unwrap_err().into()), (ErrorKind::Deadline, write));
    let read = vec!["TableReadKeyRangeThroughputExceeded".to_owned()];
    let gets = || (0..200).map(|id| Order::get(id.to_string()));
    let error = batch_get(gets().collect::<Vec<_>>()).attempts(2).send(&client).await.unwrap_err();
    assert_eq!(hot(error.into()), (ErrorKind::Throttled, read.clone()));
    let mut answers = batch_get_iter(gets()).attempts(2).stream(&client);
    assert_eq!(hot(answers.try_next().await.unwrap_err()), (ErrorKind::Throttled, read));

    // Each reason once, and none where there was none.
    let faults = Faults::seed(1);
    let has_thirty = |request: &Request| request.body.to_string().contains(r#"{"S":"30"}"#);
    faults.on_all().when(has_thirty).inject(Fault::Throttle(Throttle::Provisioned));
    faults.on_all().inject(Fault::Throttle(Throttle::KeyRange));
    // In their pauses all requests are under way.
    let batch = batch_write(orders()).attempts(2);
    let error: theory::Error = batch.send(&bench(&faults).await).await.unwrap_err().into();
    assert_eq!(error.throttling_reasons().len(), 2, "{:?}", error.throttling_reasons());
    let faults = Faults::seed(1).on_all().inject(Fault::AccessDenied);
    let error: theory::Error = batch_write(orders()).send(&bench(&faults).await).await.unwrap_err().into();
    assert!(error.throttling_reasons().is_empty());
}

/// What the budget gave for a repetition that nobody waits for any more comes back.
#[tokio::test(start_paused = true)]
async fn a_request_dropped_in_its_pause_has_taken_nothing() {
    let engine = EmbeddedDynamoDb::new();
    CreateTables::of(theory::schema![Order]).send(&engine.client()).await.unwrap();
    let faults = Faults::seed(1).on_all().inject(Fault::Throttle(Throttle::KeyRange));
    let pause = Duration::from_secs(3600);
    let client = Client::builder(engine.through(&faults).sdk_client())
        .retry(RetryPolicy::new().pauses(pause, pause))
        .jitter(|| 1.0)
        .retry_budget(RetryBudget::new().burst(1).per_success(0.0))
        .build()
        .unwrap();
    for number in 1..=5 {
        let request = Order::get("o").send(&client);
        // The timer of the test is the first that is due.
        assert!(tokio::time::timeout(Duration::from_millis(1), request).await.is_err(), "it is in its pause");
        assert_eq!(faults.injected().len(), number);
    }
}

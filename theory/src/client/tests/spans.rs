//! One span per operation, with what happened and never a value.

use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::*;
use crate::client::{CreateTables, DeleteTables};

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Output {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// A second dispatcher, which is there for as long as the process. Where there is but one, `tracing` asks the thread that comes first to a span
/// whether anybody wants it: a test on another thread, which has no subscriber, would say no for all.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// Everything that is logged, at `TRACE`.
async fn traced(work: impl Future<Output = ()>) -> String {
    LazyLock::force(&ANOTHER);
    let output = Output::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(output.clone())
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    work.await;
    drop(guard);
    let bytes = output.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn lines<'a>(log: &'a str, target: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(target)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_span_says_what_happened() {
    let log = traced(async {
        let script = Script::new([FAILED, Step::Answer(200, r#"{"Items":[{"pk":{"S":"SECRET-VALUE"}}]}"#)]);
        let query = Call { index: Some("by_status"), ..request(Operation::Query) };
        let response = run(&script, query).await.unwrap();
        response.record_items(1);
        response.record_capacity(0.5);
    })
    .await;
    let closed = lines(&log, "theory: close");
    let [line] = &closed[..] else { panic!("one span: {closed:?}") };
    for part in [
        "dynamodb.Query{",
        r#"operation="Query""#,
        r#"entity="Order""#,
        r#"table="t""#,
        r#"index="by_status""#,
        r#"request_id="RID""#,
        "attempts=2",
        "items=1",
        "consumed_capacity=0.5",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("error") && !line.contains("direct") && !line.contains("SECRET"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn a_span_says_what_failed() {
    let log = traced(async {
        refused(run(&Script::new([Step::Reset]), once(Operation::UpdateItem)).await);
    })
    .await;
    let closed = lines(&log, "theory: close");
    let [line] = &closed[..] else { panic!("one span: {closed:?}") };
    assert!(line.contains(r#"error="transport""#) && line.contains("ambiguous=true"), "{line}");
}

/// What is asked of a table is traced like anything else.
#[tokio::test(start_paused = true)]
async fn tables_have_spans_too() {
    static COUPON: theory_schema::Entity = theory_schema::Entity::new(
        "Coupon",
        "coupons",
        theory_schema::Key {
            partition: &[theory_schema::KeyAttribute {
                name: "code",
                ty: theory_schema::ScalarType::String,
                template: &[],
            }],
            sort: &[],
        },
        &[],
    );
    let log = traced(async {
        let active = Step::Answer(200, r#"{"Table":{"TableStatus":"ACTIVE"}}"#);
        let script = Script::new([THROTTLED, FAILED, DONE, active, Step::Reset]);
        let client = script.client();
        CreateTables::of(&[&COUPON]).send(&client).await.unwrap();
        DeleteTables::of(&[&COUPON]).send(&client).await.unwrap_err();
    })
    .await;
    let closed = lines(&log, "theory: close");
    let [created, described, deleted] = &closed[..] else { panic!("three spans: {closed:?}") };
    for part in [
        "dynamodb.CreateTable{",
        r#"operation="CreateTable""#,
        r#"entity="Coupon""#,
        r#"table="coupons""#,
        r#"request_id="RID""#,
        "attempts=3",
        r#"throttled_by="unknown""#,
    ] {
        assert!(created.contains(part), "{part} in {created}");
    }
    assert!(described.contains("dynamodb.DescribeTable{") && !described.contains("error"), "{described}");
    assert!(deleted.contains(r#"error="transport""#) && deleted.contains("ambiguous=true"), "{deleted}");
}

/// The SDK is told that responses are sensitive. Requests it prints, as the documentation of the client says.
#[tokio::test]
async fn the_sdk_does_not_print_a_response_it_has_read() {
    let log = traced(async {
        let script = Script::new([Step::Answer(200, r#"{"Item":{"pk":{"S":"SECRET-VALUE"}}}"#)]);
        run(&script, request(Operation::GetItem)).await.unwrap();
    })
    .await;
    let read: Vec<_> = log.lines().filter(|line| line.contains("read HTTP response body")).collect();
    assert!(!read.is_empty() && read.iter().all(|line| line.contains("REDACTED")), "{read:?}");
    // Where the request, or the response before it is read, is printed all the same.
    for line in log.lines().filter(|line| line.contains("SECRET-VALUE") || line.contains("TableName")) {
        assert!(line.contains("aws_smithy_runtime::client::orchestrator:"), "not documented: {line}");
    }
}

#[tokio::test]
async fn what_other_threads_do_first_is_seen_here_all_the_same() {
    fn hello() {
        tracing::info!("hello");
    }
    let log = traced(async {
        std::thread::spawn(hello).join().unwrap();
        hello();
    })
    .await;
    assert_eq!(log.matches("hello").count(), 1, "{log}");
}

//! The lines, as they are written.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::{Value, json};
use theory::{Client, Table};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation, Throttle};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Instrument as _, info_span};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{Logs, targets};
use crate::error::InitErrorKind;

#[derive(Debug, Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
}

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A second dispatcher, which is there for as long as the process. Where there is but one, `tracing` asks the thread that comes first to a span
/// whether anybody wants it: a test on another thread, which has no subscriber, would say no for all.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// What is written while `work` is done.
async fn lines(logs: Logs, work: impl Future<Output = ()>) -> Vec<Value> {
    LazyLock::force(&ANOTHER);
    let output = Output::default();
    let layer = logs.writer(output.clone()).layer().unwrap();
    let guard = tracing::subscriber::set_default(Registry::default().with(layer));
    work.await;
    drop(guard);
    let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn invocation(id: &str) -> tracing::Span {
    info_span!("Lambda runtime invoke", requestId = id, xrayTraceId = "Root=1-5;Parent=9;Sampled=0")
}

async fn orders(engine: &EmbeddedDynamoDb) -> Client {
    let client = engine.client();
    theory::client::CreateTables::of(theory::schema![Order]).send(&client).await.unwrap();
    client
}

#[tokio::test]
async fn an_event_says_whose_it_is() {
    let lines = lines(Logs::new().filter("info"), async {
        tracing::info!("init");
        for id in ["r-1", "r-2"] {
            async {
                let order = info_span!("pay", order = "o-1", total = tracing::field::Empty);
                order.record("total", 12u64);
                let _entered = order.enter();
                tracing::warn!(target: "shop", rate = 0.5, none = f64::NAN, who = ?"a \"b\"", done = true, "paid\n{}", 1);
                tracing::debug!("unheard");
                tracing::info!(parent: None, "beside");
            }
            .instrument(invocation(id))
            .await;
        }
        tracing::error!(code = -3);
    })
    .await;
    let untimed: Vec<_> = lines
        .into_iter()
        .map(|mut line| {
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            assert!(
                time.as_str().unwrap().parse::<theory::Timestamp>().is_ok()
                    && time.as_str().unwrap().len() == 24
            );
            line
        })
        .collect();
    let of = |id: &str, cold: bool| {
        json!({
            "level": "WARN", "message": "paid\n1", "target": "shop", "requestId": id,
            "xrayTraceId": "Root=1-5;Parent=9;Sampled=0", "coldStart": cold,
            "span": {"name": "pay", "order": "o-1", "total": 12},
            "fields": {"rate": 0.5, "none": null, "who": "\"a \\\"b\\\"\"", "done": true},
        })
    };
    let here = module_path!();
    let expected = [
        json!({"level": "INFO", "message": "init", "target": here, "coldStart": true}),
        of("r-1", true),
        json!({"level": "INFO", "message": "beside", "target": here, "coldStart": true}),
        of("r-2", false),
        json!({"level": "INFO", "message": "beside", "target": here, "coldStart": false}),
        json!({"level": "ERROR", "message": "", "target": here, "coldStart": false, "fields": {"code": -3}}),
    ];
    assert_eq!(untimed, expected);
}

#[tokio::test]
async fn an_error_keeps_its_request_id_where_only_errors_are_logged() {
    let lines = lines(Logs::new().filter("error"), async {
        async {
            tracing::info!("unheard");
            tracing::error!("heard");
        }
        .instrument(invocation("r-1"))
        .await;
    })
    .await;
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["requestId"], &lines[0]["message"]), (&json!("r-1"), &json!("heard")));
}

#[tokio::test]
async fn an_operation_is_a_line_of_metrics() {
    let faults = Faults::seed(1);
    faults.on(Operation::GetItem).attempt(1).inject(Fault::Throttle(Throttle::KeyRange));
    let engine = EmbeddedDynamoDb::new().through(&faults);
    let client = orders(&engine).await;
    let lines = lines(Logs::new().filter("off").metrics("shop"), async {
        async {
            Order { id: "SECRET".into() }.put().send(&client).await.unwrap();
            Order::get("SECRET").send(&client).await.unwrap();
        }
        .instrument(invocation("r-1"))
        .await;
        Order { id: "SECRET".into() }.create().send(&client).await.unwrap_err();
    })
    .await;
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for line in &lines {
        assert!(!line.to_string().contains("SECRET"), "never a value: {line}");
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Namespace"], "shop");
        assert_eq!(metrics["Dimensions"], json!([["FunctionName", "Operation", "Table"]]));
        for metric in metrics["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{line}");
        }
        assert!(line["Latency"].as_f64().unwrap() > 0.0);
        assert_eq!((&line["Table"], &line["Entity"]), (&json!("orders"), &json!("Order")));
    }
    let [put, get, create] = &lines[..] else { panic!("three lines") };
    assert_eq!(
        (&put["Operation"], &put["Attempts"], &put["Errors"]),
        (&json!("PutItem"), &json!(1), &json!(0))
    );
    assert_eq!((&put["ConsumedCapacity"], &put["requestId"]), (&json!(1), &json!("r-1")));
    assert_eq!((&get["Operation"], &get["Attempts"]), (&json!("GetItem"), &json!(2)));
    assert_eq!(
        (&get["ConsumedCapacity"], &get["xrayTraceId"]),
        (&json!(0.5), &json!("Root=1-5;Parent=9;Sampled=0"))
    );
    assert_eq!((&create["Errors"], &create["Error"]), (&json!(1), &json!("condition_failed")));
    assert_eq!(create.get("requestId"), None, "it was outside of an invocation");
}

#[tokio::test]
async fn without_a_namespace_there_are_no_metrics() {
    let engine = EmbeddedDynamoDb::new();
    let client = orders(&engine).await;
    let lines = lines(Logs::new().filter("info"), async {
        Order::get("o-1").send(&client).await.unwrap();
    })
    .await;
    assert_eq!(lines, [] as [Value; 0]);
}

#[test]
fn what_is_logged() {
    use tracing::Level;
    let set = |name: &'static str, value: &'static str| {
        targets(None, move |asked| (asked == name).then(|| value.to_owned()))
    };
    let targets = |given| targets(given, |_| None);
    let is =
        |targets: &tracing_subscriber::filter::Targets, target, level| targets.would_enable(target, &level);

    let default = targets(None).unwrap();
    assert!(is(&default, "a", Level::INFO) && !is(&default, "a", Level::DEBUG));
    let given = targets(Some("warn,orders=debug")).unwrap();
    assert!(is(&given, "orders", Level::DEBUG) && !is(&given, "a", Level::INFO));
    let lambda = set("AWS_LAMBDA_LOG_LEVEL", "TRACE").unwrap();
    assert!(is(&lambda, "a", Level::TRACE), "all of it");
    assert!(!is(&lambda, "aws_smithy_runtime::client::orchestrator", Level::DEBUG), "but no values");
    let fatal = set("AWS_LAMBDA_LOG_LEVEL", "FATAL").unwrap();
    assert!(is(&fatal, "a", Level::ERROR) && !is(&fatal, "aws_smithy_runtime", Level::WARN));
    assert!(is(&set("RUST_LOG", "debug").unwrap(), "a", Level::DEBUG));
    for wrong in [targets(Some("a=b=c")), set("RUST_LOG", "a=loud"), set("AWS_LAMBDA_LOG_LEVEL", "loud")] {
        assert_eq!(wrong.unwrap_err().kind(), InitErrorKind::Logs);
    }
}

//! What is traced: a span for each operation, with what happened and never a value.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, LazyLock, Mutex};

use theory::Table;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::support::with_tables;
use crate::thing::Thing;

/// Where values would be.
const MARKER: &str = "s3cr3t-m4rk3r";

/// A span of ours, with its fields as they were in the end.
#[derive(Debug, Clone, Default)]
struct Seen {
    name: &'static str,
    fields: BTreeMap<&'static str, String>,
}

/// Keeps the spans of the target `theory`, and everything below it that says something.
#[derive(Debug, Clone, Default)]
struct Capture {
    spans: Arc<Mutex<Vec<(u64, Seen)>>>,
    text: Arc<Mutex<String>>,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if attributes.metadata().target() != "theory" {
            return;
        }
        let mut seen = Seen { name: attributes.metadata().name(), fields: BTreeMap::new() };
        attributes.record(&mut Fields(&mut seen.fields));
        self.spans.lock().unwrap().push((id.into_u64(), seen));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock().unwrap();
        // Ids are used again: the last span of one is it.
        if let Some((_, seen)) = spans.iter_mut().rev().find(|(known, _)| *known == id.into_u64()) {
            values.record(&mut Fields(&mut seen.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // The SDK's own targets print bodies at TRACE, as the documentation of the client says.
        if !event.metadata().target().starts_with("theory") {
            return;
        }
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        writeln!(self.text.lock().unwrap(), "{fields:?}").unwrap();
    }
}

/// A second dispatcher, which is there for as long as the process. Where there is but one, `tracing` asks the thread that comes first to a span
/// whether anybody wants it: a test on another thread, which has no subscriber, would say no for all.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

impl Capture {
    /// Everything of an operation's work.
    async fn of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<Seen>) {
        LazyLock::force(&ANOTHER);
        let subscriber = tracing_subscriber::registry().with(self.clone());
        let guard = tracing::subscriber::set_default(subscriber);
        self.spans.lock().unwrap().clear();
        let output = work.await;
        drop(guard);
        let spans: Vec<Seen> = self.spans.lock().unwrap().iter().map(|(_, seen)| seen.clone()).collect();
        for seen in &spans {
            assert!(!format!("{seen:?}").contains(MARKER), "{seen:?}");
        }
        assert!(!self.text.lock().unwrap().contains(MARKER));
        (output, spans)
    }
}

#[track_caller]
fn check(spans: &[Seen], name: &str, expected: &[(&str, &str)], absent: &[&str]) {
    let [span] = spans else { panic!("one span, not {spans:?}") };
    assert_eq!(span.name, name);
    for (field, value) in expected {
        assert_eq!(span.fields.get(field).map(String::as_str), Some(*value), "{field} of {span:?}");
    }
    for field in absent {
        assert!(!span.fields.contains_key(field), "{field} of {span:?}");
    }
    assert!(span.fields.contains_key("request_id"), "{span:?}");
}

#[tokio::test]
async fn every_operation_has_a_span() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let table = bench.sandbox.table("things");
        let capture = Capture::default();
        let common = |operation| {
            [("operation", operation), ("entity", "Thing"), ("table", table.as_str()), ("attempts", "1")]
        };
        let thing = Thing { text: MARKER.into(), list: vec![MARKER.into()], ..Thing::full(MARKER, 1) };

        let (result, spans) = capture.of(thing.create().send(client)).await;
        result.unwrap();
        check(&spans, "dynamodb.PutItem", &common("PutItem"), &["error", "index"]);

        let (result, spans) = capture.of(Thing::get(MARKER, 1).consistent_read().send(client)).await;
        assert!(result.unwrap().is_some());
        check(&spans, "dynamodb.GetItem", &common("GetItem"), &["error"]);
        check(&spans, "dynamodb.GetItem", &[("items", "1"), ("consumed_capacity", "1.0")], &[]);
        let (_, spans) = capture.of(Thing::get(MARKER, 2).send(client)).await;
        check(&spans, "dynamodb.GetItem", &[("items", "0"), ("consumed_capacity", "0.5")], &[]);

        let update =
            Thing::update(MARKER, 1).set(Thing::MAP.key(MARKER), 1).condition(Thing::TEXT.eq(MARKER));
        let (result, spans) = capture.of(update.return_new().send(client)).await;
        result.unwrap();
        check(&spans, "dynamodb.UpdateItem", &common("UpdateItem"), &["error"]);

        let (result, spans) =
            capture.of(Thing::query(MARKER).filter(Thing::TEXT.eq(MARKER)).all(client)).await;
        assert_eq!(result.unwrap().len(), 1);
        check(&spans, "dynamodb.Query", &common("Query"), &["error", "index"]);
        check(&spans, "dynamodb.Query", &[("items", "1"), ("consumed_capacity", "0.5")], &[]);
        let (_, spans) = capture.of(Thing::scan().count(client)).await;
        check(&spans, "dynamodb.Scan", &common("Scan"), &["error"]);

        let (result, spans) = capture.of(Thing::delete(MARKER, 1).return_old().send(client)).await;
        assert!(result.unwrap().is_some());
        check(&spans, "dynamodb.DeleteItem", &common("DeleteItem"), &["error"]);
    })
    .await;
}

#[tokio::test]
async fn a_failure_names_its_kind() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let capture = Capture::default();
        let thing = Thing { text: MARKER.into(), ..Thing::full(MARKER, 1) };
        thing.create().send(client).await.unwrap();

        let (result, spans) = capture.of(thing.create().return_old_on_failure().send(client)).await;
        assert!(result.is_err());
        check(
            &spans,
            "dynamodb.PutItem",
            &[("error", "condition_failed"), ("ambiguous", "false")],
            &["items"],
        );
        let (result, spans) = capture.of(Thing::get(MARKER, 1).table("no-such-table").send(client)).await;
        assert!(result.is_err());
        check(&spans, "dynamodb.GetItem", &[("error", "table_not_found"), ("table", "no-such-table")], &[]);
        let update = Thing::update(MARKER, 1).set(Thing::COUNT, Thing::VALUES.index(99));
        let (result, spans) = capture.of(update.send(client)).await;
        assert!(result.is_err());
        check(&spans, "dynamodb.UpdateItem", &[("error", "validation")], &[]);

        // An answer that cannot be read is a failure of the operation too.
        let mut item = serde_json::json!({"owner": {"S": MARKER}, "number": {"N": "2"}});
        item["text"] = serde_json::json!({"N": "5"});
        bench.put_json("things", item).await;
        let (result, spans) = capture.of(Thing::query(MARKER).all(client)).await;
        assert!(result.unwrap_err().is_decode());
        check(&spans, "dynamodb.Query", &[("error", "decode")], &[]);
        let (result, spans) = capture.of(Thing::get(MARKER, 2).send(client)).await;
        assert!(result.unwrap_err().is_decode());
        check(&spans, "dynamodb.GetItem", &[("error", "decode")], &[]);

        // What is never sent has no span.
        let (result, spans) = capture.of(Thing::get("", 2).send(client)).await;
        assert!(result.is_err() && spans.is_empty());
    })
    .await;
}

/// An item that counts its writes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counted")]
struct Counted {
    #[table(pk)]
    id: u64,
    #[table(version)]
    version: u64,
}

#[tokio::test]
async fn a_version_conflict_is_called_so() {
    with_tables(&[Counted::SCHEMA], async |bench| {
        let client = &bench.client;
        let capture = Capture::default();
        Counted { id: 1, version: 0 }.create().send(client).await.unwrap();
        for expected in [0, 0] {
            let touch = Counted::update(1).expected_version(expected).send(client);
            let (result, spans) = capture.of(touch).await;
            let Err(error) = result else { continue };
            assert!(error.is_version_conflict());
            check(&spans, "dynamodb.UpdateItem", &[("error", "version_conflict")], &[]);
            return;
        }
        panic!("the second one meets another version");
    })
    .await;
}

#[tokio::test]
async fn every_page_has_a_span_and_an_index_its_name() {
    with_tables(&[Spot::SCHEMA], async |bench| {
        let client = &bench.client;
        let capture = Capture::default();
        for n in 0..5 {
            let spot = Spot { id: n, place: MARKER.into(), rank: 5 - n };
            spot.create().send(client).await.unwrap();
        }
        let (result, spans) = capture.of(Spot::by_place(MARKER).page_size(2).all(client)).await;
        assert_eq!(result.unwrap().len(), 5);
        assert_eq!(spans.len(), 3);
        for (span, items) in spans.iter().zip(["2", "2", "1"]) {
            check(
                std::slice::from_ref(span),
                "dynamodb.Query",
                &[("index", "by_place"), ("items", items)],
                &["error"],
            );
        }
    })
    .await;
}

/// Something with an index.
#[derive(Debug, PartialEq, Table)]
#[table(name = "spots", gsi(name = "by_place", pk = place, sk = rank))]
struct Spot {
    #[table(pk)]
    id: u32,
    place: String,
    rank: u32,
}

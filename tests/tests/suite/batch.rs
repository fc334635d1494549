//! Any number of writes and reads, each for itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::client::{CreateTables, Overrides};
use theory::op::{Answer, BatchWriteError, Reason};
use theory::{
    Client, ErrorKind, Projection, Table, batch_get, batch_get_iter, batch_get_stream, batch_write,
    batch_write_iter, batch_write_stream,
};
use theory_testing::{Fault, Faults, Layer as _, Operation, Recorder, Throttle};
use theory_tests::{Sandbox, for_each_engine};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
struct Reading {
    #[table(pk)]
    sensor: String,
    #[table(sk)]
    at: i64,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "sensors")]
struct Sensor {
    #[table(pk)]
    id: f64,
    name: String,
}

/// Without the keys: the request asks for them all the same.
#[derive(Debug, PartialEq, Projection)]
#[projection(of = Reading)]
struct Text {
    text: String,
}

/// An item of `readings` as another program thinks of it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
struct Strict {
    #[table(pk)]
    sensor: String,
    #[table(sk)]
    at: i64,
    missing: u32,
}

/// Its index wants a string in `tag`.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "notes", gsi(name = "by_tag", pk = tag))]
struct Note {
    #[table(pk)]
    id: u32,
    tag: String,
}

/// An item of `notes` by a program that does not know of the index.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "notes")]
struct Unindexed {
    #[table(pk)]
    id: u32,
    tag: u32,
}

/// The note, which DynamoDB refuses where it is `bad`.
fn note(id: u32, bad: bool) -> (Option<theory::op::Put<Note>>, Option<theory::op::Put<Unindexed>>) {
    match bad {
        true => (None, Some(Unindexed { id, tag: 1 }.put())),
        false => (Some(Note { id, tag: format!("tag {id}") }.put()), None),
    }
}

fn reading(at: i64) -> Reading {
    Reading { sensor: format!("s{}", at % 7), at, text: format!("reading {at}") }
}

fn key(at: i64) -> (String, i64) {
    (format!("s{}", at % 7), at)
}

fn get(at: i64) -> theory::op::Get<Reading> {
    let (sensor, at) = key(at);
    Reading::get(sensor, at)
}

fn sensor(id: f64) -> Sensor {
    Sensor { id, name: format!("sensor {id}") }
}

/// An engine with faults, and a record of what was sent into them.
struct Bench {
    client: Client,
    faults: Faults,
    recorder: Recorder,
    naps: Naps,
}

impl Bench {
    async fn new(sandbox: &Sandbox) -> Self {
        CreateTables::of(theory::schema![Reading, Sensor, Note]).send(&sandbox.client()).await.unwrap();
        let (faults, recorder) = (Faults::seed(7), Recorder::new());
        let config = sandbox.sdk_config();
        let http_client = recorder.around(faults.around(config.http_client().unwrap()));
        let config = config.to_builder().http_client(http_client).build();
        let client = Client::builder(aws_sdk_dynamodb::Client::from_conf(config))
            .table_prefix(sandbox.prefix())
            // What is to be repeated is repeated by the batch.
            .max_attempts(1)
            .build()
            .unwrap();
        Bench { client, faults, recorder, naps: Naps::default() }
    }

    /// How many entries each request had, in the order in which they were sent.
    fn sizes(&self) -> Vec<usize> {
        self.recorder.requests().iter().map(|request| request.len()).collect()
    }
}

/// A sleep that takes no time and remembers how long it was to be.
#[derive(Debug, Clone, Default)]
struct Naps(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for Naps {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(std::future::ready(()))
    }
}

fn positions(error: &BatchWriteError) -> Vec<usize> {
    error.unwritten().iter().map(|left| left.position()).collect()
}

#[tokio::test]
async fn a_thousand_items_there_and_back_in_order() {
    for_each_engine(async |sandbox| {
        let Bench { client, recorder, .. } = &Bench::new(&sandbox).await;
        let puts: Vec<_> = (0..1_000).map(|at| reading(at).put()).collect();
        let done =
            batch_write((puts, sensor(1.5).put(), Some(sensor(2.0).put()))).send(client).await.unwrap();
        assert_eq!((done.written, done.requests), (1_002, 41));
        assert!(done.consumed_capacity.unwrap().units() >= 1_002.0);
        assert!(recorder.requests().iter().all(|request| request.len() <= 25));

        recorder.take();
        let gets: Vec<_> = (0..1_001).rev().map(get).collect();
        let read = batch_get((gets, Sensor::get(2.0), Sensor::get(3.0)));
        let response = read.send_response(client).await.unwrap();
        assert_eq!(response.requests, 11);
        assert!(response.consumed_capacity.unwrap().units() >= 500.0);
        let (readings, two, three) = response.output;
        assert_eq!(readings[0], None);
        let expected: Vec<_> = (0..1_000).rev().map(reading).collect();
        assert_eq!(readings.into_iter().flatten().collect::<Vec<_>>(), expected);
        assert_eq!((two, three), (Some(sensor(2.0)), None));
        assert!(recorder.requests().iter().all(|request| request.len() <= 100));

        let deletes: Vec<_> = (0..999).map(|at| Reading::delete(key(at).0, at)).collect();
        assert_eq!(batch_write(deletes).send(client).await.unwrap().written, 999);
        let left = batch_get(vec![get(998), get(999)]).send(client).await.unwrap();
        assert_eq!(left, [None, Some(reading(999))]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_a_batch_without_a_request() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let none = Vec::<theory::op::Put<Reading>>::new();
        assert_eq!(batch_write(none).send(&bench.client).await.unwrap().written, 0);
        let none = Vec::<theory::op::Get<Reading>>::new();
        assert_eq!(batch_get(none).send(&bench.client).await.unwrap(), []);
        assert!(bench.recorder.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_in_a_batch_is_refused_before_anything_is_sent() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let many = || (0..30).map(|at| reading(at).put()).collect::<Vec<_>>();
        let gone = Reading::delete("s1", 8);
        let condition = Reading::delete("s1", 1).condition(Reading::TEXT.eq("x"));
        for (batch, says) in [
            (batch_write((many(), gone)), "number 8 and number 30 (from 0)"),
            (batch_write((sensor(1.0).put(), Sensor::delete(1.0))), "number 0 and number 1 (from 0)"),
            (batch_write((many(), sensor(1.0).create())), "write number 30 (from 0)"),
            (batch_write(sensor(1.0).replace()), "has no conditions"),
            (batch_write((many(), condition)), "has no conditions"),
        ] {
            let count = batch.len();
            let error = batch.send(&bench.client).await.unwrap_err();
            assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(positions(&error), (0..count).collect::<Vec<_>>());
            assert!(matches!(error.unwritten()[0].reason(), Reason::NotSent));
            // What was refused for its conditions does not lose them on the way.
            assert!(error.into_batch().send(&bench.client).await.is_err());
        }
        let error = batch_get((get(1), Reading::get("", 1))).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Encode);
        assert_eq!(error.unread().len(), 2);
        assert!(bench.recorder.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_request_has_at_most_16_megabytes() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // A control character takes six bytes in JSON: seven such items are more than 16 MB.
        let large = |at| Reading { text: "\u{1}".repeat(390_000), ..reading(at) };
        let puts: Vec<_> = (0..16).map(|at| large(at).put()).collect();
        assert_eq!(batch_write(puts).concurrency(1).send(&bench.client).await.unwrap().written, 16);
        let sizes = bench.sizes();
        assert_eq!(sizes.iter().sum::<usize>(), 16);
        assert!(sizes.iter().all(|size| *size <= 7), "{sizes:?}");

        // And so has an answer: the rest is unprocessed, and asked for again.
        let plain = |at: i64| Reading { text: "x".repeat(390_000), ..reading(at) };
        let puts = (0..50).map(|at| plain(at).put());
        assert_eq!(batch_write_iter(puts).send(&bench.client).await.unwrap().written, 50);
        let gets: Vec<_> = (0..50).map(get).collect();
        let response = batch_get(gets).sleep(bench.naps.clone()).send_response(&bench.client).await.unwrap();
        assert!(response.output.into_iter().flatten().eq((0..50).map(plain)));
        assert!(response.requests >= 2, "{}", response.requests);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_asked_for_once_and_answered_in_every_place() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // An escape in the key, which the engine may write in another way.
        let odd = Reading { sensor: "é/\u{1f600}\"\\\n".into(), at: -5, text: "odd".into() };
        batch_write((reading(1).put(), odd.put(), sensor(100.0).put())).send(&bench.client).await.unwrap();
        bench.recorder.take();
        let read = batch_get((
            vec![get(1), get(2), get(1), Reading::get(&odd.sensor, -5)],
            get(1),
            vec![get(2)],
            vec![Sensor::get(1e2), Sensor::get(100.0)],
        ));
        let (first, second, third, sensors) = read.send(&bench.client).await.unwrap();
        assert_eq!(first, [Some(reading(1)), None, Some(reading(1)), Some(odd)]);
        assert_eq!((second, third), (Some(reading(1)), vec![None]));
        assert_eq!(sensors, [Some(sensor(100.0)), Some(sensor(100.0))]);
        assert_eq!(bench.sizes(), [4]);
    })
    .await;
}

#[tokio::test]
async fn projections_and_consistent_reads_are_each_a_request() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let puts: Vec<_> = (0..3).map(|at| reading(at).put()).collect();
        batch_write((puts, sensor(1.0).put())).send(&bench.client).await.unwrap();
        bench.recorder.take();
        let read = batch_get((
            vec![get(0), get(1)],
            vec![get(1).project::<Text>(), get(9).project::<Text>(), get(2).project::<Text>()],
            get(1).consistent_read(),
            Sensor::get(1.0).consistent_read(),
        ));
        let (whole, texts, consistent, sensor) = read.send(&bench.client).await.unwrap();
        assert_eq!(whole, [Some(reading(0)), Some(reading(1))]);
        let text = |at| Some(Text { text: format!("reading {at}") });
        assert_eq!(texts, [text(1), None, text(2)]);
        assert_eq!((consistent, sensor.map(|sensor| sensor.id)), (Some(reading(1)), Some(1.0)));
        // Three ways to ask `readings`; `sensors` goes with the first.
        let mut sizes = bench.sizes();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 3, 3]);
    })
    .await;
}

#[tokio::test]
async fn what_is_unprocessed_is_sent_again_with_growing_pauses() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        for operation in [Operation::BatchWriteItem, Operation::BatchGetItem] {
            bench
                .faults
                .on(operation)
                .when(|request| request.len() > 3)
                .inject(Fault::PartialBatchLeaving(3));
            bench.faults.on(operation).times(3).inject(Fault::Throttle(Throttle::KeyRange));
        }
        let puts: Vec<_> = (0..25).map(|at| reading(at).put()).collect();
        let batch = batch_write(puts).sleep(bench.naps.clone());
        let done =
            batch.pauses(Duration::from_secs(1), Duration::from_secs(3)).send(&bench.client).await.unwrap();
        assert_eq!((done.written, done.requests), (25, 5));
        assert_eq!(bench.sizes(), [25, 3, 3, 3, 3]);
        let naps = std::mem::take(&mut *bench.naps.0.lock().unwrap());
        assert_eq!(naps.len(), 4);
        for (nap, longest) in naps.iter().zip([1, 2, 3, 3]) {
            assert!(*nap <= Duration::from_secs(longest), "{naps:?}");
        }

        let gets: Vec<_> = (0..25).map(get).collect();
        let response = batch_get(gets).sleep(bench.naps.clone()).send_response(&bench.client).await.unwrap();
        assert_eq!(response.requests, 5);
        assert!(response.output.into_iter().flatten().eq((0..25).map(reading)));
    })
    .await;
}

#[tokio::test]
async fn random_partial_batches_lose_nothing() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .probability(0.6)
            .inject_one_of([Fault::PartialBatch, Fault::Throttle(Throttle::Provisioned)]);
        let (naps, client) = (&bench.naps, &bench.client);
        let puts = (0..500).map(|at| reading(at).put());
        let written = batch_write_iter(puts).attempts(100).sleep(naps.clone()).send(client).await.unwrap();
        assert_eq!(written.written, 500);
        let gets: Vec<_> = (0..500).map(get).collect();
        let read = batch_get(gets).attempts(100).sleep(naps.clone()).send(client).await.unwrap();
        assert!(read.into_iter().flatten().eq((0..500).map(reading)));
        assert!(!bench.faults.injected().is_empty());
    })
    .await;
}

#[tokio::test]
async fn when_the_attempts_are_used_up_the_rest_comes_back() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let (naps, client) = (&bench.naps, &bench.client);
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .when(|request| request.len() > 2)
            .inject(Fault::PartialBatchLeaving(2));
        // Two of what is left is throttled as a whole.
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .inject(Fault::Throttle(Throttle::Account));
        let puts: Vec<_> = (0..20).map(|at| reading(at).put()).collect();
        let error = batch_write(puts).attempts(3).sleep(naps.clone()).send(client).await.unwrap_err();
        assert_eq!((error.written().written, error.written().requests), (18, 3));
        assert_eq!(positions(&error), [18, 19]);
        assert_eq!(error.error().kind(), ErrorKind::Throttled);
        assert!(!error.error().is_ambiguous());
        let Reason::Failed(cause) = error.unwritten()[0].reason() else { panic!("{error:?}") };
        assert!(cause.is_throttled());

        // What was given back by the last attempt has no error of its own.
        let puts: Vec<_> = (20..40).map(|at| reading(at).put()).collect();
        let unprocessed = batch_write(puts).attempts(1).send(client).await.unwrap_err();
        assert!(matches!(unprocessed.unwritten()[1].reason(), Reason::Unprocessed));
        assert_eq!(unprocessed.error().kind(), ErrorKind::Throttled);

        let gets: Vec<_> = (0..18).map(get).collect();
        let failed =
            batch_get((gets, get(1))).attempts(2).sleep(naps.clone()).send(client).await.unwrap_err();
        assert_eq!(failed.error().kind(), ErrorKind::Throttled);
        assert_eq!(failed.unread().iter().map(|left| left.position()).collect::<Vec<_>>(), [16, 17]);
        let (readings, one) = failed.into_answers();
        assert!(
            readings[..16]
                .iter()
                .zip(0..)
                .all(|(answer, at)| { matches!(answer, Answer::Found(item) if *item == reading(at)) })
        );
        assert!(readings[16..].iter().all(|answer| matches!(answer, Answer::Unread(_))));
        assert_eq!(one.found(), Some(reading(1)));

        // The rest, when the storm is over.
        bench.faults.stop();
        let rest: theory::Error = batch_write(reading(0).create()).send(client).await.unwrap_err().into();
        assert_eq!(rest.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.into_batch().send(client).await.unwrap().written, 2);
        assert_eq!(batch_get(vec![get(18), get(19)]).send(client).await.unwrap().iter().flatten().count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_fails_loses_nothing_of_the_others() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(2).inject(Fault::ServerErrorAfterEffect);
        bench.faults.on(Operation::BatchGetItem).nth(2).inject(Fault::AccessDenied);
        let puts: Vec<_> = (0..125).map(|at| reading(at).put()).collect();
        let error = batch_write(puts).concurrency(3).send(client).await.unwrap_err();
        // Of five requests one failed, and what was under way beside it came to its end.
        let written = error.written().written;
        assert!([25, 50, 75, 100].contains(&written), "{written}");
        assert_eq!(error.error().kind(), ErrorKind::Service);
        assert!(error.error().is_ambiguous());
        let ambiguous: Vec<_> =
            error.unwritten().iter().filter(|left| left.is_ambiguous()).map(|left| left.position()).collect();
        assert_eq!(ambiguous, (ambiguous[0]..ambiguous[0] + 25).collect::<Vec<_>>());
        assert_eq!(ambiguous[0] % 25, 0);
        assert_eq!(positions(&error).len(), 125 - written);
        let mut others = error.unwritten().iter().filter(|left| !left.is_ambiguous());
        assert!(others.all(|left| matches!(left.reason(), Reason::NotSent)));
        // It is the same done twice.
        let rest = error.into_batch().send(client).await.unwrap().written;
        assert_eq!(written + rest, 125);

        let gets: Vec<_> = (0..500).map(get).collect();
        let error = batch_get(gets).concurrency(2).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::AccessDenied);
        let unread = error.unread().len();
        let found = error.into_answers().into_iter().filter_map(Answer::found).count();
        assert!(found > 0 || unread == 500);
        // Of 500 keys 125 items exist, in the first two requests; what is not read is not called missing.
        assert!(unread >= 100 && found <= 125, "{unread} {found}");
    })
    .await;
}

#[tokio::test]
async fn an_item_that_does_not_fit_is_left_and_the_others_are_not() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let good = Strict { sensor: "s3".into(), at: 3, missing: 1 };
        batch_write((reading(1).put(), good.put())).send(&bench.client).await.unwrap();
        let gets = vec![Strict::get("s1", 1), Strict::get("s3", 3), Strict::get("s4", 4)];
        let error = batch_get(gets).send(&bench.client).await.unwrap_err();
        assert!(error.error().is_decode(), "{error}");
        assert_eq!(error.unread().len(), 1);
        assert_eq!((error.unread()[0].position(), error.unread()[0].entity()), (0, "Strict"));
        let answers = error.into_answers();
        assert!(matches!(&answers[1], Answer::Found(item) if *item == good));
        assert!(matches!(answers[2], Answer::NotFound));
    })
    .await;
}

#[tokio::test]
async fn the_deadline_ends_it_and_what_was_done_is_known() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(2).inject(Fault::HangAfterEffect);
        bench.faults.on(Operation::BatchGetItem).nth(2).inject(Fault::HangBeforeEffect);
        let patient =
            Overrides::new().timeout(Duration::from_secs(600)).attempt_timeout(Duration::from_secs(600));
        let puts: Vec<_> = (0..75).map(|at| reading(at).put()).collect();
        let batch = batch_write(puts).concurrency(1).overrides(patient.clone());
        let error = batch.deadline(Duration::from_secs(3)).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Deadline);
        assert!(error.error().is_ambiguous());
        assert_eq!(error.written().written, 25);
        assert_eq!(positions(&error), (25..75).collect::<Vec<_>>());
        let ambiguous = error.unwritten().iter().filter(|left| left.is_ambiguous()).count();
        assert_eq!(ambiguous, 25);

        let gets: Vec<_> = (0..300).map(get).collect();
        let batch = batch_get(gets).concurrency(1).overrides(patient);
        let error = batch.deadline(Duration::from_secs(3)).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Deadline);
        assert_eq!(error.unread().len(), 200);
        assert_eq!(error.into_answers().into_iter().filter_map(Answer::found).count(), 50);
    })
    .await;
}

#[tokio::test]
async fn a_later_write_of_an_item_in_a_stream_waits_and_wins() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let (naps, client) = (&bench.naps, &bench.client);
        bench.faults.on(Operation::BatchWriteItem).probability(0.5).inject(Fault::PartialBatch);
        let writes = |round: i64| {
            (0..40).map(move |at| Reading { text: format!("round {round}"), ..reading(at) }.put())
        };
        // Every item five times, then one of them gone, and one put again.
        let all = (0..5).flat_map(writes).map(|put| (Some(put), None));
        let last = [
            (None, Some(Reading::delete("s3", 3))),
            (None, Some(Reading::delete("s4", 4))),
            (Some(reading(4).put()), None),
        ];
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let done = batch_write_iter(all.chain(last))
            .attempts(100)
            .sleep(naps.clone())
            .on_progress(move |progress| tell.lock().unwrap().push(progress.written))
            .send(client)
            .await
            .unwrap();
        assert_eq!(done.written, 203);
        let told = told.lock().unwrap().clone();
        assert!(told.is_sorted());
        assert_eq!(told.last(), Some(&203));
        for request in bench.recorder.requests() {
            let writes = request.body["RequestItems"].as_object().unwrap().values().next().unwrap();
            let keys: std::collections::HashSet<_> = writes
                .as_array()
                .unwrap()
                .iter()
                .map(|write| {
                    let put = &write["PutRequest"]["Item"]["at"]["N"];
                    let delete = &write["DeleteRequest"]["Key"]["at"]["N"];
                    put.as_str().or(delete.as_str()).unwrap().to_owned()
                })
                .collect();
            assert_eq!(keys.len(), request.len(), "an item is in a request once");
        }
        let read = batch_get((0..40).map(get).collect::<Vec<_>>()).send(client).await.unwrap();
        for (at, item) in (0..40).zip(read) {
            let text = match at {
                3 => None,
                4 => Some("reading 4".to_owned()),
                _ => Some("round 4".to_owned()),
            };
            assert_eq!(item.map(|item| item.text), text, "{at}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_source_is_read_no_further_than_it_is_written() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(4).inject(Fault::AccessDenied);
        let taken = Arc::new(Mutex::new(0));
        let count = Arc::clone(&taken);
        let endless = (0..).map(move |at| {
            *count.lock().unwrap() += 1;
            reading(at).put()
        });
        let error = batch_write_iter(endless).concurrency(2).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::AccessDenied);
        let taken = *taken.lock().unwrap();
        assert_eq!(error.taken(), taken);
        assert_eq!(error.written().written + error.unwritten().len(), taken);
        assert!(taken <= 25 * 7, "{taken}");
    })
    .await;
}

#[tokio::test]
async fn what_a_slow_stream_gave_does_not_wait_for_more() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // The second write comes when the first is done, and never otherwise.
        let (done, first_done) = tokio::sync::oneshot::channel();
        let mut done = Some(done);
        let later = futures_util::stream::once(async move {
            first_done.await.unwrap();
            reading(2).put()
        });
        let source = futures_util::stream::iter([reading(1).put()]).chain(later);
        let written = batch_write_stream(source)
            .on_progress(move |_| {
                done.take().map(|done| done.send(()));
            })
            .send(&bench.client)
            .await
            .unwrap();
        assert_eq!(written.written, 2);
        assert_eq!(bench.sizes(), [1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_write_in_a_stream_ends_it() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let writes = (0..60).map(|at| if at == 55 { reading(at).create() } else { reading(at).put() });
        let error = batch_write_iter(writes).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.taken(), 56);
        assert_eq!(error.written().written, 50);
        assert_eq!(positions(&error), (50..56).collect::<Vec<_>>());
        assert!(error.into_batch().send(&bench.client).await.unwrap_err().error().is_invalid());
    })
    .await;
}

#[tokio::test]
async fn an_invalid_write_is_found_and_the_others_are_done() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        let bad = [7, 30, 31, 74];
        let notes: Vec<_> = (0..100).map(|id| note(id, bad.contains(&id))).collect();
        let error = batch_write(notes).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation, "{error}");
        assert_eq!(positions(&error), [7, 30, 31, 74]);
        for left in error.unwritten() {
            assert_eq!(left.entity(), "Unindexed");
            let Reason::Failed(cause) = left.reason() else { panic!("{left:?}") };
            assert_eq!((cause.kind(), left.is_ambiguous()), (ErrorKind::Validation, false));
        }
        assert_eq!(error.written().written, 96);
        let requests = error.written().requests;
        assert_eq!(requests, bench.sizes().len() as u64);
        // One of 25 takes ten more requests, or up to a step less; two take at most eighteen.
        assert!((4 + 3 * 8..=4 + 10 + 18 + 10).contains(&requests), "{requests}");
        let gets: Vec<_> = (0..100).map(Note::get).collect();
        let stored = batch_get(gets).send(client).await.unwrap();
        for (id, note) in (0..100).zip(stored) {
            assert_eq!(note.is_none(), bad.contains(&id), "{id}");
        }
        // It is the same again: nothing was wrong with the others.
        assert_eq!(positions(&error.into_batch().send(client).await.unwrap_err()), [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn where_every_write_is_invalid_few_requests_tell() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let notes: Vec<_> = (0..100).map(|id| note(id, true)).collect();
        let error = batch_write(notes).concurrency(1).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation);
        assert_eq!(positions(&error), (0..100).collect::<Vec<_>>());
        assert!(bench.sizes().len() <= 9, "{:?}", bench.sizes());
        let sent = error.unwritten().iter().filter(|left| matches!(left.reason(), Reason::Failed(_)));
        assert_eq!(sent.count(), 25);
        // One by itself is no more than that.
        bench.recorder.take();
        let error = batch_write(note(1, true)).send(&bench.client).await.unwrap_err();
        assert_eq!((positions(&error), bench.sizes()), (vec![0], vec![1]));
    })
    .await;
}

#[tokio::test]
async fn what_comes_behind_an_invalid_write_on_one_item_waits_for_it() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        // Number 3 is invalid, and a later write is on its item.
        let writes = (0..30).map(|id| note(id, id == 3)).chain([note(3, false), note(40, false)]);
        let error = batch_write_iter(writes).send(client).await.unwrap_err();
        assert_eq!(positions(&error), [3, 30]);
        assert!(matches!(error.unwritten()[1].reason(), Reason::NotSent));
        assert_eq!((error.written().written, error.taken()), (30, 32));
        assert_eq!(Note::get(3).send(client).await.unwrap(), None);

        // All that an endless source gives waits for it: there is no end to that but this.
        let mut first = true;
        let endless = (0..).map(move |_| note(3, std::mem::take(&mut first)));
        let error = batch_write_iter(endless).concurrency(1).send(client).await.unwrap_err();
        assert_eq!((error.written().written, error.taken()), (0, error.unwritten().len()));
        assert!(error.taken() <= 60, "{}", error.taken());

        // So many are invalid that the rest of the source is left where it is.
        let endless = (0..).map(|id| note(id, id % 5 == 0));
        let error = batch_write_iter(endless).concurrency(2).send(client).await.unwrap_err();
        let invalid = error.unwritten().iter().filter(|left| left.entity() == "Unindexed").count();
        assert!((101..200).contains(&invalid), "{invalid}");
        assert_eq!(error.written().written + error.unwritten().len(), error.taken());
    })
    .await;
}

#[tokio::test]
async fn a_source_of_keys_is_answered_in_its_order() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..1_000).map(|at| reading(at).put())).send(client).await.unwrap();
        bench.recorder.take();
        bench.faults.on(Operation::BatchGetItem).probability(0.3).inject(Fault::PartialBatch);
        // Every third does not exist, some stand there twice, and the last request is not full.
        let at = |number: i64| if number % 3 == 0 { -number - 1 } else { number / 2 };
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let answers: Vec<_> = batch_get_iter((0..1_950).map(|number| get(at(number))))
            .attempts(100)
            .sleep(bench.naps.clone())
            .on_progress(move |progress| tell.lock().unwrap().push(progress))
            .stream(client)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(answers.len(), 1_950);
        for (number, answer) in (0..).zip(answers) {
            assert_eq!(answer, (number % 3 != 0).then(|| reading(at(number))), "{number}");
        }
        let told = told.lock().unwrap().clone();
        assert!(told.is_sorted_by_key(|progress| progress.read));
        let last = told.last().unwrap();
        assert_eq!((last.read, last.taken), (1_950, 1_950));
        assert_eq!(last.requests, bench.sizes().len() as u64);
        assert!(bench.sizes().iter().all(|size| *size <= 100));

        bench.faults.stop();
        bench.recorder.take();
        // Three reads at a time: 33 of them are a request, for two tables in one.
        batch_write((sensor(1.0).put(), sensor(2.0).put())).send(client).await.unwrap();
        bench.recorder.take();
        let three = |at: i64| (get(at), get(at + 1).project::<Text>(), Sensor::get(at as f64));
        let answers: Vec<_> = batch_get_iter((0..40).map(three)).stream(client).try_collect().await.unwrap();
        assert_eq!(answers.len(), 40);
        let (one, text, sensor) = &answers[2];
        assert_eq!(*one, Some(reading(2)));
        assert_eq!(text.as_ref().map(|text| &*text.text), Some("reading 3"));
        assert_eq!(sensor.as_ref().map(|sensor| sensor.id), Some(2.0));
        assert_eq!(answers[3].2, None);
        // The same table in two ways is two requests.
        assert_eq!(bench.sizes().len(), 4);
        let none = batch_get_iter(Vec::<theory::op::Get<Reading>>::new());
        assert_eq!(none.stream(client).count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_source_of_keys_is_read_no_further_than_it_is_answered() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..500).map(|at| reading(at).put())).send(client).await.unwrap();
        let taken = Arc::new(Mutex::new(0));
        let count = Arc::clone(&taken);
        let endless = (0..).map(move |at| {
            *count.lock().unwrap() += 1;
            get(at)
        });
        let mut answers = batch_get_iter(endless).concurrency(3).stream(client);
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(0))));
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(1))));
        let taken = *taken.lock().unwrap();
        assert!((100..=1_000).contains(&taken), "{taken}");
        drop(answers);

        // A source that waits for the answer before it gives more.
        let (answered, first) = tokio::sync::oneshot::channel();
        let later = futures_util::stream::once(async move {
            first.await.unwrap();
            get(2)
        });
        let source = futures_util::stream::iter([get(1)]).chain(later);
        let mut answers = batch_get_stream(source).stream(client);
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(1))));
        answered.send(()).unwrap();
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(2))));
        assert_eq!(answers.try_next().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_fails_in_a_stream_of_answers_stands_in_its_place() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..500).map(|at| reading(at).put())).send(client).await.unwrap();
        let good = Strict { sensor: "s3".into(), at: -3, missing: 1 };
        batch_write(good.put()).send(client).await.unwrap();

        // One that does not fit does not end it.
        let gets = [("s1", 1), ("s3", -3), ("s4", -4)].map(|(sensor, at)| Strict::get(sensor, at));
        let answers: Vec<_> = batch_get_iter(gets).stream(client).collect().await;
        let [Err(error), Ok(Some(fits)), Ok(None)] = &answers[..] else { panic!("{answers:?}") };
        assert!(error.is_decode() && error.to_string().contains("number 0"), "{error}");
        assert_eq!(*fits, good);

        // A request that fails does, and what was given before it is all there is before it.
        bench.faults.on(Operation::BatchGetItem).nth(4).inject(Fault::AccessDenied);
        let mut answers: Vec<_> =
            batch_get_iter((0..).map(get)).concurrency(2).stream(client).collect().await;
        let error = answers.pop().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(error.to_string().contains(&format!("number {}", answers.len())), "{error}");
        assert!([200, 300].contains(&answers.len()), "{}", answers.len());
        for (at, answer) in (0..).zip(answers) {
            assert_eq!(answer.unwrap(), Some(reading(at)));
        }

        // So does a key that is not one.
        let gets = (0..150).map(get).chain([Reading::get("", 1), get(1)]);
        let mut answers: Vec<_> = batch_get_iter(gets).stream(client).collect().await;
        assert_eq!(answers.pop().unwrap().unwrap_err().kind(), ErrorKind::Encode);
        assert!(answers.len() == 150 && answers.iter().all(|answer| matches!(answer, Ok(Some(_)))));

        // And the deadline.
        bench.faults.on(Operation::BatchGetItem).nth(7).inject(Fault::HangBeforeEffect);
        let late = batch_get_iter((0..).map(get)).concurrency(1).deadline(Duration::from_secs(2));
        let mut answers: Vec<_> = late.stream(client).take(2_000_000).collect().await;
        assert_eq!(answers.pop().unwrap().unwrap_err().kind(), ErrorKind::Deadline);
        assert_eq!(answers.len() % 100, 0);
    })
    .await;
}

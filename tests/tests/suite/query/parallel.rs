//! Scans in segments: every item once, however they are cut and resumed.

use std::collections::BTreeSet;
use std::fmt::Debug;

use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::cursor::{
    CursorKeys, InvalidCheckpoint, InvalidCheckpointReason as Refused, InvalidCursorReason, ScanCheckpoint,
};
use theory::op::{ParallelScan, Query, ReadFrom, Whole};
use theory::{Client, ErrorKind, Projection, Table, batch_write_iter};
use theory_testing::{Fault, Faults, Layer as _, Operation, Throttle};
use theory_tests::Capability;

use crate::support::{Bench, Gauge, with_tables};

/// Something with many partitions, some of them with many items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Table)]
#[table(
    name = "rows",
    scan,
    gsi(name = "by_kind", pk = kind, sk = rank),
    gsi(name = "by_label", pk = label, projection = keys_only),
    lsi(name = "by_rank", sk = rank, projection = include(label))
)]
struct Row {
    #[table(pk)]
    owner: String,
    #[table(sk)]
    number: u32,
    /// Not every row has a kind.
    kind: Option<String>,
    rank: i32,
    label: String,
    text: String,
}

/// A part without the key: the request asks for that all the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Projection)]
#[projection(of = Row, index = by_rank)]
struct Label {
    label: String,
    rank: i32,
}

/// What the index by label holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Projection)]
#[projection(of = Row, index = by_label)]
struct Key {
    owner: String,
    number: u32,
}

fn row(n: u32) -> Row {
    Row {
        // One partition has a third of the rows.
        owner: if n.is_multiple_of(3) { "large".to_owned() } else { format!("owner {}", n / 2) },
        number: n,
        kind: (!n.is_multiple_of(4)).then(|| format!("kind {}", n % 5)),
        rank: i32::try_from(n % 7).unwrap() - 3,
        label: format!("label {n}"),
        text: "é".repeat(usize::try_from(n % 11).unwrap()),
    }
}

async fn fill(bench: &Bench, count: u32) -> Vec<Row> {
    let rows: Vec<Row> = (0..count).map(row).collect();
    batch_write_iter(rows.iter().map(Row::put)).send(&bench.client).await.unwrap();
    bench.wire.clear();
    rows
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

/// A new client, as another process has it.
fn another(bench: &Bench) -> Client {
    bench.sandbox.client()
}

/// A generator of the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one_of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[usize::try_from(self.below(N as u64)).unwrap()]
    }
}

/// Scans in segments, stopping and resuming at random, each time with another client; the items as they came.
async fn cut<E, I, O>(bench: &Bench, what: &str, scan: Query<E, I, (), O>, seed: u64) -> Vec<O>
where
    E: Table,
    I: Whole,
    O: ReadFrom<I> + Debug + Send + 'static,
{
    let mut dice = Dice(seed);
    let segments = dice.one_of([1, 2, 3, 8, 20, 90]);
    let keys = CursorKeys::new([5; 32]);
    let what = format!("{what}, seed {seed}, {segments} segments");
    let (mut seen, mut saved) = (Vec::new(), None::<ScanCheckpoint>);
    for round in 0.. {
        let page_size = dice.one_of([1, 2, 7, 1000]);
        let scan =
            scan.clone().page_size(page_size).segments(segments).concurrency(dice.one_of([1, 2, 5, 16]));
        let client = another(bench);
        if dice.below(8) == 0 {
            // A count in between disturbs nothing, and counts what is left.
            let left = scan.clone().resume(saved.clone()).count(&client).await.expect(&what);
            let rest: Vec<O> =
                scan.clone().resume(saved.clone()).stream(&client).try_collect().await.expect(&what);
            assert_eq!(left, rest.len() as u64, "{what}, round {round}");
        }
        let mut stream = scan.resume(saved).stream(&client);
        let stop = dice.below(40);
        for _ in 0..stop {
            if dice.below(4) == 0 {
                let Some(page) = stream.next_page().await.expect(&what) else { break };
                assert!(page.next_cursor().is_none());
                seen.extend(page.items);
            } else {
                let Some(item) = stream.next().await else { break };
                seen.push(item.expect(&what));
            }
        }
        let checkpoint = stream.checkpoint();
        if checkpoint.is_finished() {
            assert!(stream.next().await.is_none(), "{what}");
            assert_eq!(stream.checkpoint(), checkpoint);
            return seen;
        }
        let checkpoint = match dice.below(2) {
            0 => checkpoint.to_string().parse().expect(&what),
            _ => ScanCheckpoint::unseal(&keys, b"rows", &checkpoint.seal(&keys, b"rows").unwrap()).unwrap(),
        };
        saved = Some(checkpoint);
    }
    seen
}

/// Whatever the seed, the items are those of the scan in one piece.
async fn cuts<E, I, O>(bench: &Bench, what: &str, scan: Query<E, I, (), O>, seeds: std::ops::Range<u64>)
where
    E: Table,
    I: Whole,
    O: ReadFrom<I> + Debug + Ord + Send + 'static,
{
    let whole = sorted(scan.clone().all(&bench.client).await.unwrap());
    for seed in seeds {
        let seen = cut(bench, what, scan.clone(), seed).await;
        assert_eq!(sorted(seen), whole, "{what}, seed {seed}");
    }
}

#[tokio::test]
async fn every_item_once_whatever_the_segments() {
    with_tables(&[Row::SCHEMA], async |bench| {
        let client = &bench.client;
        assert_eq!(Row::scan().segments(4).stream(client).count().await, 0);
        let rows = sorted(fill(bench, 60).await);
        for (segments, concurrency, page_size) in
            [(1, 1, 1000), (1, 8, 7), (2, 1, 3), (3, 2, 1), (8, 8, 1000), (8, 3, 4), (500, 16, 1000)]
        {
            bench.wire.clear();
            let scan = Row::scan().page_size(page_size).segments(segments).concurrency(concurrency);
            let seen: Vec<Row> = scan.clone().stream(client).try_collect().await.unwrap();
            assert_eq!(sorted(seen), rows, "{segments} segments");
            let asked: BTreeSet<u64> =
                bench.wire.sent().iter().map(|sent| sent.body["Segment"].as_u64().unwrap()).collect();
            assert_eq!(asked, (0..u64::from(segments)).collect());
            assert!(bench.wire.sent().iter().all(|sent| sent.body["TotalSegments"] == segments));
            assert_eq!(sorted(scan.clone().all(client).await.unwrap()), rows);
            assert_eq!(scan.count(client).await.unwrap(), 60);
            assert_eq!(bench.wire.last()["Select"], "COUNT");
        }
    })
    .await;
}

#[tokio::test]
async fn a_scan_that_was_cut_goes_on_where_it_stopped() {
    with_tables(&[Row::SCHEMA], async |bench| {
        fill(bench, 60).await;
        cuts(bench, "all", Row::scan(), 0..30).await;
        cuts(bench, "consistent", Row::scan().consistent_read(), 30..34).await;
        cuts(bench, "filter", Row::scan().filter(Row::RANK.gt(0)), 40..60).await;
        cuts(bench, "filter on a key", Row::scan().filter(Row::NUMBER.lt(20)), 60..70).await;
        cuts(bench, "nothing", Row::scan().filter(Row::TEXT.eq("no such")), 70..75).await;
        cuts(bench, "part", Row::scan().project::<Label>(), 80..100).await;
    })
    .await;
}

#[tokio::test]
async fn so_does_a_scan_of_an_index() {
    with_tables(&[Row::SCHEMA], async |bench| {
        let rows = fill(bench, 60).await;
        let client = &bench.client;
        let kinds = Row::scan_by_kind().all(client).await.unwrap();
        assert_eq!(bench.wire.last()["IndexName"], "by_kind");
        let expected = rows.iter().filter(|row| row.kind.is_some()).cloned();
        assert_eq!(sorted(kinds), sorted(expected), "without those that have no kind");
        assert_eq!(Row::scan_by_kind().filter(Row::KIND.eq("kind 1")).count(client).await.unwrap(), 9);
        cuts(bench, "global", Row::scan_by_kind(), 0..20).await;
        cuts(bench, "global, filter on its key", Row::scan_by_kind().filter(Row::KIND.ne("kind 1")), 20..30)
            .await;
        cuts(bench, "keys", Row::scan_by_label().project::<Key>(), 30..40).await;
        cuts(bench, "local", Row::scan_by_rank().consistent_read().project::<Label>(), 40..60).await;
        // Of what the index does not hold there is no filter.
        let error = Row::scan_by_label().project::<Key>().filter(Row::TEXT.eq("")).count(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidRequest);
    })
    .await;
}

#[tokio::test]
async fn a_million_segments_are_no_burden() {
    with_tables(&[Row::SCHEMA], async |bench| {
        fill(bench, 10).await;
        let mut stream = Row::scan().segments(1_000_000).concurrency(2).stream(&bench.client);
        for _ in 0..10 {
            stream.next_page().await.unwrap().unwrap();
        }
        let checkpoint = stream.checkpoint();
        assert_eq!(checkpoint.segments(), 1_000_000);
        assert!(checkpoint.finished() >= 9);
        // What was begun is in it, and nothing for each of the others.
        assert!(checkpoint.to_string().len() < 1_000);
        assert!(bench.wire.sent().iter().all(|sent| sent.body["TotalSegments"] == 1_000_000));
        let mut stream = Row::scan().resume(checkpoint).concurrency(2).stream(&bench.client);
        stream.next_page().await.unwrap().unwrap();
        assert!(bench.wire.last()["Segment"].as_u64().unwrap() >= 10);
    })
    .await;
}

#[tokio::test]
async fn take_ends_it_and_the_checkpoint_has_the_rest() {
    with_tables(&[Row::SCHEMA], async |bench| {
        let rows = sorted(fill(bench, 40).await);
        let client = &bench.client;
        let (mut seen, mut saved) = (Vec::new(), None);
        loop {
            let scan = Row::scan().page_size(5).take(7).segments(3).resume(saved);
            let mut stream = scan.clone().stream(client);
            let before = seen.len();
            while let Some(page) = stream.next_page().await.unwrap() {
                seen.extend(page.items);
            }
            assert!(stream.next().await.is_none());
            assert_eq!(seen.len(), (before + 7).min(40));
            assert_eq!(scan.count(client).await.unwrap(), 7.min(40 - before as u64));
            if seen.len() == before {
                break;
            }
            saved = Some(stream.checkpoint());
        }
        assert_eq!(sorted(seen), rows);
        assert_eq!(Row::scan().take(7).segments(3).all(client).await.unwrap().len(), 7);
        assert_eq!(Row::scan().take(0).segments(2).count(client).await.unwrap(), 0);
        assert_eq!(Row::scan().take(0).segments(2).stream(client).count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_failure_ends_the_stream_and_the_checkpoint_goes_on() {
    with_tables(&[Row::SCHEMA], async |bench| {
        let rows = sorted(fill(bench, 60).await);
        let config = bench.sandbox.sdk_config();
        for seed in 0..15 {
            let faults = Faults::seed(seed);
            faults.on(Operation::Scan).probability(0.2).inject_one_of([
                Fault::Throttle(Throttle::KeyRange),
                Fault::ResetBeforeEffect,
                Fault::CorruptBody,
            ]);
            let http_client = faults.around(config.http_client().unwrap());
            let sdk =
                aws_sdk_dynamodb::Client::from_conf(config.to_builder().http_client(http_client).build());
            let client =
                Client::builder(sdk).table_prefix(bench.sandbox.prefix()).max_attempts(1).build().unwrap();
            let (mut seen, mut saved, mut failures) = (Vec::new(), None, 0);
            loop {
                let scan = Row::scan().page_size(4).segments(5).concurrency(3).resume(saved);
                let mut stream = scan.stream(&client);
                let failed = loop {
                    match stream.next().await {
                        Some(Ok(row)) => seen.push(row),
                        Some(Err(error)) => break Some(error),
                        None => break None,
                    }
                };
                assert!(stream.next().await.is_none(), "an error is the end");
                assert!(stream.next_page().await.unwrap().is_none());
                let Some(error) = failed else { break };
                assert!(error.is_retryable(), "{error:?}");
                failures += 1;
                saved = Some(stream.checkpoint().to_string().parse().unwrap());
            }
            assert_eq!(sorted(seen), rows, "seed {seed}");
            // Two segments may fail at once, and one of them ends the stream.
            assert!((1..=faults.injected().len()).contains(&failures), "{failures}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_never_behind_the_checkpoint() {
    with_tables(&[Row::SCHEMA], async |bench| {
        fill(bench, 20).await;
        let mut broken = bench
            .get_json("rows", serde_json::json!({"owner": {"S": "owner 2"}, "number": {"N": "5"}}))
            .await;
        broken["text"] = serde_json::json!({"N": "1"});
        bench.put_json("rows", broken).await;
        let client = &bench.client;
        let mut saved = None;
        for _ in 0..3 {
            let mut stream = Row::scan().page_size(3).segments(2).resume(saved).stream(client);
            let error = loop {
                if let Err(error) = stream.next().await.unwrap() {
                    break error;
                }
            };
            assert_eq!(error.kind(), ErrorKind::Decode);
            saved = Some(stream.checkpoint());
        }
        let rest = Row::scan().keep_undecodable().resume(saved.unwrap()).stream(client);
        let rest: Vec<_> = rest.try_collect().await.unwrap();
        assert_eq!(rest.iter().filter(|row| row.is_err()).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_checkpoint_is_refused_before_sending() {
    with_tables(&[Row::SCHEMA], async |bench| {
        fill(bench, 30).await;
        let client = &bench.client;
        async fn refused<I, O>(scan: ParallelScan<Row, I, O>, client: &Client) -> Refused
        where
            O: ReadFrom<I> + Debug + Send + 'static,
        {
            let mut stream = scan.clone().stream(client);
            let error = stream.next().await.unwrap().unwrap_err();
            assert!(stream.next().await.is_none());
            assert_eq!(scan.count(client).await.unwrap_err().kind(), ErrorKind::InvalidCursor);
            assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidCursor, Some("Scan")));
            let source = std::error::Error::source(&error).expect("it says why");
            source.downcast_ref::<InvalidCheckpoint>().expect("as an invalid checkpoint").reason()
        }
        let mut stream = Row::scan().page_size(2).segments(2).stream(client);
        stream.next().await.unwrap().unwrap();
        let of_table = stream.checkpoint();
        let mut stream = Row::scan_by_kind().page_size(2).segments(2).stream(client);
        stream.next().await.unwrap().unwrap();
        let of_index = stream.checkpoint();
        drop(stream);
        bench.wire.clear();

        assert_eq!(refused(Row::scan().resume(of_index.clone()), client).await, Refused::Index);
        assert_eq!(refused(Row::scan_by_kind().resume(of_table.clone()), client).await, Refused::Index);
        assert_eq!(
            refused(Row::scan().segments(3).resume(of_table.clone()), client).await,
            Refused::Segments
        );
        assert_eq!(
            refused(Row::scan().table("other").resume(of_table.clone()), client).await,
            Refused::Table
        );
        // A forged place: another attribute in place of the key.
        let forged =
            String::from_utf8(base64_simd::URL_SAFE.decode_to_vec(of_table.to_string()).unwrap()).unwrap();
        let forged = base64_simd::URL_SAFE.encode_to_string(forged.replace("\"number\"", "\"numbers\""));
        let forged: ScanCheckpoint = forged.parse().unwrap();
        let missing = Refused::Cursor(InvalidCursorReason::Missing("number"));
        assert_eq!(refused(Row::scan().resume(forged), client).await, missing);

        let cursor = Row::scan().page_size(1).page(client).await.unwrap().into_next_cursor();
        bench.wire.clear();
        for scan in [
            Row::scan().segments(0),
            Row::scan().segments(1_000_001),
            Row::scan().start_after(cursor).segments(2),
        ] {
            let error = scan.clone().count(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert_eq!(
                scan.stream(client).next().await.unwrap().unwrap_err().kind(),
                ErrorKind::InvalidRequest
            );
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
    })
    .await;
}

/// A table is the same by its name and by its ARN, whichever the scan began with.
#[tokio::test]
async fn a_scan_goes_on_by_the_arn_of_the_table() {
    with_tables(&[Row::SCHEMA], async |bench| {
        if bench.sandbox.lacks(Capability::TableArns) {
            return;
        }
        let rows = sorted(fill(bench, 60).await);
        let described = bench.client.describe_table(Row::SCHEMA).await.unwrap().expect("the table");
        let arn = described.table_arn.expect("its ARN");
        let name = bench.sandbox.table("rows");
        let mapped = Client::builder(bench.client.sdk().clone()).table("rows", &arn).build().unwrap();
        for (first, second) in [(&arn, &arn), (&name, &arn), (&arn, &name)] {
            for index in [false, true] {
                let what = format!("from {first} to {second}, index: {index}");
                let scan = |table: &str| Row::scan().table(table).page_size(4).segments(3).concurrency(2);
                let by_kind =
                    |table: &str| Row::scan_by_kind().table(table).page_size(4).segments(3).concurrency(2);
                let begin = async |mut stream: theory::op::ScanStream<Row>| {
                    let mut seen = Vec::new();
                    for _ in 0..17 {
                        seen.push(stream.next().await.expect(&what).expect(&what));
                    }
                    (seen, stream.checkpoint().to_string().parse::<ScanCheckpoint>().expect(&what))
                };
                let (mut seen, rest): (_, Vec<Row>) = if index {
                    let (seen, saved) = begin(by_kind(first).stream(&bench.client)).await;
                    let rest = by_kind(second).resume(saved).stream(&another(bench));
                    (seen, rest.try_collect().await.expect(&what))
                } else {
                    let (seen, saved) = begin(scan(first).stream(&bench.client)).await;
                    // What a client maps is the same as what a request says.
                    let client = if second == &arn { mapped.clone() } else { another(bench) };
                    let rest = Row::scan().resume(saved).stream(&client);
                    (seen, rest.try_collect().await.expect(&what))
                };
                seen.extend(rest);
                let all = rows.iter().filter(|row| !index || row.kind.is_some()).cloned();
                assert_eq!(sorted(seen), all.collect::<Vec<_>>(), "{what}");
            }
        }
        // Another table of the account is another one.
        let saved = Row::scan().table(&arn).segments(3).stream(&bench.client).checkpoint();
        let other = format!("{arn}s");
        let error = Row::scan().table(other).resume(saved).count(&bench.client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidCursor);
    })
    .await;
}

#[tokio::test]
async fn so_many_are_read_at_once_and_no_more_is_fetched_than_that() {
    with_tables(&[Row::SCHEMA], async |bench| {
        fill(bench, 60).await;
        let gauge = Gauge::new(bench.sandbox.sdk_config().http_client().unwrap());
        let config = bench.sandbox.sdk_config().to_builder().http_client(gauge.clone()).build();
        let sdk = aws_sdk_dynamodb::Client::from_conf(config);
        let client = Client::builder(sdk).table_prefix(bench.sandbox.prefix()).build().unwrap();
        for concurrency in [1, 4, 10] {
            gauge.clear();
            let stream = Row::scan().page_size(2).segments(10).concurrency(concurrency).stream(&client);
            assert_eq!(stream.count().await, 60);
            assert_eq!(gauge.most_at_once(), concurrency);

            gauge.clear();
            let scan = Row::scan().page_size(1).segments(10).concurrency(concurrency);
            let mut stream = scan.stream(&client);
            for handed_out in 1..=60 {
                let page = loop {
                    let page = stream.next_page().await.unwrap().unwrap();
                    if !page.items.is_empty() {
                        break page;
                    }
                };
                assert_eq!(page.items.len(), 1);
                // Ten segments end with a page without items, or have none.
                assert!(gauge.count() <= handed_out + concurrency + 10, "{} of {handed_out}", gauge.count());
            }
        }
    })
    .await;
}

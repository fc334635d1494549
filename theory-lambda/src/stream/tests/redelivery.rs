//! A stream that is delivered again and again ends in the view of one clean pass: an event source that obeys Lambda's rules, by seed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use futures_util::future::join_all;
use theory::stream::Change;
use tokio::time::sleep;

use super::*;

/// What stands for each item's id.
type View = BTreeMap<String, u64>;

/// What the deliveries of one story came to, so that a story in which nothing happens is noticed.
#[derive(Debug, Default)]
struct Tally {
    failures: usize,
    deadlines: usize,
    panics: usize,
    repeated: usize,
    aside: BTreeSet<String>,
}

/// Changes of a shard's items in their order, and the view after them. Some records are damaged, and change nothing.
fn shard(shard: usize, dice: &mut Rng) -> (Vec<Json>, View, BTreeSet<String>) {
    let (mut view, mut damaged) = (View::new(), BTreeSet::new());
    let records = (0..dice.usize(20..80)).map(|place| {
        let number = shard * 1000 + place;
        let id = format!("s{shard}-{}", dice.usize(0..8));
        let old = view.get(&id).copied();
        let new = (old.is_none() || dice.u8(0..4) > 0).then(|| dice.u64(0..1_000_000));
        let mut record = record(number, &id, old, new);
        if dice.u8(0..30) == 0 {
            record["eventName"] = json!("RENAME");
            damaged.insert(super::sequence_number(number));
            return record;
        }
        match new {
            Some(new) => view.insert(id, new),
            None => view.remove(&id),
        };
        record
    });
    (records.collect(), view, damaged)
}

async fn story(seed: u64) -> Tally {
    let mut dice = Rng::with_seed(seed);
    let shards: Vec<_> = (0..dice.usize(1..4)).map(|number| shard(number, &mut dice)).collect();
    let (view, tally) = (&RefCell::new(View::new()), &RefCell::new(Tally::default()));
    let (failing, partial) = (dice.f64() * 0.2, dice.bool());
    let concurrency = dice.usize(1..12);
    let lots = &RefCell::new(dice.fork());
    let lot = |probability: f64| lots.borrow_mut().f64() < probability;
    let lot = &lot;

    let handler = stream_handler(|change: Change<Order>| async move {
        let pause = lots.borrow_mut().u64(0..300);
        sleep(Duration::from_millis(pause)).await;
        if lot(failing) {
            return Err("before the effect");
        }
        match change {
            Change::Inserted { new } | Change::Modified { new, .. } => {
                view.borrow_mut().insert(new.id, new.total);
            }
            Change::Removed { old } => {
                view.borrow_mut().remove(&old.id);
            }
        }
        sleep(Duration::from_millis(pause / 3)).await;
        if lot(failing / 10.0) {
            tally.borrow_mut().panics += 1;
            panic!("as planned, after the effect");
        }
        if lot(failing) { Err("after the effect") } else { Ok(()) }
    })
    .concurrency(concurrency)
    .on_undecodable(|record: Undecodable| async move {
        let number = record.sequence_number().unwrap().to_owned();
        tally.borrow_mut().aside.insert(number);
        if lot(failing) { Err("the queue is full") } else { Ok(()) }
    });
    let handler = if partial { handler.report_batch_item_failures() } else { handler };

    // Lambda goes through each shard for itself, one batch after the other.
    join_all(shards.iter().map(|(records, ..)| {
        let mut handler = handler.clone();
        let mut dice = lots.borrow_mut().fork();
        async move {
            let (mut done, mut size) = (0, 100);
            while done < records.len() {
                let end = records.len().min(done + dice.usize(1..=30).min(size));
                let batch = &records[done..end];
                let time = Duration::from_millis(dice.u64(1200..9000));
                match handler.call(invocation(batch, time)).await {
                    // The answer was lost, and Lambda takes it for a time-out.
                    _ if dice.u8(0..12) == 0 => tally.borrow_mut().repeated += 1,
                    Err(error) => {
                        let mut tally = tally.borrow_mut();
                        match error.kind() {
                            StreamErrorKind::Deadline => tally.deadlines += 1,
                            _ => tally.failures += 1,
                        }
                        // `BisectBatchOnFunctionError`
                        size = (batch.len() / 2).max(1);
                    }
                    Ok(answer) => match answer.first_failure() {
                        None => (done, size) = (end, 100),
                        Some(first) => {
                            assert!(partial, "seed {seed}");
                            let place = batch.iter().position(|r| r["dynamodb"]["SequenceNumber"] == first);
                            done += place.expect("a record of the batch");
                            tally.borrow_mut().failures += 1;
                        }
                    },
                }
            }
        }
    }))
    .await;

    let clean: View = shards.iter().flat_map(|(_, view, _)| view.clone()).collect();
    assert_eq!(*view.borrow(), clean, "seed {seed}");
    let damaged: BTreeSet<_> = shards.iter().flat_map(|(.., damaged)| damaged.clone()).collect();
    assert_eq!(tally.borrow().aside, damaged, "seed {seed}");
    tally.take()
}

#[tokio::test(start_paused = true)]
async fn the_view_is_that_of_one_clean_pass() {
    // What is planned need not be told a hundred times.
    std::panic::set_hook(Box::new(|panic| {
        if !panic.to_string().contains("as planned") {
            eprintln!("{panic}");
        }
    }));
    let mut all = Tally::default();
    for seed in 0..200 {
        let tally = story(seed).await;
        all.failures += tally.failures;
        all.deadlines += tally.deadlines;
        all.panics += tally.panics;
        all.repeated += tally.repeated;
        all.aside.extend(tally.aside);
    }
    assert!(all.failures > 300 && all.deadlines > 50 && all.panics > 50 && all.repeated > 300, "{all:?}");
    assert!(!all.aside.is_empty());
}

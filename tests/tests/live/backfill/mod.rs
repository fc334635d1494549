//! Items that exist are filled in by several processes, some of which die, while others write.
//!
//! `THEORY_BACKFILL_ITEMS` says how many items the great test has, and `THEORY_BACKFILL_SEED` repeats its random choices (but not what the
//! operating system makes of them). 2,000 items if nothing is said.

mod counts;
mod orders;
mod process;

use fastrand::Rng;
use futures_util::StreamExt as _;
use orders::{Order, is_great, orders, put_old, sum, tables, variable};
use process::{Shop, start};
use std::collections::{HashMap, HashSet};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use theory::{Client, Table, prefix};
use theory_export::live::Backfill;
use theory_export::live::backfill::Checkpoint;
use theory_tests::{Sandbox, engines, for_each_engine};

fn is_passing(error: &theory::Error) -> bool {
    error.is_deadline() || error.is_transport() || error.is_throttled()
}

/// Writes and reads that may be sent twice, until they are answered: an engine that four processes keep busy may be late.
async fn surely<T>(send: impl AsyncFn() -> theory::Result<T>) -> T {
    loop {
        match send().await {
            Err(error) if is_passing(&error) => tokio::time::sleep(Duration::from_millis(100)).await,
            answer => return answer.unwrap(),
        }
    }
}

/// What is known of the items that new code wrote.
#[derive(Default)]
struct Newer {
    /// The amounts that were put in place of old items, or with new ones.
    amounts: HashMap<u64, u64>,
    deleted: HashSet<u64>,
    /// Writes of old code that held.
    old_writes: u64,
}

/// Old code, which writes only what is not filled in yet, and new code, which writes whole items, makes some and deletes some.
async fn writer(client: &Client, mut rng: Rng, ids: impl Fn(&mut Rng) -> u64, stop: &AtomicBool) -> Newer {
    let mut newer = Newer::default();
    let mut next = 1_000_000_000 + rng.u64(..1_000) * 1_000_000;
    while !stop.load(Ordering::Relaxed) {
        let (id, amount) = (ids(&mut rng), rng.u64(2_000_000..3_000_000));
        match rng.u8(..20) {
            0..8 => {
                let amount = rng.u64(1_000..1_000_000);
                let written = Order::update(id)
                    .set(Order::AMOUNT, amount)
                    .condition(Order::SUM.not_exists() & Order::ID.exists())
                    .send(client)
                    .await;
                match written {
                    Ok(()) => newer.old_writes += 1,
                    // Whether it was written or not, what is filled in must fit it.
                    Err(error) if is_passing(&error) => {}
                    Err(error) => assert!(error.is_condition_failed() || error.is_not_found(), "{error}"),
                }
            }
            8..17 => {
                let found = surely(async || Order::get(id).consistent_read().send(client).await).await;
                assert_eq!(found.is_none(), newer.deleted.contains(&id), "{id}: {found:?}");
                let Some(mut order) = found else { continue };
                (order.amount, order.sum, order.fills) = (amount, Some(format!("newer:{amount}")), None);
                surely(async || order.put().send(client).await).await;
                newer.amounts.insert(id, amount);
            }
            17..19 => {
                surely(async || Order::delete(id).send(client).await).await;
                newer.amounts.remove(&id);
                newer.deleted.insert(id);
            }
            _ => {
                let sum = Some(format!("newer:{amount}"));
                let order = Order { id: next, amount, kind: "new".into(), sum, fills: None };
                surely(async || order.put().send(client).await).await;
                newer.amounts.insert(next, amount);
                next += 1;
            }
        }
        // The engine in the process answers at once, and would leave no time to others.
        tokio::time::sleep(Duration::from_millis(if is_great() { 10 } else { 2 })).await;
    }
    newer
}

/// Waits until so much of the items was read, while processes are at work.
async fn reach(share: f64, items: u64, client: &Client, processes: &mut [Child]) {
    let pk = format!("BACKFILL#{}#order-sum", client.table_name("orders", None));
    loop {
        // Not by `progress`: to describe a table, the embedded engine counts its items.
        let segments =
            surely(async || Checkpoint::query(&pk).sort_key(prefix("SEGMENT#")).all(client).await).await;
        let scanned: u64 = segments.iter().map(|segment| segment.scanned).sum();
        if scanned as f64 >= share * items as f64 {
            return;
        }
        for process in &mut *processes {
            assert_eq!(process.try_wait().unwrap(), None, "a process ended before all was done");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Kills a process that is at work.
fn kill(process: &mut Child) {
    assert!(process.try_wait().unwrap().is_none(), "a process ended before all was done");
    process.kill().expect("it can be killed");
    process.wait().expect("it is gone");
}

/// Four processes, of which two are killed.
async fn four(shop: &Shop, items: u64, rng: &mut Rng, client: &Client) {
    let mut processes: Vec<_> = (0..4).map(|_| start(shop)).collect();
    rng.shuffle(&mut processes);
    let mut moments = [rng.f64() * 0.6, rng.f64() * 0.6];
    moments.sort_by(f64::total_cmp);
    for share in moments {
        reach(share, items, client, &mut processes).await;
        // Few items are done soon.
        tokio::time::sleep(Duration::from_millis(rng.u64(..if is_great() { 200 } else { 20 }))).await;
        kill(&mut processes.remove(0));
        let then = orders().progress(client).await.unwrap();
        assert!(!then.is_finished(), "it was killed when nothing was left to do: {then:?}");
        println!("killed one of four at {:.1} %: {then}", then.scanned as f64 * 100.0 / items as f64);
    }
    for mut process in processes {
        let ended = tokio::task::spawn_blocking(move || process.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "a process that was not killed failed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_item_is_filled_in_once_and_newer_data_wins() {
    let items = variable("THEORY_BACKFILL_ITEMS").unwrap_or(2_000);
    let seed = variable("THEORY_BACKFILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    for_each_engine(async |sandbox| {
        // Whenever a table is described, the embedded engine counts it: seconds, where there are so many.
        if is_great() && sandbox.embedded().is_some() && engines().len() > 1 {
            return;
        }
        println!("{items} items, seed {seed}");
        let mut rng = Rng::with_seed(seed);
        let (shop, begin) = (Shop::of(&sandbox), Instant::now());
        let client = shop.client();
        tables(&client).await;
        put_old(&client, 0..items).await;
        println!("put after {:.1?}", begin.elapsed());

        let (stop, begin) = (AtomicBool::new(false), Instant::now());
        // Each has ids of its own, so that it knows what is last.
        let of = |remainder: u64| move |rng: &mut Rng| rng.u64(..items / 2) * 2 + remainder;
        let (one, other) = (rng.fork(), rng.fork());
        let (even, odd, ()) = tokio::join!(
            writer(&client, one, of(0), &stop),
            writer(&client, other, of(1), &stop),
            async {
                four(&shop, items, &mut rng, &client).await;
                stop.store(true, Ordering::Relaxed);
            }
        );
        let took = begin.elapsed();
        let done = orders().progress(&client).await.unwrap();
        assert!(done.is_finished() && done.failed == 0, "{done:?}");
        assert_eq!(done.written + done.complete, done.scanned, "{done:?}");
        if is_great() {
            assert!(done.conflicts > 0, "newer data was never met: {done:?}");
        }
        let amounts: HashMap<_, _> = even.amounts.into_iter().chain(odd.amounts).collect();
        let deleted = even.deleted.len() + odd.deleted.len();
        println!(
            "filled in after {took:.1?}: {done:?}; {} written by newer code meanwhile, {} by old code, {deleted} deleted",
            amounts.len(),
            even.old_writes + odd.old_writes
        );

        let begin = Instant::now();
        let mut left: HashSet<u64> = (0..items).chain(amounts.keys().copied()).collect();
        left.retain(|id| !even.deleted.contains(id) && !odd.deleted.contains(id));
        let count = left.len() as u64;
        let mut scan = Order::scan().consistent_read().stream(&client);
        while let Some(order) = scan.next().await {
            let order = order.unwrap();
            assert!(left.remove(&order.id), "{order:?} was deleted, or is there twice");
            let expected = match amounts.get(&order.id) {
                Some(amount) => (*amount, Some(format!("newer:{amount}")), None),
                None => (order.amount, Some(sum(order.amount)), Some(1)),
            };
            assert_eq!((order.amount, order.sum.clone(), order.fills), expected, "{order:?}");
        }
        assert_eq!(left.len(), 0, "{left:?} are gone");
        // The attribute is the key of a new index, in which all of them are now.
        assert_eq!(in_index(&sandbox).await, count);
        println!("{count} items and their index read after {:.1?}", begin.elapsed());
    })
    .await;
}

async fn in_index(sandbox: &Sandbox) -> u64 {
    let index =
        serde_json::json!({ "TableName": sandbox.table("orders"), "IndexName": "by_sum", "Select": "COUNT" });
    let (mut count, mut scan) = (0, index.clone());
    loop {
        let mut page = sandbox.call("Scan", &scan).await.unwrap();
        count += page["Count"].as_u64().unwrap();
        let from = page["LastEvaluatedKey"].take();
        if from.is_null() {
            return count;
        }
        scan = index.clone();
        scan["ExclusiveStartKey"] = from;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_are_killed_others_go_on_where_they_were() {
    const ITEMS: u64 = 1_500;
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..ITEMS).await;
        let shop = Shop::of(&sandbox);
        let mut processes: Vec<_> = (0..3).map(|_| start(&shop)).collect();
        reach(0.1 + fastrand::f64() * 0.4, ITEMS, &client, &mut processes).await;
        processes.iter_mut().for_each(kill);

        let then = orders().progress(&client).await.unwrap();
        assert!(then.scanned > 0 && !then.is_finished(), "{then:?}");
        assert_eq!((then.segments, then.failed), (16, 0));
        // Their leases expire; what is done is not done again, but for the pages that they were at.
        let others = [start(&shop), start(&shop)];
        for mut other in others {
            let ended = tokio::task::spawn_blocking(move || other.wait()).await.unwrap().unwrap();
            assert!(ended.success());
        }
        let done = orders().progress(&client).await.unwrap();
        assert!(done.is_finished(), "{done:?}");
        assert_eq!((done.scanned, done.written + done.complete, done.failed), (ITEMS, ITEMS, 0), "{done:?}");
        let repeated = u64::from(orders::page_size()) * 3 * orders::CONCURRENCY as u64;
        assert!(done.complete <= repeated, "{then:?} {done:?}");
        let all = Order::scan().all(&client).await.unwrap();
        assert_eq!(all.len() as u64, ITEMS);
        for order in all {
            assert_eq!((order.sum.clone(), order.fills), (Some(sum(order.amount)), Some(1)), "{order:?}");
        }
    })
    .await;
}

/// What happens to an item between the read of the backfill and its write.
#[tokio::test]
async fn what_is_written_between_the_read_and_the_write_wins() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..4).await;
        let meanwhile = Meanwhile::begin(Shop::of(&sandbox));
        let calls = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&calls);
        let backfill = Backfill::of::<Order>("order-sum", move |order| {
            counted.fetch_add(1, Ordering::SeqCst);
            meanwhile.of(order.id);
            if order.sum.is_none() {
                order.sum = Some(sum(order.amount));
                order.fills = Some(order.fills.unwrap_or_default() + 1);
            }
        });
        let done = backfill.segments(2).run(&client, |_| {}).await.unwrap();
        assert_eq!((done.scanned, done.written, done.complete, done.conflicts), (4, 2, 2, 3), "{done:?}");
        // Two were read again; of one nothing was left to read.
        assert_eq!(calls.load(Ordering::SeqCst), 6);
        let now = async |id: u64| {
            let order = Order::get(id).consistent_read().send(&client).await.unwrap();
            order.map(|order| (order.amount, order.sum.unwrap(), order.fills))
        };
        assert_eq!(now(0).await, Some((777, "newer:777".into(), None)), "new code's stays");
        assert_eq!(now(1).await, Some((888, sum(888), Some(1))), "old code's is filled in");
        assert_eq!(now(2).await, None, "what is deleted stays deleted");
        assert_eq!(now(3).await, Some((3, sum(3), Some(1))));
    })
    .await;
}

/// Another process, so to speak: a thread that writes to an item the first time that it is asked to.
struct Meanwhile {
    asked: std::sync::Mutex<std::sync::mpsc::Sender<u64>>,
    done: std::sync::Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Meanwhile {
    fn begin(shop: Shop) -> Self {
        let (asked, ids) = std::sync::mpsc::channel();
        let (told, done) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (client, mut met) = (shop.client(), HashSet::new());
            for id in ids {
                if met.insert(id) {
                    runtime.block_on(async {
                        match id {
                            0 => {
                                let sum = Some("newer:777".into());
                                let new = Order { id, amount: 777, kind: "new".into(), sum, fills: None };
                                new.put().send(&client).await.unwrap();
                            }
                            1 => Order::update(id).set(Order::AMOUNT, 888).send(&client).await.unwrap(),
                            2 => Order::delete(id).send(&client).await.map(drop).unwrap(),
                            _ => {}
                        }
                    });
                }
                let _ = told.send(());
            }
        });
        Meanwhile { asked: asked.into(), done: done.into() }
    }

    fn of(&self, id: u64) {
        let done = self.done.lock().unwrap();
        self.asked.lock().unwrap().send(id).unwrap();
        done.recv().unwrap();
    }
}

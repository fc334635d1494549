//! Items that exist are filled in by several processes, some of which die, while others write.
//!
//! `THEORY_BACKFILL_ITEMS` says how many items the great test has; 400 if nothing is said.

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use futures_util::StreamExt as _;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use theory::client::CreateTables;
use theory::{Client, Table};
use theory_export::live::backfill::{BackfillPlan, Checkpoint};
use theory_export::live::{Backfill, Progress};
use theory_tests::{Engine, Sandbox, for_each_engine};

/// An order as the new code has it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", scan, gsi(name = "by_sum", pk = sum, projection = keys_only))]
struct Order {
    #[table(pk)]
    id: u64,
    amount: u64,
    kind: String,
    /// What is filled in.
    sum: Option<String>,
    /// How often it was.
    fills: Option<u64>,
}

/// Another entity's items, which are not to be touched.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counted", scan)]
struct Counted {
    #[table(pk)]
    id: u64,
    value: u64,
    double: Option<u64>,
    #[table(version)]
    version: u64,
}

fn sum(amount: u64) -> String {
    format!("filled:{amount}")
}

fn orders() -> Backfill {
    let backfill = Backfill::of::<Order>("order-sum", |order| {
        if order.sum.is_none() {
            order.sum = Some(sum(order.amount));
            order.fills = Some(order.fills.unwrap_or_default() + 1);
        }
    });
    backfill.segments(16).page_size(50).lease(Duration::from_secs(2))
}

/// As old code writes it: without the new attributes.
async fn put_old(client: &Client, items: std::ops::Range<u64>) {
    let table = client.table_name("orders", None).into_owned();
    let sdk = client.sdk();
    let put = |id: u64| {
        use aws_sdk_dynamodb::types::AttributeValue::{N, S};
        let item = HashMap::from([
            ("id".to_owned(), N(id.to_string())),
            ("amount".to_owned(), N((id % 97).to_string())),
            ("kind".to_owned(), S(format!("k{}", id % 3))),
            ("theirs".to_owned(), S("stays".to_owned())),
        ]);
        sdk.put_item().table_name(&table).set_item(Some(item)).send()
    };
    futures_util::stream::iter(items)
        .for_each_concurrent(32, |id| async move {
            put(id).await.expect("an item is put");
        })
        .await;
}

async fn tables(client: &Client) {
    CreateTables::of(theory::schema![Order, Counted, Checkpoint, BackfillPlan]).send(client).await.unwrap();
}

fn random(below: u64) -> u64 {
    RandomState::new().hash_one(below) % below.max(1)
}

/// One of the processes: a client of its own, at the same URL.
#[tokio::test]
#[ignore = "started by the tests as a process of its own"]
async fn process() {
    let variable = |name: &str| std::env::var(name).expect("the test that starts it says so");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(variable("BACKFILL_KEY"), "local", None, None, "local"))
        .endpoint_url(variable("BACKFILL_URL"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let sdk = aws_sdk_dynamodb::Client::from_conf(config);
    let client = Client::builder(sdk).table_prefix(variable("BACKFILL_PREFIX")).build().unwrap();
    orders().run(&client, |_| {}).await.unwrap();
}

fn start(url: &str, prefix: &str) -> Child {
    let key: String = prefix.chars().filter(char::is_ascii_alphanumeric).collect();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "backfill::process", "--ignored", "--quiet"])
        .env("BACKFILL_URL", url)
        .env("BACKFILL_KEY", key)
        .env("BACKFILL_PREFIX", prefix)
        .stdout(Stdio::null())
        .spawn()
        .expect("the test can start itself")
}

/// Writes as old code does, only what is not filled in yet, and as new code does; and remembers what new code wrote.
async fn writers(client: &Client, items: u64, stop: &AtomicBool) -> HashMap<u64, u64> {
    let mut newer = HashMap::new();
    while !stop.load(Ordering::Relaxed) {
        let (id, amount) = (random(items), 1_000 + random(1_000_000));
        let old = Order::update(id)
            .set(Order::AMOUNT, amount)
            .condition(Order::SUM.not_exists() & Order::ID.exists())
            .send(client)
            .await;
        assert!(old.is_ok() || old.as_ref().is_err_and(|error| error.is_condition_failed()), "{old:?}");
        let (id, amount) = (random(items), 2_000_000 + random(1_000_000));
        let mut order =
            Order::get(id).consistent_read().send(client).await.unwrap().expect("nothing is deleted");
        order.amount = amount;
        order.sum = Some(format!("newer:{amount}"));
        order.fills = None;
        order.put().send(client).await.unwrap();
        newer.insert(id, amount);
        // The engine in the process answers at once, and would leave no time to others.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    newer
}

/// Four processes, of which two are killed; or four tasks, where the engine is in this process.
async fn four(sandbox: &Sandbox, client: &Client) {
    let pause = || Duration::from_millis(150 + random(1_500));
    match sandbox.engine() {
        Engine::DynamoDbLocal { url, .. } => {
            let mut processes: Vec<_> = (0..4).map(|_| start(url, sandbox.prefix())).collect();
            for process in processes.iter_mut().take(2) {
                tokio::time::sleep(pause()).await;
                process.kill().expect("it can be killed");
                process.wait().expect("it is gone");
            }
            for mut process in processes.drain(2..) {
                let ended = tokio::task::spawn_blocking(move || process.wait()).await.unwrap().unwrap();
                assert!(ended.success(), "a process that was not killed failed");
            }
        }
        _ => {
            let begin = || {
                let client = client.clone();
                tokio::spawn(async move { orders().run(&client, |_| {}).await.map(drop) })
            };
            let tasks: Vec<_> = (0..4).map(|_| begin()).collect();
            for task in tasks.iter().take(2) {
                tokio::time::sleep(pause() / 10).await;
                task.abort();
            }
            for task in tasks.into_iter().skip(2) {
                task.await.unwrap().unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_item_is_filled_in_once_and_newer_data_wins() {
    let items =
        std::env::var("THEORY_BACKFILL_ITEMS").ok().and_then(|items| items.parse().ok()).unwrap_or(400);
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..items).await;

        let stop = AtomicBool::new(false);
        let (newer, ()) = tokio::join!(writers(&client, items, &stop), async {
            four(&sandbox, &client).await;
            stop.store(true, Ordering::Relaxed);
        });
        // The writers may have gone on after the end, but only with what is complete.
        let last = orders().run(&client, |_| {}).await.unwrap();
        assert!(last.is_finished() && last.failed == 0, "{last:?}");

        let (mut count, mut by_new_code) = (0, 0);
        let mut scan = Order::scan().consistent_read().stream(&client);
        while let Some(order) = scan.next().await {
            let order = order.unwrap();
            count += 1;
            match newer.get(&order.id) {
                Some(amount) => {
                    by_new_code += 1;
                    let expected = (*amount, Some(format!("newer:{amount}")), None);
                    assert_eq!((order.amount, order.sum.clone(), order.fills), expected, "{order:?}");
                }
                None => {
                    assert_eq!(
                        (order.sum.clone(), order.fills),
                        (Some(sum(order.amount)), Some(1)),
                        "{order:?}"
                    );
                }
            }
        }
        assert_eq!((count, by_new_code), (items, newer.len()));
        println!("{items} items, {by_new_code} written by newer code meanwhile, {} filled in", last.written);
        // The attribute is the key of a new index, in which all of them are now.
        let index = serde_json::json!({ "TableName": sandbox.table("orders"), "IndexName": "by_sum", "Select": "COUNT" });
        let (mut in_index, mut from) = (0, serde_json::Value::Null);
        loop {
            let mut scan = index.clone();
            if !from.is_null() {
                scan["ExclusiveStartKey"] = from;
            }
            let mut page = sandbox.call("Scan", &scan).await.unwrap();
            in_index += page["Count"].as_u64().unwrap();
            from = page["LastEvaluatedKey"].take();
            if from.is_null() {
                break;
            }
        }
        assert_eq!(in_index, items);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..120).await;
        let dry = orders().dry_run(&client, |_| {}).await.unwrap();
        assert_eq!((dry.scanned, dry.written, dry.complete, dry.failed), (120, 120, 0, 0));
        assert!(dry.is_finished());
        let orders_now = Order::scan().all(&client).await.unwrap();
        assert!(orders_now.iter().all(|order| order.sum.is_none()));
        assert!(
            client.describe_table(Checkpoint::SCHEMA).await.unwrap().unwrap().item_count.unwrap_or(0) == 0
        );

        let done = orders().run(&client, |_| {}).await.unwrap();
        // A write whose answer was lost is found done when it is tried again.
        assert_eq!((done.scanned, done.written + done.complete), (120, 120), "{done:?}");
        // What is done is not done again, and can be begun anew.
        let again = orders().run(&client, |_| {}).await.unwrap();
        assert_eq!((again.scanned, again.written), (done.scanned, done.written));
        orders().restart(&client).await.unwrap();
        let anew = orders().run(&client, |_| {}).await.unwrap();
        assert_eq!((anew.scanned, anew.written, anew.complete), (120, 0, 120));
    })
    .await;
}

#[tokio::test]
async fn it_stops_and_goes_on_and_counts_versions() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        for id in 0..60 {
            Counted { id, value: id, double: None, version: 0 }.create().send(&client).await.unwrap();
        }
        // An item that cannot be read as this entity is counted, and stops nothing.
        let wrong =
            serde_json::json!({ "id": { "N": "1000" }, "value": { "S": "x" }, "version": { "N": "0" } });
        let put = serde_json::json!({ "TableName": sandbox.table("counted"), "Item": wrong });
        sandbox.call("PutItem", &put).await.unwrap();

        let double = || {
            Backfill::of::<Counted>("double", |counted| counted.double = Some(counted.value * 2))
                .segments(8)
                .page_size(2)
                .concurrency(1)
        };
        // No time at all: nothing is begun.
        let none = double().time_limit(Duration::ZERO).run(&client, |_| {}).await.unwrap();
        assert_eq!((none.scanned, none.is_finished()), (0, false));
        let mut runs = 0;
        let done = loop {
            runs += 1;
            let limited = double().time_limit(Duration::from_millis(5)).run(&client, |_| {}).await.unwrap();
            if limited.is_finished() {
                break limited;
            }
            assert!(runs < 1_000, "{limited:?}");
        };
        assert_eq!(
            (done.scanned, done.written + done.complete, done.failed),
            (61, 60, 1),
            "after {runs} runs"
        );
        for id in 0..60 {
            let counted = Counted::get(id).consistent_read().send(&client).await.unwrap().unwrap();
            assert_eq!((counted.double, counted.version), (Some(id * 2), 1));
        }
    })
    .await;
}

#[tokio::test]
async fn progress_is_told() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..40).await;
        let mut told: Vec<Progress> = Vec::new();
        orders().run(&client, |progress| told.push(progress.clone())).await.unwrap();
        let last = told.last().expect("the end is told");
        assert_eq!((last.segments, last.scanned), (16, 40));
        assert!(last.to_string().starts_with("[####################] 100 %  40 items, "), "{last}");
        assert!(told.windows(2).all(|pair| pair[0].scanned <= pair[1].scanned));
    })
    .await;
}

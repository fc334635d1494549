//! What is counted, and what a run that was stopped leaves to the next.

use super::orders::{Counted, Order, orders, put_old, tables};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use theory::Table;
use theory_export::live::{Backfill, Progress};
use theory_tests::for_each_engine;

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        // Items of every kind: to be filled in, complete, and such as cannot be read.
        put_old(&client, 0..120).await;
        for id in 1_000..1_010 {
            let sum = Some("theirs".to_owned());
            Order { id, amount: 1, kind: "new".into(), sum, fills: None }.put().send(&client).await.unwrap();
        }
        for id in ["2000", "2001", "2002"] {
            let wrong =
                serde_json::json!({ "id": { "N": id }, "amount": { "S": "x" }, "kind": { "S": "x" } });
            let put = serde_json::json!({ "TableName": sandbox.table("orders"), "Item": wrong });
            sandbox.call("PutItem", &put).await.unwrap();
        }
        let dry = orders().dry_run(&client, |_| {}).await.unwrap();
        assert_eq!((dry.scanned, dry.written, dry.complete, dry.failed), (133, 120, 10, 3));
        assert_eq!((dry.estimate, dry.conflicts, dry.is_finished()), (133, 0, true));
        let sums = Order::scan().filter(Order::SUM.exists()).all(&client).await.unwrap();
        assert_eq!(sums.len(), 10, "nothing was written");
        let begun = orders().progress(&client).await.unwrap();
        assert_eq!((begun.segments, begun.finished, begun.scanned), (0, 0, 0), "nor was it begun");

        let done = orders().run(&client, |_| {}).await.unwrap();
        // A write whose answer was lost is found done when it is tried again.
        assert_eq!((done.scanned, done.written + done.complete, done.failed), (133, 130, 3), "{done:?}");
        assert_eq!(orders().progress(&client).await.unwrap().scanned, 133);
        // What is done is not done again, and can be begun anew.
        let again = orders().run(&client, |_| {}).await.unwrap();
        assert_eq!((again.scanned, again.written), (done.scanned, done.written));
        orders().restart(&client).await.unwrap();
        let anew = orders().run(&client, |_| {}).await.unwrap();
        assert_eq!((anew.scanned, anew.written, anew.complete, anew.failed), (133, 0, 130, 3));
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
            let limited =
                double().time_limit(Duration::from_millis(5 + runs)).run(&client, |_| {}).await.unwrap();
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

/// An item that DynamoDB does not take would otherwise end every process that comes to it, and its segment would never be done.
#[tokio::test]
async fn what_dynamodb_refuses_stops_nothing() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        tables(&client).await;
        put_old(&client, 0..40).await;
        for id in [1_000, 1_001] {
            // 400 KB hold its attributes, and not the one that is filled in.
            let kind = "x".repeat(409_550);
            Order { id, amount: 1, kind, sum: None, fills: None }.put().send(&client).await.unwrap();
        }
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        // The key of an index has 2,048 bytes at most, which is seen before anything is sent.
        let backfill = Backfill::of::<Order>("order-sum", |order| {
            order.sum = Some("7".repeat(if order.id == 7 { 2_049 } else { 100 }));
        })
        .on_failed(move |key, why| tell.lock().unwrap().push((key.get("id").cloned(), why.to_owned())));
        let done = backfill.run(&client, |_| {}).await.unwrap();
        assert!(done.is_finished(), "{done:?}");
        assert_eq!((done.scanned, done.written + done.complete, done.failed), (42, 39, 3), "{done:?}");
        let mut told = told.lock().unwrap().clone();
        told.sort_by_key(|(key, _)| format!("{key:?}"));
        for ((key, why), (id, words)) in told.iter().zip([
            (1_000, "ValidationException"),
            (1_001, "ValidationException"),
            (7, "longer than the 2048 bytes"),
        ]) {
            assert_eq!(*key, Some(id.into()), "{why}");
            assert!(why.contains(words) && !why.contains("xxxx") && !why.contains("7777"), "{id}: {why}");
        }
        assert_eq!(told.len(), 3);
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

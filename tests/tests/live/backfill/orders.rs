//! The items of these tests, and what fills them in.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::StreamExt as _;
use std::collections::HashMap;
use std::time::Duration;
use theory::client::CreateTables;
use theory::{Client, Table};
use theory_export::live::Backfill;
use theory_export::live::backfill::{BackfillPlan, Checkpoint};

/// An order as the new code has it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", scan, gsi(name = "by_sum", pk = sum, projection = keys_only))]
pub(super) struct Order {
    #[table(pk)]
    pub(super) id: u64,
    pub(super) amount: u64,
    pub(super) kind: String,
    /// What is filled in.
    pub(super) sum: Option<String>,
    /// How often it was.
    pub(super) fills: Option<u64>,
}

/// Another entity's items, which have versions.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counted", scan)]
pub(super) struct Counted {
    #[table(pk)]
    pub(super) id: u64,
    pub(super) value: u64,
    pub(super) double: Option<u64>,
    #[table(version)]
    pub(super) version: u64,
}

pub(super) fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// Whether this is a run of many items, in the test and in the processes that it starts.
pub(super) fn is_great() -> bool {
    variable("THEORY_BACKFILL_ITEMS").is_some_and(|items| items >= 50_000)
}

pub(super) fn sum(amount: u64) -> String {
    format!("filled:{amount}")
}

/// How many items are read at once. Of few items few, so that what is noted as done is not far behind, and a kill meets work that is left.
pub(super) fn page_size() -> u32 {
    if is_great() { 50 } else { 20 }
}

/// On how many segments a process works at once.
pub(super) const CONCURRENCY: usize = 4;

pub(super) fn orders() -> Backfill {
    let backfill = Backfill::of::<Order>("order-sum", |order| {
        if order.sum.is_none() {
            order.sum = Some(sum(order.amount));
            order.fills = Some(order.fills.unwrap_or_default() + 1);
        }
    });
    // Long enough that nobody loses one on a busy machine, and short enough to wait for those of the dead.
    let lease = Duration::from_secs(if is_great() { 10 } else { 5 });
    backfill.segments(16).concurrency(CONCURRENCY).page_size(page_size()).lease(lease)
}

/// As old code writes it: without the new attributes.
pub(super) async fn put_old(client: &Client, items: std::ops::Range<u64>) {
    let table = client.table_name("orders", None).into_owned();
    let put = |id: u64| {
        use AttributeValue::{N, S};
        let item = HashMap::from([
            ("id".to_owned(), N(id.to_string())),
            ("amount".to_owned(), N((id % 97).to_string())),
            ("kind".to_owned(), S(format!("k{}", id % 3))),
            ("theirs".to_owned(), S("stays".to_owned())),
        ]);
        let put = PutRequest::builder().set_item(Some(item)).build().expect("it has an item");
        WriteRequest::builder().put_request(put).build()
    };
    let batch = |first: u64| {
        let puts = (first..items.end.min(first + 25)).map(put).collect();
        client.sdk().batch_write_item().request_items(&table, puts).send()
    };
    futures_util::stream::iter(items.clone().step_by(25))
        .for_each_concurrent(8, |first| async move {
            let answer = batch(first).await.expect("items are put");
            assert!(answer.unprocessed_items.unwrap_or_default().is_empty(), "no engine is in a hurry");
        })
        .await;
}

pub(super) async fn tables(client: &Client) {
    CreateTables::of(theory::schema![Order, Counted, Checkpoint, BackfillPlan]).send(client).await.unwrap();
}

//! Gives every order the sum of its lines, which orders were once stored without.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use theory::{Attribute, Client, Cursor, Table};
use theory_lambda::Chunk;

/// How many orders a step reads.
const PAGE: u32 = 25;
/// How many it writes at once.
const WRITES: usize = 5;

/// An order.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", scan)]
pub struct Order {
    /// Who ordered.
    #[table(pk)]
    pub customer: String,
    /// The number of the order.
    #[table(sk)]
    pub order_id: String,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// What all lines cost together.
    pub cents: Option<u64>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Attribute)]
pub struct Line {
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub cents: u64,
}

/// How far the job is: the event of the next invocation. The first one is `{}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// How many orders were seen.
    pub orders: u64,
    /// What they cost together.
    pub cents: u64,
    /// Where to go on.
    pub after: Option<Cursor>,
}

/// What came of the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many orders there are.
    pub orders: u64,
    /// What they cost together.
    pub cents: u64,
}

/// One page of orders.
///
/// A step that is cut off is taken again: it writes the same sums once more, and they are counted once.
///
/// # Errors
///
/// Those of DynamoDB.
pub async fn step(client: &Client, progress: Progress) -> theory::Result<Chunk<Progress, Summary>> {
    let page = Order::scan().page_size(PAGE).start_after(progress.after).page(client).await?;
    let sums: Vec<u64> = stream::iter(&page.items)
        .map(|order| fill(client, order))
        .buffer_unordered(WRITES)
        .try_collect()
        .await?;
    let orders = progress.orders + sums.len() as u64;
    let cents = progress.cents + sums.iter().sum::<u64>();
    Ok(match page.next_cursor() {
        Some(cursor) => Chunk::Continue { state: Progress { orders, cents, after: Some(cursor.clone()) } },
        None => Chunk::Done { result: Summary { orders, cents } },
    })
}

/// Writes an order's sum where it is missing.
async fn fill(client: &Client, order: &Order) -> theory::Result<u64> {
    let sum = order.lines.iter().map(|line| u64::from(line.quantity) * line.cents).sum();
    if order.cents == Some(sum) {
        return Ok(sum);
    }
    let written = Order::update(&order.customer, &order.order_id)
        .set(Order::CENTS, sum)
        // Who has changed the lines since has written their sum as well.
        .condition(Order::LINES.eq(&order.lines))
        .send(client)
        .await;
    match written {
        Err(error) if error.is_condition_failed() => Ok(sum),
        written => written.map(|()| sum),
    }
}

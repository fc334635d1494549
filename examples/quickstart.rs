//! The main job in one file: a struct, its table, items, queries, and an update that is refused.
//!
//! `cargo run --example quickstart`. It runs on an engine within the process: no account, no server.

use std::collections::BTreeSet;
use theory::client::CreateTables;
use theory::{Attribute, Result, Table, Timestamp};
use theory_testing::EmbeddedDynamoDb;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "orders",
    gsi(name = "by_status", pk = (customer, status), sk = placed_at),
)]
struct Order {
    #[table(pk)]
    customer: CustomerId,
    #[table(sk)]
    order_id: String,
    status: Status,
    placed_at: Timestamp,
    lines: Vec<Line>,
    tags: BTreeSet<String>, // a string set; absent when empty
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Attribute)]
struct CustomerId(String); // a newtype is transparent

#[derive(Debug, Clone, Copy, PartialEq, Eq, Attribute)]
#[attribute(rename_all = "snake_case")]
enum Status {
    Open,
    Paid,
    Shipped,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Line {
    sku: String,
    quantity: u32,
    cents: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = EmbeddedDynamoDb::new().client();

    println!("1. A table from the struct");
    CreateTables::of(theory::schema![Order]).send(&client).await?;
    let schema = Order::SCHEMA;
    let keys: Vec<_> = schema.key.attributes().map(|key| key.name).collect();
    println!("   table {:?}, key {keys:?}", schema.table);
    for index in schema.indexes {
        let keys: Vec<_> = index.key.attributes().map(|key| key.name).collect();
        println!("   index {:?}, key {keys:?}", index.name);
    }

    println!("\n2. Items");
    let ada = CustomerId("ada".into());
    for (day, status) in [(17, Status::Shipped), (18, Status::Paid), (19, Status::Paid), (20, Status::Open)] {
        let order = order(&ada, day, status)?;
        let written = order.create().send_response(&client).await?;
        let units = written.consumed_capacity.map_or(0.0, |capacity| capacity.units());
        println!("   created {} ({status:?}), {units} write units", order.order_id);
    }

    println!("\n3. By key");
    let order = Order::get(&ada, "2026-11-20").consistent_read().send(&client).await?;
    println!("   {:?}", order.map(|order| (order.status, order.lines)));

    println!("\n4. A query on the table, newest first");
    let page = Order::query(&ada).sort_key("2026-11-18"..).descending().page(&client).await?;
    for order in &page.items {
        println!("   {} {:?}", order.order_id, order.status);
    }
    println!("   {} items evaluated", page.scanned_count);

    println!("\n5. A query on the index: what is paid and has more than two pieces of something");
    let paid = Order::by_status(&ada, Status::Paid)
        .sort_key(timestamp(17)?..timestamp(20)?) // a Rust range becomes one key condition
        .filter(Order::LINES.index(0).then(Line::QUANTITY).gt(2))
        .all(&client)
        .await?;
    println!("   {:?}", paid.iter().map(|order| order.order_id.as_str()).collect::<Vec<_>>());

    println!("\n6. A conditional update");
    let ship = |id| {
        Order::update(&ada, id)
            .set(Order::STATUS, Status::Shipped)
            .add(Order::TAGS, ["express"])
            .condition(Order::STATUS.eq(Status::Paid))
            .return_old_on_failure()
            .return_new()
    };
    let shipped = ship("2026-11-19").send(&client).await?;
    println!("   {} is now {:?}, tags {:?}", shipped.order_id, shipped.status, shipped.tags);

    println!("\n7. The same update where the condition does not hold");
    match ship("2026-11-20").send(&client).await {
        Ok(_) => println!("   unexpected: an open order was shipped"),
        Err(error) => {
            println!("   error: {error}");
            println!("   kind: {:?}", error.kind());
            let found = error.old_item::<Order>()?;
            println!("   found instead: {:?}", found.map(|order| order.status));
        }
    }
    Ok(())
}

fn timestamp(day: u32) -> Result<Timestamp> {
    Ok(format!("2026-11-{day}T09:00:00Z").parse().expect("the time is written out above"))
}

fn order(customer: &CustomerId, day: u32, status: Status) -> Result<Order> {
    Ok(Order {
        customer: customer.clone(),
        order_id: format!("2026-11-{day}"),
        status,
        placed_at: timestamp(day)?,
        lines: vec![Line { sku: "teapot".into(), quantity: day - 16, cents: 2950 }],
        tags: BTreeSet::new(),
        note: None,
    })
}

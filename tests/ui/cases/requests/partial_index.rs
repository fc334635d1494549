//! An index that holds a part of the items.

use theory::{Client, Projection, Table};

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_status", pk = status, projection = keys_only))]
struct Order {
    #[table(pk)]
    id: String,
    status: String,
    total: u64,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Row {
    id: String,
}

async fn read(client: &Client) {
    let _ = Order::by_status("open").page(client).await;
    let _ = Order::by_status("open").project::<Row>().page(client).await;
}

fn main() {}

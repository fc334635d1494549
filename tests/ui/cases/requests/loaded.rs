//! What may not be saved, or does not expire.

use theory::{Client, Loaded, Table, batch_write};

#[derive(Table)]
#[table(name = "receipts", write_once)]
struct Receipt {
    #[table(pk)]
    id: String,
    total: u64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    total: u64,
}

async fn write(client: &Client, mut receipt: Loaded<Receipt>, mut order: Loaded<Order>) {
    let _ = receipt.save().send(client).await;
    let _ = receipt.replace();
    let _ = batch_write(order.save()).send(client).await;
}

fn read() {
    let _ = Order::get("o-1").live();
    let _ = Order::query("o-1").live();
}

fn main() {}

//! The mistakes of a struct are reported, and nothing else: its uses are not errors of their own.

use theory::{Attribute, Client, Projection, Table};

#[derive(Table)]
#[table(
    name = "orders!",
    rename_all = "camel",
    gsi(name = "by_status", pk = staus),
    gsi(name = "by_total", pk = total)
)]
struct Order {
    #[table(pk)]
    customer: Option<String>,
    #[table(sk)]
    id: u64,
    status: Status,
    total: u64,
    #[table(version)]
    version: String,
    #[table(flaten)]
    address: Address,
}

#[derive(Attribute)]
enum Status {
    Open,
    #[attribute(rename = "Open")]
    Paid,
}

#[derive(Attribute)]
#[attribute(tag = "kind")]
struct Address {
    city: String,
}

#[derive(Projection)]
#[projection(of = Order, idx = "by_total")]
struct Row {
    total: u64,
}

async fn uses(client: &Client, order: Order) -> theory::Result<()> {
    order.create().send(client).await?;
    let _: Option<Order> = Order::get(&order.customer, order.id).send(client).await?;
    Order::update(&order.customer, 1)
        .set(Order::STATUS, Status::Paid)
        .set(Order::ADDRESS.then(Address::CITY), "Utrecht")
        .condition(Order::TOTAL.gt(3))
        .send(client)
        .await?;
    let _: Vec<Row> = Order::by_total(3).project::<Row>().all(client).await?;
    Ok(())
}

fn main() {}

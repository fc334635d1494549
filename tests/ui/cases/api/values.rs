//! Values: the attribute's own type, and what stands for it.

use theory::{Attribute, Table};

#[derive(Attribute)]
struct CustomerId(String);

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    customer: CustomerId,
    note: Option<String>,
    total: u64,
    list: Vec<u32>,
}

fn main() {
    Order::update("a").set(Order::NOTE, Some("text"));
    Order::update("a").set(Order::CUSTOMER, "c");
    Order::update("a").add(Order::TOTAL, "1");
    Order::update("a").delete(Order::LIST, [1]);
    let _ = Order::TOTAL.contains(1);
}

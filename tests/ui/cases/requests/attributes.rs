//! What may be done with an attribute.

use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    customer: String,
    status: String,
    total: u64,
    #[table(version)]
    version: u64,
}

fn main() {
    Order::update("a").set(Order::CUSTOMER, "b");
    Order::update("a").set(Order::VERSION, 3);
    Order::update("a").set(Order::STATUS, 3);
    Order::update("a").remove(Order::STATUS);
    Order::update("a").add(Order::STATUS, "b");
    Order::query("a").filter(Order::CUSTOMER.eq("b"));
    Order::query("a").filter(Order::TOTAL.begins_with("b"));
}

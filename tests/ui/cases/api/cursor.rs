//! Where a query goes on: a cursor, not text. And a scan has no order.

use theory::Table;

#[derive(Table)]
#[table(name = "orders", scan)]
struct Order {
    #[table(pk)]
    id: String,
}

fn main() {
    Order::query("a").start_after("text");
    Order::scan().descending();
}

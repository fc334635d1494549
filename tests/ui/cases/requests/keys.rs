//! Keys: all their fields, each with its type.

use theory::Table;

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_status", pk = status, sk = total))]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: u64,
    status: String,
    total: u64,
}

fn main() {
    Order::get("a");
    Order::get("a", "b");
    Order::query("a").sort_key("b");
    Order::query("a").sort_key(1).sort_key(2);
    Order::by_status("a").sort_key(theory::prefix("x"));
    Order::by_status("a").consistent_read();
}

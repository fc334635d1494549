use theory::{Projection, Table};

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_status", pk = status, projection = include(total)))]
struct Order {
    #[table(pk)]
    id: String,
    status: String,
    total: u64,
    note: String,
}

#[derive(Projection)]
#[projection(of = Order, index = by_status)]
struct NotHeld {
    total: u64,
    note: String,
}

#[derive(Projection)]
#[projection(of = Order, index = "by_state")]
struct NoIndex {
    total: u64,
}

fn main() {}

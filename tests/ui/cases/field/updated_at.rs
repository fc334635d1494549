use theory::{Table, Timestamp};

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(updated_at)]
    updated_at: u64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Both {
    #[table(pk)]
    id: String,
    #[table(created_at, updated_at)]
    at: Timestamp,
}

fn main() {}

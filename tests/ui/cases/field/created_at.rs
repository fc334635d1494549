use theory::{Table, Timestamp};

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(created_at)]
    created_at: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Twice {
    #[table(pk)]
    id: String,
    #[table(created_at)]
    created_at: Timestamp,
    #[table(created_at, lenient)]
    made_at: Timestamp,
}

fn main() {}

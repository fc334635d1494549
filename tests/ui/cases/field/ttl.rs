use theory::{Table, Timestamp};

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(ttl)]
    expires: Option<String>,
}

#[derive(Table)]
#[table(name = "orders")]
struct Key {
    #[table(pk)]
    id: String,
    #[table(sk, ttl)]
    expires: Timestamp,
}

fn main() {}

use std::time::Duration;
use theory::Table;

struct Millis;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(with = "Millis")]
    quoted: Duration,
    #[table(with = Millis, serde)]
    both: Duration,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoAdapter {
    #[table(pk)]
    id: String,
    #[table(with = Millis)]
    wait: Duration,
}

fn main() {}

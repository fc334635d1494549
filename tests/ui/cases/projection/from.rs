use theory::{Projection, Table};

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    total: u64,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Unknown {
    #[projection(from = totl)]
    total: u64,
}

#[derive(Projection)]
#[projection(of = Order)]
struct WrongType {
    total: String,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Twice {
    total: u64,
    #[projection(from = total)]
    sum: u64,
    #[projection(form = id)]
    key: String,
}

fn main() {}

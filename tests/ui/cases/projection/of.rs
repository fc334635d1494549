use theory::{Projection, Table};

#[derive(Projection)]
struct Missing {
    id: String,
}

#[derive(Projection)]
#[projection(of = "Order")]
struct Quoted {
    id: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Generic<T> {
    id: T,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Tuple(String);

fn main() {}

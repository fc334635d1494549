use theory::{Attribute, Table};

#[derive(Attribute)]
struct Address {
    city: String,
}

#[derive(Attribute)]
enum Payment {
    Card { number: String },
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(flatten, rename = "a")]
    renamed: Address,
    #[table(flatten)]
    optional: Option<Address>,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoStruct {
    #[table(pk)]
    id: String,
    #[table(flatten)]
    payment: Payment,
}

#[derive(Table)]
#[table(name = "orders")]
struct Collision {
    #[table(pk)]
    id: String,
    city: String,
    #[table(flatten)]
    address: Address,
}

fn main() {}

use theory::{Item, Table};

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(rest, default)]
    rest: Item,
    #[table(rest)]
    more: Item,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoItem {
    #[table(pk)]
    id: String,
    #[table(rest)]
    rest: Vec<String>,
}

fn main() {}

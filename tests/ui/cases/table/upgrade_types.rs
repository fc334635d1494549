use theory::{Item, Table};

#[derive(Table)]
#[table(name = "orders", upgrade = by_value)]
struct ByValue {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", upgrade = other_error)]
struct OtherError {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", upgrade = missing)]
struct Missing {
    #[table(pk)]
    id: String,
}

fn by_value(item: Item) -> Item {
    item
}

fn other_error(_: &mut Item) -> Result<(), String> {
    Ok(())
}

fn main() {}

use std::collections::BTreeSet;
use theory::{Attribute, Table};

struct Opaque;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    opaque: Opaque,
}

#[derive(Attribute)]
struct Sets {
    flags: BTreeSet<bool>,
}

#[derive(Table)]
#[table(name = "orders")]
struct Borrows<'a> {
    #[table(pk)]
    id: &'a str,
}

fn main() {
    let _ = Borrows::get("a");
}

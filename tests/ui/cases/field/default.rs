use theory::{Attribute, Table};

#[derive(Attribute)]
enum Status {
    Open,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(default = "open")]
    quoted: String,
    #[table(default(open))]
    list: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoDefault {
    #[table(pk)]
    id: String,
    #[table(default)]
    status: Status,
    #[table(default = count)]
    note: String,
}

fn count() -> u64 {
    0
}

fn main() {}

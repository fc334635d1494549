use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(rename = "id")]
    other: String,
    #[table(rename = "")]
    empty: String,
    #[table(rename = total)]
    sum: u64,
    #[table(rename)]
    alone: u64,
    #[table(rename = "a", rename = "b")]
    twice: u64,
    ID: u64,
}

fn main() {}

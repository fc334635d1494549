use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk, skip_empty)]
    id: String,
    #[table(skip_empty, json)]
    text: Vec<u8>,
}

#[derive(Table)]
#[table(name = "orders")]
struct NeverEmpty {
    #[table(pk)]
    id: String,
    #[table(skip_empty)]
    total: u64,
}

fn main() {}

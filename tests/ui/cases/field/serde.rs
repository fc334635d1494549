use theory::Table;

struct Opaque;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(serde, json)]
    both: Vec<u8>,
    #[table(serde = "x")]
    assigned: Vec<u8>,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoSerde {
    #[table(pk)]
    id: String,
    #[table(json)]
    opaque: Opaque,
}

fn main() {}

use theory::Table;

struct Opaque;

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_cache", pk = cache))]
struct Order {
    #[table(pk)]
    id: String,
    #[table(skip, rename = "c")]
    cache: u64,
}

#[derive(Table)]
#[table(name = "orders")]
struct NoDefault {
    #[table(pk)]
    id: String,
    #[table(skip)]
    opaque: Opaque,
}

fn main() {}

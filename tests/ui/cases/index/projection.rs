use theory::Table;

#[derive(Table)]
#[table(
    name = "orders",
    gsi(name = "by_a", pk = status, projection = some),
    gsi(name = "by_b", pk = status, projection = include()),
    gsi(name = "by_c", pk = status, projection = include(status, id, totl, total, total)),
    gsi(name = "by_d", pk = status, projection)
)]
struct Order {
    #[table(pk)]
    id: String,
    status: String,
    total: u64,
}

fn main() {}

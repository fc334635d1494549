use theory::Table;

#[derive(Table)]
#[table(
    name = "orders",
    gsi(name = "query", pk = status),
    gsi(name = "by-total", pk = total),
    gsi(name = "by_total", pk = total),
    gsi(name = "2nd", pk = total),
    gsi(name = "other", pk = total, method = get),
    gsi(name = "x", pk = total)
)]
struct Order {
    #[table(pk)]
    id: String,
    status: String,
    total: u64,
}

fn main() {}

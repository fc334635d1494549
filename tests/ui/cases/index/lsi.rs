use theory::Table;

#[derive(Table)]
#[table(name = "orders", lsi(name = "by_total", sk = total))]
struct NoSortKey {
    #[table(pk)]
    id: String,
    total: u64,
}

#[derive(Table)]
#[table(
    name = "orders",
    lsi(name = "by_nothing"),
    lsi(name = "by_pk", pk = customer, sk = total),
    lsi(name = "by_same", sk = id),
    lsi(name = "by_both", sk = (total, city))
)]
struct Keys {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: String,
    total: u64,
    city: String,
}

#[derive(Table)]
#[table(
    name = "orders",
    lsi(name = "by_1", sk = total),
    lsi(name = "by_2", sk = total),
    lsi(name = "by_3", sk = total),
    lsi(name = "by_4", sk = total),
    lsi(name = "by_5", sk = total),
    lsi(name = "by_6", sk = total)
)]
struct Many {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: String,
    total: u64,
}

fn main() {}

use theory::Table;

#[derive(Table)]
#[table(name = "orders", scn, pk, method = a, "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(renam = "s")]
    status: String,
    #[table(scan)]
    total: u64,
    #[attribute(rename = "n")]
    note: String,
    #[table]
    empty: u8,
    #[table = "x"]
    assigned: u8,
}

fn main() {}

use theory::Table;

#[derive(Table)]
#[table(name = "orders", gsi(), gsi, gsi = "x")]
struct Empty {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(
    name = "orders",
    gsi(name = "by_status", pk = (country, staus), sk = "placed_at"),
    gsi(name = "by_stored", pk = State),
    gsi(name = "by_many", pk = (id, country, city, street, number)),
    gsi(name = "by_one", pk = country, sk = (city, country), sort = street),
    gsi(name = "by_one", pk = city)
)]
struct Fields {
    #[table(pk)]
    id: String,
    #[table(rename = "State")]
    status: String,
    placed_at: u64,
    country: String,
    city: String,
    street: String,
    number: u32,
}

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_lines", pk = lines))]
struct Types {
    #[table(pk)]
    id: String,
    lines: Vec<String>,
}

fn main() {}

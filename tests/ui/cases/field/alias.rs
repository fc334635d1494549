use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(alias = "id")]
    other: String,
    #[table(alias = "own")]
    own: String,
    #[table(alias("x"))]
    list: String,
}

fn main() {}

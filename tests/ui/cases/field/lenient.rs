use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
    #[table(lenient)]
    note: String,
}

fn main() {}

use theory::Table;

#[derive(Table)]
#[table(name = "orders", scan = true)]
struct Assigned {
    #[table(pk)]
    id: String,
}

fn main() {}

use theory::Table;

#[derive(Table)]
#[table(name = "orders", rename_all = "camelcase")]
struct Misspelt {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", rename_all = "camelCase")]
struct Collision {
    #[table(pk)]
    placed_at: String,
    #[table(rename = "placedAt")]
    other: String,
}

fn main() {}

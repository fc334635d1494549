use theory::Table;

#[derive(Table)]
#[table(name = "orders", crate = "theory")]
struct Quoted {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", crate)]
struct Alone {
    #[table(pk)]
    id: String,
}

fn main() {}

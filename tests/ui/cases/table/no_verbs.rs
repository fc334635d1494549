use theory::Table;

#[derive(Table)]
#[table(name = "orders", no_verbs(get))]
struct Some {
    #[table(pk)]
    id: String,
}

fn main() {}

use theory::Table;

#[derive(Table)]
struct Missing {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "ab")]
struct Short {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "my orders")]
struct Characters {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = orders)]
struct NoString {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", name = "orders")]
struct Twice {
    #[table(pk)]
    id: String,
}

fn main() {}

use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Alone {
    #[table(sk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Both {
    #[table(pk, sk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Two {
    #[table(pk)]
    id: String,
    #[table(sk)]
    year: u16,
    #[table(sk)]
    month: u8,
}

fn main() {}

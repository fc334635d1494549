use theory::{Item, Table};

#[derive(Table)]
#[table(name = "orders", upgrade)]
struct Alone {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", upgrade = "mend")]
struct Quoted {
    #[table(pk)]
    id: String,
}

#[derive(Table)]
#[table(name = "orders", upgrade = mend)]
struct Borrowed<'a> {
    #[table(pk)]
    id: &'a str,
}

fn mend(_: &mut Item) {}

fn main() {}

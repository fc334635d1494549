use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Tuple(String, u64);

#[derive(Table)]
#[table(name = "orders")]
struct Unit;

#[derive(Table)]
#[table(name = "orders")]
enum Choice {
    One,
}

#[derive(Table)]
#[table(name = "orders")]
union Bits {
    a: u32,
}

#[derive(Table)]
#[table(name = "orders")]
struct Flattening<T: Clone> {
    #[table(pk)]
    id: String,
    #[table(flatten)]
    part: T,
}

fn main() {}

use theory::Table;

struct Revision;

#[derive(Table)]
#[table(name = "orders")]
struct Text {
    #[table(pk)]
    id: String,
    #[table(version)]
    version: String,
    #[table(version, ttl)]
    again: u64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Other {
    #[table(pk)]
    id: String,
    #[table(version)]
    version: Revision,
}

fn main() {}

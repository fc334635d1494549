use theory::{Attribute, Table};

#[derive(Table)]
#[table(name = "orders")]
struct Missing {
    id: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Two {
    #[table(pk)]
    customer: String,
    #[table(pk)]
    region: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Optional {
    #[table(pk)]
    id: Option<String>,
}

#[derive(Table)]
#[table(name = "orders")]
struct Wrong {
    #[table(pk)]
    id: bool,
    #[table(sk)]
    part: Part,
}

#[derive(Attribute)]
struct Part {
    name: String,
}

#[derive(Table)]
#[table(name = "orders")]
struct Adapted {
    #[table(pk, json, alias = "key", default, version)]
    id: String,
}

fn main() {}

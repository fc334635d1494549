use theory::Attribute;

#[derive(Attribute)]
enum Payment {
    Card { r#type: String },
    Transfer(#[attribute(json)] Details),
    Number(u64),
}

#[derive(Attribute)]
struct Details {
    iban: String,
}

#[derive(Attribute)]
enum NoDocument {
    Number(u64),
}

#[derive(Attribute)]
enum Status {
    #[attribute(tag = "kind")]
    Open,
}

fn main() {}

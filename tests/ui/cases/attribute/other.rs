use theory::Attribute;

#[derive(Attribute)]
enum Two {
    #[attribute(other)]
    Unknown,
    #[attribute(other)]
    Other(String),
}

#[derive(Attribute)]
enum Fields {
    Known,
    #[attribute(other)]
    Other { text: String },
}

#[derive(Attribute)]
enum Names {
    Known,
    #[attribute(other, rename = "x", alias = "y")]
    Other(String),
}

#[derive(Attribute)]
enum NoText {
    Known,
    #[attribute(other)]
    Other(u64),
}

fn main() {}

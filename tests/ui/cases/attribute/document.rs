use theory::Attribute;

#[derive(Attribute)]
struct Line {
    #[attribute(pk)]
    sku: String,
    #[table(serde)]
    price: u64,
    #[attribute(version)]
    version: u64,
    #[attribute(skip, flatten)]
    both: u64,
}

fn main() {}

use theory::Attribute;

#[derive(Attribute)]
enum Status {
    Open,
    #[attribute(rename = "Open")]
    Paid,
    #[attribute(alias = "Open", alias = "Shipped")]
    Shipped,
    #[attribute(skip)]
    Lost,
}

fn main() {}

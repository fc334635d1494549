use theory::Attribute;

#[derive(Attribute)]
struct Node {
    name: String,
    #[attribute(recursive, serde)]
    children: Vec<Node>,
}

#[derive(Attribute)]
struct Unmarked {
    name: String,
    children: Vec<Unmarked>,
}

fn main() {}

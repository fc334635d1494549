use theory::Attribute;

#[derive(Attribute)]
#[attribute(rename_all = "lowercase", rename_all_fields = "Camel")]
enum Status {
    Ab,
    AB,
}

fn main() {}

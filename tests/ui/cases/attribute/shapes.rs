use theory::Attribute;

#[derive(Attribute)]
struct Tuple(String, u64);

#[derive(Attribute)]
struct Unit;

#[derive(Attribute)]
enum Nothing {}

#[derive(Attribute)]
enum Variant {
    Tuple(String, u64),
}

#[derive(Attribute)]
union Bits {
    a: u32,
}

fn main() {}

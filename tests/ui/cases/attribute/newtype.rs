use theory::Attribute;

struct Opaque;

#[derive(Attribute)]
struct Unstored(Opaque);

#[derive(Attribute)]
#[attribute(rename_all = "camelCase")]
struct Case(String);

#[derive(Attribute)]
struct Renamed(#[attribute(rename = "x")] String);

fn main() {}

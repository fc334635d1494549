//! A table that does not say `#[table(scan)]`.

use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
}

fn main() {
    Order::scan();
}

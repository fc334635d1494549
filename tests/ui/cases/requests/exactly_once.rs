//! What a write that is done exactly once cannot do.

use theory::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    customer: String,
    total: u64,
}

fn main() {
    // A transaction returns nothing of the item.
    let _ = Order::update("a").add(Order::TOTAL, 1).exactly_once().return_new();
    let _ = Order::update("a").add(Order::TOTAL, 1).return_new().exactly_once();
    // A transaction is done once already, and a batch cannot promise it.
    let _ = theory::transaction((Order::delete("a").exactly_once(),));
    let _ = theory::batch_write(vec![Order::delete("a").exactly_once()]);
}

//! What is written once, what is protected, and what has no version.

use theory::{Table, Timestamp};

#[derive(Table)]
#[table(name = "receipts", write_once)]
struct Receipt {
    #[table(pk)]
    id: String,
    total: u64,
}

#[derive(Table)]
#[table(name = "users")]
struct User {
    #[table(pk)]
    id: String,
    #[table(protected)]
    tenant: String,
    #[table(updated_at)]
    updated_at: Timestamp,
}

fn main() {
    let receipt = Receipt { id: String::new(), total: 1 };
    let _ = receipt.put();
    let _ = receipt.replace();
    let _ = Receipt::key("r-1").update();
    let _ = User::update("u-1").set(User::TENANT, "other");
    let _ = User::update("u-1").set(User::UPDATED_AT, Timestamp::default());
    let _ = User::delete("u-1").expected_version(1);
}

//! The contract: its bytes, its digest, its JSON Schema, and what is refused.

mod faults;
mod file;
mod limits;
#[path = "../common/shop.rs"]
mod shop;

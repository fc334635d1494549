//! The contract: its bytes, its digest, its JSON Schema, and what is refused.

mod file;
#[path = "../common/shop.rs"]
mod shop;

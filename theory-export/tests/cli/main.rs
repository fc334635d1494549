//! The command line, as a user types it.

#[path = "../common/shop.rs"]
#[allow(dead_code, reason = "shared")]
mod shop;

mod contract;
mod files;
mod manners;
mod session;

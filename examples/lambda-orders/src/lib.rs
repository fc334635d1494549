//! An HTTP API on orders: what is stored, and what is answered.

pub mod api;
pub mod order;

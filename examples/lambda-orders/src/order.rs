//! Orders, as they are stored.

use serde::{Deserialize, Serialize};
use theory::{Attribute, Table, Timestamp};

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Table)]
#[table(name = "orders")]
pub struct Order {
    /// Who ordered.
    #[table(pk)]
    pub customer: String,
    /// The number that the customer's shop gave it.
    #[table(sk)]
    pub order_id: String,
    /// How far it is.
    pub status: Status,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// When it was ordered.
    pub placed_at: Timestamp,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Attribute)]
#[attribute(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for its payment.
    Open,
    /// It is paid.
    Paid,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Attribute)]
pub struct Line {
    /// What.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub cents: u64,
}

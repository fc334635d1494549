//! What was sold on which day, kept up to date from the stream of orders.

use theory::stream::Change;
use theory::{Attribute, Client, Table, Timestamp};

/// As much of an order as is wanted here.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders")]
pub struct Order {
    /// Who ordered.
    #[table(pk)]
    pub customer: String,
    /// The number of the order.
    #[table(sk)]
    pub order_id: String,
    /// How far it is.
    pub status: Status,
    /// What it costs.
    pub cents: u64,
    /// When it was ordered.
    pub placed_at: Timestamp,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Attribute)]
#[attribute(rename_all = "snake_case")]
pub enum Status {
    /// It waits for its payment.
    Open,
    /// It is paid.
    Paid,
}

/// A paid order, where those of a day are together.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "sales")]
pub struct Sale {
    /// Such as `2026-11-21`.
    #[table(pk)]
    pub day: String,
    /// Customer and number of the order.
    #[table(sk)]
    pub order: String,
    /// What was paid.
    pub cents: u64,
}

impl Sale {
    /// The sale that an order is, if it is one.
    pub fn of(order: &Order) -> Option<Self> {
        let sale = Self { day: day(order), order: key(order), cents: order.cents };
        (order.status == Status::Paid).then_some(sale)
    }
}

fn day(order: &Order) -> String {
    order.placed_at.to_string().chars().take("0000-00-00".len()).collect()
}

fn key(order: &Order) -> String {
    format!("{}/{}", order.customer, order.order_id)
}

/// Makes the sales agree with an order.
///
/// It writes what the order says now, so that a change may come twice: whatever was written in between, later changes of
/// the same order come again too.
///
/// # Errors
///
/// Those of DynamoDB. The change is then delivered again.
pub async fn follow(client: Client, change: Change<Order>) -> theory::Result<()> {
    let (old, new) = match change {
        Change::Inserted { new } => (None, Some(new)),
        Change::Modified { old, new } => (Some(old), Some(new)),
        Change::Removed { old } => (Some(old), None),
    };
    let sale = new.as_ref().and_then(Sale::of);
    if let Some(sale) = &sale {
        sale.put().send(&client).await?;
    }
    // An order that is none any more, or was moved to another day.
    if let Some(before) = old.as_ref().and_then(Sale::of)
        && sale.as_ref().is_none_or(|sale| sale.day != before.day)
    {
        Sale::delete(&before.day, &before.order).send(&client).await?;
    }
    Ok(())
}

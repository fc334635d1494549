//! The first item through the plain SDK, read as one reads it by hand.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

/// What the item is read into: the counterpart of the entity of `theory`.
#[derive(Debug)]
pub struct Order {
    /// The key.
    pub id: String,
    /// Who ordered.
    pub customer: String,
    /// How far it is.
    pub status: String,
    /// When it was placed.
    pub placed_at: String,
    /// Cents.
    pub total: u64,
    /// How many things.
    pub quantity: u32,
    /// Whether it is a gift.
    pub gift: bool,
    /// What else there is to say.
    pub note: Option<String>,
}

/// Any error.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Gets the item.
///
/// # Errors
///
/// If the request fails, or the item is not there or not an order.
pub async fn order(client: &Client, id: &str) -> Result<Order, Error> {
    let key = AttributeValue::S(id.to_owned());
    let output = client.get_item().table_name("orders").key("id", key).send().await?;
    let mut item = output.item.ok_or("no item")?;
    Ok(Order {
        id: text(&mut item, "id")?,
        customer: text(&mut item, "customer")?,
        status: text(&mut item, "status")?,
        placed_at: text(&mut item, "placed_at")?,
        total: number(&item, "total")?.parse()?,
        quantity: number(&item, "quantity")?.parse()?,
        gift: *item.get("gift").and_then(|value| value.as_bool().ok()).ok_or("no gift")?,
        note: text(&mut item, "note").ok(),
    })
}

fn text(item: &mut HashMap<String, AttributeValue>, name: &'static str) -> Result<String, Error> {
    match item.remove(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(name.into()),
    }
}

fn number<'a>(item: &'a HashMap<String, AttributeValue>, name: &'static str) -> Result<&'a str, Error> {
    match item.get(name) {
        Some(AttributeValue::N(number)) => Ok(number),
        _ => Err(name.into()),
    }
}

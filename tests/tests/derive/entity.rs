//! Entities.

use std::collections::{BTreeMap, BTreeSet};
use theory::schema::{IndexKind, Projection, Role, ScalarType};
use theory::{Attribute, Table, Timestamp};

/// A transparent newtype.
#[derive(Debug, Clone, PartialEq, Eq, Attribute)]
pub struct CustomerId(pub String);

/// A string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Attribute)]
#[attribute(rename_all = "snake_case")]
pub enum Status {
    /// New.
    Open,
    /// Done.
    #[attribute(alias = "settled")]
    PaidInFull,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Attribute)]
pub struct Line {
    /// What.
    pub sku: String,
    pub(crate) quantity: u32,
}

/// An entity.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table(
    name = "orders",
    gsi(name = "by_status", pk = (customer, status), sk = placed_at),
    gsi(name = "by-place", pk = (country, city), sk = (placed_at, order_id), projection = include(total)),
    lsi(name = "by_total", sk = total, projection = keys_only)
)]
pub struct Order {
    /// Who.
    #[table(pk)]
    pub customer: CustomerId,
    /// A field.
    #[table(sk, rename = "ID")]
    pub order_id: u64,
    /// A field.
    pub status: Status,
    /// A field.
    pub placed_at: Timestamp,
    /// A field.
    pub country: String,
    /// A field.
    pub city: Option<String>,
    /// A field.
    pub total: u64,
    /// A field.
    pub lines: Vec<Line>,
    /// A field.
    pub tags: BTreeSet<String>,
    /// A field.
    #[table(alias = "memo", skip_empty)]
    pub note: String,
    /// A field.
    pub r#type: Option<String>,
    /// A field.
    #[table(version)]
    pub version: u64,
    /// A field.
    #[table(created_at)]
    pub created_at: Timestamp,
    /// A field.
    #[table(updated_at)]
    pub updated_at: Timestamp,
    /// A field.
    #[table(ttl)]
    pub expires: Option<Timestamp>,
    /// A field.
    #[table(rest)]
    rest: BTreeMap<String, String>,
    /// A field.
    #[table(skip)]
    seen: bool,
}

#[test]
fn the_schema() {
    let schema = Order::SCHEMA;
    assert_eq!((schema.name, schema.table), ("Order", "orders"));
    assert_eq!(schema.key.partition[0].name, "customer");
    assert_eq!((schema.key.sort[0].name, schema.key.sort[0].ty), ("ID", ScalarType::Number));
    let [by_status, by_place, by_total] = schema.indexes else { panic!("three indexes") };
    assert_eq!(by_status.kind, IndexKind::Global);
    assert_eq!(by_place.projection, Projection::Include(&["total"]));
    assert_eq!(
        by_place.key.attributes().map(|key| key.name).collect::<Vec<_>>(),
        ["country", "city", "placed_at", "ID"]
    );
    assert_eq!(by_total.key.partition, schema.key.partition);
    assert_eq!(schema.role(Role::Ttl).map(|attribute| attribute.name), Some("expires"));
    assert_eq!(schema.attributes.len(), 15);
    assert!(!schema.scan);
}

//! Parts of an entity.

use super::entity::{CustomerId, Order};
use super::from_item;
use theory::{Projection, Table, Timestamp};

/// Some attributes.
#[derive(Debug, PartialEq, Eq, Projection)]
#[projection(of = Order)]
pub struct Summary {
    customer: CustomerId,
    #[projection(from = order_id)]
    id: u64,
    note: Option<String>,
    r#type: Option<String>,
    expires: Option<Timestamp>,
}

/// What the index holds.
#[derive(Debug, PartialEq, Eq, Projection)]
#[projection(of = Order, index = "by-place")]
pub struct Row {
    order_id: u64,
    city: Option<String>,
    total: u64,
}

/// What the local index holds.
#[derive(Debug, PartialEq, Eq, Projection)]
#[projection(of = Order, index = by_total)]
pub struct Total {
    total: u64,
}

#[test]
fn a_projection_reads_its_attributes() {
    assert_eq!(Summary::ATTRIBUTES, ["customer", "ID", "note", "type", "expires"]);
    let json = r#"{"customer":{"S":"c"},"ID":{"N":"7"},"expires":{"N":"60"},"version":{"S":"ignored"}}"#;
    let expected = Summary {
        customer: CustomerId("c".into()),
        id: 7,
        note: None,
        r#type: None,
        expires: Some(Timestamp::from_unix_seconds(60).unwrap()),
    };
    assert_eq!(from_item(json), Ok(expected));
    let error = from_item::<Summary>(r#"{"customer":{"S":"c"}}"#).unwrap_err();
    assert_eq!(error.attribute().as_deref(), Some("ID"));
    let error = from_item::<Summary>(r#"{"customer":{"N":"7"}}"#).unwrap_err();
    assert_eq!(error.attribute().as_deref(), Some("customer"));
}

#[test]
fn a_projection_of_an_index() {
    assert_eq!(<Row as Projection>::ATTRIBUTES, ["ID", "city", "total"]);
    drop(Order::by_place("NL", "Utrecht").project::<Row>());
    drop(Order::by_total(CustomerId("c".into())).sort_key(3..).project::<Total>());
    drop(Order::query(CustomerId("c".into())).project::<Summary>());
    assert_eq!(Order::SCHEMA.indexes.len(), 3);
}

//! Parameters: types, constants, lifetimes.

use super::{check, from_item, item};
use std::borrow::Cow;
use std::marker::PhantomData;
use theory::{Attribute, Table};

/// A document of any type.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Pair<T, const N: usize = 2>
where
    T: Clone,
{
    items: [T; N],
    last: Option<T>,
}

/// A newtype with a marker in it would have two fields; so the id carries its own type.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Marked<T> {
    id: String,
    #[attribute(skip)]
    marker: PhantomData<T>,
}

/// Says nothing of storage.
#[derive(Debug, PartialEq, Eq)]
pub struct Opaque;

/// An enum of any type.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub enum Change<T> {
    /// A value.
    Set {
        /// It.
        value: T,
    },
    /// None.
    Unset,
}

/// An entity of any type.
#[derive(Debug, PartialEq, Eq, Table)]
#[table(name = "events", gsi(name = "by_payload", pk = payload))]
pub struct Event<T: Clone + theory::attribute::KeyAttribute> {
    #[table(pk)]
    stream: String,
    #[table(sk)]
    number: u64,
    payload: T,
}

#[test]
fn types_and_constants() {
    check(&Pair { items: [1_u32, 2], last: None }, r#"{"M":{"items":{"L":[{"N":"1"},{"N":"2"}]}}}"#);
    check(&Marked::<Opaque> { id: "a".into(), marker: PhantomData }, r#"{"M":{"id":{"S":"a"}}}"#);
    check(&Change::Set { value: 1_u8 }, r#"{"M":{"type":{"S":"Set"},"value":{"N":"1"}}}"#);
    check(&Change::<u8>::Unset, r#"{"M":{"type":{"S":"Unset"}}}"#);
    let event = Event { stream: "a".into(), number: 1, payload: "x".to_owned() };
    let json = r#"{"stream":{"S":"a"},"number":{"N":"1"},"payload":{"S":"x"}}"#;
    assert_eq!(item(&event), json);
    assert_eq!(from_item(json), Ok(event));
    drop(Event::<String>::by_payload("x"));
    drop(Event::<String>::get("a", 1));
}

/// Borrows, so it is only written.
#[derive(Debug, Table)]
#[table(name = "events")]
pub struct NewEvent<'a> {
    #[table(pk)]
    stream: &'a str,
    lines: Vec<Part<'a>>,
    text: Cow<'a, str>,
}

/// Borrows, nested.
#[derive(Debug, Attribute)]
pub struct Part<'a> {
    text: &'a [u8],
}

#[test]
fn what_borrows_is_written() {
    let text = String::from("a");
    let event = NewEvent { stream: &text, lines: vec![Part { text: b"b" }], text: Cow::Borrowed("c") };
    let json = r#"{"stream":{"S":"a"},"lines":{"L":[{"M":{"text":{"B":"Yg=="}}}]},"text":{"S":"c"}}"#;
    assert_eq!(item(&event), json);
    drop(event.create());
}

//! Newtypes and documents.

use super::{check, from_item, from_value, item};
use std::collections::{BTreeMap, BTreeSet};
use theory::schema::Type;
use theory::{Attribute, Table};

/// A newtype of a string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Attribute)]
pub struct Tag(pub String);

/// A newtype of a byte: a `Vec` of it is a list, not bytes.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Level(u8);

/// A newtype of what may be absent.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Maybe(Option<u32>);

#[test]
fn newtypes_are_what_they_hold() {
    check(&Tag("a".into()), r#"{"S":"a"}"#);
    check(&BTreeSet::from([Tag("a".into())]), r#"{"SS":["a"]}"#);
    check(&vec![Level(1), Level(2)], r#"{"L":[{"N":"1"},{"N":"2"}]}"#);
    assert_eq!(<Vec<Level>>::TYPE, &Type::List(&Type::Number));
    assert!(Maybe(None).is_absent());
    assert_eq!(Tag::TYPE, &Type::String);
}

/// A newtype of a list of documents.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Addresses(Vec<Address>);

/// A newtype of a document.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Home(Address);

/// A newtype of a map of any type.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Named<T>(BTreeMap<String, T>);

/// A newtype with a predecessor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Attribute)]
pub struct Number(u32);

/// Newtypes stand where what they hold may.
#[derive(Debug, PartialEq, Eq, Table)]
#[table(name = "people")]
pub struct Household {
    #[table(pk)]
    name: Tag,
    #[table(sk)]
    number: Number,
    #[table(skip_empty, default = untitled)]
    title: Tag,
    home: Home,
    others: Addresses,
    sizes: Named<u32>,
    age: Maybe,
}

fn untitled() -> Tag {
    Tag("?".into())
}

#[test]
fn newtypes_can_do_what_they_hold_can() {
    let path = |path: &dyn std::fmt::Debug| format!("{path:?}");
    assert_eq!(path(&Household::HOME.then(Address::CITY)), "Path(home.city)");
    assert_eq!(path(&Household::OTHERS.index(1).then(Address::CITY)), "Path(others[1].city)");
    assert_eq!(path(&Household::SIZES.key("x")), "Path(sizes[key])");
    drop(Household::update(Tag("a".into()), Number(1)).remove(Household::AGE));
    drop(Household::query(Tag("a".into())).sort_key(Number(1)..Number(3)));
    let household = Household {
        name: Tag("a".into()),
        number: Number(1),
        title: Tag(String::new()),
        home: Home(Address { post_code: "1".into(), city: None }),
        others: Addresses(Vec::new()),
        sizes: Named(BTreeMap::new()),
        age: Maybe(None),
    };
    let json = item(&household);
    assert!(!json.contains("title"), "{json}");
    assert_eq!(from_item::<Household>(&json).unwrap().title, untitled());
}

/// A part of several documents.
#[derive(Debug, Clone, PartialEq, Eq, Attribute)]
#[attribute(rename_all = "camelCase")]
pub struct Address {
    /// Renamed.
    pub post_code: String,
    #[attribute(alias = "town")]
    city: Option<String>,
}

/// Has a document in it, and one beside it.
#[derive(Debug, PartialEq, Eq, Table)]
#[table(name = "people", scan)]
pub struct Person {
    /// Who.
    #[table(pk)]
    pub name: String,
    /// Nested.
    pub work: Option<Box<Address>>,
    /// Beside the name.
    #[table(flatten)]
    pub home: Address,
    /// The rest.
    #[table(rest)]
    pub rest: BTreeMap<String, u32>,
}

#[test]
fn documents_nest_and_flatten() {
    let work = Address { post_code: "1".into(), city: None };
    let home = Address { post_code: "2".into(), city: Some("U".into()) };
    let rest = BTreeMap::from([("x".to_owned(), 3)]);
    let person = Person { name: "A".into(), work: Some(Box::new(work)), home, rest };
    let json = concat!(
        r#"{"name":{"S":"A"},"work":{"M":{"postCode":{"S":"1"}}},"#,
        r#""postCode":{"S":"2"},"city":{"S":"U"},"x":{"N":"3"}}"#
    );
    assert_eq!(item(&person), json);
    assert_eq!(from_item(json), Ok(person));
    let names: Vec<&str> = Person::SCHEMA.attributes.iter().map(|attribute| attribute.name).collect();
    assert_eq!(names, ["name", "work", "postCode", "city"]);
}

#[test]
fn paths_go_into_documents() {
    let path = |path: &dyn std::fmt::Debug| format!("{path:?}");
    assert_eq!(path(&Person::WORK.then(Address::POST_CODE)), "Path(work.postCode)");
    assert_eq!(path(&Person::HOME.then(Address::CITY)), "Path(city)");
}

#[test]
fn names_win_over_aliases() {
    for json in [
        r#"{"M":{"postCode":{"S":"1"},"city":{"S":"new"},"town":{"S":"old"}}}"#,
        r#"{"M":{"postCode":{"S":"1"},"town":{"S":"old"},"city":{"S":"new"}}}"#,
    ] {
        assert_eq!(from_value::<Address>(json).unwrap().city.as_deref(), Some("new"));
    }
    let json = r#"{"M":{"postCode":{"S":"1"},"town":{"S":"old"},"other":{"NULL":true}}}"#;
    assert_eq!(from_value::<Address>(json).unwrap().city.as_deref(), Some("old"));
}

/// Contains itself.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Node {
    name: String,
    #[attribute(recursive)]
    children: Vec<Self>,
    #[attribute(recursive)]
    next: Option<Box<Self>>,
}

#[test]
fn documents_may_contain_themselves() {
    let leaf = Node { name: "b".into(), children: vec![], next: None };
    check(
        &Node { name: "a".into(), children: vec![leaf], next: None },
        r#"{"M":{"name":{"S":"a"},"children":{"L":[{"M":{"name":{"S":"b"},"children":{"L":[]}}}]}}}"#,
    );
    let Type::Document(document) = Node::TYPE else { panic!("a document") };
    assert_eq!(document.attributes[1].ty, &Type::List(&Type::Recursive("Node")));
    assert_eq!(document.attributes[2].ty, &Type::Optional(&Type::Recursive("Node")));
}

/// Nothing in it.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Empty {}

#[test]
fn an_empty_struct_is_an_empty_map() {
    check(&Empty {}, r#"{"M":{}}"#);
}

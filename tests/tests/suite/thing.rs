//! An entity with an attribute of every type, some of them under names that need care.

use std::collections::{BTreeMap, BTreeSet};

use theory::{Attribute, Item, Table, Timestamp};

/// A string out of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Attribute)]
#[attribute(rename_all = "snake_case")]
pub(crate) enum State {
    Open,
    PaidInFull,
    Lost,
}

/// A transparent newtype.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Attribute)]
pub(crate) struct Label(pub(crate) String);

/// A map with a tag.
#[derive(Debug, Clone, PartialEq, Attribute)]
#[attribute(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Shape {
    Dot,
    Circle { radius: i64 },
}

/// A nested document; every name in it is a reserved word.
#[derive(Debug, Clone, PartialEq, Attribute)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) status: Option<String>,
    pub(crate) values: Vec<i64>,
    pub(crate) domain: BTreeMap<String, i64>,
}

/// An attribute of every type.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "things", scan)]
pub(crate) struct Thing {
    #[table(pk)]
    pub(crate) owner: String,
    #[table(sk)]
    pub(crate) number: u32,
    pub(crate) text: String,
    /// A reserved word, as are many of those below.
    pub(crate) count: i64,
    pub(crate) limit: u64,
    pub(crate) ratio: f64,
    pub(crate) flag: bool,
    pub(crate) bytes: Vec<u8>,
    pub(crate) when: Timestamp,
    pub(crate) state: State,
    pub(crate) label: Label,
    pub(crate) shape: Shape,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) scores: BTreeSet<i64>,
    pub(crate) blobs: BTreeSet<Vec<u8>>,
    pub(crate) list: Vec<String>,
    pub(crate) values: Vec<i64>,
    pub(crate) map: BTreeMap<String, i64>,
    pub(crate) part: Part,
    pub(crate) parts: Vec<Part>,
    pub(crate) pair: (String, i64),
    pub(crate) maybe_text: Option<String>,
    pub(crate) maybe_count: Option<i64>,
    pub(crate) maybe_flag: Option<bool>,
    pub(crate) maybe_bytes: Option<Vec<u8>>,
    pub(crate) maybe_list: Option<Vec<String>>,
    pub(crate) maybe_map: Option<BTreeMap<String, i64>>,
    pub(crate) maybe_part: Option<Part>,
    #[table(rename = "odd name.with[0] #:\"é 🎬")]
    pub(crate) odd: Option<i64>,
    pub(crate) any: Option<theory::Value>,
}

impl Thing {
    /// A thing without anything in it.
    pub(crate) fn bare(owner: &str, number: u32) -> Self {
        Self {
            owner: owner.to_owned(),
            number,
            text: String::new(),
            count: 0,
            limit: 0,
            ratio: 0.0,
            flag: false,
            bytes: Vec::new(),
            when: Timestamp::UNIX_EPOCH,
            state: State::Open,
            label: Label(String::new()),
            shape: Shape::Dot,
            tags: BTreeSet::new(),
            scores: BTreeSet::new(),
            blobs: BTreeSet::new(),
            list: Vec::new(),
            values: Vec::new(),
            map: BTreeMap::new(),
            part: Part {
                name: String::new(),
                size: 0,
                status: None,
                values: Vec::new(),
                domain: BTreeMap::new(),
            },
            parts: Vec::new(),
            pair: (String::new(), 0),
            maybe_text: None,
            maybe_count: None,
            maybe_flag: None,
            maybe_bytes: None,
            maybe_list: None,
            maybe_map: None,
            maybe_part: None,
            odd: None,
            any: None,
        }
    }

    /// A thing with something everywhere.
    pub(crate) fn full(owner: &str, number: u32) -> Self {
        let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let map = |names: &[&str]| (1..).zip(names).map(|(n, &name)| (name.to_owned(), n)).collect();
        let part = |name: &str, size| Part {
            name: name.to_owned(),
            size,
            status: Some("new".to_owned()),
            values: vec![10, 20, 30],
            domain: map(ODD_NAMES),
        };
        Self {
            owner: owner.to_owned(),
            number,
            text: "The quick brown fox — «été» 🎬".to_owned(),
            count: -7,
            limit: 2,
            ratio: 2.5,
            flag: true,
            bytes: vec![0, 1, 2, 254, 255],
            when: "2026-01-16T12:30:00.000000001Z".parse().unwrap(),
            state: State::PaidInFull,
            label: Label("l-1".to_owned()),
            shape: Shape::Circle { radius: 3 },
            tags: strings(&["a", "b", "ç"]).into_iter().collect(),
            scores: [-1, 0, 170].into(),
            blobs: [vec![1], vec![2, 3]].into(),
            list: strings(&["zero", "one", "two"]),
            values: vec![0, 1, 2],
            map: map(ODD_NAMES),
            part: part("p", 5),
            parts: vec![part("p0", 0), part("p1", 1)],
            pair: ("left".to_owned(), 2),
            maybe_text: Some("maybe".to_owned()),
            maybe_count: Some(0),
            maybe_flag: Some(false),
            maybe_bytes: Some(vec![7; 3]),
            maybe_list: Some(strings(&["x"])),
            maybe_map: Some(map(&["x", "y"])),
            maybe_part: Some(part("q", 9)),
            odd: Some(1),
            any: Some(theory::Value::from("dynamic")),
        }
    }

    /// The item as it is stored.
    pub(crate) fn item(&self) -> Item {
        Item::of(self).unwrap()
    }
}

/// Names of map members that need care in an expression.
pub(crate) const ODD_NAMES: &[&str] = &[
    "plain",
    "a.b",
    "a[0]",
    "[1]",
    "with space",
    "é",
    "🎬",
    "name",
    "size",
    "NULL",
    "#0",
    ":0",
    "quote\"back\\slash",
    "new\nline",
    "-",
    "0",
];

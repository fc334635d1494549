//! Random items, and the many ways in which one item can be laid out as JSON.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::value::{Item, Value};

/// Several times as many cases as usual; `PROPTEST_CASES` scales them.
pub(crate) fn thorough(times: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.saturating_mul(times), ..usual }
}

/// A splitmix generator: layouts come from a seed, so that proptest can replay them.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.roll(i + 1));
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z ]{0,30}",
        2 => any::<String>(),
        1 => "[\"\\\\/\u{0}-\u{1f}é漢🦀a]{0,40}",
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<i64>().prop_map(|v| v.to_string()),
        1 => any::<i128>().prop_map(|v| (v / 1000).to_string()),
        1 => (-99999i32..99999, -100i32..100).prop_map(|(digits, exponent)| format!("{digits}E{exponent}")),
        1 => (any::<i32>(), 0u32..99).prop_map(|(whole, fraction)| format!("{whole}.{fraction}")),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        4 => text().prop_map(Value::S),
        4 => number().prop_map(Value::N),
        1 => bytes().prop_map(Value::B),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
        1 => prop::collection::vec(text(), 1..5).prop_map(Value::Ss),
        1 => prop::collection::vec(number(), 1..5).prop_map(Value::Ns),
        1 => prop::collection::vec(bytes(), 1..5).prop_map(Value::Bs),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![5 => "[a-z]{1,12}", 1 => "(S|N|M|L|NULL|__type)", 1 => text()]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::L),
            prop::collection::btree_map(name(), inner, 0..6).prop_map(Value::M),
        ]
    })
}

pub(crate) fn item() -> impl Strategy<Value = Item> {
    prop::collection::btree_map(name(), value(), 0..8).prop_map(Item)
}

/// Writes JSON with spaces, escapes, shuffled members, and members that mean nothing.
pub(crate) struct Layout<'d> {
    pub(crate) out: String,
    pub(crate) dice: &'d mut Dice,
    /// 0 is as compact as DynamoDB's own; every step up makes liberties more frequent.
    pub(crate) wild: usize,
}

impl Layout<'_> {
    fn liberty(&mut self, sides: usize) -> bool {
        self.wild > 0 && self.dice.one_in(sides.div_ceil(self.wild))
    }

    fn space(&mut self) {
        while self.liberty(6) {
            self.out.push([' ', '\n', '\t', '\r'][self.dice.roll(4)]);
        }
    }

    fn token(&mut self, token: &str) {
        self.space();
        self.out.push_str(token);
        self.space();
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let short = match character {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\u{8}' => Some("\\b"),
                '\u{c}' => Some("\\f"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                '\t' => Some("\\t"),
                _ => None,
            };
            let must = character < ' ' || character == '"' || character == '\\';
            match short {
                Some(short) if must || self.liberty(2) => self.out.push_str(short),
                _ if must || self.liberty(10) => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        let digits = format!("{unit:04x}");
                        self.out.push_str("\\u");
                        self.out.push_str(&if self.dice.one_in(2) { digits.to_uppercase() } else { digits });
                    }
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn members(&mut self, mut members: Vec<Member<'_>>) {
        self.dice.shuffle(&mut members);
        self.token("{");
        let mut first = true;
        for (name, write) in members {
            if !std::mem::take(&mut first) {
                self.token(",");
            }
            self.string(&name);
            self.token(":");
            write(self);
        }
        self.token("}");
    }

    fn elements<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.token("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.token(",");
            }
            each(self, item);
        }
        self.token("]");
    }

    /// Any JSON that is not an attribute value.
    pub(crate) fn junk(&mut self, depth: usize) {
        match self.dice.roll(if depth > 3 { 4 } else { 6 }) {
            0 => self.token("null"),
            1 => self.token(["true", "false"][self.dice.0 as usize % 2]),
            2 => self.token(["0", "-1", "12", "3.5", "-2e9"][self.dice.0 as usize % 5]),
            3 => self.string("é\u{1}\"\\/🦀]}"),
            4 => {
                let items = vec![(); self.dice.roll(4)];
                self.elements(&items, |l, ()| l.junk(depth + 1));
            }
            _ => {
                let count = self.dice.roll(4);
                let members = (0..count).map(|i| member(format!("junk{i}"), move |l| l.junk(depth + 1)));
                self.members(members.collect());
            }
        }
    }

    pub(crate) fn value(&mut self, value: &Value) {
        let tag = match value {
            Value::S(_) => "S",
            Value::N(_) => "N",
            Value::B(_) => "B",
            Value::Bool(_) => "BOOL",
            Value::Null => "NULL",
            Value::M(_) => "M",
            Value::L(_) => "L",
            Value::Ss(_) => "SS",
            Value::Ns(_) => "NS",
            Value::Bs(_) => "BS",
        };
        let value = value.clone();
        let mut members: Vec<Member<'_>> = vec![member(tag, move |l: &mut Layout<'_>| l.inner(&value))];
        if self.liberty(12) {
            members.push(member("__type", |l: &mut Layout<'_>| l.junk(1)));
        }
        for other in ["S", "N", "M", "NULL", "new"] {
            if self.liberty(30) && other != tag {
                members.push(member(other, |l: &mut Layout<'_>| l.token("null")));
            }
        }
        self.members(members);
    }

    fn inner(&mut self, value: &Value) {
        let base64 = |l: &mut Self, bytes: &Vec<u8>| {
            let encoded = base64_simd::STANDARD.encode_to_string(bytes);
            l.token(&format!("\"{encoded}\""));
        };
        match value {
            Value::S(v) | Value::N(v) => self.string(v),
            Value::B(v) => base64(self, v),
            Value::Bool(v) => self.token(if *v { "true" } else { "false" }),
            Value::Null => self.token("true"),
            Value::M(map) => self.attributes(map),
            Value::L(list) => self.elements(list, |l, v| l.value(v)),
            Value::Ss(set) | Value::Ns(set) => self.elements(set, |l, v| l.string(v)),
            Value::Bs(set) => self.elements(set, base64),
        }
    }

    fn attributes(&mut self, map: &BTreeMap<String, Value>) {
        let mut members: Vec<Member<'_>> = Vec::new();
        for (name, value) in map {
            let mut value = value.clone();
            // An earlier member of the same name, which the last one overrides.
            let again =
                self.liberty(20).then(|| std::mem::replace(&mut value, Value::Ss(vec!["first".into()])));
            members.push(member(name, move |l: &mut Layout<'_>| {
                l.value(&value);
                if let Some(again) = &again {
                    l.token(",");
                    l.string(name);
                    l.token(":");
                    l.value(again);
                }
            }));
        }
        self.members(members);
    }

    pub(crate) fn item(&mut self, item: &Item) {
        self.attributes(&item.0);
    }
}

type Member<'m> = (String, Box<dyn FnOnce(&mut Layout<'_>) + 'm>);

fn member<'m>(name: impl Into<String>, write: impl FnOnce(&mut Layout<'_>) + 'm) -> Member<'m> {
    (name.into(), Box::new(write))
}

/// One layout of the item, chosen by the seed.
pub(crate) fn lay_out(item: &Item, seed: u64, wild: usize) -> String {
    let mut layout = Layout { out: String::new(), dice: &mut Dice(seed), wild };
    layout.item(item);
    layout.out
}

//! The SDK's own deserializer as the reference: for any bytes, the same value or both refuse.
//!
//! The SDK is looser than JSON in a few places, where ours is strict on purpose, and stricter in one:
//!
//! | bytes | SDK | ours |
//! |---|---|---|
//! | illegal JSON inside a value that is passed over (`01`, `1.`, `-.5`, `"\u12"`, a bad escape in a name whose value is null) | takes it | refuses |
//! | base64 with an escape in it (`"\/+8="`), which is legal JSON | refuses | takes it |
//! | maps and lists nested 33 to 62 levels deep | takes it | refuses |
//! | bare JSON nested more than 128 deep, where it is passed over | takes 512 | refuses |
//! | a type that DynamoDB does not have | `AttributeValue::Unknown` | refuses, though `skip_value` passes over it |
//!
//! So the rule that is tested: of legal JSON, written out compactly by an independent parser, both read the
//! same; and illegal JSON ours always refuses.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::operation::get_item::{GetItem, GetItemOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use theory::wire::{DecodeError, DecodeErrorKind, Reader};

use crate::strategies::{Dice, Layout, item, thorough};
use crate::value::{Item, Value};

/// Reads a GetItem response as the SDK's client does, by the deserializer that its operation registers.
struct Sdk(FrozenLayer);

impl Sdk {
    fn new() -> Self {
        Self(GetItem::new().config().expect("the operation has a configuration"))
    }

    /// `Err(true)` if the item holds a type that this version of the SDK does not know.
    fn decode(&self, body: &[u8]) -> Result<Option<Item>, bool> {
        let deserializer =
            self.0.load::<SharedResponseDeserializer>().expect("the operation has a deserializer");
        let response = HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(body));
        let output = deserializer.deserialize_nonstreaming_with_config(&response, &ConfigBag::base());
        let output: GetItemOutput = output.map_err(|_| false)?.downcast().expect("the operation's output");
        output.item.map(|map| attributes(map).map(|map| Item(map.into_iter().collect()))).transpose()
    }
}

fn attributes(map: HashMap<String, AttributeValue>) -> Result<Vec<(String, Value)>, bool> {
    map.into_iter().map(|(name, value)| Ok((name, convert(value)?))).collect()
}

fn convert(value: AttributeValue) -> Result<Value, bool> {
    Ok(match value {
        AttributeValue::S(v) => Value::S(v),
        AttributeValue::N(v) => Value::N(v),
        AttributeValue::B(v) => Value::B(v.into_inner()),
        AttributeValue::Bool(v) => Value::Bool(v),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::M(map) => Value::M(attributes(map)?.into_iter().collect()),
        AttributeValue::L(list) => Value::L(list.into_iter().map(convert).collect::<Result<_, _>>()?),
        AttributeValue::Ss(set) => Value::Ss(set),
        AttributeValue::Ns(set) => Value::Ns(set),
        AttributeValue::Bs(set) => Value::Bs(set.into_iter().map(|v| v.into_inner()).collect()),
        _ => return Err(true),
    })
}

/// Reads the same response with ours.
fn ours(body: &[u8]) -> Result<Option<Item>, DecodeError> {
    let mut r = Reader::new(body)?;
    let mut item = None;
    let mut members = r.begin_object()?;
    while let Some(name) = members.next(&mut r)? {
        if name != "Item" {
            r.skip()?;
        } else if r.take_json_null()? {
            item = None;
        } else {
            item = Some(Item::read(&mut r)?);
        }
    }
    r.end()?;
    Ok(item)
}

/// JSON as serde_json sees it, with every member kept in its place.
enum Json {
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyJson;
        impl<'de> Visitor<'de> for AnyJson {
            type Value = Json;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Text("null".into()))
            }
            fn visit_bool<E>(self, v: bool) -> Result<Json, E> {
                Ok(Json::Text(v.to_string()))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Json, E> {
                Ok(Json::Text(v.to_string()))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Json, E> {
                Ok(Json::Text(v.to_string()))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Json, E> {
                Ok(Json::Text(serde_json::to_string(&v).expect("a number")))
            }
            fn visit_str<E>(self, v: &str) -> Result<Json, E> {
                Ok(Json::Text(serde_json::to_string(v).expect("a string")))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
                let mut array = Vec::new();
                while let Some(element) = seq.next_element()? {
                    array.push(element);
                }
                Ok(Json::Array(array))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut object = Vec::new();
                while let Some(member) = map.next_entry()? {
                    object.push(member);
                }
                Ok(Json::Object(object))
            }
        }
        deserializer.deserialize_any(AnyJson)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Array(array) => {
                f.write_str("[")?;
                for (index, element) in array.iter().enumerate() {
                    write!(f, "{}{element}", if index > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Object(object) => {
                f.write_str("{")?;
                for (index, (name, value)) in object.iter().enumerate() {
                    let name = serde_json::to_string(name).expect("a string");
                    write!(f, "{}{name}:{value}", if index > 0 { "," } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}

#[track_caller]
fn agree(sdk: &Sdk, body: &[u8]) {
    let shown = String::from_utf8_lossy(body);
    let ours = ours(body);
    let Ok(legal) = serde_json::from_slice::<Json>(body) else {
        // A lone surrogate is legal where nobody asks for the text; serde_json knows only then.
        if serde_json::from_slice::<IgnoredAny>(body).is_err() {
            assert!(ours.is_err(), "illegal JSON was read: {shown}");
        }
        return;
    };
    match (ours, sdk.decode(legal.to_string().as_bytes())) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{shown}"),
        (Err(_), Err(_)) => {}
        // The second, because the SDK does not show an unknown type that a later member of the same name hides.
        (Err(error), Ok(_))
            if matches!(error.kind(), DecodeErrorKind::Depth | DecodeErrorKind::UnknownType) => {}
        (ours, theirs) => panic!("ours {ours:?}, theirs {theirs:?}: {shown}"),
    }
    // And of the bytes as they stand, where both take them.
    if let (Ok(ours), Ok(theirs)) = (self::ours(body), sdk.decode(body)) {
        assert_eq!(ours, theirs, "{shown}");
    }
}

/// A whole response around the item, with members that nobody knows.
fn response(item: &Item, seed: u64, wild: usize) -> String {
    let mut dice = Dice(seed);
    let mut layout = Layout { out: String::new(), dice: &mut dice, wild };
    layout.out.push('{');
    if layout.dice.one_in(3) {
        layout.out.push_str("\"before\":");
        layout.junk(0);
        layout.out.push(',');
    }
    layout.out.push_str("\"Item\":");
    layout.item(item);
    if layout.dice.one_in(3) {
        layout.out.push_str(",\"after\":");
        layout.junk(0);
    }
    layout.out.push('}');
    layout.out
}

/// Damages the bytes in a way that the dice choose.
fn damage(body: &mut Vec<u8>, dice: &mut Dice) {
    const TELLING: &[u8] = b"{}[]\":,\\ntfSNMLB01-.eu/ \0\x1f\x80\xff";
    let at = dice.roll(body.len().max(1)).min(body.len());
    let other = dice.roll(body.len().max(1)).min(body.len());
    let byte = TELLING[dice.roll(TELLING.len())];
    match dice.roll(7) {
        0 => body.truncate(at),
        1 => body.insert(at, byte),
        2 if at < body.len() => body[at] = byte,
        3 if at < body.len() => drop(body.remove(at)),
        4 if at < body.len() && other < body.len() => body.swap(at, other),
        5 => drop(body.drain(at.min(other)..at.max(other))),
        _ => {
            let piece: Vec<u8> = body[at.min(other)..at.max(other)].iter().copied().take(30).collect();
            body.splice(at..at, piece);
        }
    }
}

#[test]
fn agrees_on_any_layout() {
    let sdk = Sdk::new();
    proptest!(|(item in item(), seed in any::<u64>(), wild in 0usize..6)| {
        agree(&sdk, response(&item, seed, wild).as_bytes());
    });
}

#[test]
fn agrees_on_damaged_responses() {
    let sdk = Sdk::new();
    proptest!(thorough(5), |(item in item(), seed in any::<u64>(), wild in 0usize..3)| {
        let mut dice = Dice(seed);
        let mut body = response(&item, seed, wild).into_bytes();
        for _ in 0..=dice.roll(3) {
            damage(&mut body, &mut dice);
            agree(&sdk, &body);
        }
    });
}

#[test]
fn agrees_on_the_odd_cases() {
    let sdk = Sdk::new();
    for value in [
        r#"{}"#,
        r#"null"#,
        r#"[]"#,
        r#""S""#,
        r#"{"S":null}"#,
        r#"{"S":null,"N":null}"#,
        r#"{"S":null,"N":"1"}"#,
        r#"{"N":"1","S":null}"#,
        r#"{"S":"a","S":"a"}"#,
        r#"{"S":"a","N":"1"}"#,
        r#"{"S":"a","__type":{"x":[1]}}"#,
        r#"{"__type":"x","S":"a"}"#,
        r#"{"__type":"x"}"#,
        r#"{"\u005f_type":1,"\u0053":"a"}"#,
        r#"{"new":null,"S":"a"}"#,
        r#"{"S":1}"#,
        r#"{"N":1}"#,
        r#"{"N":"not a number"}"#,
        r#"{"N":""}"#,
        r#"{"BOOL":"true"}"#,
        r#"{"BOOL":false}"#,
        r#"{"NULL":true}"#,
        r#"{"NULL":false}"#,
        r#"{"NULL":null}"#,
        r#"{"NULL":null,"NULL":true}"#,
        r#"{"NULL":"true"}"#,
        r#"{"B":""}"#,
        r#"{"B":"AA"}"#,
        r#"{"B":"AAA="}"#,
        r#"{"B":"AAB="}"#,
        r#"{"B":"A==="}"#,
        r#"{"B":"-_-_"}"#,
        r#"{"B":" AAA="}"#,
        r#"{"M":{}}"#,
        r#"{"M":{"a":null}}"#,
        r#"{"M":{"a":{"S":"1"},"a":{"S":"2"}}}"#,
        r#"{"M":{"":{"S":""}}}"#,
        r#"{"M":{"a":{"S":"1"}},"L":null}"#,
        r#"{"M":{"a":{"S":"1"}},"L":[]}"#,
        r#"{"M":[]}"#,
        r#"{"L":{}}"#,
        r#"{"L":[]}"#,
        r#"{"L":[null]}"#,
        r#"{"L":[{"S":"1"},{"N":"1"}],"__type":1}"#,
        r#"{"L":[{"S":"1"},]}"#,
        r#"{"L":[,{"S":"1"}]}"#,
        r#"{"SS":[]}"#,
        r#"{"SS":["a","a"]}"#,
        r#"{"SS":[null]}"#,
        r#"{"SS":["a",1]}"#,
        r#"{"SS":"a"}"#,
        r#"{"NS":["1","x"]}"#,
        r#"{"BS":["AAA=","A"]}"#,
        r#"{"S":"\ud83e\udd80"}"#,
        r#"{"S":"\ud83e"}"#,
        r#"{"S":"\udd80\ud83e"}"#,
        r#"{"S":"\ud83ex"}"#,
        r#"{"S":"\u+123"}"#,
        r#"{"S":"\u00e"}"#,
        r#"{"S":"\x41"}"#,
        "{\"S\":\"\u{7f}\u{2028}\"}",
        "{\"S\":\"a\tb\"}",
        "{\"S\":\"a\u{0}b\"}",
    ] {
        agree(&sdk, format!(r#"{{"Item":{{"v":{value}}}}}"#).as_bytes());
    }
    for body in [
        r#"{}"#,
        r#" { } "#,
        r#"{"Item":null}"#,
        r#"{"Item":{}}"#,
        r#"{"Item":{"a":{"S":"1"}},"Item":null}"#,
        r#"{"Item":null,"Item":{"a":{"S":"1"}}}"#,
        r#"{"Item":[]}"#,
        r#"{"Item":{}} {}"#,
        r#"{"Item":{}},"#,
        r#"{"Item":{},}"#,
        r#"{"Item" {}}"#,
        r#"{Item:{}}"#,
        r#"[]"#,
        r#"null"#,
        r#" "#,
    ] {
        agree(&sdk, body.as_bytes());
    }
}

/// The table above, so that a change of the SDK's shows.
#[test]
fn the_known_differences_are_as_described() {
    let sdk = Sdk::new();
    let deep = |levels: usize| {
        let (open, close) = (r#"{"L":["#.repeat(levels), "]}".repeat(levels));
        format!(r#"{{"Item":{{"v":{open}{close}}}}}"#)
    };
    for body in [
        r#"{"junk":01}"#.to_owned(),
        r#"{"junk":1.}"#.to_owned(),
        r#"{"junk":-.5}"#.to_owned(),
        r#"{"junk":"\u12x5"}"#.to_owned(),
        r#"{"Item":{"v":{"\uxxxx":null,"S":"a"}}}"#.to_owned(),
        format!(r#"{{"junk":{}{}}}"#, "[".repeat(200), "]".repeat(200)),
        deep(33),
        deep(62),
    ] {
        assert!(sdk.decode(body.as_bytes()).is_ok(), "the SDK no longer takes {body}");
        assert!(ours(body.as_bytes()).is_err(), "{body}");
    }
    assert!(ours(deep(32).as_bytes()).is_ok());

    let escaped = br#"{"Item":{"v":{"B":"\/\u002b8="}}}"#;
    assert_eq!(sdk.decode(escaped), Err(false));
    let item = ours(escaped).unwrap().unwrap();
    assert_eq!(item.0.get("v"), Some(&Value::B(vec![0xff, 0xef])));

    let unknown = br#"{"Item":{"v":{"D":"2026-01-16"}}}"#;
    assert_eq!(sdk.decode(unknown), Err(true));
    assert_eq!(*ours(unknown).unwrap_err().kind(), DecodeErrorKind::UnknownType);
}

//! What a cursor is, reads and refuses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use theory_schema::{Entity, Index, IndexKind, Key, KeyAttribute, Projection, ScalarType, Segment};

use super::{Cursor, Direction, InvalidCursorReason as Reason, Scalar, text};
use crate::wire::{DecodeErrorKind, Reader, Writer};

const fn attribute(name: &'static str, ty: ScalarType, template: &'static [Segment]) -> KeyAttribute {
    KeyAttribute { name, ty, template }
}

const PK: KeyAttribute = attribute("pk", ScalarType::String, &[Segment::Field("customer")]);
const SK: KeyAttribute = attribute("sk", ScalarType::Number, &[Segment::Field("number")]);
const BLOB: KeyAttribute = attribute("blob", ScalarType::Binary, &[Segment::Field("blob")]);

/// `by_blob` is a local index, `by_number` turns the table's key around with a part of its own.
static ENTITY: Entity =
    Entity::new("Order", "orders", Key { partition: &[PK], sort: &[SK] }, &[]).indexes(&[
        Index::new("by_blob", IndexKind::Local, Key { partition: &[PK], sort: &[BLOB] }, Projection::All),
        Index::new(
            "by_number",
            IndexKind::Global,
            Key { partition: &[SK, BLOB], sort: &[] },
            Projection::KeysOnly,
        ),
    ]);

fn encode(json: &str) -> String {
    base64_simd::URL_SAFE.encode_to_string(json)
}

fn parse(json: &str) -> Result<Cursor, Reason> {
    encode(json).parse().map_err(|refused: super::InvalidCursor| refused.reason())
}

fn start_key(cursor: &Cursor) -> String {
    let mut out = Writer::new();
    cursor.write(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn last_key(json: &str) -> Result<Cursor, DecodeErrorKind> {
    let mut reader = Reader::new(json.as_bytes()).unwrap();
    let cursor = Cursor::from_last_key(None, false, &mut reader).map_err(|error| *error.kind())?;
    reader.end().unwrap();
    Ok(cursor)
}

#[test]
fn texts_of_tabletheory_are_ours() {
    for (json, text) in [
        (
            r#"{"lastKey":{"PK":{"S":"USER#1"},"SK":{"S":"PROFILE"}},"index":"gsi-email","sort":"ASC"}"#,
            "eyJsYXN0S2V5Ijp7IlBLIjp7IlMiOiJVU0VSIzEifSwiU0siOnsiUyI6IlBST0ZJTEUifX0sImluZGV4IjoiZ3NpLWVtYWlsIiwic29ydCI6IkFTQyJ9",
        ),
        (
            r#"{"lastKey":{"PK":{"S":"USER#score"},"score":{"N":"9007199254740993"}},"index":"gsi-score","sort":"DESC"}"#,
            "eyJsYXN0S2V5Ijp7IlBLIjp7IlMiOiJVU0VSI3Njb3JlIn0sInNjb3JlIjp7Ik4iOiI5MDA3MTk5MjU0NzQwOTkzIn19LCJpbmRleCI6ImdzaS1zY29yZSIsInNvcnQiOiJERVNDIn0=",
        ),
        (
            r#"{"lastKey":{"PK":{"S":"BIN#1"},"blob":{"B":"AQID"}},"index":"gsi-blob"}"#,
            "eyJsYXN0S2V5Ijp7IlBLIjp7IlMiOiJCSU4jMSJ9LCJibG9iIjp7IkIiOiJBUUlEIn19LCJpbmRleCI6ImdzaS1ibG9iIn0=",
        ),
    ] {
        assert_eq!(encode(json), text);
        let cursor: Cursor = text.parse().unwrap();
        assert_eq!(cursor.to_string(), text);
        assert_eq!(String::from_utf8(cursor.json()).unwrap(), json);
        assert_eq!(
            text.trim_end_matches('=').parse::<Cursor>(),
            Ok(cursor.clone()),
            "padding may be missing"
        );
        assert_eq!(format!(" {text}\n").parse::<Cursor>(), Ok(cursor));
    }
}

#[test]
fn ours_have_sorted_names_and_tell_index_and_direction() {
    let key = r#"{"sk":{"N":"7"},"blob":{"B":"/w=="},"pk":{"S":"a\"b"}}"#;
    for (index, descending, tail) in
        [(None, false, r#""sort":"ASC"}"#), (Some("by_blob"), true, r#""index":"by_blob","sort":"DESC"}"#)]
    {
        let cursor =
            Cursor::from_last_key(index, descending, &mut Reader::new(key.as_bytes()).unwrap()).unwrap();
        let expected = r#"{"lastKey":{"blob":{"B":"/w=="},"pk":{"S":"a\"b"},"sk":{"N":"7"}},"#;
        assert_eq!(String::from_utf8(cursor.json()).unwrap(), format!("{expected}{tail}"));
        assert_eq!(start_key(&cursor), r#"{"blob":{"B":"/w=="},"pk":{"S":"a\"b"},"sk":{"N":"7"}}"#);
    }
}

#[test]
fn numbers_keep_their_text() {
    for digits in ["1.50", "1E2", "+7", "-0", "12345678901234567890123456789012345678", "1e-130"] {
        let json = format!(r#"{{"sk":{{"N":"{digits}"}}}}"#);
        let cursor = last_key(&json).unwrap();
        assert_eq!(start_key(&cursor), json);
        assert_eq!(start_key(&cursor.to_string().parse().unwrap()), json);
    }
}

#[test]
fn other_spellings_are_understood() {
    let plain = parse(r#"{"lastKey":{"a":{"S":"<&>"},"b":{"N":"1"}},"index":"i","sort":"DESC"}"#).unwrap();
    for json in [
        r#"{"sort":"DESC","index":"i","lastKey":{"b":{"N":"1"},"a":{"S":"<&>"}}}"#,
        "{\"lastKey\":{\"\\u0061\":{\"S\":\"\\u003c\\u0026\\u003e\"},\"b\":{\"N\":\"1\"}},\"index\":\"i\",\"sort\":\"DESC\"}",
        " { \"lastKey\" : { \"a\" : { \"S\" : \"<&>\" } , \"b\" : { \"N\" : \"1\" } } ,\n\"index\":\"i\",\"sort\":\"DESC\" } ",
        r#"{"v":[{"x":null},1.5e3],"lastKey":{"a":{"S":"<&>"},"b":{"N":"1"}},"index":"i","sort":"DESC","more":{}}"#,
    ] {
        assert_eq!(parse(json).as_ref(), Ok(&plain), "{json}");
    }
    let bare = parse(r#"{"lastKey":{"a":{"S":"x"}}}"#).unwrap();
    assert_eq!((&bare.index, bare.sort), (&None, None));
    for json in [
        r#"{"lastKey":{"a":{"S":"x"}},"index":"","sort":""}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"index":null,"sort":null}"#,
    ] {
        assert_eq!(parse(json).as_ref(), Ok(&bare), "{json}");
    }
    // `?>` is where the alphabets of base64 differ.
    let odd = parse(r#"{"lastKey":{"a":{"S":"??>>??>>"}}}"#).unwrap();
    let standard = odd.to_string().replace('-', "+").replace('_', "/");
    assert_ne!(standard, odd.to_string());
    assert_eq!(standard.parse(), Ok(odd));
}

#[test]
fn what_is_no_cursor_is_refused() {
    for (text, reason) in [
        ("", Reason::Empty),
        (" \n", Reason::Empty),
        ("====", Reason::Syntax),
        ("a", Reason::Encoding),
        ("eyJ*", Reason::Encoding),
        ("eyJs YXN0", Reason::Encoding),
        ("é", Reason::Encoding),
        ("_w==", Reason::Syntax), // 0xff: not UTF-8
    ] {
        assert_eq!(text.parse::<Cursor>().unwrap_err().reason(), reason, "{text:?}");
    }
    assert_eq!("A".repeat(text::MAX_TEXT + 1).parse::<Cursor>().unwrap_err().reason(), Reason::TooLong);
    for json in
        ["{}", r#"{"lastKey":{}}"#, r#"{"lastKey":null,"index":"i"}"#, r#"{"index":"i","sort":"ASC"}"#]
    {
        assert_eq!(parse(json), Err(Reason::Empty), "{json}");
    }
    for json in [
        "null",
        "[]",
        r#""text""#,
        r#"{"lastKey":{"a":{"S":"x"}}"#,
        r#"{"lastKey":{"a":{"S":"x"}}} {}"#,
        r#"{"lastKey":{"a":"x"}}"#,
        r#"{"lastKey":{"a":{"S":1}}}"#,
        r#"{"lastKey":{"a":{}}}"#,
        r#"{"lastKey":{"a":{"S":"x","N":"1"}}}"#,
        r#"{"lastKey":{"a":{"BOOL":true}}}"#,
        r#"{"lastKey":{"a":{"NULL":true}}}"#,
        r#"{"lastKey":{"a":{"SS":["x"]}}}"#,
        r#"{"lastKey":{"a":{"M":{}}}}"#,
        r#"{"lastKey":{"a":{"N":"x"}}}"#,
        r#"{"lastKey":{"a":{"N":"NaN"}}}"#,
        r#"{"lastKey":{"a":{"N":"1e126"}}}"#,
        r#"{"lastKey":{"a":{"N":"123456789012345678901234567890123456789"}}}"#,
        r#"{"lastKey":{"a":{"B":"*"}}}"#,
        r#"{"lastKey":{"a":{"S":"\ud800"}}}"#,
        r#"{"lastKey":{"a":{"S":"x"},"a":{"S":"y"}}}"#,
        r#"{"lastKey":{"a":{"S":"x"},"\u0061":{"S":"y"}}}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"lastKey":{"a":{"S":"x"}}}"#,
        r#"{"lastKey":null,"lastKey":{"a":{"S":"x"}}}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"index":"i","index":"j"}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"sort":null,"sort":"ASC"}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"sort":"asc"}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"sort":true}"#,
        r#"{"lastKey":{"a":{"S":"x"}},"index":7}"#,
    ] {
        assert_eq!(parse(json), Err(Reason::Syntax), "{json}");
    }
    let deep = format!(r#"{{"x":{}{},"lastKey":{{"a":{{"S":"x"}}}}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(parse(&deep), Err(Reason::Syntax));
}

#[test]
fn the_empty_text_is_no_cursor() {
    assert_eq!(Cursor::parse_optional(""), Ok(None));
    let cursor = parse(r#"{"lastKey":{"a":{"S":"x"}}}"#).unwrap();
    assert_eq!(Cursor::parse_optional(&cursor.to_string()), Ok(Some(cursor)));
    assert_eq!(Cursor::parse_optional("?").unwrap_err().reason(), Reason::Encoding);
}

#[test]
fn the_largest_key_fits() {
    let long = |length: usize| Scalar::String("\u{1}".repeat(length));
    let key: BTreeMap<String, Scalar> = (0..10u8)
        .map(|i| (format!("{i}{}", "\u{1}".repeat(254)), long(if i < 5 { 2048 } else { 1024 })))
        .collect();
    let cursor = Cursor { key, index: Some("i".repeat(255)), sort: Some(Direction::Descending) };
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
}

#[test]
fn a_last_key_that_is_none_is_refused() {
    for (json, kind) in [
        ("{}", DecodeErrorKind::Invalid),
        ("[]", DecodeErrorKind::Syntax),
        (r#"{"pk":{"BOOL":true}}"#, DecodeErrorKind::Mismatch),
        (r#"{"pk":{"N":"one"}}"#, DecodeErrorKind::Invalid),
        (r#"{"pk":{"S":"a"},"pk":{"S":"b"}}"#, DecodeErrorKind::Invalid),
        (r#"{"pk":{"S":"a"}"#, DecodeErrorKind::Syntax),
    ] {
        assert_eq!(last_key(json).unwrap_err(), kind, "{json}");
    }
}

#[test]
fn an_item_gives_the_keys_of_table_and_index() {
    let item = r#"{"lines":{"L":[{"M":{"pk":{"S":"inner"}}}]},"sk":{"N":"1.0"},"blob":{"B":"AQID"},"pk":{"S":"c"},"x":{"NULL":true}}"#;
    for (index, expected) in [
        (None, r#"{"pk":{"S":"c"},"sk":{"N":"1.0"}}"#),
        (Some("by_blob"), r#"{"blob":{"B":"AQID"},"pk":{"S":"c"},"sk":{"N":"1.0"}}"#),
        (Some("by_number"), r#"{"blob":{"B":"AQID"},"pk":{"S":"c"},"sk":{"N":"1.0"}}"#),
    ] {
        let index = index.and_then(|name| ENTITY.index(name));
        let cursor = Cursor::from_item(&ENTITY, index, true, item).unwrap();
        assert_eq!(start_key(&cursor), expected);
        assert_eq!(cursor.check(&ENTITY, index, true, &[]), Ok(()));
    }
    let by_blob = ENTITY.index("by_blob");
    for (item, kind, attribute) in [
        (r#"{"pk":{"S":"c"},"sk":{"N":"1"}}"#, DecodeErrorKind::Missing, Some("blob")),
        (r#"{"pk":{"S":"c"},"sk":{"N":"1"},"blob":{"S":"AQID"}}"#, DecodeErrorKind::Invalid, Some("blob")),
        (r#"{"pk":{"L":[]},"sk":{"N":"1"},"blob":{"B":""}}"#, DecodeErrorKind::Mismatch, Some("pk")),
        (r#"{"pk":{"S":"c"}"#, DecodeErrorKind::Syntax, None),
    ] {
        let error = Cursor::from_item(&ENTITY, by_blob, false, item).unwrap_err();
        assert_eq!((*error.kind(), error.attribute().as_deref()), (kind, attribute), "{item}");
    }
}

/// Checks a cursor, given as its JSON, against an ascending query of partition `c`.
fn check(index: Option<&str>, json: &str) -> Result<(), Reason> {
    let partition: [(_, Vec<u8>); 1] = [("pk", br#"{"S":"c"}"#.to_vec())];
    let index = index.and_then(|name| ENTITY.index(name));
    parse(json).unwrap().check(&ENTITY, index, false, &partition).map_err(|refused| refused.reason())
}

#[test]
fn a_cursor_of_the_query_passes() {
    for (index, json) in [
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"}},"sort":"ASC"}"#),
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"}}}"#),
        (
            Some("by_blob"),
            r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"},"blob":{"B":"AQID"}},"index":"by_blob"}"#,
        ),
    ] {
        assert_eq!(check(index, json), Ok(()), "{json}");
    }
}

#[test]
fn a_cursor_of_another_query_is_refused() {
    let long = "x".repeat(2049);
    let blob = base64_simd::STANDARD.encode_to_string(vec![1; 1025]);
    for (index, json, reason) in [
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"}},"index":"by_blob"}"#, Reason::Index),
        (
            Some("by_blob"),
            r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"},"blob":{"B":"AQID"}}}"#,
            Reason::Index,
        ),
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"}},"sort":"DESC"}"#, Reason::Direction),
        (None, r#"{"lastKey":{"pk":{"S":"c"}}}"#, Reason::Missing("sk")),
        (None, r#"{"lastKey":{"sk":{"N":"1"}}}"#, Reason::Missing("pk")),
        (
            Some("by_blob"),
            r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"}},"index":"by_blob"}"#,
            Reason::Missing("blob"),
        ),
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"S":"1"}}}"#, Reason::Type("sk")),
        (None, r#"{"lastKey":{"pk":{"B":"AQID"},"sk":{"N":"1"}}}"#, Reason::Type("pk")),
        (None, r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1"},"blob":{"B":"AQID"}}}"#, Reason::Foreign),
        (None, r#"{"lastKey":{"pk":{"S":"d"},"sk":{"N":"1"}}}"#, Reason::Partition("pk")),
        (None, r#"{"lastKey":{"pk":{"S":""},"sk":{"N":"1"}}}"#, Reason::Length("pk")),
        (None, &format!(r#"{{"lastKey":{{"pk":{{"S":"{long}"}},"sk":{{"N":"1"}}}}}}"#), Reason::Length("pk")),
        (
            Some("by_blob"),
            &format!(
                r#"{{"lastKey":{{"pk":{{"S":"c"}},"sk":{{"N":"1"}},"blob":{{"B":"{blob}"}}}},"index":"by_blob"}}"#
            ),
            Reason::Length("blob"),
        ),
    ] {
        assert_eq!(check(index, json), Err(reason), "{json}");
    }
}

#[test]
fn partitions_are_compared_by_value() {
    let index = ENTITY.index("by_number");
    let cursor = parse(
        r#"{"lastKey":{"pk":{"S":"c"},"sk":{"N":"1.50"},"blob":{"B":"AQID"}},"index":"by_number","sort":"ASC"}"#,
    )
    .unwrap();
    for (number, blob, expected) in [
        (r#"{"N":"1.5"}"#, r#"{"B":"AQID"}"#, Ok(())),
        (r#"{"N":"15e-1"}"#, r#"{"B":"AQID"}"#, Ok(())),
        (r#"{"N":"1.51"}"#, r#"{"B":"AQID"}"#, Err(Reason::Partition("sk"))),
        (r#"{"S":"1.50"}"#, r#"{"B":"AQID"}"#, Err(Reason::Partition("sk"))),
        (r#"{"N":"1.5"}"#, r#"{"B":"AQI="}"#, Err(Reason::Partition("blob"))),
        (r#"{"N":"1.5"}"#, r#"{"B":"#, Err(Reason::Partition("blob"))),
    ] {
        let partition = [("sk", number.as_bytes().to_vec()), ("blob", blob.as_bytes().to_vec())];
        let checked = cursor.check(&ENTITY, index, false, &partition).map_err(|refused| refused.reason());
        assert_eq!(checked, expected, "{number} {blob}");
    }
}

#[test]
fn neither_debug_nor_errors_show_values() {
    let cursor = parse(r#"{"lastKey":{"pk":{"S":"secret"},"sk":{"N":"4711"}},"sort":"ASC"}"#).unwrap();
    let shown = format!("{cursor:?} {cursor:#?}");
    assert!(shown.contains("pk") && !shown.contains("secret") && !shown.contains("4711"), "{shown}");
    let refused = cursor.check(&ENTITY, None, false, &[("pk", br#"{"S":"mine"}"#.to_vec())]).unwrap_err();
    assert_eq!(refused.to_string(), "the cursor lies in another partition, by `pk`");
    assert!(!format!("{refused:?}").contains("secret"));
}

#[cfg(feature = "serde_json")]
#[test]
fn in_serde_a_cursor_is_its_text() {
    let cursor = parse(r#"{"lastKey":{"pk":{"S":"c"}}}"#).unwrap();
    let json = serde_json::to_string(&cursor).unwrap();
    assert_eq!(json, format!("\"{cursor}\""));
    assert_eq!(serde_json::from_str::<Cursor>(&json).unwrap(), cursor);
    assert_eq!(serde_json::from_value::<Cursor>(json.trim_matches('"').into()).unwrap(), cursor);
    let refused = serde_json::from_str::<Cursor>("\"?\"").unwrap_err();
    assert!(refused.to_string().contains("the cursor is not base64url"), "{refused}");
    assert!(serde_json::from_str::<Cursor>("7").unwrap_err().to_string().contains("the text of a cursor"));
}

/// Only tests print values.
impl std::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::String(text) | Scalar::Number(text) => write!(f, "{text:?}"),
            Scalar::Binary(bytes) => write!(f, "{bytes:?}"),
        }
    }
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        "-?[1-9][0-9]{37}",
        "-?[1-9][0-9]{0,18}\\.[0-9]{0,19}",
        "-?[1-9](\\.[0-9]{1,37})?[eE](-1[0-2][0-9]|\\+?1[0-1][0-9]|[0-9])",
    ]
}

fn cursors() -> impl Strategy<Value = Cursor> {
    let scalar = prop_oneof![
        any::<String>().prop_map(Scalar::String),
        number().prop_map(Scalar::Number),
        prop::collection::vec(any::<u8>(), 0..50).prop_map(Scalar::Binary),
    ];
    let direction = prop::option::of(any::<bool>().prop_map(Direction::new));
    // Any name at all: quotes, control characters and the empty name too.
    let name = prop_oneof!["[a-z]{1,8}", any::<String>()];
    (prop::collection::btree_map(name, scalar, 1..6), prop::option::of("\\PC{1,9}"), direction)
        .prop_map(|(key, index, sort)| Cursor { key, index, sort })
}

proptest! {
    #[test]
    fn a_cursor_is_what_its_text_says(cursor in cursors()) {
        let text = cursor.to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)));
        prop_assert_eq!(text.parse::<Cursor>(), Ok(cursor.clone()));
        // What goes to DynamoDB is what comes from it.
        let mut again = last_key(&start_key(&cursor)).unwrap();
        (again.index, again.sort) = (cursor.index.clone(), cursor.sort);
        prop_assert_eq!(again, cursor);
    }

    #[test]
    fn text_with_one_byte_changed_is_refused_or_another_cursor(
        cursor in cursors(), at in any::<prop::sample::Index>(), byte in 0u8..128,
    ) {
        let mut bytes = cursor.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = String::from_utf8(bytes).unwrap().parse::<Cursor>() {
            prop_assert_eq!(other.to_string().parse(), Ok(other));
        }
    }

    #[test]
    fn json_with_bytes_changed_is_refused_or_another_cursor(
        cursor in cursors(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut json = cursor.json();
        for (at, byte) in changes {
            let at = at.index(json.len());
            json[at] = byte;
        }
        if let Ok(other) = Cursor::from_json(&json) {
            prop_assert_eq!(other.to_string().parse(), Ok(other));
        }
    }
}

#[cfg(feature = "seal")]
mod sealed;

//! The bounded run of the fuzz target `cursor`: bytes, near-JSON and damaged cursors.

#[path = "../../fuzz/src/cursor.rs"]
mod cursor;

use proptest::prelude::*;

/// Cursors as TableTheory and Theory write them, and some that are nearly one.
const SEEDS: &[&str] = &[
    r#"{"lastKey":{"PK":{"S":"USER#1"},"SK":{"S":"PROFILE"}},"index":"gsi-email","sort":"ASC"}"#,
    r#"{"lastKey":{"PK":{"S":"USER#score"},"score":{"N":"9007199254740993"}},"index":"gsi-score","sort":"DESC"}"#,
    r#"{"lastKey":{"PK":{"S":"BIN#1"},"blob":{"B":"AQID"}},"index":"gsi-blob"}"#,
    r#"{"lastKey":{"\u003c":{"S":"\u003e\ud83d\ude00\n"}}, "sort" : null, "more":[1e5,{"x":[]},"\"",true]}"#,
    r#"{"lastKey":{}}"#,
];

/// Pieces from which something like a cursor is put together.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"lastKey\":",
        "\"index\":",
        "\"sort\":",
        "\"pk\":",
        "{\"S\":\"a\"}",
        "{\"N\":\"1\"}",
        "{\"B\":\"AQID\"}",
        "\"ASC\"",
        "\"DESC\"",
        "null",
        "\"\"",
        "\"S\":",
        "\"\\u0061\"",
        "1",
        " ",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn the_seeds_themselves() {
    for seed in SEEDS {
        cursor::check(seed.as_bytes());
        cursor::check(cursor::encode(seed.as_bytes()).as_bytes());
        for end in 0..seed.len() {
            cursor::check(&seed.as_bytes()[..end]);
        }
    }
}

#[test]
fn deep_nesting() {
    for opening in ["[", "{\"x\":", "{\"lastKey\":", "{\"lastKey\":{\"a\":{\"M\":"] {
        cursor::check(opening.repeat(20_000).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        cursor::check(&data);
    }

    #[test]
    fn near_json(json in nearly()) {
        cursor::check(json.as_bytes());
        cursor::check(format!(r#"{{"lastKey":{{"a":{{"S":"b"}}}},{json}}}"#).as_bytes());
        cursor::check(format!(r#"{{"lastKey":{{{json}}}}}"#).as_bytes());
    }

    #[test]
    fn damaged(
        seed in prop::sample::select(SEEDS),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        in_text: bool,
    ) {
        let mut bytes = if in_text { cursor::encode(seed.as_bytes()).into_bytes() } else { seed.as_bytes().to_vec() };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        cursor::check(&bytes);
    }
}

//! The bounded run of the fuzz target `stream`: hostile bytes are an error, or a damaged record; never a panic.

use proptest::prelude::*;
use serde_json::json;

use crate::stream::check;
use crate::{order, order_key, record};

fn seed() -> String {
    let mut removed = record("REMOVE", &order_key(), json!({"OldImage": order(1), "NewImage": null}));
    removed["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    let every = json!({
        "a": {"S": "é\u{1}\""}, "b": {"B": "AAEC"}, "l": {"L": [{"NULL": true}, {"M": {"x": {"BOOL": true}}}]},
        "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AAEC", "AQ=="]},
    });
    let modified = record("MODIFY", &json!({"a": {"S": "x"}}), json!({"OldImage": every, "NewImage": every}));
    json!({"Records": [removed, modified]}).to_string()
}

#[test]
fn truncation_and_replacement_do_no_harm() {
    let mut body = seed().into_bytes();
    check(&body);
    for length in 0..body.len() {
        check(&body[..length]);
    }
    for at in 0..body.len() {
        let kept = body[at];
        for byte in *b"\"\\{}[],:0nS\x80" {
            body[at] = byte;
            check(&body);
        }
        body[at] = kept;
    }
}

#[test]
fn deep_nesting_does_no_harm() {
    for opening in
        ["[", "{\"Records\":[", "{\"Records\":[{\"dynamodb\":{\"Keys\":{\"a\":", "{\"Records\":[{\"x\":"]
    {
        check(opening.repeat(20_000).as_bytes());
    }
    let nested = format!(
        r#"{{"Records":[{{"eventName":"INSERT","dynamodb":{{"Keys":{{"a":{}{}}}}}}}]}}"#,
        r#"{"L":["#.repeat(60),
        "]}".repeat(60)
    );
    check(nested.as_bytes());
}

proptest! {
    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn several_damages_at_once_do_no_harm(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut body = seed().into_bytes();
        for (at, byte) in damage {
            let at = at.index(body.len());
            body[at] = byte;
        }
        check(&body);
    }
}

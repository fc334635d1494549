//! Truncated, deep and hostile bytes give an error: never a panic, never a stack overflow.

use proptest::prelude::*;
use theory::wire::{DecodeErrorKind, MAX_DEPTH, MAX_NESTING, Reader};

use crate::strategies::{Dice, item, lay_out, thorough};
use crate::value::Item;
use crate::wire_reader;

const EVERY_TYPE: &str = r#"{"s":{"S":"text é \"\u00e9\ud83e\udd80"},"n":{"N":"-12.5e3"},"b":{"B":"AAEC"},"t":{"BOOL":true},
 "z":{"NULL":true},"m":{"M":{"inner":{"S":"x"},"more":{"L":[{"N":"1"},{"BOOL":false}]}}},"l":{"L":[]},
 "ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AAEC",""]},"o":{"__type":"x","S":null,"N":"7"}}"#;

#[test]
fn truncation_at_every_byte_is_refused() {
    assert!(Item::decode(EVERY_TYPE.as_bytes()).is_ok());
    for length in 0..EVERY_TYPE.len() {
        let error = Item::decode(&EVERY_TYPE.as_bytes()[..length]).expect_err("it is not whole");
        assert_eq!(*error.kind(), DecodeErrorKind::Syntax, "{length}: {error}");
        assert!(error.position().is_some_and(|position| position <= length), "{length}: {error}");
        wire_reader::check(&EVERY_TYPE.as_bytes()[..length]);
    }
}

#[test]
fn every_byte_replaced_by_every_telling_one_does_no_harm() {
    let mut body = EVERY_TYPE.as_bytes().to_vec();
    for at in 0..body.len() {
        let kept = body[at];
        for byte in *b"\"\\{}[],:0nS \0\x80\xff" {
            body[at] = byte;
            wire_reader::check(&body);
        }
        body[at] = kept;
    }
}

proptest! {
    #![proptest_config(thorough(4))]

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        wire_reader::check(&bytes);
    }

    #[test]
    fn random_json_like_bytes_do_no_harm(text in r#"[\[\]{}":,\\SNMLBOnutrefalse0-9. -]{0,80}"#) {
        wire_reader::check(text.as_bytes());
    }

    #[test]
    fn damaged_items_do_no_harm(item in item(), seed in any::<u64>(), wild in 0usize..4) {
        let mut dice = Dice(seed);
        let mut body = lay_out(&item, seed, wild).into_bytes();
        for _ in 0..4 {
            let at = dice.roll(body.len());
            body[at] = dice.roll(256) as u8;
            wire_reader::check(&body);
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let item = |open: &str, inner: &str, close: &str, levels: usize| {
        format!("{{\"a\":{}{inner}{}}}", open.repeat(levels), close.repeat(levels))
    };
    let limit = usize::from(MAX_NESTING);
    for (open, close) in [(r#"{"L":["#, "]}"), (r#"{"M":{"a":"#, "}}"), ("{ \"M\" : { \"a\" : ", " } } ")] {
        for (levels, fits) in [(limit, true), (limit + 1, false), (100_000, false)] {
            let read = Item::decode(item(open, r#"{"S":"x"}"#, close, levels).as_bytes());
            match read {
                Ok(_) => assert!(fits, "{levels} levels of {open}"),
                Err(error) => {
                    assert!(!fits, "{levels} levels of {open}: {error}");
                    assert_eq!(*error.kind(), DecodeErrorKind::Depth);
                    assert!(error.position().is_some());
                }
            }
        }
    }
    let depth = usize::from(MAX_DEPTH);
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let count = depth / open.matches(['[', '{']).count();
        for (levels, fits) in [(count, true), (count + 1, false), (1_000_000, false)] {
            let body = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let mut reader = Reader::new(body.as_bytes()).unwrap();
            assert_eq!(reader.skip().and_then(|()| reader.end()).is_ok(), fits, "{levels} levels of {open}");
        }
    }
}

#[test]
fn a_skip_after_nesting_has_what_is_left_of_the_depth() {
    let body = "[".repeat(300);
    let mut reader = Reader::new(body.as_bytes()).unwrap();
    for _ in 0..MAX_DEPTH {
        assert!(reader.begin_array().unwrap().next(&mut reader).unwrap());
    }
    assert_eq!(reader.begin_array().map(|_| ()).unwrap_err().kind(), &DecodeErrorKind::Depth);
    assert_eq!(reader.skip().unwrap_err().kind(), &DecodeErrorKind::Depth);
}

#[test]
fn errors_name_the_place_and_never_the_value() {
    for (body, kind, attribute, position) in [
        (&b"{\"a\":{\"S\":\"secret\"}"[..], DecodeErrorKind::Syntax, None, 19),
        (b"{\"a\":{\"S\":\"sec\x01ret\"}}", DecodeErrorKind::Syntax, Some("a"), 14),
        (br#"{"a":{"S":"sec\qret"}}"#, DecodeErrorKind::Syntax, Some("a"), 15),
        (
            br#"{"a":{"M":{"b":{"L":[{"S":"1"},{"secret":"1"}]}}}}"#,
            DecodeErrorKind::UnknownType,
            Some("a.b[1]"),
            41,
        ),
        (br#"{"a":{"S":"secret","N":"1"}}"#, DecodeErrorKind::Malformed, Some("a"), 23),
        (br#"{"a":{"B":"secret!"}}"#, DecodeErrorKind::Invalid, Some("a"), 5),
        (b"{\"a\":{\"S\":\"secret\xff\"}}", DecodeErrorKind::Syntax, None, 17),
        (br#"{"a":{"S":"secret"}} x"#, DecodeErrorKind::Syntax, None, 21),
    ] {
        let error = Item::decode(body).unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        assert_eq!(error.attribute().as_deref(), attribute, "{error}");
        assert_eq!(error.position(), Some(position), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("sec"), "{shown}");
    }
}

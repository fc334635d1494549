//! What the writer writes, and what it refuses.

use proptest::prelude::*;
use theory::wire::{EncodeErrorKind, MAX_NESTING, Reader, Writer};

use crate::strategies::item;
use crate::value::Item;

fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut writer = Writer::new();
    write(&mut writer);
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

#[track_caller]
fn refused(write: impl FnOnce(&mut Writer)) -> EncodeErrorKind {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish().unwrap_err().kind().clone()
}

#[test]
fn every_type_is_tagged() {
    assert_eq!(written(|w| w.string("a\"b")), r#"{"S":"a\"b"}"#);
    assert_eq!(written(|w| w.number("-1.50E3")), r#"{"N":"-1.50E3"}"#);
    assert_eq!(written(|w| w.integer(-7i64)), r#"{"N":"-7"}"#);
    assert_eq!(written(|w| w.integer(u64::MAX)), r#"{"N":"18446744073709551615"}"#);
    assert_eq!(written(|w| w.boolean(true)), r#"{"BOOL":true}"#);
    assert_eq!(written(|w| w.boolean(false)), r#"{"BOOL":false}"#);
    assert_eq!(written(|w| w.null()), r#"{"NULL":true}"#);
    assert_eq!(written(|w| w.binary(&[0, 1, 2, 255])), r#"{"B":"AAEC/w=="}"#);
    assert_eq!(written(|w| w.list([1, 2], |w, v| w.integer(v))), r#"{"L":[{"N":"1"},{"N":"2"}]}"#);
    assert_eq!(written(|w| w.list([0u8; 0], |w, v| w.integer(v))), r#"{"L":[]}"#);
    assert_eq!(written(|w| w.string_set(["a", "b"])), r#"{"SS":["a","b"]}"#);
    assert_eq!(written(|w| w.number_set([1, 2], |w, v| w.element_integer(v))), r#"{"NS":["1","2"]}"#);
    assert_eq!(written(|w| w.number_set([0.5], |w, v| w.element_float64(v))), r#"{"NS":["0.5"]}"#);
    assert_eq!(written(|w| w.binary_set([&[1u8][..], &[]])), r#"{"BS":["AQ==",""]}"#);
    let map = |w: &mut Writer| {
        w.begin_map();
        w.name("a\nb");
        w.null();
        w.end_member();
        w.literal_name("\"c\":");
        w.raw(br#"{"S":"as it is"}"#);
        w.end_member();
        w.end_map();
    };
    assert_eq!(written(map), r#"{"M":{"a\nb":{"NULL":true},"c":{"S":"as it is"}}}"#);
    assert_eq!(written(|w| (w.begin_map(), w.end_map()).1), r#"{"M":{}}"#);
    assert_eq!(written(|w| (w.begin_object(), w.end_object()).1), "{}");
}

#[test]
fn a_comma_at_the_end_of_a_string_stays() {
    let list = |w: &mut Writer| w.list(["a,", ",", "b"], |w, v| w.string(v));
    assert_eq!(written(list), r#"{"L":[{"S":"a,"},{"S":","},{"S":"b"}]}"#);
    assert_eq!(written(|w| w.string_set([","])), r#"{"SS":[","]}"#);
}

#[test]
fn floats_are_short_and_finite() {
    for (value, text) in [(1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (-2.5e-7, "-2.5e-7"), (1e21, "1e+21")] {
        assert_eq!(written(|w| w.float64(value)), format!(r#"{{"N":"{text}"}}"#));
    }
    assert_eq!(written(|w| w.float32(0.1)), r#"{"N":"0.1"}"#);
    // The nearest double below is in range, whatever its digits are.
    let json = written(|w| w.float64(1e126_f64.next_down()));
    assert!(json.starts_with(r#"{"N":"9.99"#) && json.ends_with(r#"e+125"}"#), "{json}");
    assert_eq!(written(|w| w.float64(1e-130)), r#"{"N":"1e-130"}"#);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(refused(|w| w.float64(value)), EncodeErrorKind::NotFinite);
        assert_eq!(refused(|w| w.float32(value as f32)), EncodeErrorKind::NotFinite);
        assert_eq!(
            refused(|w| w.number_set([value], |w, v| w.element_float64(v))),
            EncodeErrorKind::NotFinite
        );
    }
    for value in [1e126, -1e126, 9.9e-131, f64::MIN_POSITIVE] {
        assert_eq!(refused(|w| w.float64(value)), EncodeErrorKind::NumberOutOfRange);
        assert_eq!(
            refused(|w| w.number_set([value], |w, v| w.element_float64(v))),
            EncodeErrorKind::NumberOutOfRange
        );
    }
}

#[test]
fn integers_keep_38_digits_and_no_more() {
    let largest = 10u128.pow(38) - 1;
    assert_eq!(written(|w| w.integer(largest)), format!(r#"{{"N":"{largest}"}}"#));
    assert_eq!(written(|w| w.integer(-(largest as i128))), format!(r#"{{"N":"-{largest}"}}"#));
    // 39 digits, of which one is significant.
    assert_eq!(written(|w| w.integer(10u128.pow(38))), format!(r#"{{"N":"{}"}}"#, 10u128.pow(38)));
    assert_eq!(refused(|w| w.integer(10u128.pow(38) + 1)), EncodeErrorKind::TooManyDigits);
    assert_eq!(refused(|w| w.integer(u128::MAX)), EncodeErrorKind::TooManyDigits);
    assert_eq!(refused(|w| w.integer(i128::MIN)), EncodeErrorKind::TooManyDigits);
    assert_eq!(
        refused(|w| w.number_set([i128::MIN], |w, v| w.element_integer(v))),
        EncodeErrorKind::TooManyDigits
    );
}

#[test]
fn text_that_is_no_number_is_refused() {
    for text in ["", "1\"}", "abc", "NaN", "1 "] {
        assert_eq!(refused(|w| w.number(text)), EncodeErrorKind::InvalidNumber, "{text:?}");
        assert_eq!(
            refused(|w| w.number_set([text], |w, v| w.element_number(v))),
            EncodeErrorKind::InvalidNumber,
            "{text:?}"
        );
    }
    assert_eq!(refused(|w| w.number("1e126")), EncodeErrorKind::NumberOutOfRange);
}

#[test]
fn empty_sets_are_refused() {
    assert_eq!(refused(|w| w.string_set([])), EncodeErrorKind::EmptySet);
    assert_eq!(refused(|w| w.binary_set([])), EncodeErrorKind::EmptySet);
    assert_eq!(refused(|w| w.number_set([0u8; 0], |w, v| w.element_integer(v))), EncodeErrorKind::EmptySet);
}

/// DynamoDB takes a value inside 31 maps or lists, and an empty one as the 32nd.
#[test]
fn nesting_is_counted_as_dynamodb_counts() {
    fn nest(w: &mut Writer, levels: u8, list: bool, leaf: bool) {
        match (levels, list) {
            (0, _) if leaf => w.null(),
            (0, _) => {}
            (_, true) => w.list(0..u8::from(levels > 1 || leaf), |w, _| nest(w, levels - 1, list, leaf)),
            (_, false) => {
                w.begin_map();
                if levels > 1 || leaf {
                    w.name("a");
                    nest(w, levels - 1, list, leaf);
                    w.end_member();
                }
                w.end_map();
            }
        }
    }
    for list in [true, false] {
        for (levels, leaf, fits) in [
            (MAX_NESTING - 1, true, true),
            (MAX_NESTING, false, true),
            (MAX_NESTING, true, false),
            (MAX_NESTING + 1, false, false),
            (u8::MAX, true, false),
        ] {
            let mut writer = Writer::new();
            nest(&mut writer, levels, list, leaf);
            let finished = writer.finish();
            assert_eq!(finished.is_ok(), fits, "{levels} levels, leaf {leaf}");
            if let Err(error) = finished {
                assert_eq!(*error.kind(), EncodeErrorKind::TooDeep);
            }
        }
    }
}

#[test]
fn a_failure_names_the_attribute_and_the_first_one_counts() {
    let mut w = Writer::new();
    w.begin_object();
    w.literal_name("\"TableName\":");
    w.json_string("orders");
    w.end_member();
    w.literal_name("\"Item\":");
    w.begin_object();
    w.literal_name("\"note\":");
    w.string("a \"quoted\" {[ text");
    w.end_member();
    w.literal_name("\"lines\":");
    w.list([1.0, f64::NAN, 2.0], |w, price| {
        w.begin_map();
        w.literal_name("\"sku\":");
        w.string("x");
        w.end_member();
        w.literal_name("\"price\":");
        w.float64(price);
        w.end_member();
        w.end_map();
    });
    w.end_member();
    w.literal_name("\"late\":");
    w.number("no number");
    w.end_member();
    w.end_object();
    w.end_member();
    w.end_object();
    assert!(w.error().is_some());
    let error = w.finish().unwrap_err();
    assert_eq!(error.attribute(), Some("lines[1].price"));
    assert_eq!(*error.kind(), EncodeErrorKind::NotFinite);
    assert_eq!(
        error.to_string(),
        "attribute `lines[1].price`: DynamoDB has no NaN and no infinity; store an `Option`, or refuse the value before it gets here"
    );
    for (write, path) in [
        ((|w| w.string_set([])) as fn(&mut Writer), "a"),
        (|w| w.number_set(["1", "x"], |w, v| w.element_number(v)), "a[1]"),
        (|w| w.fail(EncodeErrorKind::Custom("no".into())), "a"),
    ] {
        let mut w = Writer::new();
        w.begin_object();
        w.name("a");
        write(&mut w);
        w.end_member();
        w.end_object();
        assert_eq!(w.finish().unwrap_err().attribute(), Some(path));
    }
}

#[test]
fn a_buffer_is_reused() {
    let mut buffer = b"what was there before".to_vec();
    buffer.reserve(10_000);
    let capacity = buffer.capacity();
    let mut w = Writer::with_buffer(buffer);
    assert!(w.is_empty());
    w.string("x");
    assert_eq!((w.len(), w.written()), (9, &br#"{"S":"x"}"#[..]));
    for _ in 0..500 {
        w.raw(b"0123456789");
    }
    let buffer = w.finish().unwrap();
    assert_eq!(buffer.len(), 5009);
    assert!(buffer.starts_with(br#"{"S":"x"}0123456789"#) && buffer.ends_with(b"89"));
    assert_eq!(buffer.capacity(), capacity);
}

/// A null may be asked for wherever a value stands, also where it stands without its braces.
#[test]
fn a_number_stored_as_a_string_may_be_optional() {
    let read = |json: &str| {
        let mut r = Reader::new(json.as_bytes()).unwrap();
        let value =
            r.number_or_string(|r| if r.take_null()? { Ok(None) } else { r.integer::<u32>().map(Some) });
        value.and_then(|value| r.end().map(|()| value)).ok()
    };
    for (json, value) in [
        (r#"{"N":"7"}"#, Some(Some(7))),
        (r#"{"S":"7"}"#, Some(Some(7))),
        (r#" { "S" : "7" , "N" : null } "#, Some(Some(7))),
        (r#"{"NULL":true}"#, Some(None)),
        (r#"{"S":"seven"}"#, None),
        (r#"{"S":{"N":"7"}}"#, None),
        (r#"{"BOOL":true}"#, None),
    ] {
        assert_eq!(read(json), value, "{json}");
    }
}

#[test]
fn nothing_shows_a_value() {
    let mut w = Writer::new();
    w.begin_object();
    w.name("a");
    w.string("secret");
    let shown = format!("{w:?} {:?}", Reader::new(w.written()).unwrap());
    assert!(!shown.contains("secret") && !shown.contains("115, 101"), "{shown}");
}

proptest! {
    #[test]
    fn reading_undoes_writing(item in item()) {
        let mut writer = Writer::with_buffer(vec![b'?'; 77]);
        item.write(&mut writer);
        let json = writer.finish().unwrap();
        prop_assert_eq!(Item::decode(&json), Ok(item));
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them(text in any::<String>(), more in "[ -~\u{0}-\u{1f}]{0,70}") {
        for text in [&text, &more, &text.repeat(3), &more.repeat(2)] {
            let json = written(|w| w.json_string(text));
            prop_assert_eq!(&json, &serde_json::to_string(text).unwrap());
            prop_assert_eq!(Reader::new(json.as_bytes()).unwrap().json_string().unwrap(), text.as_str());
        }
    }

    #[test]
    fn floats_read_back_exactly(bits in any::<u64>(), single in any::<u32>()) {
        let (double, single) = (f64::from_bits(bits), f32::from_bits(single));
        let mut w = Writer::new();
        w.float64(double);
        let in_range = double == 0.0 || (1e-130..1e126).contains(&double.abs());
        let json = w.finish();
        prop_assert_eq!(json.is_ok(), in_range);
        if let Ok(json) = json {
            prop_assert_eq!(Reader::new(&json).unwrap().float64(), Ok(double));
            let text = Reader::new(&json).unwrap().number().unwrap().into_owned();
            prop_assert!(theory::wire::number::validate(&text).is_ok());
        }
        if single.is_finite() {
            let json = written(|w| w.float32(single));
            prop_assert_eq!(Reader::new(json.as_bytes()).unwrap().float32(), Ok(single));
        }
    }

    #[test]
    fn integers_read_back_exactly(wide in any::<i128>(), unsigned in any::<u128>(), shift in 0u32..128) {
        let (wide, unsigned) = (wide >> shift, unsigned >> shift);
        macro_rules! both_ways {
            ($($type:ty: $value:expr),+) => {$(
                let value = $value as $type;
                let mut w = Writer::new();
                w.integer(value);
                match w.finish() {
                    Ok(json) => {
                        prop_assert_eq!(Reader::new(&json).unwrap().integer::<$type>(), Ok(value));
                        let set = written(|w| w.number_set([value], |w, v| w.element_integer(v)));
                        let mut r = Reader::new(set.as_bytes()).unwrap();
                        let mut elements = r.begin_number_set().unwrap();
                        prop_assert!(elements.next(&mut r).unwrap());
                        prop_assert_eq!(r.json_integer::<$type>(), Ok(value));
                        prop_assert!(!elements.next(&mut r).unwrap());
                        prop_assert_eq!(r.end(), Ok(()));
                    }
                    Err(error) => {
                        prop_assert_eq!(error.kind(), &EncodeErrorKind::TooManyDigits);
                        prop_assert!(value.to_string().trim_start_matches('-').trim_end_matches('0').len() > 38);
                    }
                }
            )+};
        }
        both_ways!(u8: unsigned, u16: unsigned, u32: unsigned, u64: unsigned, u128: unsigned, usize: unsigned,
                   i8: wide, i16: wide, i32: wide, i64: wide, i128: wide, isize: wide);
    }
}

#[test]
fn whole_numbers_in_any_spelling_are_integers() {
    let read =
        |text: &str| Reader::new(format!(r#"{{"N":"{text}"}}"#).as_bytes()).unwrap().integer::<i64>().ok();
    for (text, value) in [
        ("1E2", Some(100)),
        ("10.0", Some(10)),
        ("-1.5e1", Some(-15)),
        ("007", Some(7)),
        ("+7", Some(7)),
        ("-0", Some(0)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("18446744073709551616", None),
        ("99999999999999999999999999999999999999", None),
        ("0.5", None),
        ("1e-1", None),
        ("1e400", None),
        ("", None),
        ("-", None),
        ("x", None),
        ("12x", None),
        ("1 ", None),
    ] {
        assert_eq!(read(text), value, "{text}");
    }
    let narrow =
        |text: &str| Reader::new(format!(r#"{{"N":"{text}"}}"#).as_bytes()).unwrap().integer::<u8>().ok();
    assert_eq!([narrow("255"), narrow("256"), narrow("-1"), narrow("-0")], [Some(255), None, None, Some(0)]);
    // An escape inside the number is legal JSON.
    assert_eq!(read(r"\u0031\u0032"), Some(12));
}

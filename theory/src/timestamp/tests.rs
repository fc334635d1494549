//! Timestamps: the text against `jiff` as an oracle, and the arithmetic at the edges.

use super::*;
use crate::wire::{Reader, Writer};
use proptest::prelude::*;

fn parse(text: &str) -> Result<Timestamp, TimestampError> {
    text.parse()
}

fn any_timestamp() -> impl Strategy<Value = Timestamp> {
    (MIN_SECONDS..=MAX_SECONDS, 0..1_000_000_000u32)
        .prop_map(|(seconds, nanos)| Timestamp::from_parts(seconds, nanos).unwrap())
}

fn oracle(text: &str) -> Option<i128> {
    text.parse::<jiff::Timestamp>().ok().map(|timestamp| timestamp.as_nanosecond())
}

#[test]
fn the_ends_are_the_first_and_the_last_of_four_digit_years() {
    assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00.000000000Z");
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999999Z");
    assert_eq!(Timestamp::UNIX_EPOCH.to_string(), "1970-01-01T00:00:00.000000000Z");
    assert_eq!(parse("0000-01-01T00:00:00Z"), Ok(Timestamp::MIN));
    assert_eq!(parse("9999-12-31T23:59:59.999999999Z"), Ok(Timestamp::MAX));
    assert_eq!(parse("0000-01-01T00:00:00+00:01"), Err(TimestampError::RANGE));
    assert_eq!(parse("9999-12-31T23:59:59-00:01"), Err(TimestampError::RANGE));
    assert_eq!(Timestamp::from_unix_seconds(MIN_SECONDS - 1), Err(TimestampError::RANGE));
    assert_eq!(Timestamp::from_unix_seconds(i64::MAX), Err(TimestampError::RANGE));
    assert_eq!(Timestamp::from_unix_millis(i64::MIN), Err(TimestampError::RANGE));
    assert_eq!(Timestamp::from_unix_nanos(i128::MAX), Err(TimestampError::RANGE));
    assert_eq!(Timestamp::from_unix_nanos(i128::MIN), Err(TimestampError::RANGE));
}

#[test]
fn what_others_write_is_read() {
    let expected = Timestamp::from_unix_nanos(1_768_555_800_500_000_000).unwrap();
    for text in [
        "2026-01-16T09:30:00.5Z",
        "2026-01-16T09:30:00.500Z",
        "2026-01-16T09:30:00.500000000Z",
        "2026-01-16T09:30:00.5000000009Z", // beyond nanoseconds: cut off
        "2026-01-16t09:30:00.5z",
        "2026-01-16 09:30:00.5Z",
        "2026-01-16T09:30:00.5+00:00",
        "2026-01-16T09:30:00.5-00:00",
        "2026-01-16T10:30:00.5+01:00",
        "2026-01-15T23:45:00.5-09:45",
        "2026-01-17T09:29:00.5+23:59",
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn a_leap_second_is_the_second_before_it() {
    assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2016-12-31T23:59:59Z"));
    assert_eq!(parse("2016-12-31T23:59:60.25Z"), parse("2016-12-31T23:59:59.25Z"));
    assert!(parse("2016-12-31T23:59:61Z").is_err());
}

#[test]
fn what_is_no_timestamp_is_refused() {
    for text in [
        "",
        "2026-01-16",
        "2026-01-16T09:30:00",
        "2026-01-16T09:30Z",
        "2026-01-16T09:30:00.Z",
        "2026-01-16T09:30:00,5Z",
        "2026-01-16T09:30:00Z ",
        " 2026-01-16T09:30:00Z",
        "2026-01-16T09:30:00ZZ",
        "2026-01-16T09:30:00+0100",
        "2026-01-16T09:30:00+01",
        "2026-01-16T09:30:00+24:00",
        "2026-01-16T09:30:00+01:60",
        "2026-01-16T24:00:00Z",
        "2026-01-16T09:60:00Z",
        "2026-00-16T09:30:00Z",
        "2026-13-16T09:30:00Z",
        "2026-01-00T09:30:00Z",
        "2026-01-32T09:30:00Z",
        "2026-04-31T09:30:00Z",
        "2025-02-29T09:30:00Z",
        "1900-02-29T09:30:00Z",
        "-2026-01-16T09:30:00Z",
        "+02026-01-16T09:30:00Z",
        "12026-01-16T09:30:00Z",
        "2026-1-16T09:30:00Z",
        "2026_01_16T09:30:00Z",
        "2026-01-16X09:30:00Z",
        "２026-01-16T09:30:00Z",
        "2026-01-16T09:30:00.5+01:00[Europe/Berlin]",
        "1768555800",
    ] {
        assert_eq!(parse(text), Err(TimestampError::SYNTAX), "{text:?}");
    }
    assert!(parse("2024-02-29T09:30:00Z").is_ok());
    assert!(parse("2000-02-29T09:30:00Z").is_ok());
}

#[test]
fn every_day_of_the_calendar_is_written_and_read() {
    // A day a step, across all years and both kinds of leap years.
    let mut date = jiff::civil::date(0, 1, 1);
    for day in 0..3_652_425i64 {
        // Every day near the ends of months, and every seventh otherwise: the debug build is slow.
        if day % 7 != 0 && (3..=26).contains(&date.day()) {
            date = date.tomorrow().unwrap();
            continue;
        }
        let seconds = MIN_SECONDS + day * 86_400;
        let (text, _) = civil::texts(seconds, 0);
        let expected = [date.year() as u32, date.month() as u32, date.day() as u32];
        let read = parse::date(&text).unwrap();
        assert_eq!([read.year, read.month, read.day], expected);
        assert_eq!(civil::days(read.year, read.month, read.day) * 86_400, seconds);
        if date == jiff::civil::Date::MAX {
            break;
        }
        date = date.tomorrow().unwrap();
    }
}

#[test]
fn arithmetic_stops_at_the_ends() {
    let nano = Duration::from_nanos(1);
    assert_eq!(Timestamp::MAX.checked_add(nano), None);
    assert_eq!(Timestamp::MIN.checked_sub(nano), None);
    assert_eq!(Timestamp::MAX.saturating_add(Duration::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.saturating_sub(Duration::MAX), Timestamp::MIN);
    assert_eq!(Timestamp::MIN.predecessor(), None);
    assert_eq!(
        Timestamp::UNIX_EPOCH.predecessor().map(|before| before.to_string()).as_deref(),
        Some("1969-12-31T23:59:59.999999999Z")
    );
    let span = Timestamp::MAX.checked_duration_since(Timestamp::MIN);
    assert_eq!(span.and_then(|span| Timestamp::MIN.checked_add(span)), Some(Timestamp::MAX));
    assert_eq!(Timestamp::MIN.checked_duration_since(Timestamp::MAX), None);
}

#[test]
fn numbers_are_cut_off_towards_the_past() {
    let before = parse("1969-12-31T23:59:58.9995Z").unwrap();
    assert_eq!(before.unix_seconds(), -2);
    assert_eq!(before.unix_millis(), -1001);
    assert_eq!(before.unix_nanos(), -1_000_500_000);
    assert_eq!(before.subsec_nanos(), 999_500_000);
}

#[test]
fn errors_say_what_was_expected_and_not_what_was_there() {
    let mut input = Reader::new(br#"{"S":"yesterday, 9 o'clock"}"#).unwrap();
    let error = Timestamp::decode(&mut input).unwrap_err().to_string();
    assert!(error.contains("an RFC 3339 timestamp, such as `2026-01-16T09:30:00Z`"), "{error}");
    assert!(!error.contains("yesterday"), "{error}");
}

proptest! {
    #[test]
    fn the_stored_form_is_read_back_and_is_what_jiff_writes(timestamp in any_timestamp()) {
        let mut out = Writer::new();
        timestamp.encode(&mut out);
        let json = out.finish().unwrap();
        prop_assert_eq!(&json, &format!(r#"{{"S":"{timestamp}"}}"#).into_bytes());
        prop_assert_eq!(Timestamp::decode(&mut Reader::new(&json).unwrap()).unwrap(), timestamp);
        if let Ok(theirs) = jiff::Timestamp::from_nanosecond(timestamp.unix_nanos()) {
            prop_assert_eq!(timestamp.to_string(), format!("{theirs:.9}"));
        }
    }

    #[test]
    fn strings_sort_as_moments_do(a in any_timestamp(), b in any_timestamp()) {
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn any_rfc_3339_is_read_as_jiff_reads_it(
        (year, month, day) in (0..=9999u32, 1..=12u32, 1..=31u32),
        (hour, minute, second) in (0..=23u32, 0..=59u32, 0..=60u32),
        fraction in "(\\.[0-9]{1,9})?",
        separator in "[Tt ]",
        offset in "[Zz]|[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]",
    ) {
        let text = format!(
            "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
        );
        let ours = parse(&text).ok().map(Timestamp::unix_nanos);
        let theirs = oracle(&text);
        // At the two ends the ranges differ: jiff's begins before the year 0000, and its last day is one earlier.
        if (1..9999).contains(&year) {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn nearly_timestamps_do_not_panic(text in "[0-9T:.Z+-]{15,36}") {
        let _ = parse(&text);
    }

    #[test]
    fn the_system_s_time_goes_there_and_back(seconds in 0..4_000_000_000u64, micros in 0..1_000_000u32) {
        let time = SystemTime::UNIX_EPOCH + Duration::new(seconds, micros * 1000);
        let timestamp = Timestamp::try_from(time).unwrap();
        prop_assert_eq!(SystemTime::try_from(timestamp).unwrap(), time);
    }

    #[test]
    fn steps_add_up(timestamp in any_timestamp(), seconds in 0..1_000_000_000u64, nanos in 0..1_000_000_000u32) {
        let duration = Duration::new(seconds, nanos);
        if let Some(later) = timestamp.checked_add(duration) {
            prop_assert_eq!(later.checked_duration_since(timestamp), Some(duration));
            prop_assert_eq!(later.checked_sub(duration), Some(timestamp));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn serde_sees_the_stored_text() {
    let timestamp = parse("2026-01-16T10:30:00+01:00").unwrap();
    let json = serde_json::to_string(&timestamp).unwrap();
    assert_eq!(json, r#""2026-01-16T09:30:00.000000000Z""#);
    assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), timestamp);
    assert!(serde_json::from_str::<Timestamp>("5").is_err());
}

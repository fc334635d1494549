//! What the three time crates share: one stored form for moments, dates and times of day.
//!
//! | what | stored as `S` |
//! |---|---|
//! | a moment | `2026-01-16T09:30:00.000000000Z`, as [`Timestamp`](crate::Timestamp) |
//! | a date and a time of day | `2026-01-16T09:30:00.000000000` |
//! | a date | `2026-01-16` |
//! | a time of day | `09:30:00.000000000` |
//!
//! The width is fixed, so that the order of the strings is the order in time. Years outside 0000 to 9999 do not fit it and are
//! refused.

use crate::timestamp::civil::{date_text, time_text};
use crate::timestamp::parse::{self, Date, Time};
use crate::wire::{DecodeError, EncodeErrorKind, Reader, Writer};

/// Implements everything that [`Timestamp`](crate::Timestamp) implements for another crate's moment in time.
///
/// `from` may refuse a timestamp, and `to` a moment outside the years 0000 to 9999.
macro_rules! moment {
    ($moment:ty, from: $from:expr, to: $to:expr $(,)?) => {
        impl $crate::attribute::Attribute for $moment {
            type Kind = $crate::attribute::kind::Text;
            const TYPE: &'static theory_schema::Type = &theory_schema::Type::String;
            fn encode(&self, out: &mut $crate::wire::Writer) {
                match $to(self) {
                    Some(timestamp) => $crate::attribute::Attribute::encode(&timestamp, out),
                    None => $crate::attribute::foreign::calendar::fail_range(out),
                }
            }
        }

        impl $crate::attribute::FromAttribute for $moment {
            fn decode(input: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::DecodeError> {
                let timestamp = <$crate::Timestamp as $crate::attribute::FromAttribute>::decode(input)?;
                $from(timestamp).ok_or_else($crate::attribute::foreign::calendar::unfit)
            }
        }

        /// One nanosecond earlier.
        impl $crate::attribute::Predecessor for $moment {
            fn predecessor(&self) -> Option<Self> {
                $from($to(self)?.predecessor()?)
            }
        }

        impl $crate::attribute::TimestampField for $moment {
            fn from_timestamp(timestamp: $crate::Timestamp) -> Result<Self, $crate::TimestampError> {
                $from(timestamp).ok_or($crate::TimestampError::RANGE)
            }
            fn to_timestamp(&self) -> Option<$crate::Timestamp> {
                $to(self)
            }
        }

        impl $crate::attribute::TtlField for $moment {
            fn write_epoch_seconds(&self, out: &mut $crate::wire::Writer) {
                match $to(self) {
                    Some(timestamp) => out.integer(timestamp.unix_seconds()),
                    None => $crate::attribute::foreign::calendar::fail_range(out),
                }
            }
            fn read_epoch_seconds(
                input: &mut $crate::wire::Reader<'_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                $from(<$crate::Timestamp as $crate::attribute::TtlField>::read_epoch_seconds(input)?)
                    .ok_or_else($crate::attribute::foreign::calendar::unfit)
            }
        }
    };
}
pub(super) use moment;

/// Implements `Attribute`, `FromAttribute` and `Predecessor` for a date or a time of day.
///
/// `write` and `read` are this module's, with what turns the parts into the other crate's type and back.
macro_rules! plain {
    ($plain:ty, write: $write:expr, read: $read:expr, predecessor: $predecessor:expr $(,)?) => {
        impl $crate::attribute::Attribute for $plain {
            type Kind = $crate::attribute::kind::Text;
            const TYPE: &'static theory_schema::Type = &theory_schema::Type::String;
            fn encode(&self, out: &mut $crate::wire::Writer) {
                $write(*self, out);
            }
        }

        impl $crate::attribute::FromAttribute for $plain {
            fn decode(input: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::DecodeError> {
                $read(input)?.ok_or_else($crate::attribute::foreign::calendar::unfit)
            }
        }

        impl $crate::attribute::Predecessor for $plain {
            fn predecessor(&self) -> Option<Self> {
                $predecessor(*self)
            }
        }
    };
}
pub(super) use plain;

/// A date of another crate's, if its year can be stored.
pub(super) fn storable(year: i32, month: u32, day: u32) -> Option<Date> {
    let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
    Some(Date { year, month, day })
}

pub(super) fn write_date(date: Option<Date>, out: &mut Writer) {
    match date {
        Some(Date { year, month, day }) => write_text(&date_text(year, month, day), out),
        None => fail_range(out),
    }
}

pub(super) fn write_time(time: Time, out: &mut Writer) {
    write_text(&time_text(time.hour, time.minute, time.second, time.nanos), out);
}

pub(super) fn write_date_time(date: Option<Date>, time: Time, out: &mut Writer) {
    let Some(Date { year, month, day }) = date else { return fail_range(out) };
    let mut text = *b"0000-00-00T00:00:00.000000000";
    text[..10].copy_from_slice(&date_text(year, month, day));
    text[11..].copy_from_slice(&time_text(time.hour, time.minute, time.second, time.nanos));
    write_text(&text, out);
}

pub(super) fn read_date(input: &mut Reader<'_>) -> Result<Date, DecodeError> {
    read(input, "a date, such as `2026-01-16`", |text| parse::date(text.try_into().ok()?).ok())
}

pub(super) fn read_time(input: &mut Reader<'_>) -> Result<Time, DecodeError> {
    read(input, "a time of day, such as `09:30:00`", |text| match parse::time(text) {
        Ok((time, [])) => Some(time),
        _ => None,
    })
}

pub(super) fn read_date_time(input: &mut Reader<'_>) -> Result<(Date, Time), DecodeError> {
    read(input, "a date and time without an offset, such as `2026-01-16T09:30:00`", |text| {
        match parse::date_time(text) {
            Ok((date, time, [])) => Some((date, time)),
            _ => None,
        }
    })
}

fn read<T>(
    input: &mut Reader<'_>,
    expected: &'static str,
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, DecodeError> {
    parse(input.string()?.as_bytes()).ok_or_else(|| DecodeError::invalid(expected))
}

/// Digits and punctuation, which need no escape.
fn write_text(text: &[u8], out: &mut Writer) {
    out.raw(b"{\"S\":\"");
    out.raw(text);
    out.raw(b"\"}");
}

#[cold]
pub(super) fn fail_range(out: &mut Writer) {
    out.fail(EncodeErrorKind::Custom(
        "the time is outside the years 0000 to 9999, which is what a sortable string holds".into(),
    ));
}

/// What was read is a time that the other crate's type cannot hold.
#[cold]
pub(super) fn unfit() -> DecodeError {
    DecodeError::invalid("a time that the field's type can hold")
}

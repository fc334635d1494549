//! `jiff` 0.2: moments, civil dates and times, and times with a zone.

use super::calendar::{self, moment, plain};
use crate::attribute::{Attribute, FromAttribute, kind};
use crate::timestamp::parse::{Date, Time};
use crate::wire::{DecodeError, Reader, Writer};
use jiff::{SignedDuration, Zoned, civil};
use theory_schema::Type;

const STEP: SignedDuration = SignedDuration::from_nanos(1);

moment! {
    jiff::Timestamp,
    from: |timestamp: crate::Timestamp| {
        jiff::Timestamp::new(timestamp.unix_seconds(), i32::try_from(timestamp.subsec_nanos()).ok()?).ok()
    },
    to: |moment: &jiff::Timestamp| crate::Timestamp::from_unix_nanos(moment.as_nanosecond()).ok(),
}

plain! {
    civil::Date,
    write: |date, out| calendar::write_date(stored_date(date), out),
    read: |input| calendar::read_date(input).map(civil_date),
    predecessor: |date: civil::Date| date.yesterday().ok().filter(|date| date.year() >= 0),
}

plain! {
    civil::Time,
    write: |time, out| calendar::write_time(stored_time(time), out),
    read: |input| calendar::read_time(input).map(civil_time),
    predecessor: |time: civil::Time| time.checked_sub(STEP).ok(),
}

plain! {
    civil::DateTime,
    write: |at: civil::DateTime, out| calendar::write_date_time(stored_date(at.date()), stored_time(at.time()), out),
    read: |input| calendar::read_date_time(input)
        .map(|(date, time)| Some(civil_date(date)?.to_datetime(civil_time(time)?))),
    predecessor: |at: civil::DateTime| at.checked_sub(STEP).ok().filter(|at| at.year() >= 0),
}

fn stored_date(date: civil::Date) -> Option<Date> {
    calendar::storable(
        date.year().into(),
        date.month().unsigned_abs().into(),
        date.day().unsigned_abs().into(),
    )
}

fn stored_time(time: civil::Time) -> Time {
    Time {
        hour: time.hour().unsigned_abs().into(),
        minute: time.minute().unsigned_abs().into(),
        second: time.second().unsigned_abs().into(),
        nanos: time.subsec_nanosecond().unsigned_abs(),
    }
}

fn civil_date(date: Date) -> Option<civil::Date> {
    civil::Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
}

fn civil_time(time: Time) -> Option<civil::Time> {
    let Time { hour, minute, second, nanos } = time;
    civil::Time::new(
        hour.try_into().ok()?,
        minute.try_into().ok()?,
        second.try_into().ok()?,
        nanos.try_into().ok()?,
    )
    .ok()
}

/// Stored as RFC 9557, local time and zone: `2026-01-16T10:30:00+01:00[Europe/Berlin]`.
///
/// These strings keep the zone and do *not* sort by time; a sort key wants a [`jiff::Timestamp`].
impl Attribute for Zoned {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    fn encode(&self, out: &mut Writer) {
        out.string(&self.to_string());
    }
}

/// Reading needs `jiff`'s time zone database, which is among `jiff`'s default features; without it, not even UTC is known by name.
impl FromAttribute for Zoned {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.string()?.parse().map_err(|_| {
            DecodeError::invalid("a time with a zone (RFC 9557) that the time zone database knows")
        })
    }
}

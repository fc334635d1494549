//! `time` 0.3: moments, dates and times of day.

use super::calendar::{self, moment, plain};
use crate::timestamp::parse;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime};

// The moment is stored, not the offset: it is read back in UTC, and equal.
moment! {
    OffsetDateTime,
    from: |timestamp: crate::Timestamp| OffsetDateTime::from_unix_timestamp_nanos(timestamp.unix_nanos()).ok(),
    to: |moment: &OffsetDateTime| crate::Timestamp::from_unix_nanos(moment.unix_timestamp_nanos()).ok(),
}

moment! {
    UtcDateTime,
    from: |timestamp: crate::Timestamp| UtcDateTime::from_unix_timestamp_nanos(timestamp.unix_nanos()).ok(),
    to: |moment: &UtcDateTime| crate::Timestamp::from_unix_nanos(moment.unix_timestamp_nanos()).ok(),
}

plain! {
    Date,
    write: |date, out| calendar::write_date(stored_date(date), out),
    read: |input| calendar::read_date(input).map(to_date),
    predecessor: |date: Date| date.previous_day().filter(|date| date.year() >= 0),
}

plain! {
    Time,
    write: |time, out| calendar::write_time(stored_time(time), out),
    read: |input| calendar::read_time(input).map(to_time),
    // A time of day wraps at midnight, which has no predecessor here.
    predecessor: |time: Time| (time != Time::MIDNIGHT).then(|| time - Duration::NANOSECOND),
}

plain! {
    PrimitiveDateTime,
    write: |at: PrimitiveDateTime, out| {
        calendar::write_date_time(stored_date(at.date()), stored_time(at.time()), out);
    },
    read: |input| calendar::read_date_time(input)
        .map(|(date, time)| Some(PrimitiveDateTime::new(to_date(date)?, to_time(time)?))),
    predecessor: |at: PrimitiveDateTime| at.checked_sub(Duration::NANOSECOND).filter(|at| at.year() >= 0),
}

fn stored_date(date: Date) -> Option<parse::Date> {
    let (year, month, day) = date.to_calendar_date();
    calendar::storable(year, u8::from(month).into(), day.into())
}

fn stored_time(time: Time) -> parse::Time {
    let (hour, minute, second, nanos) = time.as_hms_nano();
    parse::Time { hour: hour.into(), minute: minute.into(), second: second.into(), nanos }
}

fn to_date(date: parse::Date) -> Option<Date> {
    let month = Month::try_from(u8::try_from(date.month).ok()?).ok()?;
    Date::from_calendar_date(date.year.try_into().ok()?, month, date.day.try_into().ok()?).ok()
}

fn to_time(time: parse::Time) -> Option<Time> {
    let parse::Time { hour, minute, second, nanos } = time;
    Time::from_hms_nano(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, nanos).ok()
}

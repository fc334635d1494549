//! `chrono` 0.4: moments in UTC, dates and times of day.
//!
//! A leap second, which `chrono` keeps as more than a second's nanoseconds, is stored as the second before it: what
//! [`Timestamp`](crate::Timestamp) reads of one.

use super::calendar::{self, moment, plain};
use crate::timestamp::parse::{Date, Time};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

const STEP: TimeDelta = TimeDelta::nanoseconds(1);

moment! {
    DateTime<Utc>,
    from: |timestamp: crate::Timestamp| {
        DateTime::<Utc>::from_timestamp(timestamp.unix_seconds(), timestamp.subsec_nanos())
    },
    to: |moment: &DateTime<Utc>| {
        crate::Timestamp::from_parts(moment.timestamp(), moment.timestamp_subsec_nanos() % 1_000_000_000).ok()
    },
}

plain! {
    NaiveDate,
    write: |date, out| calendar::write_date(stored_date(date), out),
    read: |input| calendar::read_date(input).map(naive_date),
    predecessor: |date: NaiveDate| date.pred_opt().filter(|date| date.year() >= 0),
}

plain! {
    NaiveTime,
    write: |time, out| calendar::write_time(stored_time(time), out),
    read: |input| calendar::read_time(input).map(naive_time),
    predecessor: |time: NaiveTime| match without_leap(time)?.overflowing_sub_signed(STEP) {
        (time, 0) => Some(time),
        _ => None,
    },
}

plain! {
    NaiveDateTime,
    write: |at: NaiveDateTime, out| calendar::write_date_time(stored_date(at.date()), stored_time(at.time()), out),
    read: |input| calendar::read_date_time(input)
        .map(|(date, time)| Some(naive_date(date)?.and_time(naive_time(time)?))),
    predecessor: |at: NaiveDateTime| {
        at.date().and_time(without_leap(at.time())?).checked_sub_signed(STEP).filter(|at| at.year() >= 0)
    },
}

fn stored_date(date: NaiveDate) -> Option<Date> {
    calendar::storable(date.year(), date.month(), date.day())
}

fn stored_time(time: NaiveTime) -> Time {
    let nanos = time.nanosecond() % 1_000_000_000;
    Time { hour: time.hour(), minute: time.minute(), second: time.second(), nanos }
}

fn without_leap(time: NaiveTime) -> Option<NaiveTime> {
    naive_time(stored_time(time))
}

fn naive_date(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year.try_into().ok()?, date.month, date.day)
}

fn naive_time(time: Time) -> Option<NaiveTime> {
    NaiveTime::from_hms_nano_opt(time.hour, time.minute, time.second, time.nanos)
}

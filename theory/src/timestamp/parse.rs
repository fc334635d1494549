//! Reading RFC 3339, and the dates and times of day that it is made of.

use super::{Timestamp, TimestampError, civil};

type Result<T> = std::result::Result<T, TimestampError>;

/// A date that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: u32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// A time of day; a leap second has become the second before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    pub(crate) nanos: u32,
}

impl Time {
    #[inline]
    fn second_of_day(self) -> u32 {
        self.hour * 3600 + self.minute * 60 + self.second
    }
}

/// Reads `date T time offset`.
#[inline]
pub(super) fn timestamp(text: &[u8]) -> Result<Timestamp> {
    let (date, time, rest) = date_time(text)?;
    let seconds = civil::days(date.year, date.month, date.day) * 86_400 + i64::from(time.second_of_day());
    Timestamp::from_parts(seconds - offset(rest)?, time.nanos)
}

/// Reads `date T time`, and returns what follows.
#[inline]
pub(crate) fn date_time(text: &[u8]) -> Result<(Date, Time, &[u8])> {
    let (date_text, rest) = text.split_first_chunk().ok_or(TimestampError::SYNTAX)?;
    let [b'T' | b't' | b' ', rest @ ..] = rest else { return Err(TimestampError::SYNTAX) };
    let (time, rest) = time(rest)?;
    Ok((date(date_text)?, time, rest))
}

/// Reads `2026-01-16`.
#[inline]
pub(crate) fn date(text: &[u8; civil::DATE_LENGTH]) -> Result<Date> {
    // An array with constant places costs no bounds checks.
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return Err(TimestampError::SYNTAX) };
    let year = number([y0, y1])? * 100 + number([y2, y3])?;
    let (month, day) = (number([m0, m1])?, number([d0, d1])?);
    if day == 0 || day > civil::days_in_month(year, month) {
        return Err(TimestampError::SYNTAX);
    }
    Ok(Date { year, month, day })
}

/// Reads `09:30:00.5`, and returns what follows.
#[inline]
pub(crate) fn time(text: &[u8]) -> Result<(Time, &[u8])> {
    let (time, rest) = text.split_first_chunk::<8>().ok_or(TimestampError::SYNTAX)?;
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *time else { return Err(TimestampError::SYNTAX) };
    let (hour, minute, second) = (number([h0, h1])?, number([m0, m1])?, number([s0, s1])?);
    if hour > 23 || minute > 59 || second > 60 {
        return Err(TimestampError::SYNTAX);
    }
    let (nanos, rest) = fraction(rest)?;
    Ok((Time { hour, minute, second: second.min(59), nanos }, rest))
}

/// The nanoseconds of a fraction, if one stands here, and what follows it.
#[inline]
fn fraction(text: &[u8]) -> Result<(u32, &[u8])> {
    let [b'.', digits @ ..] = text else { return Ok((0, text)) };
    let (mut nanos, mut place) = (0, 100_000_000);
    let mut rest = digits;
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        nanos += u32::from(digit - b'0') * place;
        // After the ninth digit the place is worth nothing.
        place /= 10;
        rest = tail;
    }
    if rest.len() == digits.len() { Err(TimestampError::SYNTAX) } else { Ok((nanos, rest)) }
}

/// The seconds by which the local time is ahead of UTC.
#[inline]
fn offset(text: &[u8]) -> Result<i64> {
    match *text {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (number([h0, h1])?, number([m0, m1])?);
            if hours > 23 || minutes > 59 {
                return Err(TimestampError::SYNTAX);
            }
            let seconds = i64::from(hours * 3600 + minutes * 60);
            Ok(if sign == b'-' { -seconds } else { seconds })
        }
        _ => Err(TimestampError::SYNTAX),
    }
}

#[inline(always)]
fn number(digits: [u8; 2]) -> Result<u32> {
    let [tens, ones] = digits.map(|digit| digit.wrapping_sub(b'0'));
    if tens > 9 || ones > 9 {
        return Err(TimestampError::SYNTAX);
    }
    Ok(u32::from(tens) * 10 + u32::from(ones))
}

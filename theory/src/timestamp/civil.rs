//! Days to dates and back, and the fixed-width text of both.

/// The length of `2026-01-16`.
pub(crate) const DATE_LENGTH: usize = 10;
/// The length of `00:00:00.000000000`.
pub(crate) const TIME_LENGTH: usize = 18;

const SECONDS_PER_DAY: i64 = 86_400;
/// Days in 400 years of the Gregorian calendar, after which it repeats.
const DAYS_PER_ERA: u32 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

/// The two digits of a number below 100.
#[inline(always)]
fn pair(number: u32) -> [u8; 2] {
    let at = (number % 100) as usize * 2;
    [PAIRS[at], PAIRS[at + 1]]
}

/// `2026-01-16`; the year must be one of 0000 to 9999.
#[inline]
pub(crate) fn date_text(year: u32, month: u32, day: u32) -> [u8; DATE_LENGTH] {
    let ([y0, y1], [y2, y3]) = (pair(year / 100), pair(year % 100));
    let ([m0, m1], [d0, d1]) = (pair(month), pair(day));
    [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1]
}

/// `09:30:00.000000000`
#[inline]
pub(crate) fn time_text(hour: u32, minute: u32, second: u32, nanos: u32) -> [u8; TIME_LENGTH] {
    let ([h0, h1], [m0, m1], [s0, s1]) = (pair(hour), pair(minute), pair(second));
    let ([n0, n1], [n2, n3]) = (pair(nanos / 10_000_000), pair(nanos / 100_000 % 100));
    let ([n4, n5], [n6, n7]) = (pair(nanos / 1000 % 100), pair(nanos / 10 % 100));
    let n8 = b'0' + (nanos % 10) as u8;
    [h0, h1, b':', m0, m1, b':', s0, s1, b'.', n0, n1, n2, n3, n4, n5, n6, n7, n8]
}

/// The UTC date and time of day of a moment whose year is one of 0000 to 9999.
#[inline]
pub(super) fn texts(seconds: i64, nanos: u32) -> ([u8; DATE_LENGTH], [u8; TIME_LENGTH]) {
    let (year, month, day) = date(seconds.div_euclid(SECONDS_PER_DAY));
    let second = seconds.rem_euclid(SECONDS_PER_DAY) as u32;
    (date_text(year, month, day), time_text(second / 3600, second / 60 % 60, second % 60, nanos))
}

/// Year, month and day of a day counted from the Unix epoch.
///
/// The arithmetic is that of Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022):
/// years begin in March, so that the leap day comes last, and divisions by constants become multiplications.
#[inline]
fn date(day: i64) -> (u32, u32, u32) {
    // One era more, so that January and February of the year 0000 count upwards too.
    let shifted = (day + EPOCH + i64::from(DAYS_PER_ERA)) as u32;
    let in_century = 4 * shifted + 3;
    let century = in_century / DAYS_PER_ERA;
    let day_of_century = in_century % DAYS_PER_ERA / 4;
    let scaled = 2_939_745 * u64::from(4 * day_of_century + 3);
    let day_of_year = scaled as u32 / 2_939_745 / 4;
    let year = 100 * century + (scaled >> 32) as u32;
    let in_month = 2141 * day_of_year + 197_913;
    let (month, day) = (in_month >> 16, in_month % 65_536 / 2141);
    let next_year = day_of_year >= 306;
    let month = if next_year { month - 12 } else { month };
    (year + u32::from(next_year) - 400, month, day + 1)
}

/// The day counted from the Unix epoch, of a date that exists.
#[inline]
pub(super) fn days(year: u32, month: u32, day: u32) -> i64 {
    let (year, month) = if month <= 2 { (year + 399, month + 9) } else { (year + 400, month - 3) };
    let (era, year) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year * 365 + year / 4 - year / 100 + day_of_year;
    i64::from(era) * i64::from(DAYS_PER_ERA) + i64::from(day_of_era) - EPOCH - i64::from(DAYS_PER_ERA)
}

/// How many days the month has; none for what is no month.
pub(super) fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

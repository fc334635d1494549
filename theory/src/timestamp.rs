//! A moment in time, as Theory stores it.

pub(crate) mod civil;
pub(crate) mod parse;
#[cfg(test)]
mod tests;

use crate::attribute::{Attribute, FromAttribute, Predecessor, kind};
use crate::wire::{DecodeError, Reader, Writer};
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};
use theory_schema::Type;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
/// 0000-01-01T00:00:00Z
const MIN_SECONDS: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z
const MAX_SECONDS: i64 = 253_402_300_799;

/// A moment in time, to the nanosecond, in the years 0000 to 9999.
///
/// It is stored as a string (`S`): RFC 3339 in UTC, always with nine fractional digits, so that the order of the strings is the
/// order of the moments and a sort key can hold one. Any RFC 3339 timestamp is read: with an offset (the moment is kept, the
/// offset is not), with fewer digits or none, with `t` and `z` in lower case or a space for the `T`. Digits beyond the ninth are
/// cut off. A leap second (`:60`) is read as the second before it, because neither Unix time nor `SystemTime` has one.
///
/// A field with `#[table(ttl)]` stores it as epoch seconds instead.
///
/// Building a request never reads the clock, so a timestamp comes from the caller: from [`now`](Self::now), from a
/// [`SystemTime`], or from a number.
///
/// ```
/// use std::time::Duration;
/// use theory::Timestamp;
///
/// let placed: Timestamp = "2026-01-16T10:30:00+01:00".parse()?;
/// assert_eq!(placed.to_string(), "2026-01-16T09:30:00.000000000Z");
/// assert_eq!(placed.checked_add(Duration::from_millis(1)), Some("2026-01-16T09:30:00.001Z".parse()?));
/// # Ok::<(), theory::TimestampError>(())
/// ```
// The derived order is the moments', because `nanos` always counts upwards from the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp {
    seconds: i64,
    /// Below 10⁹.
    nanos: u32,
}

/// As an attribute value.
const STORED: &[u8; 38] = b"{\"S\":\"0000-00-00T00:00:00.000000000Z\"}";

impl Timestamp {
    /// 1970-01-01T00:00:00Z, which is also the default.
    pub const UNIX_EPOCH: Self = Self { seconds: 0, nanos: 0 };

    /// 0000-01-01T00:00:00Z
    pub const MIN: Self = Self { seconds: MIN_SECONDS, nanos: 0 };

    /// 9999-12-31T23:59:59.999999999Z
    pub const MAX: Self = Self { seconds: MAX_SECONDS, nanos: 999_999_999 };

    /// What the system's clock says.
    ///
    /// The library itself never calls it: what it stamps comes from the clock that the client was given.
    #[must_use]
    pub fn now() -> Self {
        // A clock outside the years 0000 to 9999 is broken, and the nearest moment is as good as any other.
        let now = SystemTime::now();
        Self::try_from(now).unwrap_or(if now < SystemTime::UNIX_EPOCH { Self::MIN } else { Self::MAX })
    }

    /// The moment that many seconds after the Unix epoch.
    ///
    /// # Errors
    ///
    /// A moment outside the years 0000 to 9999.
    pub const fn from_unix_seconds(seconds: i64) -> Result<Self, TimestampError> {
        Self::from_parts(seconds, 0)
    }

    /// The moment that many milliseconds after the Unix epoch.
    ///
    /// # Errors
    ///
    /// A moment outside the years 0000 to 9999.
    pub const fn from_unix_millis(millis: i64) -> Result<Self, TimestampError> {
        Self::from_parts(millis.div_euclid(1000), millis.rem_euclid(1000) as u32 * 1_000_000)
    }

    /// The moment that many nanoseconds after the Unix epoch.
    ///
    /// # Errors
    ///
    /// A moment outside the years 0000 to 9999.
    pub const fn from_unix_nanos(nanos: i128) -> Result<Self, TimestampError> {
        let seconds = nanos.div_euclid(NANOS_PER_SECOND);
        if seconds < MIN_SECONDS as i128 || seconds > MAX_SECONDS as i128 {
            return Err(TimestampError::RANGE);
        }
        Self::from_parts(seconds as i64, nanos.rem_euclid(NANOS_PER_SECOND) as u32)
    }

    /// The moment `nanos` after the second; what is more than a second of them is refused.
    pub(crate) const fn from_parts(seconds: i64, nanos: u32) -> Result<Self, TimestampError> {
        if seconds < MIN_SECONDS || seconds > MAX_SECONDS || nanos > 999_999_999 {
            return Err(TimestampError::RANGE);
        }
        Ok(Self { seconds, nanos })
    }

    /// The whole seconds since the Unix epoch; a fraction is cut off towards the past.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The whole milliseconds since the Unix epoch; a fraction is cut off towards the past.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.seconds * 1000 + (self.nanos / 1_000_000) as i64
    }

    /// The nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_nanos(self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// The nanoseconds since the second began.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// The stored form: an attribute value of fixed length.
    #[inline]
    pub(crate) fn to_json(self) -> [u8; STORED.len()] {
        // Digits and punctuation need no escape, so that the value is copied whole.
        let (date, time) = civil::texts(self.seconds, self.nanos);
        let mut value = *STORED;
        value[6..16].copy_from_slice(&date);
        value[17..35].copy_from_slice(&time);
        value
    }

    /// The moment that much later, unless it is after the year 9999.
    #[must_use]
    pub const fn checked_add(self, duration: Duration) -> Option<Self> {
        // No overflow: a duration is below 2⁹⁴ nanoseconds.
        match Self::from_unix_nanos(self.unix_nanos() + duration.as_nanos() as i128) {
            Ok(sum) => Some(sum),
            Err(_) => None,
        }
    }

    /// The moment that much earlier, unless it is before the year 0000.
    #[must_use]
    pub const fn checked_sub(self, duration: Duration) -> Option<Self> {
        match Self::from_unix_nanos(self.unix_nanos() - duration.as_nanos() as i128) {
            Ok(difference) => Some(difference),
            Err(_) => None,
        }
    }

    /// The moment that much later, or [`MAX`](Self::MAX).
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::MAX)
    }

    /// The moment that much earlier, or [`MIN`](Self::MIN).
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        self.checked_sub(duration).unwrap_or(Self::MIN)
    }

    /// The time that passed since `earlier`, unless it is the later one.
    #[must_use]
    pub const fn checked_duration_since(self, earlier: Self) -> Option<Duration> {
        let nanos = self.unix_nanos() - earlier.unix_nanos();
        if nanos < 0 {
            return None;
        }
        // Ten thousand years are below 2⁶⁴ seconds.
        let seconds = (nanos / NANOS_PER_SECOND) as u64;
        Some(Duration::new(seconds, (nanos % NANOS_PER_SECOND) as u32))
    }
}

/// The stored form: RFC 3339, UTC, nine fractional digits.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = civil::texts(self.seconds, self.nanos);
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        text[..10].copy_from_slice(&date);
        text[11..29].copy_from_slice(&time);
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Any RFC 3339 timestamp.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse::timestamp(text.as_bytes())
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self::UNIX_EPOCH.checked_add(after),
            Err(before) => Self::UNIX_EPOCH.checked_sub(before.duration()),
        }
        .ok_or(TimestampError::RANGE)
    }
}

/// Fails where the system's time does not reach as far, or rounds to coarser steps on systems whose clock has them.
impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampError> {
        match timestamp.checked_duration_since(Timestamp::UNIX_EPOCH) {
            Some(after) => SystemTime::UNIX_EPOCH.checked_add(after),
            None => Timestamp::UNIX_EPOCH
                .checked_duration_since(timestamp)
                .and_then(|before| SystemTime::UNIX_EPOCH.checked_sub(before)),
        }
        .ok_or(TimestampError::RANGE)
    }
}

impl Attribute for Timestamp {
    type Kind = kind::Text;
    const TYPE: &'static Type = &Type::String;
    #[inline]
    fn encode(&self, out: &mut Writer) {
        out.raw(&self.to_json());
    }
}

impl FromAttribute for Timestamp {
    #[inline]
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.string()?.parse().map_err(|error: TimestampError| DecodeError::invalid(error.expected()))
    }
}

/// One nanosecond earlier.
impl Predecessor for Timestamp {
    fn predecessor(&self) -> Option<Self> {
        self.checked_sub(Duration::from_nanos(1))
    }
}

/// Something that is no [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampError(Fault);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Syntax,
    Range,
}

impl TimestampError {
    pub(crate) const RANGE: Self = Self(Fault::Range);
    pub(crate) const SYNTAX: Self = Self(Fault::Syntax);

    /// What should have stood there.
    pub(crate) const fn expected(self) -> &'static str {
        match self.0 {
            Fault::Syntax => "an RFC 3339 timestamp, such as `2026-01-16T09:30:00Z`",
            Fault::Range => "a timestamp in the years 0000 to 9999",
        }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not {}", self.expected())
    }
}

impl std::error::Error for TimestampError {}

/// Serialized as the string that DynamoDB stores.
#[cfg(feature = "serde")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Deserialized from any RFC 3339 string.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rfc3339;

        impl serde::de::Visitor<'_> for Rfc3339 {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 timestamp")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Rfc3339)
    }
}

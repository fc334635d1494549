//! What the fields that the library writes on its own account may be: `version`, `created_at`, `updated_at` and `ttl`.

use super::{Adapter, Attribute, FromAttribute, document, kind};
use crate::timestamp::{Timestamp, TimestampError};
use crate::wire::stamp::Stamping;
use crate::wire::{DecodeError, EncodeErrorKind, Reader, Writer};
use theory_schema::Type;

/// The type of a `#[table(version)]` field.
///
/// Derived newtypes are not among them: the library counts in the integer itself. For a newtype, implement this trait by its two
/// members.
#[diagnostic::on_unimplemented(
    message = "a `version` field must be an unsigned integer; this is `{Self}`",
    label = "not an unsigned integer",
    note = "`u64` lasts longest"
)]
pub trait VersionField: FromAttribute {
    /// The version that a created item has.
    const FIRST: Self;

    /// The version that the next write leaves behind, unless the type is exhausted.
    fn next_version(&self) -> Option<Self>;

    /// Writes the last version, where an item may come to it: in the integers of less than 64 bits.
    #[doc(hidden)]
    const WRITE_LAST: Option<fn(&mut Writer)> = None;

    /// Writes the field, or what a write makes of it; `name` is its JSON form with the colon.
    #[doc(hidden)]
    fn write_version(&self, out: &mut Writer, name: &'static str) {
        let value = match out.stamping() {
            Stamping::AsIs => return document::field(out, name, self),
            Stamping::Omit => return,
            Stamping::New => Some(Self::FIRST),
            Stamping::Next => self.next_version(),
        };
        out.literal_name(name);
        match value {
            Some(value) => {
                let place = out.placed(|out| value.encode(out));
                out.places_mut().version = Some(place);
            }
            None => out.fail(exhausted_version()),
        }
        out.end_member();
    }
}

/// There is no version after the one that the item has.
#[cold]
pub(crate) fn exhausted_version() -> EncodeErrorKind {
    EncodeErrorKind::Custom(
        "the version is the last one that its type can hold; give the field a larger type, `u64` lasts longest"
            .into(),
    )
}

macro_rules! versions {
    ($($integer:ty)+) => { $(
        impl VersionField for $integer {
            const FIRST: Self = 0;
            fn next_version(&self) -> Option<Self> {
                self.checked_add(1)
            }
            const WRITE_LAST: Option<fn(&mut Writer)> =
                if <$integer>::BITS < 64 { Some(|out| out.integer(<$integer>::MAX)) } else { None };
        }
    )+ };
}

versions! { u8 u16 u32 u64 u128 usize }

/// The type of a `#[table(created_at)]` or `#[table(updated_at)]` field.
///
/// Each is stored as [`Timestamp`] is: RFC 3339 in UTC, with nine fractional digits.
///
/// `#[derive(Attribute)]` on a newtype does not implement this trait, because it does not know that the newtype takes any moment:
/// implement it by forwarding to the field.
#[diagnostic::on_unimplemented(
    message = "a `created_at` or `updated_at` field must be a timestamp; this is `{Self}`",
    label = "not a timestamp",
    note = "use `theory::Timestamp`, or a moment in time of `jiff`, `chrono` or `time`, whose features carry their version"
)]
pub trait TimestampField: FromAttribute {
    /// The moment in this type.
    ///
    /// # Errors
    ///
    /// A moment that the type cannot hold.
    fn from_timestamp(timestamp: Timestamp) -> Result<Self, TimestampError>;

    /// The moment, if there is one and it lies in the years 0000 to 9999.
    fn to_timestamp(&self) -> Option<Timestamp>;

    /// Writes a `created_at`, or what a write makes of it; `name` is its JSON form with the colon.
    #[doc(hidden)]
    fn write_created_at(&self, out: &mut Writer, name: &'static str) {
        // An entity that the caller has just made has no moment yet, or the one that its type begins with.
        let was_set = |moment: &Timestamp| *moment != Timestamp::UNIX_EPOCH;
        let place = match out.stamping() {
            Stamping::AsIs => return document::field(out, name, self),
            Stamping::Omit => return,
            Stamping::Next if self.to_timestamp().as_ref().is_some_and(was_set) => {
                out.literal_name(name);
                out.placed(|out| self.encode(out))
            }
            Stamping::New | Stamping::Next => {
                out.literal_name(name);
                out.gap()
            }
        };
        out.places_mut().created_at = Some(place);
        out.end_member();
    }

    /// Writes an `updated_at`, or what a write makes of it; `name` is its JSON form with the colon.
    #[doc(hidden)]
    fn write_updated_at(&self, out: &mut Writer, name: &'static str) {
        match out.stamping() {
            Stamping::AsIs => document::field(out, name, self),
            Stamping::Omit => {}
            Stamping::New | Stamping::Next => {
                out.literal_name(name);
                let place = out.gap();
                out.places_mut().updated_at = Some(place);
                out.end_member();
            }
        }
    }
}

impl TimestampField for Timestamp {
    fn from_timestamp(timestamp: Timestamp) -> Result<Self, TimestampError> {
        Ok(timestamp)
    }

    fn to_timestamp(&self) -> Option<Timestamp> {
        Some(*self)
    }
}

/// For items that were written before the table had timestamps.
impl<T: TimestampField> TimestampField for Option<T> {
    fn from_timestamp(timestamp: Timestamp) -> Result<Self, TimestampError> {
        T::from_timestamp(timestamp).map(Some)
    }

    fn to_timestamp(&self) -> Option<Timestamp> {
        self.as_ref().and_then(T::to_timestamp)
    }
}

/// The type of a `#[table(ttl)]` field.
///
/// `#[derive(Attribute)]` on a newtype does not implement this trait: implement it by forwarding to the field.
#[diagnostic::on_unimplemented(
    message = "a `ttl` field must be a timestamp or an integer of epoch seconds; this is `{Self}`",
    label = "neither a timestamp nor an integer",
    note = "use `Option<theory::Timestamp>`: an item without the attribute never expires"
)]
pub trait TtlField: Sized {
    /// The stored form.
    const STORED: &'static Type = &Type::Number;

    /// Writes the whole seconds since the Unix epoch; a fraction is cut off towards the past.
    fn write_epoch_seconds(&self, out: &mut Writer);

    /// Reads them.
    ///
    /// # Errors
    ///
    /// Where the attribute is no whole number, or one that the type cannot hold.
    fn read_epoch_seconds(input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Whether the item never expires, and the attribute is left out.
    fn is_never(&self) -> bool {
        false
    }

    /// What an item that never expires reads as, where the type has such a value.
    fn never() -> Option<Self> {
        None
    }
}

macro_rules! epoch_seconds {
    ($($integer:ty)+) => { $(
        impl TtlField for $integer {
            fn write_epoch_seconds(&self, out: &mut Writer) {
                out.integer(*self);
            }
            fn read_epoch_seconds(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                input.integer()
            }
        }
    )+ };
}

epoch_seconds! { u32 i64 u64 }

pub(super) fn read_ttl(input: &mut Reader<'_>) -> Result<Timestamp, DecodeError> {
    Timestamp::from_unix_seconds(input.integer()?).map_err(|_| unfit_ttl())
}

#[cold]
pub(super) fn unfit_ttl() -> DecodeError {
    DecodeError::invalid("epoch seconds in the years 0000 to 9999 that the field's type can hold")
}

impl TtlField for Timestamp {
    fn write_epoch_seconds(&self, out: &mut Writer) {
        out.integer(self.unix_seconds());
    }

    fn read_epoch_seconds(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        read_ttl(input)
    }
}

impl<T: TtlField> TtlField for Option<T> {
    const STORED: &'static Type = &Type::Optional(T::STORED);

    fn write_epoch_seconds(&self, out: &mut Writer) {
        match self {
            Some(moment) => moment.write_epoch_seconds(out),
            None => out.null(),
        }
    }

    fn read_epoch_seconds(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if input.take_null()? { Ok(None) } else { T::read_epoch_seconds(input).map(Some) }
    }

    fn is_never(&self) -> bool {
        self.as_ref().is_none_or(TtlField::is_never)
    }

    fn never() -> Option<Self> {
        Some(None)
    }
}

/// Stores a moment as whole seconds since the Unix epoch (`N`): the form in which DynamoDB's time to live must be.
///
/// A `#[table(ttl)]` field is stored so without being told; on other fields name it with `#[table(with = EpochSeconds)]`. A
/// fraction of a second is cut off towards the past.
#[derive(Debug, Clone, Copy)]
pub struct EpochSeconds;

impl<T: TtlField> Adapter<T> for EpochSeconds {
    type Kind = kind::Number;
    const TYPE: &'static Type = T::STORED;

    fn encode(value: &T, out: &mut Writer) {
        value.write_epoch_seconds(out);
    }

    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::read_epoch_seconds(input)
    }

    fn is_absent(value: &T) -> bool {
        value.is_never()
    }

    fn absent() -> Option<T> {
        T::never()
    }
}

// A version is compared and incremented by DynamoDB, so its stored form must be a number.
const _: () = {
    const fn stored_as_number<T: Attribute<Kind: kind::Numeric> + VersionField>() {}
    stored_as_number::<u8>();
    stored_as_number::<u64>();
};

//! The fields that the library writes on its own account, as generated code sees them.
//!
//! Generated code names these traits in paths on the span of the field's type, as it does with
//! [`StoredField`](crate::attribute::field::StoredField): so the compiler says once of a wrong type what is wrong with it.

use super::{Expected, Lifecycle, Stamps, Versions};
use crate::attribute::{TimestampField, VersionField};
use crate::wire::Writer;

/// The type of a `version` field.
#[diagnostic::on_unimplemented(
    message = "a `version` field must be an unsigned integer; this is `{Self}`",
    label = "not an unsigned integer",
    note = "`u64` lasts longest"
)]
pub trait CountedField: Sized {
    /// Itself.
    type Version: VersionField;
    /// Its versions.
    const VERSIONS: Versions;
    /// As [`VersionField::FIRST`].
    fn first() -> Self;
    /// As [`VersionField::write_version`].
    fn write_version(&self, out: &mut Writer, name: &'static str);
    /// As [`Stamps::put_version`].
    fn put_version(&mut self, stamps: &Stamps);
    /// As [`Expected::of`].
    fn expected(&self, lifecycle: &'static Lifecycle) -> Option<Expected>;
}

impl<T: VersionField> CountedField for T {
    type Version = T;
    const VERSIONS: Versions = Versions { first: |out| T::FIRST.encode(out), last: T::WRITE_LAST };
    #[inline]
    fn first() -> Self {
        T::FIRST
    }
    #[inline]
    fn write_version(&self, out: &mut Writer, name: &'static str) {
        VersionField::write_version(self, out, name);
    }
    fn put_version(&mut self, stamps: &Stamps) {
        stamps.put_version(self);
    }
    fn expected(&self, lifecycle: &'static Lifecycle) -> Option<Expected> {
        Expected::of(self, lifecycle)
    }
}

/// The type of a `created_at` or `updated_at` field.
#[diagnostic::on_unimplemented(
    message = "a `created_at` or `updated_at` field must be a timestamp; this is `{Self}`",
    label = "not a timestamp",
    note = "use `theory::Timestamp`, or a moment in time of `jiff`, `chrono` or `time`, whose features carry their version"
)]
pub trait StampedField: Sized {
    /// As [`TimestampField::write_created_at`].
    fn write_created_at(&self, out: &mut Writer, name: &'static str);
    /// As [`TimestampField::write_updated_at`].
    fn write_updated_at(&self, out: &mut Writer, name: &'static str);
    /// As [`Stamps::put_created_at`].
    fn put_created_at(&mut self, stamps: &Stamps);
    /// As [`Stamps::put_updated_at`].
    fn put_updated_at(&mut self, stamps: &Stamps);
}

impl<T: TimestampField> StampedField for T {
    #[inline]
    fn write_created_at(&self, out: &mut Writer, name: &'static str) {
        TimestampField::write_created_at(self, out, name);
    }
    #[inline]
    fn write_updated_at(&self, out: &mut Writer, name: &'static str) {
        TimestampField::write_updated_at(self, out, name);
    }
    fn put_created_at(&mut self, stamps: &Stamps) {
        stamps.put_created_at(self);
    }
    fn put_updated_at(&mut self, stamps: &Stamps) {
        stamps.put_updated_at(self);
    }
}

//! What can be stored: the [`Attribute`] trait and its implementations.
//!
//! | Rust | DynamoDB |
//! |---|---|
//! | `String`, `str`, `char`, `Cow<str>`, [`Timestamp`](crate::Timestamp), unit enums | `S` |
//! | integers up to 128 bits, `f32`, `f64` | `N` |
//! | `bool` | `BOOL` |
//! | `Vec<u8>`, `[u8; N]`, `bytes::Bytes` | `B` |
//! | `BTreeSet`, `HashSet` | `SS`, `NS` or `BS`; absent when empty |
//! | `Vec`, arrays, tuples | `L` |
//! | maps with string-like keys, nested structs, enums with data | `M` |
//! | `Option` | the value, or absent |
//!
//! | [`Value`](crate::Value) | whatever it holds |
//! | [`value::Number`](crate::value::Number) | `N`, all 38 digits |
//!
//! Types of other crates are behind features named after them:
//!
//! | feature | Rust | DynamoDB |
//! |---|---|---|
//! | `uuid` | `Uuid` | `S`, hyphenated, in lower case |
//! | `ulid` | `Ulid` | `S` |
//! | `jiff_0_2` | `Timestamp`, `civil::{Date, Time, DateTime}` | `S` of fixed width, which sorts |
//! | | `Zoned` | `S`, RFC 9557, which does not sort |
//! | `chrono_0_4` | `DateTime<Utc>`, `NaiveDate`, `NaiveTime`, `NaiveDateTime` | `S` of fixed width, which sorts |
//! | `time_0_3` | `OffsetDateTime`, `UtcDateTime`, `Date`, `Time`, `PrimitiveDateTime` | `S` of fixed width, which sorts |
//! | `rust_decimal` | `Decimal` | `N`, exactly |
//! | `serde_json` | `Value` | the natural value |
//! | `serde` | anything, by the adapters `Serde` and `Json` | the natural value; JSON text |

use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::Type;

pub(crate) mod adapter;
mod bytes;
mod collection;
pub(crate) mod derived;
pub(crate) mod document;
pub(crate) mod field;
mod foreign;
pub mod kind;
mod pointer;
mod predecessor;
mod rest;
mod role;
mod scalar;
#[cfg(feature = "serde")]
pub(crate) mod serde_bridge;
mod set;
pub(crate) mod upgrade;

pub use adapter::{Adapted, Adapter, Lenient, Optional};
pub use collection::{MapKey, MaybeEmpty};
pub use document::{Document, Fields, FromFields};
pub use field::ProjectedAs;
pub use kind::Kind;
pub use predecessor::Predecessor;
pub use rest::RestField;
pub(crate) use role::exhausted_version;
pub use role::{EpochSeconds, TimestampField, TtlField, VersionField};
#[cfg(feature = "serde")]
pub use serde_bridge::{Json, Serde};
pub use set::SetElement;
pub use upgrade::UpgradeOutcome;

/// A value that DynamoDB can store as an attribute, an element of a list or a member of a map.
///
/// Derive it for newtypes, nested structs and enums with `#[derive(Attribute)]`. A type that only implements `Attribute` can be
/// written; [`FromAttribute`] reads it back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in DynamoDB",
    label = "not an attribute type",
    note = "derive `Attribute` for it, or put `#[table(serde)]` on the field"
)]
pub trait Attribute {
    /// The stored form, which decides the operators.
    type Kind: Kind;

    /// The stored form, as data.
    const TYPE: &'static Type;

    /// Writes the value.
    fn encode(&self, out: &mut Writer);

    /// Whether the attribute is left out of the item.
    fn is_absent(&self) -> bool {
        false
    }

    /// The stored form of a slice of these.
    #[doc(hidden)]
    const SLICE_TYPE: &'static Type = &Type::List(Self::TYPE);

    #[doc(hidden)]
    fn encode_slice(items: &[Self], out: &mut Writer)
    where
        Self: Sized,
    {
        out.list(items, |out, item| item.encode(out));
    }
}

/// A value that can be read from an attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in DynamoDB and read back",
    label = "not an attribute type",
    note = "derive `Attribute` for it, or put `#[table(serde)]` on the field; a type that borrows is only written"
)]
pub trait FromAttribute: Attribute + Sized {
    /// Reads one attribute value.
    ///
    /// # Errors
    ///
    /// Where the value has another type, or does not fit.
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// What a missing attribute reads as, where it reads as anything.
    fn absent() -> Option<Self> {
        None
    }

    #[doc(hidden)]
    fn decode_vec(input: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        collection::decode_list(input)
    }
}

/// May be part of the key of a table or of an index.
///
/// DynamoDB keys hold a string, a number or bytes.
pub trait KeyAttribute: Attribute {}
// The message sits on `InKey`: on `KeyAttribute` the blanket implementation would hide it.
impl<T: Attribute<Kind: kind::InKey>> KeyAttribute for T {}

//! Types of other crates, each behind the feature of its crate's name.

#[cfg(any(feature = "jiff_0_2", feature = "chrono_0_4", feature = "time_0_3"))]
mod calendar;
#[cfg(feature = "chrono_0_4")]
mod chrono;
#[cfg(feature = "jiff_0_2")]
mod jiff;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "time_0_3")]
mod time;
#[cfg(feature = "ulid")]
mod ulid;
#[cfg(feature = "uuid")]
mod uuid;

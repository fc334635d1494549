//! What the derives write, compiled under lints as strict as a user may have, and run.
#![deny(missing_docs, unused, rust_2018_idioms, unreachable_pub, unused_qualifications, single_use_lifetimes)]
#![deny(missing_debug_implementations, let_underscore_drop, trivial_casts, variant_size_differences)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

pub mod adapters;
pub mod entity;
pub mod enums;
pub mod generics;
pub mod hygiene;
pub mod nested;
pub mod projection;

use theory::attribute::Fields;
use theory::wire::{DecodeError, Reader, Writer};
use theory::{Attribute, FromAttribute, FromItem};

/// The item as `DynamoDB` JSON.
fn item<T: Fields>(value: &T) -> String {
    let mut out = Writer::new();
    out.begin_object();
    value.encode_fields(&mut out);
    out.end_object();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// The entity or projection in `DynamoDB` JSON.
fn from_item<T: FromItem>(json: &str) -> Result<T, DecodeError> {
    T::from_item(&mut Reader::new(json.as_bytes())?)
}

/// The value as `DynamoDB` JSON.
fn value<T: Attribute>(value: &T) -> String {
    let mut out = Writer::new();
    value.encode(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// The value in `DynamoDB` JSON.
fn from_value<T: FromAttribute>(json: &str) -> Result<T, DecodeError> {
    T::decode(&mut Reader::new(json.as_bytes())?)
}

/// The value has this JSON, and comes back from it.
#[track_caller]
fn check<T: FromAttribute + PartialEq + std::fmt::Debug>(this: &T, json: &str) {
    assert_eq!(value(this), json);
    assert_eq!(from_value::<T>(json).as_ref(), Ok(this));
}

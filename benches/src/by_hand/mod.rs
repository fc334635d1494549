//! The conversions between structs and the SDK's maps that one writes by hand where no library does it.

mod a;
mod b;
mod c;

use std::fmt::Display;
use std::str::FromStr;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::items::Map;

pub(crate) use a::{user_from_map, user_to_map};
pub(crate) use b::{order_from_map, order_to_map};
pub(crate) use c::{catalogue_from_map, catalogue_to_map};

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn list<T>(values: &[T], convert: impl Fn(&T) -> AttributeValue) -> AttributeValue {
    AttributeValue::L(values.iter().map(convert).collect())
}

fn take_string(map: &mut Map, name: &str) -> Option<String> {
    as_string(map.remove(name)?)
}

fn take_number<T: FromStr>(map: &mut Map, name: &str) -> Option<T> {
    as_number(&map.remove(name)?)
}

fn take_bool(map: &mut Map, name: &str) -> Option<bool> {
    map.remove(name)?.as_bool().ok().copied()
}

fn take_bytes(map: &mut Map, name: &str) -> Option<Vec<u8>> {
    match map.remove(name)? {
        AttributeValue::B(blob) => Some(Blob::into_inner(blob)),
        _ => None,
    }
}

fn take_map(map: &mut Map, name: &str) -> Option<Map> {
    as_map(map.remove(name)?)
}

fn take_list<T>(map: &mut Map, name: &str, convert: impl Fn(AttributeValue) -> Option<T>) -> Option<Vec<T>> {
    match map.remove(name)? {
        AttributeValue::L(list) => list.into_iter().map(convert).collect(),
        _ => None,
    }
}

fn as_string(value: AttributeValue) -> Option<String> {
    match value {
        AttributeValue::S(string) => Some(string),
        _ => None,
    }
}

fn as_number<T: FromStr>(value: &AttributeValue) -> Option<T> {
    value.as_n().ok()?.parse().ok()
}

fn as_map(value: AttributeValue) -> Option<Map> {
    match value {
        AttributeValue::M(map) => Some(map),
        _ => None,
    }
}

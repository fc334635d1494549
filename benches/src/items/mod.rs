//! The three items that are measured, and what each of them can do in every way that is compared.
//!
//! One struct an item, so that all ways write and read the same value: it derives [`Table`] for this
//! library, serde's traits for `serde_dynamo`, and has a conversion written by hand in [`by_hand`](crate::by_hand).

mod a;
mod b;
mod c;
mod tiny;

use std::collections::HashMap;
use std::fmt::Debug;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use theory::Table;
use theory::op::{Get, Primary, Query};
use theory::wire::{DecodeError, Reader};

pub use a::User;
pub use b::{Address, Event, Line, Order, Status};
pub use c::{Catalogue, Product};
pub use tiny::Counter;

/// An item as the SDK holds it.
pub type Map = HashMap<String, AttributeValue>;

/// An item that is measured.
pub trait Item:
    Table
    + theory::Overwritable
    + theory::FromItem
    + Serialize
    + DeserializeOwned
    + Clone
    + PartialEq
    + Debug
    + Send
    + 'static
{
    /// The item's name in what is printed: `a`, `b` or `c`.
    const NAME: &'static str;

    /// The value that is measured.
    fn sample() -> Self;

    /// The conversion that one writes by hand for the SDK.
    fn to_map(&self) -> Map;

    /// The way back; `None` where an attribute is missing or has another type.
    fn from_map(map: Map) -> Option<Self>;

    /// The key's attributes, as the SDK wants them: partition key, sort key.
    fn key(&self) -> [(&'static str, &str); 2];

    /// Reads this item.
    fn read(&self) -> Get<Self>;

    /// Reads this item's partition.
    fn read_partition(&self) -> Query<Self, Primary, (String,)>;
}

/// The response to a GetItem that found `item`.
///
/// The attributes stand in the order of their names: like DynamoDB's, it is not the struct's.
pub fn get_response<T: Item>(item: &T) -> Vec<u8> {
    format!("{{\"Item\":{}}}", sorted(item)).into_bytes()
}

/// The response to a Query that found `count` times `item`.
pub fn query_response<T: Item>(item: &T, count: usize) -> Vec<u8> {
    let items = vec![sorted(item); count].join(",");
    format!("{{\"Count\":{count},\"Items\":[{items}],\"ScannedCount\":{count}}}").into_bytes()
}

/// Adds to a response what DynamoDB says of the capacity when it is asked, as this library does.
pub fn with_capacity(mut response: Vec<u8>, table: &str) -> Vec<u8> {
    response.pop();
    let comma = if response.len() > 1 { "," } else { "" };
    let capacity = format!(
        "{comma}\"ConsumedCapacity\":{{\"CapacityUnits\":1.0,\"Table\":{{\"CapacityUnits\":1.0}},\"TableName\":\"{table}\"}}}}"
    );
    response.extend_from_slice(capacity.as_bytes());
    response
}

/// Writes the item by this library: the part of the request that the item takes, `{"Item":{…}`.
///
/// # Panics
///
/// Where the item cannot be written, which is a mistake in the benchmarks.
pub fn encode<T: Table>(item: &T) -> Vec<u8> {
    let mut out = theory::wire::Writer::new();
    out.begin_object();
    item.encode_fields(&mut out);
    out.end_object();
    out.finish().expect("the item can be written")
}

/// Reads the response to a GetItem by this library, as its client does.
///
/// # Errors
///
/// Where the response is not one, or not of this item.
pub fn decode<T: theory::FromItem>(body: &[u8]) -> Result<Option<T>, DecodeError> {
    let mut input = Reader::new(body)?;
    let mut output = None;
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if input.take_json_null()? {
            continue;
        }
        if name == "Item" {
            output = Some(T::from_item(&mut input)?);
        } else {
            input.skip()?;
        }
    }
    input.end()?;
    Ok(output)
}

fn sorted<T: Table>(item: &T) -> String {
    let json: serde_json::Value = serde_json::from_slice(&encode(item)).expect("an item is JSON");
    json.to_string()
}

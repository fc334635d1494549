//! `serde_json`: any JSON value, as the natural DynamoDB value.

use crate::attribute::{Attribute, FromAttribute, kind};
use crate::wire::{AttributeType, DecodeError, Reader, Writer, number};
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;
use theory_schema::Type;

/// Null is stored as `NULL`, and the rest as `BOOL`, `N`, `S`, `L` and `M`.
///
/// DynamoDB has one kind of number: `1.0` comes back as `1`, and `-0.0` as `0`.
impl Attribute for Value {
    type Kind = kind::Any;
    const TYPE: &'static Type = &Type::Any;
    fn encode(&self, out: &mut Writer) {
        match self {
            Value::Null => out.null(),
            Value::Bool(value) => out.boolean(*value),
            Value::Number(number) => encode_number(number, out),
            Value::String(text) => out.string(text),
            Value::Array(values) => out.list(values, |out, value| value.encode(out)),
            Value::Object(members) => {
                out.begin_map();
                for (name, value) in members {
                    // After a failure, which may be that the value nests too deeply, nothing counts.
                    if out.error().is_some() {
                        break;
                    }
                    out.name(name);
                    value.encode(out);
                    out.end_member();
                }
                out.end_map();
            }
        }
    }
}

/// Sets are read as arrays. JSON has no bytes, so they are refused; so is a number that a JSON number cannot hold exactly.
impl FromAttribute for Value {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match input.peek_type()? {
            AttributeType::Null => input.take_null().map(|_| Value::Null),
            AttributeType::Bool => input.boolean().map(Value::Bool),
            AttributeType::S => input.string().map(|text| Value::String(text.into_owned())),
            AttributeType::N => decode_number(&input.number()?),
            AttributeType::L => crate::attribute::collection::decode_list(input).map(Value::Array),
            AttributeType::M => {
                let mut members = input.begin_map()?;
                let mut map = Map::new();
                while let Some(name) = members.next(input)? {
                    let value = Value::decode(input).map_err(|error| error.in_attribute(&name))?;
                    map.insert(name.into_owned(), value);
                }
                Ok(Value::Object(map))
            }
            AttributeType::Ss => decode_set(input, AttributeType::Ss, AttributeType::S),
            AttributeType::Ns => decode_set(input, AttributeType::Ns, AttributeType::N),
            found @ (AttributeType::B | AttributeType::Bs) => {
                Err(DecodeError::mismatch("a value that JSON has", found, input.position()))
            }
        }
    }
}

fn decode_set(
    input: &mut Reader<'_>,
    set: AttributeType,
    element: AttributeType,
) -> Result<Value, DecodeError> {
    let mut elements = input.begin_set(set)?;
    let mut values = Vec::new();
    while elements.next(input)? {
        values.push(input.set_element(element, Value::decode)?);
    }
    Ok(Value::Array(values))
}

fn encode_number(number: &Number, out: &mut Writer) {
    if let Some(integer) = number.as_u64() {
        out.integer(integer);
    } else if let Some(integer) = number.as_i64() {
        out.integer(integer);
    } else {
        // A double in its shortest form; or, with `arbitrary_precision`, the text that was parsed.
        out.number(&number.to_string());
    }
}

fn decode_number(text: &str) -> Result<Value, DecodeError> {
    let number = integer(text).or_else(|| double(text)).or_else(|| arbitrary(text));
    number.map(Value::Number).ok_or_else(|| DecodeError::invalid("a number that a JSON number holds exactly"))
}

/// The integer of 64 bits, however it is written.
fn integer(text: &str) -> Option<Number> {
    if let Ok(integer) = text.parse::<u64>() {
        return Some(integer.into());
    }
    let (negative, magnitude) = number::Number::parse(text).ok()?.to_integer()?;
    if negative {
        i64::try_from(0i128.checked_sub_unsigned(magnitude)?).map(Number::from).ok()
    } else {
        u64::try_from(magnitude).map(Number::from).ok()
    }
}

/// The double whose shortest text is this number.
fn double(text: &str) -> Option<Number> {
    let value = text.parse::<f64>().ok()?;
    same(text, zmij::Buffer::new().format(value)).then(|| Number::from_f64(value)).flatten()
}

/// The number as `serde_json` parses it: exact where its feature `arbitrary_precision` is on.
fn arbitrary(text: &str) -> Option<Number> {
    let normal = number::normalize(text).ok()?;
    let parsed = normal.parse::<Number>().ok()?;
    same(text, &parsed.to_string()).then_some(parsed)
}

fn same(a: &str, b: &str) -> bool {
    number::compare(a, b) == Ok(Ordering::Equal)
}

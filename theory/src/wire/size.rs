//! The size of an item as DynamoDB counts it.

use super::number::Number;
use super::{AttributeType, DecodeError, Reader, Result};

/// The largest item that DynamoDB takes: 400 KB, names and values together.
pub const MAX_ITEM_SIZE: usize = 400 * 1024;

/// The size of an item, given as the JSON object of its attributes.
///
/// Names and strings count their UTF-8 bytes, bytes their own length, numbers about half their digits, a map
/// or list 3 bytes and one more for each element. The JSON is never shorter than this, so an item whose JSON
/// is within [`MAX_ITEM_SIZE`] needs no such walk.
///
/// # Errors
///
/// JSON that is not an item.
pub fn item_size(json: &[u8]) -> Result<usize> {
    let mut reader = Reader::new(json)?;
    let mut members = reader.begin_object()?;
    let mut size = 0;
    while let Some(name) = members.next(&mut reader)? {
        size += name.len() + value_size(&mut reader)?;
    }
    reader.end()?;
    Ok(size)
}

/// The size of one attribute value, without its name. The reader bounds the recursion.
pub fn value_size(reader: &mut Reader<'_>) -> Result<usize> {
    let mut size = 0;
    match reader.peek_type()? {
        AttributeType::S => size = reader.string()?.len(),
        AttributeType::N => size = number_size(&reader.number()?)?,
        AttributeType::B => size = reader.binary()?.len(),
        AttributeType::Bool => {
            reader.boolean()?;
            size = 1;
        }
        AttributeType::Null => {
            reader.take_null()?;
            size = 1;
        }
        AttributeType::M => {
            let mut members = reader.begin_map()?;
            size += 3;
            while let Some(name) = members.next(reader)? {
                size += 1 + name.len() + value_size(reader)?;
            }
        }
        AttributeType::L => {
            let mut elements = reader.begin_list()?;
            size += 3;
            while elements.next(reader)? {
                size += 1 + value_size(reader)?;
            }
        }
        AttributeType::Ss => {
            let mut elements = reader.begin_string_set()?;
            while elements.next(reader)? {
                size += reader.json_string()?.len();
            }
        }
        AttributeType::Ns => {
            let mut elements = reader.begin_number_set()?;
            while elements.next(reader)? {
                size += number_size(&reader.json_string()?)?;
            }
        }
        AttributeType::Bs => {
            let mut elements = reader.begin_binary_set()?;
            while elements.next(reader)? {
                size += reader.json_binary()?.len();
            }
        }
    }
    Ok(size)
}

fn number_size(text: &str) -> Result<usize> {
    match Number::parse(text) {
        Ok(number) => Ok(number.size()),
        Err(_) => Err(DecodeError::invalid("a number that DynamoDB can hold")),
    }
}

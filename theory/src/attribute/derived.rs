//! What derived code calls for enums and projections, beyond [`document`](super::document).

use super::{Attribute, kind};
use crate::wire::{DecodeError, Reader, Writer};
use std::borrow::Cow;

/// The value of an enum's tag, wherever in the map it stands. The map itself is not read.
///
/// # Errors
///
/// Where the value is no map, or has no tag.
pub fn tag<'a>(input: &mut Reader<'a>, name: &'static str) -> Result<Cow<'a, str>, DecodeError> {
    let mark = input.save();
    let mut members = input.begin_map()?;
    while let Some(member) = members.next(input)? {
        if member == name {
            let tag = input.string().map_err(|error| error.in_attribute(name))?;
            input.restore(mark);
            return Ok(tag);
        }
        input.skip_value()?;
    }
    Err(DecodeError::missing(name))
}

/// Reads the members of a map; those that `read` does not know are passed over.
///
/// # Errors
///
/// Where the value is no map, and those of `read`.
pub fn members<'a>(
    input: &mut Reader<'a>,
    mut read: impl FnMut(&str, &mut Reader<'a>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let mut members = input.begin_map()?;
    while let Some(name) = members.next(input)? {
        if !read(&name, input)? {
            input.skip_value()?;
        }
    }
    Ok(())
}

/// As [`members`], of a bare object: an item.
///
/// # Errors
///
/// Where it is no object, and those of `read`.
pub fn item_members<'a>(
    input: &mut Reader<'a>,
    mut read: impl FnMut(&str, &mut Reader<'a>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(input)? {
        if !read(&name, input)? {
            input.skip_value()?;
        }
    }
    Ok(())
}

/// Writes the text of a variant that catches unknown ones.
pub fn encode_text<T: Attribute<Kind: kind::Textual>>(text: &T, out: &mut Writer) {
    text.encode(out);
}

/// An enum has no variant of the name that was read.
#[cold]
pub fn unknown_variant(expected: &'static str) -> DecodeError {
    DecodeError::invalid(expected)
}

//! Whether a record is one of an entity: what the schema tells of its key, and of attributes that can hold one value only.

use super::record::{Record, Side, not_a_record};
use crate::error::Result;
use crate::wire::{AttributeType, DecodeError, Reader};
use std::borrow::Cow;
use theory_schema::{Entity, KeyAttribute, ScalarType, Segment, Type};

/// How the keys of items begin that the library keeps for itself beside those of entities. They are no entity's.
const RESERVED: &[&str] = &[theory_schema::unique::GUARD_PREFIX];

/// Whether the record has the entity's key: the names and types of its attributes, and what is literal in them.
pub(super) fn has_key_of(record: &Record, entity: &Entity) -> Result<bool> {
    key_fits(record.keys_json(), entity).map_err(not_a_record)
}

/// Whether an image can be one of the entity. Where it is not in the stream, the other tells; where neither is, the key has told.
pub(super) fn is_of(record: &Record, side: Side, entity: &Entity) -> Result<bool> {
    let image = record.image_json(side).or_else(|| record.image_json(side.other()));
    let Some(image) = image else { return Ok(true) };
    for attribute in entity.attributes {
        if let Type::OneOf([only]) = attribute.ty
            && let Some(found) = text(image, attribute.name).map_err(not_a_record)?
            && found != *only
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A string attribute at the top of an item.
pub(super) fn text<'i>(item: &'i [u8], attribute: &str) -> Result<Option<Cow<'i, str>>, DecodeError> {
    let mut input = Reader::new(item)?;
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if name != attribute {
            input.skip_value()?;
        } else if input.peek_type()? == AttributeType::S {
            return input.string().map(Some);
        } else {
            return Ok(None);
        }
    }
    Ok(None)
}

fn key_fits(keys: &[u8], entity: &Entity) -> Result<bool, DecodeError> {
    let mut input = Reader::new(keys)?;
    let mut members = input.begin_object()?;
    let mut found = 0;
    while let Some(name) = members.next(&mut input)? {
        let Some(attribute) = entity.key.attributes().find(|attribute| attribute.name == name) else {
            return Ok(false);
        };
        if !attribute_fits(attribute, &mut input)? {
            return Ok(false);
        }
        found += 1;
    }
    Ok(found == entity.key.attributes().count())
}

fn attribute_fits(attribute: &KeyAttribute, input: &mut Reader<'_>) -> Result<bool, DecodeError> {
    match (input.peek_type()?, attribute.ty) {
        (AttributeType::S, ScalarType::String) => {
            let text = input.string()?;
            let reserved = RESERVED.iter().any(|prefix| text.starts_with(prefix));
            Ok(!reserved && template_fits(&text, attribute.template))
        }
        (AttributeType::N, ScalarType::Number) | (AttributeType::B, ScalarType::Binary) => {
            input.skip_value()?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Whether the template's literals stand in the text in their order, the outermost at its ends where no field is.
fn template_fits(text: &str, template: &[Segment]) -> bool {
    let (mut rest, mut after_field) = (text, false);
    for (place, segment) in template.iter().enumerate() {
        let Segment::Literal(literal) = segment else {
            after_field = true;
            continue;
        };
        let last = place + 1 == template.len();
        let next = match (after_field, last) {
            (false, _) => rest.strip_prefix(literal),
            (true, true) => rest.strip_suffix(literal).map(|_| ""),
            (true, false) => rest.split_once(literal).map(|(_, after)| after),
        };
        match next {
            Some(next) => rest = next,
            None => return false,
        }
        after_field = false;
    }
    after_field || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Segment::{Field, Literal};

    #[test]
    fn templates_fit_what_they_make() {
        let field: &[_] = &[Field("a")];
        let order: &[_] = &[Literal("ORDER#"), Field("a"), Literal("#"), Field("b")];
        let ends: &[_] = &[Field("a"), Literal("#end")];
        let constant: &[_] = &[Literal("PROFILE")];
        for (text, template, fits) in [
            ("anything", field, true),
            ("ORDER#1#2", order, true),
            ("ORDER#1#2#3", order, true),
            ("ORDER#1", order, false),
            ("CUSTOMER#1#2", order, false),
            ("a#end", ends, true),
            ("#end#end", ends, true),
            ("a#ending", ends, false),
            ("PROFILE", constant, true),
            ("PROFILE#1", constant, false),
        ] {
            assert_eq!(template_fits(text, template), fits, "{text} in {template:?}");
        }
    }
}

//! What may be sent, as JSON Schema, which API Gateway checks before any template is rendered.

use super::vtl::KEY_PATTERN;
use crate::contract::{Attribute, Shape, StoredType};
use crate::templates::node::{Map, Node};

/// The schema of a document; `in_keys` are pieces of keys.
pub(super) fn document(attributes: &[&Attribute], in_keys: &[String]) -> Map {
    let required: Node = attributes
        .iter()
        .filter(|attribute| attribute.required && !attribute.shape.optional)
        .map(|attribute| &attribute.name)
        .collect();
    let property = |attribute: &&Attribute| {
        let schema = value(&attribute.shape);
        let schema = match attribute.shape.ty {
            StoredType::S if in_keys.contains(&attribute.name) => {
                schema.with("pattern", format!("^{KEY_PATTERN}$"))
            }
            _ => schema,
        };
        (attribute.name.clone(), Node::from(schema))
    };
    Map::new()
        .with("type", "object")
        .with_any("required", required)
        .with("properties", attributes.iter().map(property).collect::<Map>())
        .with("additionalProperties", false)
}

fn value(shape: &Shape) -> Map {
    let list = |items: Map| Map::new().with("type", "array").with("items", items);
    let set = |items: Map| list(items).with("uniqueItems", true);
    match shape.ty {
        StoredType::N => Map::new().with("type", "number"),
        StoredType::Bool => Map::new().with("type", "boolean"),
        StoredType::SS => set(Map::new().with("type", "string")),
        StoredType::BS => set(Map::new().with("type", "string").with("format", "byte")),
        StoredType::NS => set(Map::new().with("type", "number")),
        StoredType::B => Map::new().with("type", "string").with("format", "byte"),
        StoredType::L => match &shape.element {
            Some(element) => list(value(element)),
            // JSON Schema as API Gateway knows it has no word for a type in each place.
            None => Map::new()
                .with("type", "array")
                .with("items", Map::new())
                .with("minItems", shape.elements.len() as u64)
                .with("maxItems", shape.elements.len() as u64),
        },
        StoredType::M => document(&shape.attributes.iter().collect::<Vec<_>>(), &[]),
        _ => Map::new().with("type", "string").with_any("enum", shape.values.iter().collect::<Node>()),
    }
}

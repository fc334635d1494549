//! From the constant data of the derive to the tables of a contract.

use super::Extensions;
use super::entity::{Access, Attribute, Entity, Operation, Role, Shape, StoredType};
use super::table::{Index, IndexKind, Key, KeyAttribute, Projection, Table};
use super::template::{KeyTemplate, Segment};
use std::collections::{BTreeMap, BTreeSet};
use theory_schema as schema;

/// The tables that these entities describe together, and what they contradict each other in.
pub(crate) fn tables(entities: &[&'static schema::Entity]) -> (Vec<Table>, Vec<String>) {
    let described = match schema::Table::of(entities) {
        Ok(tables) => tables,
        Err(error) => return (Vec::new(), vec![error.to_string()]),
    };
    let tables = described.into_iter().map(|described| {
        let mut table = Table::new(described.name, key(&described.key));
        table.indexes = described.indexes.iter().map(index).collect();
        table.ttl = described.ttl.map(Into::into);
        let own = entities.iter().filter(|entity| entity.table == described.name);
        table.entities = own.map(|entity| self::entity(entity)).collect();
        table
    });
    (tables.collect(), Vec::new())
}

fn key(key: &schema::Key) -> Key {
    let side = |side: &[schema::KeyAttribute]| {
        side.iter().map(|attribute| KeyAttribute { name: attribute.name.into(), ty: attribute.ty }).collect()
    };
    Key { partition: side(key.partition), sort: side(key.sort) }
}

fn index(index: &schema::Index) -> Index {
    Index {
        name: index.name.into(),
        kind: match index.kind {
            schema::IndexKind::Global => IndexKind::Global,
            schema::IndexKind::Local => IndexKind::Local,
        },
        key: key(&index.key),
        projection: match index.projection {
            schema::Projection::All => Projection::All,
            schema::Projection::KeysOnly => Projection::KeysOnly,
            schema::Projection::Include(names) => {
                Projection::Include { attributes: names.iter().map(|&name| name.into()).collect() }
            }
        },
        billing: None,
        warm_throughput: None,
        extensions: Extensions::new(),
    }
}

fn entity(entity: &schema::Entity) -> Entity {
    let keys = std::iter::once(&entity.key).chain(entity.indexes.iter().map(|index| &index.key));
    let mut templates = BTreeMap::new();
    for attribute in keys.flat_map(schema::Key::attributes) {
        templates.entry(attribute.name.to_owned()).or_insert_with(|| template(attribute, entity.attributes));
    }
    Entity {
        name: entity.name.into(),
        keys: templates,
        indexes: entity.indexes.iter().map(|index| index.name.into()).collect(),
        attributes: attributes(entity.attributes),
        uniques: uniques(entity),
        access: access(entity),
        extensions: Extensions::new(),
    }
}

fn uniques(entity: &schema::Entity) -> BTreeMap<String, Vec<String>> {
    let attributes = |unique: &schema::Unique| unique.attributes.iter().map(|name| (*name).into()).collect();
    entity.uniques.iter().map(|unique| (unique.name.into(), attributes(unique))).collect()
}

/// Everything that the derive generates; a schema narrows it to what the application uses.
fn access(entity: &schema::Entity) -> Access {
    use Operation::*;
    let mut operations =
        BTreeSet::from([Get, BatchGet, Create, Put, Replace, Update, Delete, BatchWrite, Check, Query]);
    if !entity.uniques.is_empty() {
        // Unique values are written by transactions only.
        operations.remove(&BatchWrite);
    }
    if entity.scan {
        operations.insert(Scan);
    }
    let query = BTreeSet::from([Query]);
    let indexes = entity.indexes.iter().map(|index| (index.name.to_owned(), query.clone())).collect();
    Access { operations, indexes, attributes: BTreeSet::new() }
}

/// A field of the template is named by its attribute, so that other languages need not know the field.
fn template(key: &schema::KeyAttribute, attributes: &[schema::Attribute]) -> KeyTemplate {
    KeyTemplate::new(key.template.iter().map(|segment| match segment {
        schema::Segment::Literal(text) => Segment::Literal((*text).into()),
        schema::Segment::Field(field) => {
            let attribute = attributes.iter().find(|attribute| attribute.field == *field);
            Segment::Attribute(attribute.map_or(*field, |attribute| attribute.name).into())
        }
    }))
}

fn attributes(attributes: &[schema::Attribute]) -> Vec<Attribute> {
    attributes.iter().map(attribute).collect()
}

fn attribute(attribute: &schema::Attribute) -> Attribute {
    Attribute {
        name: attribute.name.into(),
        field: (attribute.field != attribute.name).then(|| attribute.field.into()),
        shape: shape(attribute.ty),
        required: attribute.is_required(),
        role: match attribute.role {
            schema::Role::Version => Role::Version,
            schema::Role::CreatedAt => Role::CreatedAt,
            schema::Role::UpdatedAt => Role::UpdatedAt,
            schema::Role::Ttl => Role::Ttl,
            _ => Role::Data,
        },
        aliases: attribute.aliases.iter().map(|&alias| alias.into()).collect(),
        has_default: attribute.has_default,
        skip_empty: attribute.skip_empty,
        extensions: Extensions::new(),
    }
}

fn shape(ty: &schema::Type) -> Shape {
    let mut shape = Shape::of(StoredType::of(ty.descriptor()).unwrap_or(StoredType::Any));
    match ty {
        schema::Type::OneOf(values) => shape.values = values.iter().map(|&value| value.into()).collect(),
        schema::Type::List(element) | schema::Type::Map(element) => {
            shape.element = Some(Box::new(self::shape(element)));
        }
        schema::Type::Tuple(elements) => {
            shape.elements = elements.iter().map(|element| self::shape(element)).collect();
        }
        schema::Type::Document(document) => {
            shape.document = Some(document.name.into());
            shape.attributes = attributes(document.attributes);
        }
        schema::Type::Union(union) => {
            shape.document = Some(union.name.into());
            shape.tag = Some(union.tag.into());
            let variants = union.variants.iter();
            shape.variants = variants.map(|(tag, form)| ((*tag).to_owned(), self::shape(form))).collect();
        }
        schema::Type::Recursive(name) => shape.document = Some((*name).into()),
        schema::Type::Optional(inner) => {
            shape = self::shape(inner);
            shape.optional = true;
        }
        _ => {}
    }
    shape
}

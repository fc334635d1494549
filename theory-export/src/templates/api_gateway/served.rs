//! Which entities can be served, and what a request gives of them.

use super::{SERVED, vtl};
use crate::contract::{
    Attribute, Entity, Extensions, KeyTemplate, Operation, Role, Shape, StoredType, Table,
};
use crate::error::ExportError;
use theory_schema::ScalarType;

/// An entity that can be served.
pub(super) struct Api<'a> {
    pub(super) table: &'a Table,
    pub(super) entity: &'a Entity,
    pub(super) operations: Vec<Operation>,
    /// Fields of the table's key, in the order of its path.
    pub(super) path: Vec<Field>,
    /// What a request may say of an item.
    pub(super) accepted: Vec<Attribute>,
}

/// A piece of a key that a request gives.
#[derive(Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) ty: ScalarType,
}

impl<'a> Api<'a> {
    pub(super) fn of(table: &'a Table, entity: &'a Entity) -> Result<Self, ExportError> {
        let mut faults = Vec::new();
        if table.tenant.is_some() {
            faults.push(
                "its table is shared among tenants, and a mapping template does not know whose request it is"
                    .to_owned(),
            );
        }
        if !entity.uniques.is_empty() {
            faults.push("its unique values are guarded by other items, which takes a transaction".to_owned());
        }
        let operations: Vec<_> =
            SERVED.into_iter().filter(|operation| entity.access.operations.contains(operation)).collect();
        if operations.is_empty() {
            faults.push(
                "it declares neither `create` nor `get` nor `delete`, and nothing else is served".to_owned(),
            );
        }
        let mut fields: Vec<Field> = Vec::new();
        let mut path = Vec::new();
        for (name, template) in &entity.keys {
            let of_template = fields_of(entity, name, template, &mut faults);
            if table.key.contains(name) {
                path.push((
                    table.key.attributes().position(|attribute| attribute.name == *name),
                    of_template.clone(),
                ));
            }
            fields.extend(of_template);
        }
        path.sort_by_key(|(place, _)| *place);
        let mut in_path: Vec<Field> = Vec::new();
        for field in path.into_iter().flat_map(|(_, fields)| fields) {
            if !in_path.contains(&field) {
                in_path.push(field);
            }
        }
        let (mut accepted, mut managed) = (Vec::new(), Vec::new());
        for attribute in &entity.attributes {
            match attribute.role {
                Role::Data | Role::Ttl
                    if entity
                        .keys
                        .get(&attribute.name)
                        .is_some_and(|key| !is_itself(key, &attribute.name)) => {}
                Role::Data | Role::Ttl => match servable(&attribute.shape, &attribute.name) {
                    Ok(()) => accepted.push(attribute.clone()),
                    // What a request cannot give is left to code.
                    Err(_) if attribute.shape.optional => {}
                    Err(why) => faults.push(why),
                },
                Role::Version if attribute.shape.ty == StoredType::N => managed.push(&attribute.name),
                Role::CreatedAt | Role::UpdatedAt if attribute.shape.ty == StoredType::S => {
                    managed.push(&attribute.name);
                }
                Role::Version | Role::CreatedAt | Role::UpdatedAt => {
                    faults.push(format!(
                        "`{}` is not stored as the library stores it",
                        attribute.name.escape_debug()
                    ));
                }
            }
        }
        // Fields that are stored in keys alone.
        for field in &fields {
            if !accepted.iter().any(|known| known.name == field.name)
                && !entity.attributes.iter().any(|known| known.name == field.name)
            {
                accepted.push(plain_attribute(&field.name));
            }
        }
        let names = accepted.iter().map(|attribute| &attribute.name).chain(managed).chain(entity.keys.keys());
        for name in names {
            if !vtl::is_plain(name) {
                faults.push(format!("`{}` has characters that no name in a path has", name.escape_debug()));
            }
        }
        if faults.is_empty() {
            return Ok(Api { table, entity, operations, path: in_path, accepted });
        }
        let entity = entity.name.escape_debug();
        Err(ExportError::Invalid(
            faults.into_iter().map(|fault| format!("entity `{entity}`: {fault}")).collect(),
        ))
    }

    /// Every field that a template puts into a key.
    pub(super) fn in_keys(&self) -> impl Iterator<Item = Field> {
        let mut none = Vec::new();
        let all = self
            .entity
            .keys
            .iter()
            .flat_map(|(name, template)| fields_of(self.entity, name, template, &mut none));
        let mut fields: Vec<Field> = Vec::new();
        for field in all {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field);
            }
        }
        fields.into_iter()
    }
}

/// Whether a key attribute is a field of its own.
pub(super) fn is_itself(template: &KeyTemplate, name: &str) -> bool {
    template.is_attribute() && template.attributes().any(|field| field == name)
}

/// The fields of a key attribute, each of which must be text unless it is the whole key.
fn fields_of(entity: &Entity, key: &str, template: &KeyTemplate, faults: &mut Vec<String>) -> Vec<Field> {
    let mut fields = Vec::new();
    for name in template.attributes() {
        let ty = match entity.attribute(name).map(|attribute| attribute.shape.ty) {
            None | Some(StoredType::S) => ScalarType::String,
            Some(StoredType::N) if template.is_attribute() => ScalarType::Number,
            Some(_) => {
                faults.push(format!(
                    "its key `{}` is made of `{}`, which is no text",
                    key.escape_debug(),
                    name.escape_debug()
                ));
                continue;
            }
        };
        fields.push(Field { name: name.into(), ty });
    }
    fields
}

fn plain_attribute(name: &str) -> Attribute {
    Attribute {
        name: name.into(),
        field: None,
        shape: Shape::of(StoredType::S),
        required: true,
        role: Role::Data,
        aliases: Vec::new(),
        has_default: false,
        skip_empty: false,
        extensions: Extensions::new(),
    }
}

/// Whether a request can give such a value, and an answer show it.
pub(super) fn servable(shape: &Shape, name: &str) -> Result<(), String> {
    let whole = match shape.ty {
        StoredType::Any | StoredType::Null => false,
        StoredType::M => shape.variants.is_empty() && shape.element.is_none() && shape.document.is_some(),
        StoredType::L => shape.element.is_some() || !shape.elements.is_empty(),
        _ => true,
    };
    if !whole {
        return Err(format!("`{}` may hold what no template can check", name.escape_debug()));
    }
    for attribute in &shape.attributes {
        if !vtl::is_plain(&attribute.name) {
            return Err(format!(
                "`{}` has characters that no name in a path has",
                attribute.name.escape_debug()
            ));
        }
        servable(&attribute.shape, &attribute.name)?;
    }
    shape
        .element
        .iter()
        .map(|element| &**element)
        .chain(&shape.elements)
        .try_for_each(|element| servable(element, name))
}

//! A document read as a contract.

use super::{model, *};
use crate::contract::{
    Access, Attribute, Entity, Extensions, Index, IndexKind, Key, KeyAttribute, KeyTemplate, Projection,
    Role, Shape, StoredType, Table,
};
use serde_json::Value;
use std::collections::BTreeMap;
use theory_schema::ScalarType;

/// The contract of a DMS document: an entity for each model, and each table on demand.
///
/// # Errors
///
/// Where the document is of another version than [`VERSION`], or contradicts itself.
pub fn from_dms(text: &str) -> Result<Contract, ExportError> {
    let value: Value = serde_saphyr::from_str(text)
        .map_err(|error| ExportError::Malformed(format!("the DMS document cannot be read: {error}")))?;
    let found = match value.get("dms_version") {
        Some(Value::String(version)) => version.clone(),
        // Without quotes it is a number.
        Some(version) => version.to_string(),
        None => return Err(ExportError::Malformed("it has no member `dms_version`".into())),
    };
    if found != VERSION {
        return Err(ExportError::Format {
            found: format!("DMS {found}"),
            supported: "DMS 0.2",
            remedy: "write the document in that version",
        });
    }
    let document: model::Document = serde_json::from_value(without_version(value))
        .map_err(|error| ExportError::Malformed(format!("the DMS document: {error}")))?;
    let mut faults = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    for model in &document.models {
        Reading { model, faults: &mut faults }.add_to(&mut tables);
    }
    if !faults.is_empty() {
        return Err(ExportError::Invalid(faults));
    }
    let mut contract = Contract::new(tables, BTreeMap::new());
    if let Some(namespace) = document.namespace {
        contract.extensions.insert(NAMESPACE.into(), namespace.into());
    }
    Ok(contract)
}

/// The document without its version, which is known by then.
fn without_version(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.remove("dms_version");
    }
    value
}

/// One model, with what is wrong with it.
struct Reading<'a> {
    model: &'a model::Model,
    faults: &'a mut Vec<String>,
}

impl Reading<'_> {
    fn fault(&mut self, what: impl std::fmt::Display) {
        self.faults.push(format!("model `{}`: {what}", self.model.name.escape_debug()));
    }

    fn add_to(mut self, tables: &mut Vec<Table>) {
        let model = self.model;
        self.once("its keys", &model.keys.partition, model.keys.sort.as_ref());
        let key = Key {
            partition: self.key(&model.keys.partition).into_iter().collect(),
            sort: model.keys.sort.iter().filter_map(|sort| self.key(sort)).collect(),
        };
        let indexes: Vec<_> = model.indexes.iter().filter_map(|index| self.index(index)).collect();
        let attributes = self.attributes();
        let keys = key.attributes().chain(indexes.iter().flat_map(|index| index.key.attributes()));
        let keys: BTreeMap<_, _> = keys
            .map(|attribute| (attribute.name.clone(), KeyTemplate::attribute(attribute.name.clone())))
            .collect();
        let mut extensions = Extensions::new();
        if let Some(policy) = &model.write_policy {
            extensions.insert(WRITE_POLICY.into(), policy.clone());
        }
        if let Some(naming) = &model.naming {
            if !["camelCase", "snake_case"].contains(&naming.convention.as_str()) {
                self.fault(format_args!(
                    "naming `{}`: camelCase or snake_case",
                    naming.convention.escape_debug()
                ));
            }
            extensions.insert(NAMING.into(), naming.convention.clone().into());
        }
        let ttl = attributes.iter().find(|attribute| attribute.role == Role::Ttl);
        let ttl = ttl.map(|attribute| attribute.name.clone());
        let entity = Entity {
            name: model.name.clone(),
            keys,
            indexes: indexes.iter().map(|index| index.name.clone()).collect(),
            attributes,
            uniques: BTreeMap::new(),
            access: Access::default(),
            extensions,
        };
        let Some(table) = tables.iter_mut().find(|table| table.name == model.table.name) else {
            let mut table = Table::new(model.table.name.clone(), key);
            (table.indexes, table.ttl, table.entities) = (indexes, ttl, vec![entity]);
            tables.push(table);
            return;
        };
        if table.key != key {
            self.fault(format_args!(
                "table `{}` has another key in another model",
                table.name.escape_debug()
            ));
        }
        if table.entity(&entity.name).is_some() {
            self.fault("stands there twice");
        }
        match (&table.ttl, ttl) {
            (Some(one), Some(other)) if *one != other => {
                self.fault(format_args!(
                    "table `{}` expires by another attribute",
                    table.name.escape_debug()
                ));
            }
            (None, Some(ttl)) => table.ttl = Some(ttl),
            _ => {}
        }
        for index in indexes {
            match table.index(&index.name) {
                Some(known) if *known != index => {
                    self.fault(format_args!(
                        "index `{}` is another in another model",
                        index.name.escape_debug()
                    ));
                }
                Some(_) => {}
                None => table.indexes.push(index),
            }
        }
        table.entities.push(entity);
    }

    /// No attribute is both sides of a key.
    fn once(&mut self, what: &str, partition: &model::KeyAttribute, sort: Option<&model::KeyAttribute>) {
        if sort.is_some_and(|sort| sort.attribute == partition.attribute) {
            self.fault(format_args!("{what} have `{}` twice", partition.attribute.escape_debug()));
        }
    }

    /// A key attribute, which must be one of the model's attributes, of the same type.
    fn key(&mut self, key: &model::KeyAttribute) -> Option<KeyAttribute> {
        let name = key.attribute.escape_debug();
        let ty = match key.ty.as_str() {
            "S" => ScalarType::String,
            "N" => ScalarType::Number,
            "B" => ScalarType::Binary,
            other => {
                self.fault(format_args!(
                    "key attribute `{name}` of type `{}`: S, N or B",
                    other.escape_debug()
                ));
                return None;
            }
        };
        let found = self.model.attributes.iter().find(|attribute| attribute.attribute == key.attribute);
        match found {
            None => self.fault(format_args!("key attribute `{name}` is none of its attributes")),
            Some(attribute) if attribute.ty != key.ty => {
                self.fault(format_args!("key attribute `{name}` has another type among the attributes"));
            }
            Some(_) => {}
        }
        if key.attribute.is_empty() || key.attribute.contains(['{', '}']) {
            self.fault(format_args!("key attribute `{name}`: a name without braces, and not an empty one"));
            return None;
        }
        Some(KeyAttribute { name: key.attribute.clone(), ty })
    }

    fn index(&mut self, index: &model::Index) -> Option<Index> {
        let name = index.name.escape_debug();
        let kind = match index.ty.as_str() {
            "GSI" => IndexKind::Global,
            "LSI" => IndexKind::Local,
            other => {
                self.fault(format_args!("index `{name}` of type `{}`: GSI or LSI", other.escape_debug()));
                return None;
            }
        };
        let projection = index
            .projection
            .as_ref()
            .map_or(("ALL", &[][..]), |projection| (projection.ty.as_str(), projection.fields.as_slice()));
        let projection = match projection {
            ("ALL", []) => Projection::All,
            ("KEYS_ONLY", []) => Projection::KeysOnly,
            ("INCLUDE", fields @ [_, ..]) => Projection::Include { attributes: fields.to_vec() },
            (other, _) => {
                self.fault(format_args!(
                    "index `{name}` projects `{}`: ALL, KEYS_ONLY, or INCLUDE with fields",
                    other.escape_debug()
                ));
                return None;
            }
        };
        self.once(&format!("the keys of index `{name}`"), &index.partition, index.sort.as_ref());
        let key = Key {
            partition: vec![self.key(&index.partition)?],
            sort: index.sort.iter().filter_map(|sort| self.key(sort)).collect(),
        };
        let extensions = Extensions::new();
        Some(Index {
            name: index.name.clone(),
            kind,
            key,
            projection,
            billing: None,
            warm_throughput: None,
            extensions,
        })
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes: Vec<Attribute> = Vec::new();
        for attribute in &self.model.attributes {
            if attributes.iter().any(|known| known.name == attribute.attribute) {
                self.fault(format_args!(
                    "attribute `{}` stands there twice",
                    attribute.attribute.escape_debug()
                ));
            }
            attributes.extend(self.attribute(attribute));
        }
        attributes
    }

    fn attribute(&mut self, attribute: &model::Attribute) -> Option<Attribute> {
        let name = attribute.attribute.escape_debug();
        let Some(ty) = StoredType::of(&attribute.ty).filter(|ty| *ty != StoredType::Any) else {
            self.fault(format_args!("attribute `{name}` of type `{}`", attribute.ty.escape_debug()));
            return None;
        };
        for (wrong, what) in [
            (attribute.required && attribute.optional, "is required and optional"),
            (attribute.json && attribute.binary, "is JSON and bytes"),
            (attribute.binary && ty != StoredType::B, "is bytes, and not of type B"),
        ] {
            if wrong {
                self.fault(format_args!("attribute `{name}` {what}"));
            }
        }
        let role = self.role(attribute);
        let mut extensions = Extensions::new();
        let mut keep = |member: &str, value: Option<Value>| {
            extensions.extend(value.map(|value| (member.to_owned(), value)));
        };
        keep(ENCRYPTION, attribute.encryption.clone());
        keep(JSON, attribute.json.then_some(true.into()));
        keep(BINARY, attribute.binary.then_some(true.into()));
        keep(OMIT_EMPTY, attribute.omit_empty.then_some(true.into()));
        if let Some(format) = &attribute.format {
            if !["rfc3339nano", "unix_seconds", "int"].contains(&format.as_str()) {
                self.fault(format_args!("attribute `{name}` has the format `{}`", format.escape_debug()));
            }
            extensions.insert(FORMAT.into(), format.clone().into());
        }
        Some(Attribute {
            name: attribute.attribute.clone(),
            field: None,
            shape: Shape { optional: attribute.optional, ..Shape::of(ty) },
            required: attribute.required,
            role,
            aliases: Vec::new(),
            has_default: false,
            skip_empty: attribute.omit_empty && matches!(ty, StoredType::S | StoredType::L | StoredType::M),
            extensions,
        })
    }

    /// The role of an attribute; those in keys are said by the keys, and must be the same here.
    fn role(&mut self, attribute: &model::Attribute) -> Role {
        let name = &attribute.attribute;
        let model = self.model;
        let mut role = Role::Data;
        for said in &attribute.roles {
            let in_key = |key: Option<&model::KeyAttribute>| key.is_some_and(|key| key.attribute == *name);
            let index = |index: &str| model.indexes.iter().find(|known| known.name == index);
            let agrees = match said.split_once(':') {
                Some(("index_pk", of)) => in_key(index(of).map(|index| &index.partition)),
                Some(("index_sk", of)) => in_key(index(of).and_then(|index| index.sort.as_ref())),
                _ => match said.as_str() {
                    "pk" => in_key(Some(&model.keys.partition)),
                    "sk" => in_key(model.keys.sort.as_ref()),
                    other => {
                        let found = match other {
                            "created_at" => Some(Role::CreatedAt),
                            "updated_at" => Some(Role::UpdatedAt),
                            "version" => Some(Role::Version),
                            "ttl" => Some(Role::Ttl),
                            _ => None,
                        };
                        let single = found.is_some() && role == Role::Data;
                        role = found.unwrap_or(role);
                        single
                    }
                },
            };
            if !agrees {
                self.fault(format_args!(
                    "attribute `{}` has the role `{}`, which it cannot have",
                    name.escape_debug(),
                    said.escape_debug()
                ));
            }
        }
        role
    }
}

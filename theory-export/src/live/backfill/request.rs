//! The UpdateItem that fills in an item.

use super::fill::Change;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use theory::Value;
use theory::schema::Entity;

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// An UpdateItem; names and values stand in it by placeholders only.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Attributes,
}

impl Request {
    pub(super) fn of(entity: &Entity, change: &Change) -> Self {
        let mut request = Request::default();
        let mut set = Vec::new();
        for (name, value) in &change.set {
            set.push(format!("{} = {}", request.name(name), request.value(value.clone())));
        }
        if let Some(version) = &change.version {
            let (name, one) = (request.name(version), request.value(Value::from(1)));
            set.push(format!("{name} = {name} + {one}"));
        }
        if !set.is_empty() {
            request.update = format!("SET {}", set.join(", "));
        }
        let remove: Vec<_> = change.remove.iter().map(|name| request.name(name)).collect();
        if !remove.is_empty() {
            request.update =
                format!("{} REMOVE {}", request.update, remove.join(", ")).trim_start().to_owned();
        }
        let mut holds = Vec::new();
        for key in entity.key.attributes().take(1) {
            holds.push(format!("attribute_exists({})", request.name(key.name)));
        }
        for (name, value) in &change.unchanged {
            let name = request.name(name);
            holds.push(match value {
                Some(value) => format!("{name} = {}", request.value(value.clone())),
                None => format!("attribute_not_exists({name})"),
            });
        }
        request.condition = holds.join(" AND ");
        request
    }

    /// Each name has one placeholder: DynamoDB refuses what is not used, not what is used twice.
    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == name) {
            return placeholder.clone();
        }
        let placeholder = format!("#{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: Value) -> String {
        let placeholder = format!(":{}", self.values.len());
        self.values.insert(placeholder.clone(), value.into());
        placeholder
    }
}

//! A data model for NoSQL Workbench: *Import data model* reads it.
//!
//! Workbench knows one attribute on each side of a key. An index with more is left out, and its place says so in the model's description.

use crate::contract::deployment::Billing;
use crate::contract::{Attribute, Contract, Index, Key, KeyAttribute, Projection, StoredType, Table};
use crate::error::ExportError;
use crate::templates::Options;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Renders the model.
///
/// # Errors
///
/// Where a table is asked for that does not exist.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let tables = options.tables_of(contract)?;
    let setting =
        |name: &str, default: &str| options.settings.get(name).map_or(default, String::as_str).to_owned();
    let left_out: Vec<_> = tables
        .iter()
        .flat_map(|table| table.indexes.iter().map(move |index| (table, index)))
        .filter(|(_, index)| !has_plain_key(&index.key))
        .map(|(table, index)| format!("{}.{}", table.name, index.name))
        .collect();
    let description = if left_out.is_empty() {
        String::new()
    } else {
        format!("Without the indexes whose keys have several attributes: {}", left_out.join(", "))
    };
    let model = json!({
        "ModelName": setting("name", "theory"),
        "ModelMetadata": {
            "Author": setting("author", ""),
            // A fixed moment: the same contract gives the same file.
            "DateCreated": "Jan 01, 2026, 12:00 AM",
            "DateLastModified": "Jan 01, 2026, 12:00 AM",
            "Description": description,
            "AWSService": "Amazon DynamoDB",
            "Version": "3.0",
        },
        "DataModel": tables.into_iter().map(table).collect::<Vec<_>>(),
    });
    Ok(pretty(model))
}

/// Indented, members sorted, with a line feed at the end.
fn pretty(mut value: Value) -> String {
    value.sort_all_objects();
    format!("{value:#}\n")
}

fn table(table: &Table) -> Value {
    let facets = table.entities.iter().map(|entity| {
        let alias = |side: &[KeyAttribute]| {
            let key = side.first()?;
            Some(entity.keys.get(&key.name).map_or_else(|| key.name.clone(), ToString::to_string))
        };
        let mut aliases = Map::new();
        for (name, side) in [("PartitionKeyAlias", &table.key.partition), ("SortKeyAlias", &table.key.sort)] {
            if let Some(alias) = alias(side) {
                aliases.insert(name.into(), alias.into());
            }
        }
        let own = entity.attributes.iter().filter(|attribute| !table.key.contains(&attribute.name));
        json!({
            "FacetName": entity.name,
            "KeyAttributeAlias": aliases,
            "TableData": [],
            "NonKeyAttributes": own.map(|attribute| &attribute.name).collect::<Vec<_>>(),
            "DataAccess": { "MySql": {} },
        })
    });
    let mut value = json!({
        "TableName": table.name,
        "KeyAttributes": key(&table.key),
        "NonKeyAttributes": non_key_attributes(table),
        "TableFacets": facets.collect::<Vec<_>>(),
        "GlobalSecondaryIndexes": table.global_indexes().filter(|index| has_plain_key(&index.key)).map(index).collect::<Vec<_>>(),
        "LocalSecondaryIndexes": table.local_indexes().map(index).collect::<Vec<_>>(),
        "TableData": [],
        "DataAccess": { "MySql": {} },
    });
    if let Some(members) = value.as_object_mut() {
        match &table.billing {
            Billing::OnDemand { .. } => drop(members.insert("BillingMode".into(), "PAY_PER_REQUEST".into())),
            Billing::Provisioned { read, write } => {
                members.insert("BillingMode".into(), "PROVISIONED".into());
                let capacity = json!({
                    "ReadCapacityUnits": read.units,
                    "WriteCapacityUnits": write.units,
                });
                members.insert(
                    "ProvisionedCapacitySettings".into(),
                    json!({
                        "ProvisionedThroughput": capacity,
                        "AutoScalingRead": { "ScalableTargetRequest": {}, "ScalingPolicyRequest": {} },
                        "AutoScalingWrite": { "ScalableTargetRequest": {}, "ScalingPolicyRequest": {} },
                    }),
                );
            }
        }
    }
    value
}

fn has_plain_key(key: &Key) -> bool {
    key.partition.len() == 1 && key.sort.len() <= 1
}

fn key(key: &Key) -> Value {
    let mut value = Map::new();
    for (name, side) in [("PartitionKey", &key.partition), ("SortKey", &key.sort)] {
        if let Some(attribute) = side.first() {
            value.insert(
                name.into(),
                json!({ "AttributeName": attribute.name, "AttributeType": attribute.ty.descriptor() }),
            );
        }
    }
    Value::Object(value)
}

fn index(index: &Index) -> Value {
    let mut projection = json!({ "ProjectionType": index.projection.as_str() });
    if let (Projection::Include { attributes }, Some(members)) =
        (&index.projection, projection.as_object_mut())
    {
        members.insert("NonKeyAttributes".into(), json!(attributes));
    }
    json!({ "IndexName": index.name, "KeyAttributes": key(&index.key), "Projection": projection })
}

/// Of all entities, each name once; what two entities store as different types is the first's.
fn non_key_attributes(table: &Table) -> Vec<Value> {
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let all = table.entities.iter().flat_map(|entity| &entity.attributes);
    for Attribute { name, shape, .. } in all.filter(|attribute| !table.key.contains(&attribute.name)) {
        // Workbench has no type for "anything".
        let ty = if shape.ty == StoredType::Any { StoredType::S } else { shape.ty };
        types.entry(name).or_insert(ty.as_str());
    }
    for attribute in table.indexes.iter().flat_map(|index| index.key.attributes()) {
        if !table.key.contains(&attribute.name) {
            types.insert(&attribute.name, attribute.ty.descriptor());
        }
    }
    types.into_iter().map(|(name, ty)| json!({ "AttributeName": name, "AttributeType": ty })).collect()
}

//! Every change of one member means what the table says, and the table says why.

use crate::mutate::{Mutation, all};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use theory_export::contract::{Contract, JSON_SCHEMA};
use theory_export::diff::Diff;

/// A contract in which every member is set.
pub(crate) const FULL: &str = include_str!("full.json");
const TABLE: &str = include_str!("mutations.json");

/// Pattern and mutation → the worst class, `none` where there is no difference.
fn rows() -> BTreeMap<(String, String), String> {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let sources = table["sources"].as_object().unwrap();
    for (name, source) in sources {
        let said = |member: &str| source[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(["page", "section", "says", "url"].into_iter().all(said), "source `{name}` says too little");
    }
    let mut rows = BTreeMap::new();
    for row in table["rows"].as_array().unwrap() {
        let cell = |place: usize| row[place].as_str().unwrap().to_owned();
        assert!(sources.contains_key(&cell(3)), "{row} has no source");
        assert!(rows.insert((cell(0), cell(1)), cell(2)).is_none(), "{row} is there twice");
    }
    rows
}

/// The values of all enums of the JSON Schema.
pub(crate) fn words(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(values)) = members.get("enum") {
                found.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|member| words(member, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| words(element, found)),
        _ => {}
    }
}

pub(crate) fn json_schema() -> Value {
    serde_json::from_str(JSON_SCHEMA).unwrap()
}

/// Members of definitions that `value` sets.
fn set(root: &Value, schema: &Value, name: &str, value: &Value, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap();
        return set(root, root.pointer(&reference[1..]).unwrap(), name, value, found);
    }
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let below = schema.pointer(&format!("/properties/{member}"));
                if below.is_some() {
                    found.insert(format!("{name}.{member}"));
                }
                if let Some(below) = below.or(schema.get("additionalProperties")) {
                    set(root, below, name, value, found);
                }
            }
        }
        Value::Array(elements) => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            elements.iter().for_each(|element| set(root, items, name, element, found));
        }
        _ => {}
    }
}

#[test]
fn the_contract_has_every_member_set() {
    let schema = json_schema();
    let contract: Value = serde_json::from_str(FULL).unwrap();
    assert!(jsonschema::is_valid(&schema, &contract));
    let mut found = BTreeSet::new();
    set(&schema, &schema, "contract", &contract, &mut found);
    let definitions = schema["$defs"].as_object().unwrap().iter().map(|(name, of)| (name.as_str(), of));
    for (name, definition) in definitions.chain([("contract", &schema)]) {
        for member in definition["properties"].as_object().unwrap().keys() {
            // A digest would refuse every other content.
            let found = found.contains(&format!("{name}.{member}")) || member == "digest";
            assert!(found, "no {name} of the contract has `{member}`");
        }
    }
}

#[test]
fn each_change_means_what_the_table_says() {
    let rows = rows();
    let mut known = BTreeSet::new();
    words(&json_schema(), &mut known);
    let full: Value = serde_json::from_str(FULL).unwrap();
    let before = Contract::from_json(FULL).unwrap();
    let (mut faults, mut used, mut count) = (BTreeSet::new(), BTreeSet::new(), 0);
    for Mutation { pattern, pointer, kind, mutated } in all(&full, &known) {
        let Ok(after) = Contract::from_json(&mutated.to_string()) else { continue };
        for forward in [true, false] {
            let (old, new) = if forward { (&before, &after) } else { (&after, &before) };
            let Ok(diff) = Diff::between(old, new) else { continue };
            count += 1;
            let worst = diff.worst().map_or("none", |class| class.as_str());
            let names = kind.names(forward);
            let row =
                names.iter().map(|name| (pattern.clone(), name.clone())).find(|row| rows.contains_key(row));
            match row.and_then(|row| Some((rows.get(&row)?, row))) {
                Some((class, row)) => {
                    if class != worst {
                        faults.insert(format!("{pointer} {names:?}: {worst}, and the table says {class}"));
                    }
                    used.insert(row);
                }
                None => {
                    faults.insert(format!("no row for {pattern} {names:?}: {worst}"));
                }
            }
        }
    }
    let unused: Vec<_> = rows.keys().filter(|row| !used.contains(*row)).collect();
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(unused.is_empty(), "no mutation uses {unused:?}");
    assert!(count > 1000, "{count} mutations are too few to be all");
}

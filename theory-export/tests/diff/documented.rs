//! What CloudFormation and DynamoDB refuse to update in place is never called less than that.
//!
//! The templates before and after a change are compared, property by property, with the documented behaviour of each: so that a class
//! rests on what would be deployed, and not on what we believe of a member of the contract.

use crate::mutate::{Mutation, all};
use crate::table::{FULL, json_schema, words};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use theory_export::diff::{Class, Diff};
use theory_export::target::Target;
use theory_export::{Contract, Format, Options};

const DOCUMENTED: &str = include_str!("documented.json");

/// The tables, and the mappings of their streams; `None` where the contract cannot be deployed.
fn resources(contract: &Contract) -> Option<Map<String, Value>> {
    let settings = [("functions".to_owned(), "elsewhere".to_owned())].into();
    let options = Options { format: Some(Format::Json), settings, ..Options::default() };
    let template = (Target::named("sam").unwrap().render)(contract, &options).ok()?;
    let template: Value = serde_json::from_str(&template).unwrap();
    Some(template["Resources"].as_object().unwrap().clone())
}

/// The properties of a type that are given once, and never changed.
fn given_once(documented: &Value, ty: &str) -> BTreeSet<String> {
    let Some(ty) = documented["types"].get(ty) else { return BTreeSet::new() };
    let listed = ["createOnly", "conditionalCreateOnly"].map(|list| ty[list].as_array().unwrap());
    let listed = listed.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned());
    listed.chain(ty["kept"].as_object().unwrap().keys().cloned()).collect()
}

/// The least class of a change from one template to the other.
fn least(documented: &Value, before: &Map<String, Value>, after: &Map<String, Value>) -> Class {
    let found = before.iter().flat_map(|(logical, old)| match after.get(logical) {
        Some(new) => of_resource(documented, old, new),
        None if old["Type"].as_str().unwrap().starts_with("AWS::DynamoDB::") => vec![Class::Replacement],
        None => Vec::new(),
    });
    found.max().unwrap_or(Class::Compatible)
}

fn of_resource(documented: &Value, old: &Value, new: &Value) -> Vec<Class> {
    let (ty, properties) = (old["Type"].as_str().unwrap(), [old, new].map(|one| &one["Properties"]));
    if old["Type"] != new["Type"] {
        return vec![Class::TwoDeploys]; // imported, and never converted
    }
    let [old, new] = properties;
    let differs = |name: &str| old.get(name) != new.get(name);
    let replaced = given_once(documented, ty).iter().any(|name| differs(name));
    if ty == "AWS::Lambda::EventSourceMapping" {
        // Lambda has one mapping of a function and a stream: the old goes before the new comes.
        return if replaced { vec![Class::TwoDeploys] } else { Vec::new() };
    }
    let mut classes = Vec::new();
    if replaced {
        classes.push(Class::Replacement);
    }
    classes.extend(retyped(old, new));
    classes.extend(indexes(old, new));
    classes.extend(warm(old, new));
    let both = |name: &str| old.get(name).is_some() && new.get(name).is_some() && differs(name);
    if both("TimeToLiveSpecification") || both("StreamSpecification") {
        classes.push(Class::TwoDeploys); // off, and on again
    }
    let regions = |table: &Value| -> BTreeSet<String> {
        list(table, "Replicas").iter().map(|replica| replica["Region"].to_string()).collect()
    };
    let (old_regions, new_regions) = (regions(old), regions(new));
    if old_regions.difference(&new_regions).next().is_some() {
        classes.push(Class::Destructive);
    } else if new_regions.difference(&old_regions).count() > 1 {
        classes.push(Class::TwoDeploys);
    }
    classes
}

/// An attribute definition that is edited.
fn retyped(old: &Value, new: &Value) -> Option<Class> {
    let definitions = list(new, "AttributeDefinitions");
    let edited: Vec<_> = list(old, "AttributeDefinitions")
        .iter()
        .filter(|old| {
            let of = |new: &&Value| new["AttributeName"] == old["AttributeName"];
            definitions.iter().find(of).is_some_and(|new| new != *old)
        })
        .map(|old| &old["AttributeName"])
        .collect();
    let names = |keys: &[Value], name: &Value| keys.iter().any(|key| &key["AttributeName"] == name);
    let for_good = edited.iter().any(|name| {
        let mut local = list(old, "LocalSecondaryIndexes").iter();
        names(list(old, "KeySchema"), name) || local.any(|index| names(list(index, "KeySchema"), name))
    });
    (!edited.is_empty()).then_some(if for_good { Class::Replacement } else { Class::RefusedInPlace })
}

fn indexes(old: &Value, new: &Value) -> Vec<Class> {
    let (old, new) = (list(old, "GlobalSecondaryIndexes"), list(new, "GlobalSecondaryIndexes"));
    let same = |index: &Value, of: &[Value]| {
        of.iter().find(|other| other["IndexName"] == index["IndexName"]).cloned()
    };
    let mut classes = Vec::new();
    let gone = old.iter().filter(|index| same(index, new).is_none()).count();
    let added = new.iter().filter(|index| same(index, old).is_none()).count();
    if gone + added > 1 {
        classes.push(Class::TwoDeploys);
    }
    for index in old {
        let Some(now) = same(index, new) else { continue };
        if index["KeySchema"] != now["KeySchema"] || index["Projection"] != now["Projection"] {
            classes.push(Class::RefusedInPlace);
        }
        classes.extend(warm(index, &now));
    }
    classes
}

fn warm(old: &Value, new: &Value) -> Option<Class> {
    let units = |of: &Value, name: &str| of["WarmThroughput"][name].as_u64();
    let lowered = ["ReadUnitsPerSecond", "WriteUnitsPerSecond"]
        .into_iter()
        .any(|name| units(old, name).zip(units(new, name)).is_some_and(|(old, new)| new < old));
    lowered.then_some(Class::RefusedInPlace)
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The templates of the tables themselves, and of every profile where one was changed.
fn templates(contract: &Contract, pattern: &str) -> Option<BTreeMap<String, Map<String, Value>>> {
    let mut templates = BTreeMap::from([(String::new(), resources(contract)?)]);
    for name in contract.profiles.keys().filter(|_| pattern.starts_with("/profiles")) {
        templates.insert(format!("of {name}"), resources(&contract.in_profile(name).ok()?)?);
    }
    Some(templates)
}

fn check(base: &Value) -> usize {
    let documented: Value = serde_json::from_str(DOCUMENTED).unwrap();
    let mut known = BTreeSet::new();
    words(&json_schema(), &mut known);
    let before = Contract::from_json(&base.to_string()).unwrap();
    let templates_before = templates(&before, "/profiles").unwrap();
    let (mut faults, mut count) = (BTreeSet::new(), 0);
    for Mutation { pattern, pointer, kind, mutated } in all(base, &known) {
        // What an entity stores is no property of a template.
        if pattern.starts_with("/tables/*/entities/") {
            continue;
        }
        let Ok(after) = Contract::from_json(&mutated.to_string()) else { continue };
        let Some(templates_after) = templates(&after, &pattern) else { continue };
        for forward in [true, false] {
            let (old, new) = if forward { (&before, &after) } else { (&after, &before) };
            let Ok(diff) = Diff::between(old, new) else { continue };
            let both =
                templates_before.iter().filter_map(|(name, one)| Some((one, templates_after.get(name)?)));
            let least = both
                .map(|(before, after)| if forward { (before, after) } else { (after, before) })
                .map(|(old, new)| least(&documented, old, new))
                .max()
                .unwrap_or(Class::Compatible);
            count += 1;
            let worst = diff.worst().unwrap_or(Class::Compatible);
            let because_of_the_template = matches!(worst, Class::Replacement | Class::RefusedInPlace);
            if worst < least || because_of_the_template && worst != least {
                let names = kind.names(forward);
                faults.insert(format!("{pointer} {names:?}: {worst:?}, and the templates say {least:?}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.into_iter().collect::<Vec<_>>().join("\n")
    );
    count
}

#[test]
fn what_cannot_be_updated_is_told() {
    let base: Value = serde_json::from_str(FULL).unwrap();
    let count = check(&base);
    assert!(count > 250, "{count} changes can be deployed");
}

#[test]
fn what_cannot_be_updated_without_replicas_is_told() {
    let mut base: Value = serde_json::from_str(FULL).unwrap();
    for table in base["tables"].as_array_mut().unwrap() {
        table.as_object_mut().unwrap().remove("replicas");
    }
    let count = check(&base);
    assert!(count > 250, "{count} changes can be deployed");
}

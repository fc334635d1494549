//! A property as a template says it: not at all, by a value, or by an expression whose value is not known.

use super::super::Found;
use super::super::found::Unresolved;
use crate::contract::{Key, KeyAttribute, Table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use theory_schema::ScalarType;

/// What is said of a property.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said<T> {
    Nothing,
    Value(T),
    /// By an expression, or in a form that is not understood.
    Unknown(String),
}

impl<T> Said<T> {
    pub(super) fn map<U>(self, map: impl FnOnce(T) -> U) -> Said<U> {
        match self {
            Said::Nothing => Said::Nothing,
            Said::Value(value) => Said::Value(map(value)),
            Said::Unknown(expression) => Said::Unknown(expression),
        }
    }
}

/// An expression of CloudFormation whose value is not known, or a value that Terraform knows only after it has applied.
pub(super) fn is_expression(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        members.len() == 1
            && members.keys().all(|name| name == "Ref" || name == "Condition" || name.starts_with("Fn::"))
    })
}

/// An expression as a person would write it, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((cut, _)) => text.get(..cut).unwrap_or_default().to_owned() + "…",
        None => text,
    }
}

fn said<T>(value: Option<&Value>, read: impl FnOnce(&Value) -> Option<T>) -> Said<T> {
    match value {
        None | Some(Value::Null) => Said::Nothing,
        Some(value) => read(value).map_or_else(|| Said::Unknown(shown(value)), Said::Value),
    }
}

pub(super) fn text(value: Option<&Value>) -> Said<String> {
    said(value, |value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    })
}

pub(super) fn number(value: Option<&Value>) -> Said<u64> {
    said(value, |value| match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64(),
    })
}

pub(super) fn flag(value: Option<&Value>) -> Said<bool> {
    said(value, |value| match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.as_str() {
            "true" | "True" | "yes" | "on" => Some(true),
            "false" | "False" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    })
}

/// A value of an enum of the contract, which spells it as AWS does.
pub(super) fn word<T: serde::de::DeserializeOwned>(value: Option<&Value>) -> Said<T> {
    said(value, |value| serde_json::from_value(value.clone()).ok())
}

/// A list; one element alone is a list of one, as in Terraform's blocks.
pub(super) fn list(value: Option<&Value>) -> Said<Vec<&Value>> {
    match value {
        None | Some(Value::Null) => Said::Nothing,
        Some(Value::Array(elements)) => Said::Value(elements.iter().filter(|e| !e.is_null()).collect()),
        Some(value) if is_expression(value) => Said::Unknown(shown(value)),
        Some(value @ Value::Object(_)) => Said::Value(vec![value]),
        Some(value) => Said::Unknown(shown(value)),
    }
}

/// A map, and not an expression in its place.
pub(super) fn map(value: Option<&Value>) -> Said<&Value> {
    match value {
        None | Some(Value::Null) => Said::Nothing,
        Some(value @ Value::Object(_)) if !is_expression(value) => Said::Value(value),
        Some(value) => Said::Unknown(shown(value)),
    }
}

/// A table in the making.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) table: Table,
    unresolved: BTreeMap<String, Unresolved>,
    faults: Vec<(String, String)>,
    /// Types by attribute; `None` where that, too, is an expression.
    types: BTreeMap<String, Option<ScalarType>>,
    used: BTreeSet<String>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let key = Key { partition: Vec::new(), sort: Vec::new() };
        Builder {
            table: Table::new("", key),
            unresolved: BTreeMap::new(),
            faults: Vec::new(),
            types: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// The value, where there is one; an expression is noted.
    pub(super) fn known<T>(&mut self, path: &str, said: Said<T>) -> Option<T> {
        match said {
            Said::Value(value) => Some(value),
            Said::Nothing => None,
            Said::Unknown(expression) => {
                self.unresolved.insert(path.into(), Unresolved::Expression(expression));
                None
            }
        }
    }

    pub(super) fn fault(&mut self, path: impl Into<String>, fault: impl Into<String>) {
        self.faults.push((path.into(), fault.into()));
    }

    /// `AttributeDefinitions`
    pub(super) fn define(&mut self, name: String, ty: Said<String>) {
        let ty = match ty {
            Said::Value(ty) => match ty.as_str() {
                "S" => Some(ScalarType::String),
                "N" => Some(ScalarType::Number),
                "B" => Some(ScalarType::Binary),
                _ => {
                    self.fault(
                        "key",
                        format!("attribute `{name}` has the type `{ty}`: a key holds S, N or B"),
                    );
                    None
                }
            },
            Said::Nothing | Said::Unknown(_) => None,
        };
        self.types.insert(name, ty);
    }

    /// A key of these attributes; `None` where it is not wholly known, which is noted.
    pub(super) fn key(&mut self, path: &str, sides: (Vec<Said<String>>, Vec<Said<String>>)) -> Option<Key> {
        let known_before = self.unresolved.len();
        let partition = self.side(path, sides.0);
        let sort = self.side(path, sides.1);
        let key = Key { partition, sort };
        (self.unresolved.len() == known_before).then_some(key)
    }

    fn side(&mut self, path: &str, names: Vec<Said<String>>) -> Vec<KeyAttribute> {
        let mut attributes = Vec::new();
        for name in names {
            let Some(name) = self.known(path, name) else { continue };
            self.used.insert(name.clone());
            match self.types.get(&name) {
                Some(Some(ty)) => attributes.push(KeyAttribute { name, ty: *ty }),
                Some(None) => {
                    self.unresolved
                        .insert(path.into(), Unresolved::Expression(format!("the type of `{name}`")));
                }
                // Where the definitions are an expression, everything may be defined.
                None if self.unresolved.contains_key("attributes") => {
                    self.unresolved
                        .insert(path.into(), Unresolved::Expression(format!("the type of `{name}`")));
                }
                None => {
                    self.fault(path, format!("attribute `{name}` of a key is not defined"));
                    self.unresolved
                        .insert(path.into(), Unresolved::Expression(format!("the type of `{name}`")));
                }
            }
        }
        attributes
    }

    pub(super) fn finish(
        mut self,
        place: String,
        logical: String,
        name: Said<String>,
        silent: &[&'static str],
    ) -> Found {
        let unused: Vec<_> = self.types.keys().filter(|name| !self.used.contains(*name)).cloned().collect();
        // A key that is not known may use it.
        let all_keys_known = !self.unresolved.keys().any(|path| {
            path == "indexes" || path == "key" || path.ends_with("/key") || path.ends_with("/name")
        });
        if all_keys_known {
            for name in unused {
                self.fault("key", format!("attribute `{name}` is defined, and in no key"));
            }
        }
        let name = self.known("name", name);
        self.table.name = name.clone().unwrap_or_default();
        Found {
            place,
            logical,
            name,
            table: self.table,
            stamp: None,
            unresolved: self.unresolved,
            silent: silent.iter().copied().collect(),
            faults: self.faults,
        }
    }
}

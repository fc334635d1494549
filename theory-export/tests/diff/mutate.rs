//! Every change of one member of a contract.

use serde_json::Value;
use std::collections::BTreeSet;

/// One change, before it is known whether a contract can have it.
#[derive(Debug)]
pub(crate) struct Mutation {
    /// Where, as rows of the table name it.
    pub(crate) pattern: String,
    /// Where, as a JSON pointer: for whoever reads a failure.
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
    pub(crate) mutated: Value,
}

/// What is done, and how it is called in either direction.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A value becomes another, from which it is told apart where it matters: `before→after`, `→after`, `change`.
    Change(String, String),
    /// A number becomes greater, or a flag set.
    Raise,
    /// A member, or an element, is removed.
    Remove,
}

impl Kind {
    /// The names under which the table may have it, the exact one first.
    pub(crate) fn names(&self, forward: bool) -> Vec<String> {
        match (self, forward) {
            (Kind::Change(before, after), true) => {
                vec![format!("{before}→{after}"), format!("→{after}"), "change".into()]
            }
            (Kind::Change(before, after), false) => {
                vec![format!("{after}→{before}"), format!("→{before}"), "change".into()]
            }
            (Kind::Raise, true) => vec!["raise".into(), "change".into()],
            (Kind::Raise, false) => vec!["lower".into(), "change".into()],
            (Kind::Remove, true) => vec!["remove".into()],
            (Kind::Remove, false) => vec!["add".into()],
        }
    }
}

/// Every mutation of a contract; `words` are the values of all enums of its JSON Schema.
pub(crate) fn all(contract: &Value, words: &BTreeSet<String>) -> Vec<Mutation> {
    let mut found = Found { contract, words, mutations: Vec::new() };
    found.walk(contract, "", "");
    found.mutations
}

struct Found<'a> {
    contract: &'a Value,
    words: &'a BTreeSet<String>,
    mutations: Vec<Mutation>,
}

impl Found<'_> {
    fn walk(&mut self, value: &Value, pointer: &str, pattern: &str) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let below = format!("{pointer}/{name}");
                    let pattern = pattern_of(self.contract, pattern, &below, name);
                    self.remove(pointer, &below, &pattern, name);
                    self.walk(member, &below, &pattern);
                }
            }
            Value::Array(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    let below = format!("{pointer}/{place}");
                    let pattern = pattern_of(self.contract, pattern, &below, &place.to_string());
                    self.remove(pointer, &below, &pattern, &place.to_string());
                    self.walk(element, &below, &pattern);
                }
            }
            Value::Bool(flag) => {
                // In either direction, the flag that is set is the greater.
                let mutated = self.with(pointer, Value::Bool(!flag));
                let kind = match flag {
                    false => Kind::Raise,
                    true => Kind::Change("set".into(), "clear".into()),
                };
                self.push(pattern, pointer, kind, mutated);
            }
            Value::Number(number) => {
                let mutated = self.with(pointer, (number.as_u64().unwrap_or(0) + 1).into());
                self.push(pattern, pointer, Kind::Raise, mutated);
            }
            Value::String(text) => {
                let other = format!("{text}2");
                // What is no value of an enum is free text, or the name of something.
                let words = self.words.iter().filter(|word| self.words.contains(text) && *word != text);
                let words: Vec<_> =
                    words.chain([&other]).filter(|word| !self.is_beside(pointer, word)).cloned().collect();
                for word in words {
                    let mutated = self.with(pointer, word.as_str().into());
                    self.push(pattern, pointer, Kind::Change(text.clone(), word.clone()), mutated);
                }
            }
            Value::Null => {}
        }
    }

    fn push(&mut self, pattern: &str, pointer: &str, kind: Kind, mutated: Value) {
        self.mutations.push(Mutation { pattern: pattern.into(), pointer: pointer.into(), kind, mutated });
    }

    /// Whether the list has the value already: then the change is a removal.
    fn is_beside(&self, pointer: &str, word: &str) -> bool {
        let above = pointer.rsplit_once('/').and_then(|(above, _)| self.contract.pointer(above));
        above.and_then(Value::as_array).is_some_and(|values| values.iter().any(|value| value == word))
    }

    fn with(&self, pointer: &str, value: Value) -> Value {
        let mut mutated = self.contract.clone();
        *mutated.pointer_mut(pointer).expect("the pointer was walked") = value;
        mutated
    }

    fn remove(&mut self, above: &str, below: &str, pattern: &str, name: &str) {
        let mut mutated = self.contract.clone();
        match mutated.pointer_mut(above).expect("the pointer was walked") {
            Value::Object(members) => drop(members.remove(name)),
            Value::Array(elements) => drop(elements.remove(name.parse().expect("a place"))),
            _ => unreachable!("only what nests is walked"),
        }
        let local = |index: &Value| index.get("kind").is_some_and(|kind| kind == "local");
        let removed = self.contract.pointer(below).and_then(Value::as_array);
        let several = name == "indexes" && removed.is_some_and(|indexes| indexes.iter().any(local));
        let pattern = if several { format!("{pattern} (one is local)") } else { pattern.to_owned() };
        self.push(&pattern, below, Kind::Remove, mutated);
    }
}

/// The pattern of a place: names and numbers that mean nothing are `*`, and those whose kind matters are that kind.
fn pattern_of(contract: &Value, above: &str, pointer: &str, name: &str) -> String {
    let here = contract.pointer(pointer);
    let text = |member: &str| here.and_then(|here| here.get(member)).and_then(Value::as_str);
    let flag = |member: &str| here.and_then(|here| here.get(member)) == Some(&Value::Bool(true));
    let last = above.rsplit('/').next().unwrap_or_default();
    let in_entity = above.starts_with("/tables/*/entities/");
    const ENTITY: &str = "/tables/*/entities/*";
    const SHAPE: &[&str] =
        &["type", "optional", "values", "element", "elements", "document", "attributes", "tag", "variants"];
    match (last, name) {
        // The stream of a table with replicas is that of its replication.
        (_, "stream") if above == "/tables/*" => {
            let table = pointer.split('/').take(3).collect::<Vec<_>>().join("/");
            let replicated = contract.pointer(&table).is_some_and(|table| table.get("replicas").is_some());
            format!("{above}/stream{}", if replicated { " (replicated)" } else { "" })
        }
        ("indexes", _) if above == "/tables/*/indexes" => format!("{above}/{}", text("kind").unwrap_or("*")),
        ("keys", name) if in_entity => {
            let table = pointer.split('/').take(3).collect::<Vec<_>>().join("/");
            let primary = ["partition", "sort"].iter().any(|side| {
                contract.pointer(&format!("{table}/key/{side}/0/name")).and_then(Value::as_str) == Some(name)
            });
            let composed = here.and_then(Value::as_str) != Some(&*format!("{{{name}}}"));
            let filled = if composed { "composed" } else { "field" };
            format!("{above}/{} {filled}", if primary { "primary" } else { "index" })
        }
        ("uniques", _) => format!("{above}/*"),
        (_, _) if above.ends_with("/uniques/*") => format!("{above}/*"),
        ("attributes", _) if above.ends_with("/access/attributes") => format!("{above}/*"),
        ("attributes", _) if in_entity => {
            let kind = match (text("role") == Some("version"), flag("required"), flag("hasDefault")) {
                (true, _, _) => "version",
                (_, true, true) => "defaulted",
                (_, true, false) => "required",
                (_, false, _) => "optional",
            };
            format!("{ENTITY}/attributes/{kind}")
        }
        // Shapes nest without end, and mean the same wherever they are.
        ("required" | "optional" | "defaulted" | "version", name) if SHAPE.contains(&name) => {
            format!("{ENTITY}/shape/{name}")
        }
        ("element", name) if in_entity => format!("{ENTITY}/shape/{name}"),
        ("*", name) if above.contains("/shape/") && SHAPE.contains(&name) => format!("{ENTITY}/shape/{name}"),
        ("tables" | "consumers" | "replicas" | "entities" | "tags" | "variants", _)
        | (
            "partition" | "sort" | "indexes" | "aliases" | "values" | "elements" | "changes" | "operations",
            _,
        ) => {
            format!("{above}/*")
        }
        (_, name) if name.parse::<usize>().is_ok() => format!("{above}/*"),
        (_, name) => format!("{above}/{name}"),
    }
}

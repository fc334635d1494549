//! Expressions of CloudFormation, as far as their values can be known before anything is deployed.

use serde_json::{Map, Value};
use std::cell::Cell;
use std::collections::BTreeMap;

/// How often one expression may lead into another: parameters, conditions and names of tables can lead in circles.
const MAX_DEPTH: usize = 64;
/// How long a text may become.
const MAX_TEXT: usize = 8_192;
/// How many values one template may have, once everything is written out.
const MAX_STEPS: usize = 4_000_000;

/// A template, and what was said of its parameters.
pub(super) struct Template<'a> {
    root: &'a Value,
    parameters: &'a BTreeMap<String, String>,
    steps: Cell<usize>,
}

impl<'a> Template<'a> {
    pub(super) fn new(root: &'a Value, parameters: &'a BTreeMap<String, String>) -> Self {
        Template { root, parameters, steps: Cell::new(0) }
    }

    /// The value with every expression in it replaced whose value is known; others stay as they are.
    ///
    /// `None` where it is no value (`AWS::NoValue`).
    pub(super) fn resolve(&self, value: &Value) -> Option<Value> {
        self.value(value, 0)
    }

    fn value(&self, value: &Value, depth: usize) -> Option<Value> {
        self.steps.set(self.steps.get() + 1);
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return Some(unknown("nesting without end"));
        }
        Some(match value {
            Value::Object(members) => {
                let expression = (members.len() == 1).then(|| members.iter().next()).flatten();
                match expression {
                    Some((name, argument)) if name == "Ref" || name.starts_with("Fn::") => {
                        return self.expression(name, argument, value, depth + 1);
                    }
                    _ => Value::Object(
                        members
                            .iter()
                            .filter_map(|(name, member)| Some((name.clone(), self.value(member, depth + 1)?)))
                            .collect(),
                    ),
                }
            }
            Value::Array(elements) => {
                Value::Array(elements.iter().filter_map(|element| self.value(element, depth + 1)).collect())
            }
            plain => plain.clone(),
        })
    }

    fn expression(&self, name: &str, argument: &Value, whole: &Value, depth: usize) -> Option<Value> {
        let known = match (name, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => return None,
            ("Ref", Value::String(name)) => self.reference(name, depth).map(Value::String),
            ("Fn::Sub", argument) => self.substituted(argument, depth).map(Value::String),
            ("Fn::Join", Value::Array(parts)) => self.joined(parts, depth).map(Value::String),
            ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(condition), yes, no] => match self.condition_named(condition, depth) {
                    Some(true) => return self.value(yes, depth),
                    Some(false) => return self.value(no, depth),
                    None => None,
                },
                _ => None,
            },
            ("Fn::FindInMap", Value::Array(path)) => self.found_in_map(path, depth),
            ("Fn::Select", Value::Array(parts)) => match parts.as_slice() {
                [place, list] => {
                    let place = self.value(place, depth)?;
                    let place = place.as_u64().or_else(|| place.as_str()?.parse().ok());
                    let list = self.value(list, depth)?;
                    place.and_then(|place| list.get(usize::try_from(place).ok()?).cloned())
                }
                _ => None,
            },
            ("Fn::Split", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(separator), text] if !separator.is_empty() => {
                    let text = self.text(text, depth);
                    text.map(|text| text.split(separator.as_str()).map(Value::from).collect())
                }
                _ => None,
            },
            ("Fn::ToJsonString", argument) => {
                let value = self.value(argument, depth)?;
                (!has_expression(&value)).then(|| Value::String(value.to_string()))
            }
            _ => None,
        };
        Some(known.unwrap_or_else(|| whole.clone()))
    }

    /// A text, where every part of it is known.
    fn text(&self, value: &Value, depth: usize) -> Option<String> {
        match self.value(value, depth)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A parameter, or the name of a table. A table whose name is not known yet is `${Logical}`, so that what refers to it is still
    /// known to do so.
    fn reference(&self, name: &str, depth: usize) -> Option<String> {
        if let Some(value) = self.parameters.get(name) {
            return Some(value.clone());
        }
        if let Some(parameter) = self.root.get("Parameters").and_then(|parameters| parameters.get(name)) {
            return self.text(parameter.get("Default")?, depth + 1);
        }
        let resource = self.root.get("Resources")?.get(name)?;
        let ty = resource.get("Type")?.as_str()?;
        if !super::cloudformation::TABLES.contains(&ty) || depth > MAX_DEPTH {
            return None;
        }
        let named = resource.get("Properties").and_then(|properties| properties.get("TableName"));
        let named = named.and_then(|named| self.text(named, depth + 1));
        Some(named.unwrap_or_else(|| format!("${{{name}}}")))
    }

    fn substituted(&self, argument: &Value, depth: usize) -> Option<String> {
        let nothing = Map::new();
        let (text, own) = match argument {
            Value::String(text) => (text, &nothing),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(text), Value::Object(own)] => (text, own),
                _ => return None,
            },
            _ => return None,
        };
        let mut written = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            written.push_str(before);
            let (name, after) = after.split_once('}')?;
            rest = after;
            match (name.strip_prefix('!'), own.get(name)) {
                (Some(literal), _) => written.push_str(&format!("${{{literal}}}")),
                (None, Some(value)) => written.push_str(&self.text(value, depth)?),
                (None, None) => written.push_str(&self.reference(name, depth)?),
            }
            if written.len() > MAX_TEXT {
                return None;
            }
        }
        written.push_str(rest);
        (written.len() <= MAX_TEXT).then_some(written)
    }

    fn joined(&self, parts: &[Value], depth: usize) -> Option<String> {
        let [Value::String(separator), list] = parts else { return None };
        let Value::Array(list) = self.value(list, depth)? else { return None };
        let mut written = String::new();
        for (place, part) in list.iter().enumerate() {
            if place > 0 {
                written.push_str(separator);
            }
            written.push_str(&self.text(part, depth)?);
            if written.len() > MAX_TEXT {
                return None;
            }
        }
        Some(written)
    }

    fn found_in_map(&self, path: &[Value], depth: usize) -> Option<Value> {
        let [map, first, second] = path else { return None };
        let mut value = self.root.get("Mappings")?;
        for step in [map, first, second] {
            value = value.get(self.text(step, depth)?)?;
        }
        Some(value.clone())
    }

    fn condition_named(&self, name: &str, depth: usize) -> Option<bool> {
        self.condition(self.root.get("Conditions")?.get(name)?, depth + 1)
    }

    fn condition(&self, value: &Value, depth: usize) -> Option<bool> {
        self.steps.set(self.steps.get() + 1);
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return None;
        }
        let (name, argument) = value.as_object().filter(|members| members.len() == 1)?.iter().next()?;
        let all =
            || argument.as_array().map(|parts| parts.iter().map(|part| self.condition(part, depth + 1)));
        match (name.as_str(), argument) {
            ("Condition", Value::String(name)) => self.condition_named(name, depth),
            ("Fn::Equals", Value::Array(sides)) => match sides.as_slice() {
                [left, right] => Some(self.text(left, depth)? == self.text(right, depth)?),
                _ => None,
            },
            ("Fn::Not", Value::Array(_)) => all()?.next()?.map(|value| !value),
            ("Fn::And", _) => {
                let parts: Vec<_> = all()?.collect();
                if parts.contains(&Some(false)) {
                    return Some(false);
                }
                (!parts.contains(&None)).then_some(true)
            }
            ("Fn::Or", _) => {
                let parts: Vec<_> = all()?.collect();
                if parts.contains(&Some(true)) {
                    return Some(true);
                }
                (!parts.contains(&None)).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether a resource is deployed; `None` where that is not known.
    pub(super) fn is_deployed(&self, resource: &Value) -> Option<bool> {
        match resource.get("Condition").and_then(Value::as_str) {
            Some(condition) => self.condition_named(condition, 0),
            None => Some(true),
        }
    }
}

fn unknown(why: &str) -> Value {
    Value::Object(Map::from_iter([("Fn::Unknown".to_owned(), Value::from(why))]))
}

/// Whether some part of the value is not known.
pub(super) fn has_expression(value: &Value) -> bool {
    super::said::is_expression(value)
        || match value {
            Value::Object(members) => members.values().any(has_expression),
            Value::Array(elements) => elements.iter().any(has_expression),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(expression: Value, expected: Value) {
        let template = json!({
            "Parameters": { "Stage": { "Default": "dev" }, "Open": { "Type": "String" }, "Loop": { "Default": { "Ref": "Loop" } } },
            "Conditions": {
                "IsDev": { "Fn::Equals": [{ "Ref": "Stage" }, "dev"] },
                "IsProd": { "Fn::Not": [{ "Condition": "IsDev" }] },
                "Circle": { "Fn::Or": [{ "Condition": "Circle" }, { "Condition": "Circle" }] },
            },
            "Mappings": { "Units": { "dev": { "read": 5 } } },
            "Resources": {
                "T": { "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": { "Fn::Sub": "${Stage}-t" } } },
                "U": { "Type": "AWS::DynamoDB::Table" },
                "Twice": { "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": { "Fn::Sub": "${Twice}${Twice}" } } },
            },
        });
        let parameters = BTreeMap::from([("AWS::Region".to_owned(), "eu-west-1".to_owned())]);
        let found = Template::new(&template, &parameters).resolve(&json!([expression]));
        assert_eq!(found, Some(json!([expected])), "{expression}");
    }

    #[test]
    fn what_is_known_is_written_out() {
        check(json!({ "Ref": "Stage" }), json!("dev"));
        check(json!({ "Fn::Sub": "${T}/${!x}/${AWS::Region}" }), json!("dev-t/${x}/eu-west-1"));
        check(json!({ "Fn::Sub": ["${a}-${Stage}", { "a": { "Ref": "U" } }] }), json!("${U}-dev"));
        check(json!({ "Fn::Join": ["/", ["table", { "Ref": "T" }]] }), json!("table/dev-t"));
        check(json!({ "Fn::If": ["IsProd", 1, { "Ref": "Stage" }] }), json!("dev"));
        check(json!({ "Fn::FindInMap": ["Units", { "Ref": "Stage" }, "read"] }), json!(5));
        check(json!({ "Fn::Select": [1, { "Fn::Split": ["-", "a-b"] }] }), json!("b"));
        check(json!({ "a": { "Ref": "AWS::NoValue" }, "b": 1 }), json!({ "b": 1 }));
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        for open in [
            json!({ "Ref": "Open" }),
            json!({ "Fn::GetAtt": ["Key", "Arn"] }),
            json!({ "Fn::Sub": "${Open}-x" }),
            json!({ "Fn::If": ["Circle", 1, 2] }),
            json!({ "Fn::If": ["Missing", 1, 2] }),
            json!({ "Fn::ImportValue": "x" }),
        ] {
            check(open.clone(), open);
        }
    }

    #[test]
    fn circles_end() {
        check(json!({ "Ref": "Loop" }), json!({ "Ref": "Loop" }));
        let template = json!({ "Resources": { "A": { "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": { "Fn::Sub": "${A}${A}${A}" } } } } });
        let parameters = BTreeMap::new();
        assert!(Template::new(&template, &parameters).resolve(&json!({ "Ref": "A" })).is_some());
    }
}

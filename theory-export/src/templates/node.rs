//! A document whose members keep the order in which they were written, as JSON and as YAML.
//!
//! `serde_json::Map` sorts its members, or does not where another crate asks for `preserve_order`: neither gives a template that
//! reads like a hand-written one and is the same bytes in every build.

use crate::error::ExportError;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Number, Value};

/// A value in a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Map),
}

/// Members in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Map(Vec<(String, Node)>);

impl Map {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One member more.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<Node>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// One member more, where there is a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// One member more, where the list or map has something in it.
    pub(crate) fn with_any(self, name: &str, value: impl Into<Node>) -> Self {
        match value.into() {
            Node::List(list) if list.is_empty() => self,
            Node::Map(map) if map.is_empty() => self,
            value => self.with(name, value),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl FromIterator<(String, Node)> for Map {
    fn from_iter<T: IntoIterator<Item = (String, Node)>>(members: T) -> Self {
        Map(members.into_iter().collect())
    }
}

impl Extend<(String, Node)> for Map {
    fn extend<T: IntoIterator<Item = (String, Node)>>(&mut self, members: T) {
        self.0.extend(members);
    }
}

impl Node {
    /// The file: indented JSON that ends with a line feed.
    pub(crate) fn to_json(&self) -> Result<String, ExportError> {
        let text = serde_json::to_string_pretty(self).map_err(unwritten)?;
        Ok(text + "\n")
    }

    /// JSON on one line, for documents within strings.
    pub(crate) fn to_compact_json(&self) -> Result<String, ExportError> {
        serde_json::to_string(self).map_err(unwritten)
    }

    /// The file as YAML, quoted so that readers of YAML 1.1 and 1.2 agree about every string.
    pub(crate) fn to_yaml(&self) -> Result<String, ExportError> {
        let mut options = serde_saphyr::SerializerOptions::default();
        options.compact_list_indent = false;
        options.prefer_block_scalars = false;
        let mut text = String::new();
        serde_saphyr::to_fmt_writer_with_options(&mut text, self, options).map_err(unwritten)?;
        Ok(text)
    }
}

fn unwritten(error: impl std::fmt::Display) -> ExportError {
    ExportError::Unsupported(format!("the document cannot be written: {error}"))
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_unit(),
            Node::Bool(value) => serializer.serialize_bool(*value),
            Node::Number(value) => value.serialize(serializer),
            Node::Text(value) => serializer.serialize_str(value),
            Node::List(values) => values.serialize(serializer),
            Node::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.0.len()))?;
                for (name, value) in &members.0 {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// A document of the user's; its members are sorted, whatever the features of `serde_json`.
impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(*value),
            Value::Number(value) => Node::Number(value.clone()),
            Value::String(value) => Node::Text(value.clone()),
            Value::Array(values) => Node::List(values.iter().map(Node::from).collect()),
            Value::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().map(|(name, value)| (name.clone(), Node::from(value))).collect();
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                Node::Map(Map(members))
            }
        }
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Node::Text(value.to_owned())
    }
}

impl From<&String> for Node {
    fn from(value: &String) -> Self {
        Node::Text(value.clone())
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Node::Text(value)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Node::Bool(value)
    }
}

impl From<u64> for Node {
    fn from(value: u64) -> Self {
        Node::Number(value.into())
    }
}

impl From<Map> for Node {
    fn from(members: Map) -> Self {
        Node::Map(members)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Into<Node>> FromIterator<T> for Node {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Node::List(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_keep_their_order() {
        let node = Node::from(Map::new().with("b", 1).with("a", "x").with_some("c", None::<bool>));
        assert_eq!(node.to_compact_json().ok().as_deref(), Some(r#"{"b":1,"a":"x"}"#));
    }

    #[test]
    fn documents_of_the_user_are_sorted() {
        let value = serde_json::json!({"b": [1, {"d": null, "c": true}], "a": 1.5});
        let text = Node::from(&value).to_compact_json().unwrap();
        assert_eq!(text, r#"{"a":1.5,"b":[1,{"c":true,"d":null}]}"#);
    }

    proptest! {
        #[test]
        fn yaml_and_json_say_the_same(names in proptest::collection::vec("(?s).*", 0..6)) {
            let members: Map = names.iter().enumerate().map(|(i, name)| (format!("{name}{i}"), Node::from(name))).collect();
            let node = Node::from(Map::new().with("members", members).with("list", names));
            let json: Value = serde_json::from_str(&node.to_json().unwrap()).unwrap();
            let yaml: Value = serde_saphyr::from_str(&node.to_yaml().unwrap()).unwrap();
            prop_assert_eq!(json, yaml);
        }
    }
}

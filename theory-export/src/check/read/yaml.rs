//! YAML with CloudFormation's short forms (`!Ref`, `!GetAtt a.b`, `!Sub …`) as the JSON that it stands for.

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How deep a document may nest, as in `serde_json`.
const MAX_DEPTH: usize = 128;
/// How many nodes a document may have once its aliases are written out: a short one can stand for billions.
const MAX_NODES: usize = 4_000_000;

/// The first document of a file.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser::new_from_str(text);
    let mut loader = Loader::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let at = |fault: String| format!("{fault} at line {}", span.start.line());
        if loader.take(event).map_err(at)? {
            break;
        }
    }
    Ok(loader.done.unwrap_or(Value::Null))
}

/// What is open, from the outside in.
#[derive(Debug)]
struct Open {
    node: Node,
    tag: Option<String>,
    anchor: usize,
}

#[derive(Debug)]
enum Node {
    List(Vec<Value>),
    Map { members: Map<String, Value>, key: Option<String> },
}

#[derive(Debug, Default)]
struct Loader {
    open: Vec<Open>,
    /// Values by anchor, with the number of their nodes.
    anchors: BTreeMap<usize, (Value, usize)>,
    nodes: usize,
    done: Option<Value>,
}

impl Loader {
    /// Whether the document is complete.
    fn take(&mut self, event: Event<'_>) -> Result<bool, String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = short(tag);
                let value = tagged(tag.as_deref(), scalar(&text, style, tag.is_some()));
                self.close(value, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => self.begin(Node::List(Vec::new()), anchor, tag)?,
            Event::MappingStart(anchor, tag) => {
                self.begin(Node::Map { members: Map::new(), key: None }, anchor, tag)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { node, tag, anchor }) = self.open.pop() else {
                    return Err("an end without a beginning".into());
                };
                let value = match node {
                    Node::List(values) => Value::Array(values),
                    Node::Map { members, .. } => Value::Object(members),
                };
                self.close(tagged(tag.as_deref(), value), anchor)?;
            }
            Event::Alias(anchor) => {
                let (value, nodes) =
                    self.anchors.get(&anchor).ok_or("an alias of nothing that is complete")?;
                let value = value.clone();
                self.count(*nodes)?;
                self.close(value, 0)?;
            }
            Event::DocumentEnd => return Ok(true),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
        Ok(false)
    }

    fn begin(&mut self, node: Node, anchor: usize, tag: Option<Cow<'_, Tag>>) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("it nests deeper than {MAX_DEPTH} levels"));
        }
        self.open.push(Open { node, tag: short(tag), anchor });
        Ok(())
    }

    fn count(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} nodes, aliases written out"));
        }
        Ok(())
    }

    fn close(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        self.count(1)?;
        if anchor > 0 {
            // What an alias repeats is counted where it is defined and wherever it is used.
            let nodes = nodes(&value);
            self.count(nodes)?;
            self.anchors.insert(anchor, (value.clone(), nodes));
        }
        match self.open.last_mut().map(|open| &mut open.node) {
            None => self.done = Some(value),
            Some(Node::List(values)) => values.push(value),
            Some(Node::Map { members, key }) => match key.take() {
                None => *key = Some(name(value)?),
                Some(key) if key == "<<" => merge(members, value),
                Some(key) => {
                    members.insert(key, value);
                }
            },
        }
        Ok(())
    }
}

fn nodes(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(nodes).sum::<usize>() + 1,
        Value::Object(members) => members.values().map(nodes).sum::<usize>() + 1,
        _ => 1,
    }
}

/// Keys of CloudFormation are text, though some look like numbers.
fn name(value: Value) -> Result<String, String> {
    match value {
        Value::String(name) => Ok(name),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err("a key that is no text".into()),
    }
}

fn merge(members: &mut Map<String, Value>, value: Value) {
    let parts = match value {
        Value::Array(parts) => parts,
        part => vec![part],
    };
    for part in parts {
        if let Value::Object(part) = part {
            for (name, value) in part {
                members.entry(name).or_insert(value);
            }
        }
    }
}

/// The name of a local tag; those of YAML itself say nothing here.
fn short(tag: Option<Cow<'_, Tag>>) -> Option<String> {
    tag.filter(|tag| tag.handle == "!").map(|tag| tag.suffix.clone())
}

/// `!Ref x` is `{"Ref": "x"}`, `!GetAtt a.b` is `{"Fn::GetAtt": ["a", "b"]}`, and so on.
fn tagged(tag: Option<&str>, value: Value) -> Value {
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return value };
    let (name, value) = match (tag, value) {
        ("Ref" | "Condition", value) => (tag.to_owned(), value),
        ("GetAtt", Value::String(path)) => {
            let value = match path.split_once('.') {
                Some((resource, attribute)) => Value::from(vec![resource, attribute]),
                None => Value::String(path),
            };
            ("Fn::GetAtt".into(), value)
        }
        (tag, value) => (format!("Fn::{tag}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

/// YAML 1.1, as CloudFormation reads it, has more words for `true` than matter here: values of tables are compared by what they may be.
fn scalar(text: &str, style: ScalarStyle, is_tagged: bool) -> Value {
    if is_tagged || style != ScalarStyle::Plain {
        return Value::String(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        // A date, an account number with a leading zero and the like stay as they are written.
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => Value::String(text.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(text: &str, expected: Value) {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }

    #[test]
    fn short_forms_are_written_out() {
        check("a: !Ref B", json!({ "a": { "Ref": "B" } }));
        check("!GetAtt T.Arn", json!({ "Fn::GetAtt": ["T", "Arn"] }));
        check("!Sub '${A}-x'", json!({ "Fn::Sub": "${A}-x" }));
        check(
            "!If [IsProd, !Ref A, !Join ['-', [b, 1]]]",
            json!({ "Fn::If": ["IsProd", { "Ref": "A" }, { "Fn::Join": ["-", ["b", 1]] }] }),
        );
        check("!Condition X", json!({ "Condition": "X" }));
    }

    #[test]
    fn scalars_are_what_they_look_like() {
        check(
            "[1, '1', true, 'true', ~, 012, 2010-09-09, 1e3]",
            json!([1, "1", true, "true", null, "012", "2010-09-09", "1e3"]),
        );
    }

    #[test]
    fn anchors_and_merges_are_written_out() {
        check(
            "{a: &x {b: 1}, c: *x, d: {<<: *x, e: 2}}",
            json!({ "a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2} }),
        );
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(", ")));
        }
        assert!(parse(&bomb).unwrap_err().contains("nodes"));
        assert!(parse(&"[".repeat(100_000)).is_err());
        let deep: String = (0..1000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        assert!(parse(&deep).unwrap_err().contains("deeper"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\[\\]{}!&*:,'\"a0 \n#|>-]{0,60}") {
            let _ = parse(&text);
        }
    }
}

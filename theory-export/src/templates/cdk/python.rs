//! Classes as Python.

use super::described;
use super::layout::{Doc, Page};
use super::model::{Class, Members, Reader, Value};
use crate::contract::deployment::Keep;
use crate::templates::names::{Scope, is_hidden, snake};
use crate::templates::node::Node;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const PAGE: Page = Page { width: 88, indent: 4 };

/// Modules, by their names in the model: what is imported, and under which name.
const MODULES: &[(&str, &str, &str)] = &[
    ("dynamodb", "aws_dynamodb", "dynamodb"),
    ("iam", "aws_iam", "iam"),
    ("kms", "aws_kms", "kms"),
    ("lambda", "aws_lambda", "lambda_"),
    ("sources", "aws_lambda_event_sources", "sources"),
    ("s3", "aws_s3", "s3"),
    ("sns", "aws_sns", "sns"),
    ("sqs", "aws_sqs", "sqs"),
];

/// Words that are no names, and names that an argument must not hide.
const RESERVED: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "self", "try", "type", "while", "with", "yield",
    "dynamodb", "iam", "kms", "lambda_", "sources", "s3", "sns", "sqs",
];

pub(super) fn file(classes: &[Class<'_>], digest: Option<&str>) -> String {
    let mut text = String::from(
        "\"\"\"The tables of the application.\n\nWritten from the contract; a change belongs there.\n",
    );
    if let Some(digest) = digest {
        let _ = writeln!(text, "{digest}");
    }
    text.push_str("\"\"\"\n\n");
    imports(&mut text, classes);
    for class in classes {
        text.push_str("\n\n");
        write_class(&mut text, class);
    }
    text
}

fn imports(text: &mut String, classes: &[Class<'_>]) {
    let mut used = BTreeSet::from(["dynamodb"]);
    let mut core = BTreeSet::from(["RemovalPolicy"]);
    for class in classes {
        let of_readers = class.consumers.iter().flat_map(|reader| &reader.members);
        for (_, value) in class.members.iter().chain(of_readers) {
            value.types(&mut |ty| match ty.split_once('.') {
                Some((module, _)) => drop(used.insert(module)),
                None if ty == "stack" => drop(core.insert("Stack")),
                None => drop(core.insert(ty)),
            });
        }
        if !class.consumers.is_empty() {
            used.extend(["lambda", "sources"]);
        }
        if class.on_replace.is_some() {
            core.extend(["CfnDeletionPolicy", "CfnResource"]);
        }
    }
    let core = core.into_iter().map(str::to_owned);
    let modules = MODULES.iter().filter(|(known, ..)| used.contains(known)).map(|(_, module, name)| {
        if *name == *module { (*module).to_owned() } else { format!("{module} as {name}") }
    });
    text.push_str("from __future__ import annotations\n\n");
    if classes.iter().any(|class| class.on_replace.is_some()) {
        text.push_str("from typing import cast\n\n");
    }
    let names: Vec<_> = core.chain(modules).collect();
    let names = names.iter().map(|name| format!("    {name},\n")).collect::<String>();
    let _ = write!(text, "from aws_cdk import (\n{names})\nfrom constructs import Construct\n");
}

fn write_class(text: &mut String, class: &Class<'_>) {
    let Class { name, table, .. } = class;
    let removal = match table.retention.on_delete {
        Keep::Retain => "RETAIN",
        Keep::Delete => "DESTROY",
    };
    let about = described(table, comment);
    let _ = write!(
        text,
        "class {name}(Construct):
    \"\"\"{about}\"\"\"

    table: dynamodb.TableV2

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table_name: str = {},
        removal_policy: RemovalPolicy = RemovalPolicy.{removal},
    ) -> None:
        super().__init__(scope, construct_id)

        self.table = ",
        quoted(&table.name)
    );
    let mut items = vec![(String::new(), Doc::text("self")), (String::new(), Doc::text("\"Table\""))];
    items.extend(named(&class.members));
    let made = Doc::group("dynamodb.TableV2(", items, ")");
    let _ = writeln!(text, "{}", made.render(PAGE, 8, 21, 0));
    if let Some(keep) = class.on_replace {
        let policy = match keep {
            Keep::Retain => "RETAIN",
            Keep::Delete => "DELETE",
        };
        let _ = write!(
            text,
            "
        resource = cast(CfnResource, self.table.node.default_child)
        resource.cfn_options.update_replace_policy = CfnDeletionPolicy.{policy}
"
        );
    }
    let functions = functions(class);
    if !functions.is_empty() {
        text.push_str("\n    def add_consumers(\n        self,\n        *,\n");
        for (function, _) in &functions {
            let _ = writeln!(text, "        {function}: lambda_.IFunction,");
        }
        text.push_str(
            "    ) -> None:
        \"\"\"Lets functions read the stream.

        What fails is reported record by record, tried again, and then set aside.
        \"\"\"
",
        );
        for (function, members) in &functions {
            let mut items = vec![(String::new(), Doc::text("self.table"))];
            items.extend(named(members));
            let source = Doc::group("sources.DynamoEventSource(", items, ")");
            let call = Doc::Group {
                open: format!("{function}.add_event_source("),
                items: vec![(String::new(), source)],
                close: ")".into(),
                spaced: false,
            };
            let _ = writeln!(text, "        {}", call.render(PAGE, 8, 8, 0));
        }
    }
}

/// The functions with their names as arguments.
fn functions<'a>(class: &'a Class<'_>) -> Vec<(String, &'a Members)> {
    let mut scope = Scope::default();
    let named = |reader: &'a Reader| {
        let name = snake(&reader.function);
        let name = if RESERVED.contains(&name.as_str()) { format!("{name}_function") } else { name };
        (scope.give(name, "_"), &reader.members)
    };
    class.consumers.iter().map(named).collect()
}

fn named(members: &Members) -> Vec<(String, Doc)> {
    members.iter().map(|(name, value)| (format!("{}=", snake(name)), doc(value))).collect()
}

/// The name of a type: modules have other names than in the model.
fn ty(ty: &str) -> String {
    match ty.split_once('.') {
        Some((module, name)) => {
            let module =
                MODULES.iter().find(|(known, ..)| *known == module).map_or(module, |(.., name)| name);
            format!("{module}.{name}")
        }
        None if ty == "stack" => "Stack.of(self)".into(),
        None => ty.into(),
    }
}

fn doc(value: &Value) -> Doc {
    match value {
        Value::Text(text) => Doc::text(quoted(text)),
        Value::Number(number) => Doc::text(number.to_string()),
        Value::Bool(value) => Doc::text(boolean(*value)),
        Value::List(values) => list(values.iter().map(doc).collect()),
        Value::Map(entries) => dict(entries.iter().map(|(name, value)| (name.as_str(), doc(value)))),
        Value::Json(node) => json(node),
        Value::Struct(name, members) => Doc::group(format!("{}(", ty(name)), named(members), ")"),
        Value::Enum(name, member) => Doc::text(format!("{}.{member}", ty(name))),
        Value::Call(name, method, values, members) => {
            let mut items: Vec<_> = values.iter().map(|value| (String::new(), doc(value))).collect();
            items.extend(named(members));
            Doc::group(format!("{}.{}(", ty(name), snake(method)), items, ")")
        }
        Value::New(name, value) => Doc::Group {
            open: format!("{}(", ty(name)),
            items: vec![(String::new(), doc(value))],
            close: ")".into(),
            spaced: false,
        },
        Value::This => Doc::text("self"),
        Value::Argument(name) => Doc::text(snake(name)),
    }
}

const fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn list(values: Vec<Doc>) -> Doc {
    let items = values.into_iter().map(|value| (String::new(), value)).collect();
    Doc::Group { open: "[".into(), items, close: "]".into(), spaced: false }
}

fn dict<'a>(entries: impl Iterator<Item = (&'a str, Doc)>) -> Doc {
    let items = entries.map(|(name, value)| (format!("{}: ", quoted(name)), value)).collect();
    Doc::Group { open: "{".into(), items, close: "}".into(), spaced: false }
}

fn json(node: &Node) -> Doc {
    match node {
        Node::Null => Doc::text("None"),
        Node::Bool(value) => Doc::text(boolean(*value)),
        Node::Number(value) => Doc::text(value.to_string()),
        Node::Text(text) => Doc::text(quoted(text)),
        Node::List(values) => list(values.iter().map(json).collect()),
        Node::Map(members) => dict(members.iter().map(|(name, value)| (name, json(value)))),
    }
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) => drop(match u32::from(c) {
                code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            }),
            c => out.push(c),
        }
    }
    out
}

/// Text within a docstring, which it cannot end.
fn comment(text: &str) -> String {
    escaped(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_ends_its_literal(text in "(?s).{0,12}", marks in "['\"\\\\#\n\r\0\u{85}\u{202e}]{0,8}") {
            let text = text + &marks;
            let escaped = escaped(&text);
            prop_assert!(!escaped.chars().any(is_hidden), "{escaped}");
            // Only what is escaped differs, and the escapes are ones that both languages know, but for the short and the long ones.
            let mut json = String::new();
            let mut chars = escaped.chars();
            while let Some(c) = chars.next() {
                if c != '\\' {
                    prop_assert!(c != '"');
                    json.push(c);
                    continue;
                }
                let digits = match chars.next() {
                    Some('x') => 2,
                    Some('u') => 4,
                    Some('U') => 8,
                    Some(c) => {
                        json.extend(['\\', c]);
                        continue;
                    }
                    None => return Err(TestCaseError::fail("a lone backslash")),
                };
                let code: String = chars.by_ref().take(digits).collect();
                let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                json.push_str(serde_json::to_string(&c.map(String::from)).unwrap_or_default().trim_matches('"'));
            }
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{json}\"")).ok(), Some(text));
        }
    }
}

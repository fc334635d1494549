//! Classes as TypeScript.

use super::described;
use super::layout::{Doc, Page};
use super::model::{Class, Members, Value};
use crate::contract::deployment::Keep;
use crate::templates::names::{Scope, camel, is_hidden};
use crate::templates::node::Node;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const PAGE: Page = Page { width: 100, indent: 2 };

/// Modules with a name of their own, by that name.
const MODULES: &[(&str, &str)] = &[
    ("dynamodb", "aws-cdk-lib/aws-dynamodb"),
    ("iam", "aws-cdk-lib/aws-iam"),
    ("kms", "aws-cdk-lib/aws-kms"),
    ("lambda", "aws-cdk-lib/aws-lambda"),
    ("sources", "aws-cdk-lib/aws-lambda-event-sources"),
    ("s3", "aws-cdk-lib/aws-s3"),
    ("sns", "aws-cdk-lib/aws-sns"),
    ("sqs", "aws-cdk-lib/aws-sqs"),
];

pub(super) fn file(classes: &[Class<'_>], digest: Option<&str>) -> String {
    let mut text = String::from("// Written from the contract; a change belongs there.\n");
    if let Some(digest) = digest {
        let _ = writeln!(text, "// {digest}");
    }
    text.push('\n');
    imports(&mut text, classes);
    for class in classes {
        text.push('\n');
        write_class(&mut text, class);
    }
    text
}

fn imports(text: &mut String, classes: &[Class<'_>]) {
    let mut used = BTreeSet::new();
    let mut core = BTreeSet::from(["RemovalPolicy"]);
    for class in classes {
        let of_readers = class.consumers.iter().flat_map(|reader| &reader.members);
        for (_, value) in class.members.iter().chain(of_readers) {
            value.types(&mut |ty| match ty.split_once('.') {
                Some((module, _)) => drop(used.insert(module)),
                None if ty == "stack" => drop(core.insert("Stack")),
                None if ty == "Duration" => drop(core.insert("Duration")),
                None => {}
            });
        }
        if !class.consumers.is_empty() {
            used.extend(["lambda", "sources"]);
        }
        if class.on_replace.is_some() {
            core.extend(["CfnDeletionPolicy", "CfnResource"]);
        }
    }
    used.insert("dynamodb");
    let core: Vec<_> = core.into_iter().collect();
    let _ = writeln!(text, "import {{ {} }} from 'aws-cdk-lib';", core.join(", "));
    for (name, module) in MODULES.iter().filter(|(name, _)| used.contains(name)) {
        let _ = writeln!(text, "import * as {name} from '{module}';");
    }
    text.push_str("import { Construct } from 'constructs';\n");
}

fn write_class(text: &mut String, class: &Class<'_>) {
    let Class { name, table, .. } = class;
    let table_name = quoted(&table.name);
    let removal = match table.retention.on_delete {
        Keep::Retain => "RETAIN",
        Keep::Delete => "DESTROY",
    };
    let about = described(table, comment);
    let _ = write!(
        text,
        "/** What may differ from one stack to the next. */
export interface {name}Props {{
  /** Another name than {}. */
  readonly tableName?: string;
  /** What becomes of the data when the table leaves the stack; `{removal}` if nothing is said. */
  readonly removalPolicy?: RemovalPolicy;
}}
",
        comment(&table_name)
    );
    let functions = functions(class);
    if !functions.is_empty() {
        let _ = writeln!(
            text,
            "\n/** The functions that read the stream of {}. */\nexport interface {name}Consumers {{",
            comment(&table_name)
        );
        for (function, _) in &functions {
            let _ = writeln!(text, "  readonly {function}: lambda.IFunction;");
        }
        text.push_str("}\n");
    }
    let arguments = class.members.iter().map(|(member, value)| match value {
        Value::Argument("tableName") => (format!("{member}: props.tableName ?? "), Doc::text(&table_name)),
        Value::Argument("removalPolicy") => {
            (format!("{member}: props.removalPolicy ?? "), Doc::text(format!("RemovalPolicy.{removal}")))
        }
        value => (format!("{member}: "), doc(value)),
    });
    let made = Doc::Group {
        open: "new dynamodb.TableV2(this, 'Table', {".into(),
        items: arguments.collect(),
        close: "})".into(),
        spaced: true,
    };
    let _ = write!(
        text,
        "
/** {about} */
export class {name} extends Construct {{
  readonly table: dynamodb.TableV2;

  constructor(scope: Construct, id: string, props: {name}Props = {{}}) {{
    super(scope, id);

    this.table = {};
",
        made.render(PAGE, 4, 17, 1)
    );
    if let Some(keep) = class.on_replace {
        let policy = match keep {
            Keep::Retain => "RETAIN",
            Keep::Delete => "DELETE",
        };
        let _ = write!(
            text,
            "
    const resource = this.table.node.defaultChild as CfnResource;
    resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.{policy};
"
        );
    }
    text.push_str("  }\n");
    if !functions.is_empty() {
        let _ = write!(
            text,
            "
  /** Lets functions read the stream: what fails is reported record by record, tried again, and then set aside. */
  addConsumers(functions: {name}Consumers): void {{
"
        );
        for (function, members) in &functions {
            let source = Doc::Group {
                open: "new sources.DynamoEventSource(this.table, {".into(),
                items: named(members),
                close: "})".into(),
                spaced: true,
            };
            let call = Doc::group(
                format!("functions.{function}.addEventSource("),
                vec![(String::new(), source)],
                ")",
            );
            let _ = writeln!(text, "    {};", call.render(PAGE, 4, 4, 1));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
}

/// The functions with their names as members.
fn functions<'a>(class: &'a Class<'_>) -> Vec<(String, &'a Members)> {
    let mut scope = Scope::default();
    let named = |reader: &'a super::model::Reader| (scope.give(camel(&reader.function), ""), &reader.members);
    class.consumers.iter().map(named).collect()
}

fn named(members: &Members) -> Vec<(String, Doc)> {
    members.iter().map(|(name, value)| (format!("{name}: "), doc(value))).collect()
}

fn object(items: Vec<(String, Doc)>) -> Doc {
    Doc::Group { open: "{".into(), items, close: "}".into(), spaced: true }
}

fn doc(value: &Value) -> Doc {
    match value {
        Value::Text(text) => Doc::text(quoted(text)),
        Value::Number(number) => Doc::text(number.to_string()),
        Value::Bool(value) => Doc::text(value.to_string()),
        Value::List(values) => list(values.iter().map(doc).collect()),
        Value::Map(entries) => {
            object(entries.iter().map(|(name, value)| (format!("{}: ", key(name)), doc(value))).collect())
        }
        Value::Json(node) => json(node),
        Value::Struct(_, members) => object(named(members)),
        Value::Enum(ty, member) => Doc::text(format!("{ty}.{member}")),
        Value::Call(ty, method, values, members) => {
            let ty = if *ty == "stack" { "Stack.of(this)" } else { ty };
            let mut items: Vec<_> = values.iter().map(|value| (String::new(), doc(value))).collect();
            if !members.is_empty() {
                items.push((String::new(), object(named(members))));
            }
            Doc::group(format!("{ty}.{method}("), items, ")")
        }
        Value::New(ty, value) => Doc::group(format!("new {ty}("), vec![(String::new(), doc(value))], ")"),
        Value::This => Doc::text("this"),
        Value::Argument(name) => Doc::text(format!("props.{name}")),
    }
}

fn list(values: Vec<Doc>) -> Doc {
    let items = values.into_iter().map(|value| (String::new(), value)).collect();
    Doc::Group { open: "[".into(), items, close: "]".into(), spaced: false }
}

fn json(node: &Node) -> Doc {
    match node {
        Node::Null => Doc::text("null"),
        Node::Bool(value) => Doc::text(value.to_string()),
        Node::Number(value) => Doc::text(value.to_string()),
        Node::Text(text) => Doc::text(quoted(text)),
        Node::List(values) => list(values.iter().map(json).collect()),
        Node::Map(members) => {
            object(members.iter().map(|(name, value)| (format!("{}: ", key(name)), json(value))).collect())
        }
    }
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name {
        // Written plainly, this sets what the object inherits from.
        "__proto__" => "['__proto__']".into(),
        name if plain => name.into(),
        name => quoted(name),
    }
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "'"
}

/// Text within a comment, which it cannot end.
fn comment(text: &str) -> String {
    let visible = |c: char| if is_hidden(c) { ' ' } else { c };
    text.chars().map(visible).collect::<String>().replace("*/", "*\\/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_ends_its_literal_or_comment(text in "(?s).{0,12}", marks in "['\"`\\\\*/$\\{\\}\n\r\u{2028}\u{202e}]{0,8}") {
            let text = text + &marks;
            let literal = quoted(&text);
            // What JSON has no word for is written as JSON has it, and read.
            let inner = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
            let mut json = String::from("\"");
            let mut chars = inner.chars();
            while let Some(c) = chars.next() {
                match (c, c == '\\') {
                    ('"', _) => json.push_str("\\\""),
                    (_, false) => {
                        prop_assert!(c != '\'' && !is_hidden(c), "{literal}");
                        json.push(c);
                    }
                    (_, true) => match chars.next() {
                        Some('u') => {
                            let code: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                            let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                            let c = serde_json::to_string(&c.map(String::from)).unwrap_or_default();
                            json.push_str(c.trim_matches('"'));
                        }
                        Some('\'') => json.push('\''),
                        Some(c) => json.extend(['\\', c]),
                        None => prop_assert!(false, "{literal}"),
                    },
                }
            }
            json.push('"');
            prop_assert_eq!(serde_json::from_str::<String>(&json).ok(), Some(text.clone()), "{}", json);
            let comment = comment(&text);
            prop_assert!(!comment.contains("*/") && !comment.chars().any(is_hidden), "{comment}");
        }
    }
}

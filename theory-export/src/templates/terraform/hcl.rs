//! HashiCorp's configuration language: one tree, written as HCL in the layout of `terraform fmt`, and as its JSON form.
//!
//! In both a string is a template: `${` and `%{` in text are doubled, so that no name is ever evaluated.

use crate::templates::names::is_hidden;
use crate::templates::node::{Map, Node};
use std::fmt::Write as _;

/// What stands on the right of `=`.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// A value; its strings are text.
    Value(Node),
    /// Text and expressions within one string; an expression alone is written bare.
    Template(Vec<Piece>),
    /// Names that Terraform wants to see as such: `ignore_changes`.
    Keywords(Vec<&'static str>),
    /// A document that is passed as JSON text.
    Json(Node),
}

/// A piece of a string.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text, as it is.
    Text(String),
    /// An expression of Terraform; made of identifiers that were given out, never of names.
    Expr(String),
}

/// Terraform's expression, bare.
pub(super) fn expr(text: impl Into<String>) -> Expr {
    Expr::Template(vec![Piece::Expr(text.into())])
}

impl<T: Into<Node>> From<T> for Expr {
    fn from(value: T) -> Self {
        Expr::Value(value.into())
    }
}

/// A block: its type and labels, its arguments, and the blocks in it.
#[derive(Debug, Clone)]
pub(super) struct Block {
    ty: &'static str,
    labels: Vec<String>,
    comment: Option<&'static str>,
    arguments: Vec<(&'static str, Expr)>,
    blocks: Vec<Block>,
}

impl Block {
    pub(super) fn new(ty: &'static str) -> Self {
        Block { ty, labels: Vec::new(), comment: None, arguments: Vec::new(), blocks: Vec::new() }
    }

    pub(super) fn labelled<const N: usize>(ty: &'static str, labels: [&str; N]) -> Self {
        Block { labels: labels.iter().map(|label| (*label).to_owned()).collect(), ..Block::new(ty) }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Expr>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<Expr>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub(super) fn blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    /// A line above the block, in HCL only.
    pub(super) fn comment(mut self, text: &'static str) -> Self {
        self.comment = Some(text);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arguments.is_empty() && self.blocks.is_empty()
    }
}

/// The file in HCL.
pub(super) fn to_hcl(blocks: &[Block]) -> String {
    let mut text = String::new();
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        write_block(&mut text, block, 0);
    }
    text
}

fn write_block(text: &mut String, block: &Block, depth: usize) {
    let indent = "  ".repeat(depth);
    if let Some(comment) = block.comment {
        let _ = writeln!(text, "{indent}# {comment}");
    }
    let _ = write!(text, "{indent}{}", block.ty);
    for label in &block.labels {
        let _ = write!(text, " {}", quoted(label));
    }
    text.push_str(" {\n");
    let arguments: Vec<(String, String)> =
        block.arguments.iter().map(|(name, value)| ((*name).to_owned(), hcl(value, depth + 1))).collect();
    // `terraform fmt` aligns runs of lines; a value of several lines stands apart.
    let (short, long): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|(_, value)| !value.contains('\n'));
    write_aligned(text, &short, depth + 1);
    let mut begun = !short.is_empty();
    for argument in long {
        if std::mem::replace(&mut begun, true) {
            text.push('\n');
        }
        write_aligned(text, &[argument], depth + 1);
    }
    for inner in &block.blocks {
        if std::mem::replace(&mut begun, true) {
            text.push('\n');
        }
        write_block(text, inner, depth + 1);
    }
    let _ = writeln!(text, "{indent}}}");
}

/// Lines of `name = value` whose signs stand below each other, runs of one-line values apart.
fn write_aligned(text: &mut String, members: &[(String, String)], depth: usize) {
    let indent = "  ".repeat(depth);
    let runs = members.chunk_by(|(_, a), (_, b)| !a.contains('\n') && !b.contains('\n'));
    for run in runs {
        let width = run.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in run {
            let _ = writeln!(text, "{indent}{name}{:pad$} = {value}", "", pad = width - name.chars().count());
        }
    }
}

fn hcl(value: &Expr, depth: usize) -> String {
    match value {
        Expr::Value(node) => hcl_node(node, depth),
        Expr::Template(pieces) => match pieces.as_slice() {
            [Piece::Expr(expr)] => expr.clone(),
            pieces => format!("\"{}\"", joined(pieces, escaped)),
        },
        Expr::Keywords(names) => format!("[{}]", names.join(", ")),
        Expr::Json(node) => format!("jsonencode({})", hcl_node(node, depth)),
    }
}

fn joined(pieces: &[Piece], text: impl Fn(&str) -> String) -> String {
    let piece = |piece: &Piece| match piece {
        // A `$` before an expression would double its own, and so take it for text.
        Piece::Text(plain) => match plain.trim_end_matches('$') {
            before if before.len() < plain.len() => {
                format!("{}${{\"{}\"}}", text(before), &plain[before.len()..])
            }
            plain => text(plain),
        },
        Piece::Expr(expr) => format!("${{{expr}}}"),
    };
    pieces.iter().map(piece).collect()
}

fn hcl_node(node: &Node, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match node {
        Node::Null => "null".into(),
        Node::Bool(value) => value.to_string(),
        Node::Number(value) => value.to_string(),
        Node::Text(text) => quoted(text),
        Node::List(values) if values.is_empty() => "[]".into(),
        Node::List(values) if !values.iter().any(|value| matches!(value, Node::List(_) | Node::Map(_))) => {
            let values: Vec<_> = values.iter().map(|value| hcl_node(value, depth)).collect();
            format!("[{}]", values.join(", "))
        }
        Node::List(values) => {
            let mut text = "[\n".to_owned();
            for value in values {
                let _ = writeln!(text, "{indent}  {},", hcl_node(value, depth + 1));
            }
            text + &indent + "]"
        }
        Node::Map(members) if members.is_empty() => "{}".into(),
        Node::Map(members) => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| (key(name), hcl_node(value, depth + 1))).collect();
            let mut text = "{\n".to_owned();
            write_aligned(&mut text, &members, depth + 1);
            text + &indent + "}"
        }
    }
}

/// A key of an object: bare where it is an identifier.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        // Literals and the words of `for` are no keys.
        && !["null", "true", "false", "for", "if"].contains(&name);
    if plain { name.to_owned() } else { quoted(name) }
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in doubled(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // What a reader would not see, or would see in another order.
            c if is_hidden(c) => {
                let _ = match u32::from(c) {
                    code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out
}

/// Text in which nothing begins an interpolation or a directive.
fn doubled(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// The file in Terraform's JSON: blocks of one type and label together, repeated ones as lists.
pub(super) fn to_json(blocks: &[Block]) -> Node {
    Node::Map(members(blocks))
}

fn members(blocks: &[Block]) -> Map {
    let mut types: Vec<&'static str> = Vec::new();
    for block in blocks {
        if !types.contains(&block.ty) {
            types.push(block.ty);
        }
    }
    let of_type = |ty: &'static str| {
        let same: Vec<_> = blocks.iter().filter(|block| block.ty == ty).collect();
        (ty.to_owned(), grouped(&same, 0))
    };
    types.into_iter().map(of_type).collect()
}

/// Blocks of one type, by what labels they have left.
fn grouped(blocks: &[&Block], depth: usize) -> Node {
    let mut labels: Vec<&str> = Vec::new();
    for block in blocks {
        if let Some(label) = block.labels.get(depth).filter(|label| !labels.contains(&label.as_str())) {
            labels.push(label);
        }
    }
    if labels.is_empty() {
        return match blocks {
            [one] => Node::Map(body(one)),
            many => many.iter().map(|block| body(block)).collect(),
        };
    }
    let of_label = |label: &str| {
        let same: Vec<_> = blocks
            .iter()
            .copied()
            .filter(|block| block.labels.get(depth).is_some_and(|own| own == label))
            .collect();
        (label.to_owned(), grouped(&same, depth + 1))
    };
    Node::Map(labels.into_iter().map(of_label).collect())
}

fn body(block: &Block) -> Map {
    let arguments = block.arguments.iter().map(|(name, value)| ((*name).to_owned(), json(value)));
    let mut map: Map = arguments.collect();
    map.extend(members(&block.blocks).iter().map(|(name, value)| (name.to_owned(), value.clone())));
    map
}

fn json(value: &Expr) -> Node {
    match value {
        Expr::Value(node) => json_node(node),
        Expr::Template(pieces) => joined(pieces, doubled).into(),
        Expr::Keywords(names) => names.iter().copied().collect(),
        // A document of the user's has no infinite number in it, so that it can be written.
        Expr::Json(node) => doubled(&node.to_compact_json().unwrap_or_default()).into(),
    }
}

fn json_node(node: &Node) -> Node {
    match node {
        Node::Text(text) => doubled(text).into(),
        Node::List(values) => values.iter().map(json_node).collect(),
        Node::Map(members) => {
            Node::Map(members.iter().map(|(name, value)| (doubled(name), json_node(value))).collect())
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What an evaluation of the only block reads, with nothing to refer to.
    fn evaluated(text: &str) -> serde_json::Value {
        let read = hcl::eval::from_str::<serde_json::Value>(text, &hcl::eval::Context::new());
        read.unwrap_or_else(|error| panic!("{error}\n{text}"))["locals"].clone()
    }

    proptest! {
        #[test]
        fn text_is_text_whatever_it_holds(text in hostile(), name in hostile()) {
            let block = Block::new("locals")
                .with("list", Node::from(vec![text.as_str()]))
                .with("tags", Map::new().with(&name, &text))
                .with("template", Expr::Template(vec![Piece::Text(format!("/{text}")), Piece::Expr("1".into())]));
            let read = evaluated(&to_hcl(std::slice::from_ref(&block)));
            prop_assert_eq!(&read["list"][0], &text);
            prop_assert_eq!(&read["tags"][&name], &text);
            prop_assert_eq!(&read["template"], &format!("/{text}1"));
            // As JSON every string is a template too: nothing in it may begin an expression but ours.
            let json = to_json(&[block]);
            let text = json.to_compact_json().unwrap_or_default().replace("$${", "").replace("%%{", "").replace("${1}", "").replace("${\\\"$", "");
            prop_assert!(!text.contains("${") && !text.contains("%{"), "{}", text);
        }
    }

    /// Every text of up to five of the characters that templates are made of.
    #[test]
    fn no_combination_begins_an_expression() {
        let mut texts = vec![String::new()];
        for length in 0..5 {
            let longest: Vec<_> = texts.iter().filter(|text| text.len() == length).cloned().collect();
            texts.extend(
                longest.iter().flat_map(|text| "$%{}\"\\".chars().map(move |c| format!("{text}{c}"))),
            );
        }
        texts.retain(|text| is_read_as_terraform_does(text));
        let list: Node = texts.iter().map(String::as_str).collect();
        let read = evaluated(&to_hcl(&[Block::new("locals").with("list", list)]));
        assert_eq!(read["list"], serde_json::json!(texts));
        assert!(texts.len() > 8_000, "{}", texts.len());
    }

    /// Whether this parser is a judge: it takes the first sign of `$$${` and `%$${` with the second for an escape. Terraform
    /// takes it as it is, and reads every one of these texts as it was (1.11; `terraform output` of the same list).
    fn is_read_as_terraform_does(text: &str) -> bool {
        !["$${", "%${", "$%{", "%%{"].iter().any(|signs| text.contains(signs))
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "${",
            "$${",
            "%{",
            "}",
            "\"",
            "\\",
            "\n",
            "\r",
            "\0",
            "#",
            "//",
            "EOT",
            "<<EOT",
            "\u{202e}",
            "${file(\"/etc/passwd\")}",
        ]);
        prop_oneof![
            "(?s).{0,12}",
            prop::collection::vec(prop_oneof![pieces.prop_map(str::to_owned), "(?s).{0,2}"], 0..8)
                .prop_map(|pieces| pieces.concat()),
        ]
        .prop_filter("read otherwise by this parser", |text| is_read_as_terraform_does(text))
    }
}

//! The one renderer: it alone decides placeholders and parentheses.
//!
//! Every name and every value becomes a placeholder, so that reserved words and odd names are safe and text of users never is part of an
//! expression. Equal names and equal values share one. Placeholders are numbered as they first appear: the same request renders to the same bytes.

use super::node::{Action, Node, PathNode, Step, Test};
use super::update::Actions;
use crate::wire::{EncodeError, Writer};
use std::borrow::Cow;
use std::fmt::Write as _;
use theory_schema::limits;

/// Why an expression cannot be rendered.
#[derive(Debug, Clone)]
pub(crate) enum RenderError {
    Refused(Cow<'static, str>),
    Encode(EncodeError),
}

impl From<&'static str> for RenderError {
    fn from(why: &'static str) -> Self {
        RenderError::Refused(Cow::Borrowed(why))
    }
}

type Result<T> = std::result::Result<T, RenderError>;

/// The placeholders of one request; its expressions share them.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    names: Vec<Cow<'static, str>>,
    values: Vec<Vec<u8>>,
    /// Operators and functions of the expression that is being rendered.
    operators: usize,
}

impl Renderer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The condition on a key. DynamoDB wants it without parentheses around what `AND` joins.
    pub(crate) fn key_condition(&mut self, tests: &[Test]) -> Result<String> {
        let mut out = self.begin();
        for (i, test) in tests.iter().enumerate() {
            if i > 0 {
                self.operator(" AND ", &mut out)?;
            }
            self.test(test, &mut out)?;
        }
        within_limit(out, "a key condition")
    }

    /// A condition or filter: all of these tests together.
    pub(crate) fn condition(&mut self, tests: &[Test]) -> Result<String> {
        let mut out = self.begin();
        match tests {
            [only] => self.test(only, &mut out)?,
            tests => self.joined(tests, " AND ", &mut out)?,
        }
        within_limit(out, "a condition")
    }

    pub(crate) fn update(&mut self, actions: &Actions) -> Result<String> {
        // An action takes four bytes at least. This keeps short what comes next, which looks at every pair.
        if actions.0.len() > limits::EXPRESSION_BYTES / 4 {
            return Err(too_long("an update"));
        }
        if let Some(path) = actions.overlap() {
            return Err(RenderError::Refused(format!("two actions of the update write `{path}`").into()));
        }
        let mut out = self.begin();
        // DynamoDB takes each clause once.
        self.clause("SET", actions, &mut out, |action| match action {
            Action::Set(path, value) => Some((path, Some(value), " = ")),
            _ => None,
        })?;
        self.clause("REMOVE", actions, &mut out, |action| match action {
            Action::Remove(path) => Some((path, None, "")),
            _ => None,
        })?;
        self.clause("ADD", actions, &mut out, |action| match action {
            Action::Add(path, value) => Some((path, Some(value), " ")),
            _ => None,
        })?;
        self.clause("DELETE", actions, &mut out, |action| match action {
            Action::Delete(path, value) => Some((path, Some(value), " ")),
            _ => None,
        })?;
        within_limit(out, "an update")
    }

    pub(crate) fn projection<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> Result<String> {
        let mut out = self.begin();
        for (i, name) in names.into_iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            self.name(&Cow::Owned(name.to_owned()), &mut out)?;
        }
        within_limit(out, "a projection")
    }

    /// The members `ExpressionAttributeNames` and `ExpressionAttributeValues`, where there are any.
    pub(crate) fn finish(self, out: &mut Writer) -> Result<()> {
        let bytes = self.names.iter().map(|name| name.len()).sum::<usize>()
            + self.values.iter().map(Vec::len).sum::<usize>();
        if bytes > limits::SUBSTITUTION_BYTES {
            return Err("the names and values of the expressions exceed 2 MB".into());
        }
        let mut placeholder = String::new();
        if !self.names.is_empty() {
            out.literal_name("\"ExpressionAttributeNames\":");
            out.begin_object();
            for (i, name) in self.names.iter().enumerate() {
                placeholder.clear();
                let _ = write!(placeholder, "#{i}");
                out.name(&placeholder);
                out.json_string(name);
                out.end_member();
            }
            out.end_object();
            out.end_member();
        }
        if !self.values.is_empty() {
            out.literal_name("\"ExpressionAttributeValues\":");
            out.begin_object();
            for (i, value) in self.values.iter().enumerate() {
                placeholder.clear();
                let _ = write!(placeholder, ":{i}");
                out.name(&placeholder);
                out.raw(value);
                out.end_member();
            }
            out.end_object();
            out.end_member();
        }
        Ok(())
    }

    fn begin(&mut self) -> String {
        self.operators = 0;
        String::new()
    }

    /// Writes an operator or the name of a function. Every one counts, that of `SET` and the clauses of an update excepted.
    fn operator(&mut self, text: &str, out: &mut String) -> Result<()> {
        self.operators += 1;
        if self.operators > limits::EXPRESSION_OPERATORS {
            return Err(
                "the expression has more operators and functions than the 300 that DynamoDB takes".into()
            );
        }
        out.push_str(text);
        Ok(())
    }

    fn clause<'a>(
        &mut self,
        keyword: &str,
        actions: &'a Actions,
        out: &mut String,
        pick: impl Fn(&'a Action) -> Option<(&'a PathNode, Option<&'a Node>, &'static str)>,
    ) -> Result<()> {
        let mut first = true;
        for (path, value, between) in actions.0.iter().filter_map(pick) {
            if first {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(keyword);
                out.push(' ');
            } else {
                out.push_str(", ");
            }
            first = false;
            self.path(path, out)?;
            out.push_str(between);
            if let Some(value) = value {
                self.node(value, out)?;
            }
            if out.len() > limits::EXPRESSION_BYTES {
                break; // It is refused at the end; the rest would be work for nothing.
            }
        }
        Ok(())
    }

    fn test(&mut self, test: &Test, out: &mut String) -> Result<()> {
        match test {
            Test::Compare(left, comparator, right) => {
                self.node(left, out)?;
                self.operator(comparator.symbol(), out)?;
                self.node(right, out)
            }
            Test::Between(node, low, high) => {
                self.node(node, out)?;
                self.operator(" BETWEEN ", out)?;
                self.node(low, out)?;
                out.push_str(" AND ");
                self.node(high, out)
            }
            Test::In(node, values) => {
                self.node(node, out)?;
                self.operator(" IN (", out)?;
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    self.node(value, out)?;
                }
                out.push(')');
                Ok(())
            }
            Test::Exists(path) => self.function("attribute_exists", path, None, out),
            Test::NotExists(path) => self.function("attribute_not_exists", path, None, out),
            Test::HasType(path, ty) => self.function("attribute_type", path, Some(ty), out),
            Test::BeginsWith(path, prefix) => self.function("begins_with", path, Some(prefix), out),
            Test::Contains(path, value) => self.function("contains", path, Some(value), out),
            Test::All(tests) => self.joined(tests, " AND ", out),
            Test::Any(tests) => self.joined(tests, " OR ", out),
            Test::Not(inner) => {
                self.operator("NOT ", out)?;
                self.operand(inner, out)
            }
            Test::Refused(why) => Err(RenderError::Refused(why.clone())),
        }
    }

    fn joined(&mut self, tests: &[Test], word: &str, out: &mut String) -> Result<()> {
        for (i, test) in tests.iter().enumerate() {
            if i > 0 {
                self.operator(word, out)?;
            }
            self.operand(test, out)?;
        }
        Ok(())
    }

    /// A test as a part of another: in parentheses, unless it is a function, which brings its own.
    fn operand(&mut self, test: &Test, out: &mut String) -> Result<()> {
        let is_function = matches!(
            test,
            Test::Exists(_)
                | Test::NotExists(_)
                | Test::HasType(..)
                | Test::BeginsWith(..)
                | Test::Contains(..)
        );
        if is_function {
            return self.test(test, out);
        }
        out.push('(');
        self.test(test, out)?;
        out.push(')');
        Ok(())
    }

    fn function(
        &mut self,
        name: &str,
        path: &PathNode,
        argument: Option<&Node>,
        out: &mut String,
    ) -> Result<()> {
        self.operator(name, out)?;
        out.push('(');
        self.path(path, out)?;
        if let Some(argument) = argument {
            out.push_str(", ");
            self.node(argument, out)?;
        }
        out.push(')');
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Result<()> {
        let mut pair = |renderer: &mut Self, a: &Node, between: &str, b: &Node| {
            renderer.node(a, out)?;
            renderer.operator(between, out)?;
            renderer.node(b, out)
        };
        match node {
            Node::Value(json) => {
                self.value(json, out);
                Ok(())
            }
            Node::Absent => Err("`None` is not a value that an expression can use".into()),
            Node::Invalid(error) => Err(RenderError::Encode(error.clone())),
            Node::Refused(why) => Err((*why).into()),
            Node::Path(path) => self.path(path, out),
            Node::Size(path) => self.function("size", path, None, out),
            Node::IfNotExists(path, value) => self.function("if_not_exists", path, Some(value), out),
            Node::Plus(a, b) => pair(self, a, " + ", b),
            Node::Minus(a, b) => pair(self, a, " - ", b),
            Node::ListAppend(a, b) => {
                self.operator("list_append(", out)?;
                self.node(a, out)?;
                out.push_str(", ");
                self.node(b, out)?;
                out.push(')');
                Ok(())
            }
        }
    }

    fn path(&mut self, path: &PathNode, out: &mut String) -> Result<()> {
        if path.0.is_empty() {
            return Err("a flattened field has no attribute of its own: go into it with `then`".into());
        }
        if path.0.len() > limits::NESTING {
            return Err("a path goes down at most 32 levels".into());
        }
        for (i, step) in path.0.iter().enumerate() {
            match step {
                Step::Name(name) => {
                    if i > 0 {
                        out.push('.');
                    }
                    self.name(name, out)?;
                }
                Step::Index(index) => {
                    let _ = write!(out, "[{index}]");
                }
            }
        }
        Ok(())
    }

    #[expect(clippy::ptr_arg, reason = "a name that is static is kept without copying it")]
    fn name(&mut self, name: &Cow<'static, str>, out: &mut String) -> Result<()> {
        if !(1..=limits::ATTRIBUTE_NAME_BYTES).contains(&name.len()) {
            return Err("the name of an attribute or of a map's member is empty or too long".into());
        }
        let place = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.clone());
            self.names.len() - 1
        });
        let _ = write!(out, "#{place}");
        Ok(())
    }

    fn value(&mut self, json: &[u8], out: &mut String) {
        let place = self.values.iter().position(|known| known == json).unwrap_or_else(|| {
            self.values.push(json.to_vec());
            self.values.len() - 1
        });
        let _ = write!(out, ":{place}");
    }
}

fn within_limit(expression: String, what: &str) -> Result<String> {
    if expression.len() > limits::EXPRESSION_BYTES {
        return Err(too_long(what));
    }
    Ok(expression)
}

fn too_long(what: &str) -> RenderError {
    RenderError::Refused(format!("{what} exceeds DynamoDB's 4 KB of expression").into())
}

//! The one tree behind conditions, filters and updates, without types; `render` writes it out.

use crate::wire::EncodeError;
use std::borrow::Cow;
use std::fmt;

/// A step of a path.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An attribute of the item, or a member of a map.
    Name(Cow<'static, str>),
    /// An element of a list.
    Index(u32),
}

/// A path from the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathNode(pub(crate) Vec<Step>);

impl PathNode {
    /// One attribute of the item.
    pub(crate) fn attribute(name: &'static str) -> Self {
        PathNode(vec![Step::Name(Cow::Borrowed(name))])
    }

    /// Whether one is the other, lies within it, or takes for a list what the other takes for a map.
    pub(crate) fn overlaps(&self, other: &PathNode) -> bool {
        let fork = self.0.iter().zip(&other.0).find(|(a, b)| a != b);
        fork.is_none_or(|(a, b)| std::mem::discriminant(a) != std::mem::discriminant(b))
    }

    /// Whether it ends at an element of a list.
    pub(crate) fn is_element(&self) -> bool {
        matches!(self.0.last(), Some(Step::Index(_)))
    }

    /// The name of the attribute which the path starts from.
    pub(crate) fn root(&self) -> &str {
        match self.0.first() {
            Some(Step::Name(name)) => name,
            _ => "",
        }
    }
}

/// Without the keys of maps: they are data, and this is for errors and logs.
impl fmt::Display for PathNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(Cow::Borrowed(name)) if i == 0 => write!(f, "{name}")?,
                Step::Name(Cow::Borrowed(name)) => write!(f, ".{name}")?,
                Step::Name(Cow::Owned(_)) => write!(f, "[key]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What an expression compares with or assigns.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// An encoded attribute value.
    Value(Vec<u8>),
    /// `None`, or an empty set: what is stored as absence.
    Absent,
    /// A value that could not be encoded.
    Invalid(EncodeError),
    /// A value that DynamoDB would refuse, and why.
    Refused(&'static str),
    Path(PathNode),
    Size(PathNode),
    IfNotExists(PathNode, Box<Node>),
    Plus(Box<Node>, Box<Node>),
    Minus(Box<Node>, Box<Node>),
    ListAppend(Box<Node>, Box<Node>),
}

/// `=`, `<>`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparator {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Comparator::Eq => " = ",
            Comparator::Ne => " <> ",
            Comparator::Lt => " < ",
            Comparator::Le => " <= ",
            Comparator::Gt => " > ",
            Comparator::Ge => " >= ",
        }
    }
}

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Compare(Node, Comparator, Node),
    Between(Node, Node, Node),
    In(Node, Vec<Node>),
    Exists(PathNode),
    NotExists(PathNode),
    HasType(PathNode, Node),
    BeginsWith(PathNode, Node),
    Contains(PathNode, Node),
    /// Flat: `a & b & c` is one node, so that a long chain is not a deep one.
    All(Vec<Test>),
    /// Flat, as [`All`](Self::All).
    Any(Vec<Test>),
    Not(Box<Test>),
    /// A condition that DynamoDB would refuse, and why.
    Refused(Cow<'static, str>),
}

/// One action of an update.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Set(PathNode, Node),
    Remove(PathNode),
    Add(PathNode, Node),
    Delete(PathNode, Node),
}

impl Action {
    /// The name of an attribute of the item and the encoded value that it gets, or gets if it is missing.
    pub(crate) fn attribute_value(&self) -> Option<(&str, &[u8])> {
        let Action::Set(path, value) = self else { return None };
        let mut value = value;
        while let Node::IfNotExists(_, otherwise) = value {
            value = otherwise;
        }
        match (&path.0[..], value) {
            ([Step::Name(name)], Node::Value(json)) => Some((name, json)),
            _ => None,
        }
    }

    pub(crate) fn path(&self) -> &PathNode {
        match self {
            Action::Set(path, _) | Action::Remove(path) | Action::Add(path, _) | Action::Delete(path, _) => {
                path
            }
        }
    }
}

impl Node {
    /// Calls `visit` with every path in the value.
    pub(crate) fn visit_paths(&self, visit: &mut impl FnMut(&PathNode)) {
        match self {
            Node::Path(path) | Node::Size(path) => visit(path),
            Node::IfNotExists(path, value) => {
                visit(path);
                value.visit_paths(visit);
            }
            Node::Plus(a, b) | Node::Minus(a, b) | Node::ListAppend(a, b) => {
                a.visit_paths(visit);
                b.visit_paths(visit);
            }
            Node::Value(_) | Node::Absent | Node::Invalid(_) | Node::Refused(_) => {}
        }
    }
}

impl Test {
    /// One test, or several joined: DynamoDB takes no parentheses around nothing but parentheses.
    pub(crate) fn only(mut tests: Vec<Test>, join: fn(Vec<Test>) -> Test) -> Test {
        match (tests.pop(), tests.is_empty()) {
            (Some(test), true) => test,
            (last, _) => {
                tests.extend(last);
                join(tests)
            }
        }
    }

    /// Calls `visit` with every path in the condition.
    pub(crate) fn visit_paths(&self, visit: &mut impl FnMut(&PathNode)) {
        match self {
            Test::Compare(a, _, b) => {
                a.visit_paths(visit);
                b.visit_paths(visit);
            }
            Test::Between(a, b, c) => [a, b, c].into_iter().for_each(|node| node.visit_paths(visit)),
            Test::In(node, nodes) => {
                node.visit_paths(visit);
                nodes.iter().for_each(|node| node.visit_paths(visit));
            }
            Test::Exists(path) | Test::NotExists(path) => visit(path),
            Test::HasType(path, node) | Test::BeginsWith(path, node) | Test::Contains(path, node) => {
                visit(path);
                node.visit_paths(visit);
            }
            Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| test.visit_paths(visit)),
            Test::Not(test) => test.visit_paths(visit),
            Test::Refused(_) => {}
        }
    }
}

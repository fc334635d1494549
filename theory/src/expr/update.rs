//! Update expressions: what is computed, and the list of actions.

use super::node::{Action, Node, PathNode};
use super::path::{At, Member, Path, Root, Steps, Then};
use super::value::Value;
use crate::attribute::kind::{Appendable, Numeric};
use crate::attribute::{Adapted, Attribute};
use crate::wire::Writer;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::marker::PhantomData;
use std::ops;

/// A value that DynamoDB computes from the item: `if_not_exists`.
#[derive(Debug)]
pub struct Expr<E, T> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> (E, T)>,
}

/// A sum, a difference or a concatenation: DynamoDB takes one of them as the whole right side of `SET`.
#[derive(Debug)]
pub struct Sum<E, T> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> (E, T)>,
}

impl<E, T> Sum<E, T> {
    fn of(node: Node) -> Self {
        Sum { node, marker: PhantomData }
    }
}

/// The operand of a function, a sum or a difference, which cannot itself be computed but by `if_not_exists`.
///
/// This also keeps the tree shallow: otherwise a loop could make one that overflows the stack.
fn operand(node: Node) -> Box<Node> {
    Box::new(match node {
        Node::Plus(..) | Node::Minus(..) | Node::ListAppend(..) => Node::Refused(
            "DynamoDB computes one sum, difference or concatenation for an attribute, not one within another",
        ),
        node => node,
    })
}

/// More would not be read by anybody, and a loop must not make a tree that overflows the stack.
const MAX_NESTED: usize = 16;

fn nested(mut node: &Node) -> usize {
    let mut levels = 0;
    while let Node::IfNotExists(_, inner) = node {
        node = inner;
        levels += 1;
    }
    levels
}

impl<E, T: Attribute, R, S: Steps> Path<E, T, R, S> {
    /// `if_not_exists(path, value)`: the attribute, or `value` where it is missing.
    pub fn if_not_exists<V: Value<T, E>>(self, value: V) -> Expr<E, T> {
        let value = value.operand().0;
        let node = if nested(&value) < MAX_NESTED {
            Node::IfNotExists(self.node(), operand(value))
        } else {
            Node::Refused("`if_not_exists` is nested too deeply")
        };
        Expr { node, marker: PhantomData }
    }

    /// `if_not_exists(path, empty)`: the list or map, or an empty one where it is missing.
    pub fn or_empty(self) -> Expr<E, T>
    where
        T: Empty,
    {
        let mut out = Writer::new();
        T::encode_empty(&mut out);
        let empty = match out.finish() {
            Ok(json) => Node::Value(json),
            Err(error) => Node::Invalid(error),
        };
        Expr { node: Node::IfNotExists(self.node(), Box::new(empty)), marker: PhantomData }
    }

    /// `list_append(path, values)`: the list with these behind it.
    pub fn list_append<V: Value<T, E>>(self, values: V) -> Sum<E, T>
    where
        T::Kind: Appendable,
    {
        Sum::of(Node::ListAppend(Box::new(Node::Path(self.node())), operand(values.operand().0)))
    }

    /// `list_append(values, path)`: the list with these before it.
    pub fn list_prepend<V: Value<T, E>>(self, values: V) -> Sum<E, T>
    where
        T::Kind: Appendable,
    {
        Sum::of(Node::ListAppend(operand(values.operand().0), Box::new(Node::Path(self.node()))))
    }
}

impl<E, T: Attribute> Expr<E, T> {
    /// `list_append(…, values)`: the list with these behind it.
    pub fn list_append<V: Value<T, E>>(self, values: V) -> Sum<E, T>
    where
        T::Kind: Appendable,
    {
        Sum::of(Node::ListAppend(Box::new(self.node), operand(values.operand().0)))
    }

    /// `list_append(values, …)`: the list with these before it.
    pub fn list_prepend<V: Value<T, E>>(self, values: V) -> Sum<E, T>
    where
        T::Kind: Appendable,
    {
        Sum::of(Node::ListAppend(operand(values.operand().0), Box::new(self.node)))
    }
}

macro_rules! arithmetic {
    ($($operator:ident $method:ident $node:ident;)*) => { $(
        impl<E, T: Attribute<Kind: Numeric>, R, S: Steps, V: Value<T, E>> ops::$operator<V> for Path<E, T, R, S> {
            type Output = Sum<E, T>;
            fn $method(self, value: V) -> Sum<E, T> {
                Sum::of(Node::$node(Box::new(Node::Path(self.node())), operand(value.operand().0)))
            }
        }
        impl<E, T: Attribute<Kind: Numeric>, V: Value<T, E>> ops::$operator<V> for Expr<E, T> {
            type Output = Sum<E, T>;
            fn $method(self, value: V) -> Sum<E, T> {
                Sum::of(Node::$node(Box::new(self.node), operand(value.operand().0)))
            }
        }
    )* };
}
arithmetic! {
    Add add Plus;
    Sub sub Minus;
}

/// Has an empty value to start from.
#[diagnostic::on_unimplemented(message = "`or_empty` needs a list or a map attribute, not `{Self}`")]
pub trait Empty {
    #[doc(hidden)]
    fn encode_empty(out: &mut Writer);
}
impl<T> Empty for Vec<T> {
    fn encode_empty(out: &mut Writer) {
        out.begin_list();
        out.end_list();
    }
}
impl<K, T> Empty for BTreeMap<K, T> {
    fn encode_empty(out: &mut Writer) {
        out.begin_map();
        out.end_map();
    }
}
impl<K, T, H> Empty for HashMap<K, T, H> {
    fn encode_empty(out: &mut Writer) {
        out.begin_map();
        out.end_map();
    }
}
impl<T: Empty> Empty for Option<T> {
    fn encode_empty(out: &mut Writer) {
        T::encode_empty(out);
    }
}

/// What `remove` may take away so that the item can still be read: options, sets, elements of lists, members of maps.
#[diagnostic::on_unimplemented(
    message = "an item without this `{Self}` could not be read back",
    label = "not an `Option`, a set, an element of a list or a member of a map",
    note = "make the field an `Option`, or set it to a value"
)]
pub trait Removable<S> {}

macro_rules! removable {
    ($(<$($p:ident),*> $t:ty;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($p),*> Removable<Root> for $t {}
        #[diagnostic::do_not_recommend]
        impl<$($p,)* A, B> Removable<Then<A, B>> for $t {}
    )* };
}
removable! {
    <T> Option<T>;
    <T> BTreeSet<T>;
    <T, H> HashSet<T, H>;
    <T, D> Adapted<Option<T>, D>;
}
#[diagnostic::do_not_recommend]
impl<T, S> Removable<At<S>> for T {}
#[diagnostic::do_not_recommend]
impl<T, S, K> Removable<Member<S, K>> for T {}

/// The actions of an update, in the order they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actions(pub(crate) Vec<Action>);

impl Actions {
    pub(crate) fn set(&mut self, path: PathNode, value: Node) {
        self.0.push(match value {
            Node::Absent => Action::Remove(path),
            value => Action::Set(path, value),
        });
    }

    pub(crate) fn remove(&mut self, path: PathNode) {
        self.0.push(Action::Remove(path));
    }

    /// Nothing to add is nothing to do.
    pub(crate) fn add(&mut self, path: PathNode, value: Node) {
        if !matches!(value, Node::Absent) {
            self.0.push(Action::Add(path, value));
        }
    }

    pub(crate) fn delete(&mut self, path: PathNode, value: Node) {
        if !matches!(value, Node::Absent) {
            self.0.push(Action::Delete(path, value));
        }
    }

    /// Two actions on one attribute, which DynamoDB refuses: the name of the attribute.
    pub(crate) fn overlap(&self) -> Option<String> {
        self.0.iter().enumerate().find_map(|(i, action)| {
            let path = action.path();
            self.0[..i].iter().any(|earlier| earlier.path().overlaps(path)).then(|| path.to_string())
        })
    }

    /// Whether doing them twice leaves the item as doing them once, the last `own` excepted.
    pub(crate) fn are_idempotent_without(&self, own: usize) -> bool {
        self.0.iter().take(self.0.len().saturating_sub(own)).all(|action| match action {
            // Setting an element behind the end of a list appends it, each time.
            Action::Set(path, value) => !path.is_element() && !self.accumulates(path, value),
            Action::Add(_, value) => !matches!(value, Node::Value(json) if json.starts_with(b"{\"N\"")),
            Action::Remove(path) => !path.is_element(),
            Action::Delete(..) => true,
        })
    }

    /// Whether the value of `target` depends on what this very update writes.
    fn accumulates(&self, target: &PathNode, value: &Node) -> bool {
        match value {
            Node::Plus(..) | Node::Minus(..) | Node::ListAppend(..) => true,
            Node::Path(path) => self.0.iter().any(|action| action.path().overlaps(path)),
            Node::IfNotExists(path, value) => {
                // `SET a = if_not_exists(a, …)` is the usual, idempotent form.
                self.accumulates(target, value)
                    || (path != target && self.0.iter().any(|action| action.path().overlaps(path)))
            }
            Node::Value(_) | Node::Absent | Node::Invalid(_) | Node::Refused(_) | Node::Size(_) => false,
        }
    }
}

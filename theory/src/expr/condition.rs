//! Conditions and filters.

use super::node::{Comparator, Node, PathNode, Test};
use super::path::{AnyItem, OneItem, Path, Role, Scope, Steps};
use super::value::{Value, literal};
use crate::attribute::kind::{Ordered, Prefixed, Sizeable};
use crate::attribute::{Adapted, Attribute, kind};
use crate::wire::AttributeType;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::marker::PhantomData;
use std::ops;
use std::{rc::Rc, sync::Arc};
use theory_schema::limits;

/// A condition on the attributes of the entity `E`.
///
/// Made by the operators of a [`Path`]; joined with `&`, `|` and `!`, or [`and`](Self::and), [`or`](Self::or) and [`not`](ops::Not).
/// As the condition of a write it decides whether DynamoDB does it; as the filter of a query it decides which of the items read are
/// returned (and paid for all the same).
///
/// The scope `S` says whether it names the table's key, which a filter of a query must not.
pub struct Condition<E, S = OneItem> {
    pub(crate) test: Test,
    depth: u16,
    marker: PhantomData<fn() -> (E, S)>,
}

impl<E, S> Clone for Condition<E, S> {
    fn clone(&self) -> Self {
        Condition { test: self.test.clone(), depth: self.depth, marker: PhantomData }
    }
}

impl<E, S> std::fmt::Debug for Condition<E, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Condition(…)")
    }
}

/// Deeper trees than this are refused: they could not be within DynamoDB's 4 KB of expression anyway.
const MAX_DEPTH: u16 = 128;

impl<E, S> Condition<E, S> {
    fn leaf(test: Test) -> Self {
        Condition { test, depth: 1, marker: PhantomData }
    }

    fn grown(test: Test, depth: u16) -> Self {
        if depth > MAX_DEPTH {
            return Condition::leaf(Test::Refused("the condition is nested too deeply".into()));
        }
        Condition { test, depth, marker: PhantomData }
    }

    /// Both this and the other.
    pub fn and<B: Scope>(self, other: Condition<E, B>) -> Condition<E, S::And<B>>
    where
        S: Scope,
    {
        self & other
    }

    /// This or the other.
    pub fn or<B: Scope>(self, other: Condition<E, B>) -> Condition<E, S::And<B>>
    where
        S: Scope,
    {
        self | other
    }
}

/// Joins two tests; chains of one operator stay one flat node.
macro_rules! join {
    ($operator:ident $method:ident $node:ident) => {
        impl<E, A: Scope, B: Scope> ops::$operator<Condition<E, B>> for Condition<E, A> {
            type Output = Condition<E, A::And<B>>;
            fn $method(self, other: Condition<E, B>) -> Self::Output {
                // A node of this operator takes its parts over, and its depth with them; another one goes a level down.
                let (mut tests, a) = match self.test {
                    Test::$node(tests) => (tests, self.depth),
                    test => (vec![test], self.depth + 1),
                };
                let b = match other.test {
                    Test::$node(more) => {
                        tests.extend(more);
                        other.depth
                    }
                    test => {
                        tests.push(test);
                        other.depth + 1
                    }
                };
                Condition::grown(Test::$node(tests), a.max(b))
            }
        }
    };
}

join!(BitAnd bitand All);
join!(BitOr bitor Any);

impl<E, S> ops::Not for Condition<E, S> {
    type Output = Self;
    fn not(self) -> Self {
        match self.test {
            Test::Not(inner) => Condition::grown(*inner, self.depth - 1),
            test => Condition::grown(Test::Not(Box::new(test)), self.depth + 1),
        }
    }
}

/// A comparison; with what is absent, a test for absence.
fn compare(left: Node, comparator: Comparator, right: Node) -> Test {
    match (left, comparator, right) {
        (Node::Path(path), Comparator::Eq, Node::Absent) => Test::NotExists(path),
        (Node::Path(path), Comparator::Ne, Node::Absent) => Test::Exists(path),
        (left, comparator, right) => match incomparable(&left, &right) {
            Some(why) => refused(why),
            None => Test::Compare(left, comparator, right),
        },
    }
}

/// Why DynamoDB would not compare the left with the right.
fn incomparable(left: &Node, right: &Node) -> Option<&'static str> {
    match (left, right) {
        (_, Node::Absent) => Some("`None` has no order: compare with a value"),
        (_, Node::IfNotExists(..)) => {
            Some("`if_not_exists` is for updates: ask for `not_exists()` beside, joined by `|`")
        }
        (_, Node::Plus(..) | Node::Minus(..) | Node::ListAppend(..)) => {
            Some("a condition does not compute: it compares with values and attributes")
        }
        (Node::Path(left), Node::Path(right)) if left == right => {
            Some("an attribute is not compared with itself: name another one")
        }
        _ => None,
    }
}

fn refused(why: impl Into<Cow<'static, str>>) -> Test {
    Test::Refused(why.into())
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $comparator:ident $($bound:ident)?;)*) => { $(
        $(#[$doc])*
        pub fn $name<V: Value<T, E>>(self, value: V) -> Condition<E, R::Scope>
        where
            $(T::Kind: $bound,)?
        {
            Condition::leaf(compare(Node::Path(self.node()), Comparator::$comparator, value.operand().0))
        }
    )* };
}

impl<E, T: Attribute, R: Role, S: Steps> Path<E, T, R, S> {
    comparisons! {
        /// `=`; with `None`, `attribute_not_exists`.
        eq Eq;
        /// `<>`, true also where the attribute is missing; with `None`, `attribute_exists`.
        ne Ne;
        /// `<`
        lt Lt Ordered;
        /// `<=`
        le Le Ordered;
        /// `>`
        gt Gt Ordered;
        /// `>=`
        ge Ge Ordered;
    }

    /// `BETWEEN low AND high`, both included.
    pub fn between<V: Value<T, E>, W: Value<T, E>>(self, low: V, high: W) -> Condition<E, R::Scope>
    where
        T::Kind: Ordered,
    {
        Condition::leaf(between(Node::Path(self.node()), low.operand().0, high.operand().0))
    }

    /// `IN (…)`: equal to one of up to 100 values.
    pub fn is_in<V: Value<T, E>>(self, values: impl IntoIterator<Item = V>) -> Condition<E, R::Scope> {
        let values: Vec<Node> =
            values.into_iter().take(limits::IN_OPERANDS + 1).map(|value| value.operand().0).collect();
        Condition::leaf(match values.len() {
            0 => refused("`is_in` needs at least one value"),
            n if n > limits::IN_OPERANDS => refused("`is_in` takes at most 100 values"),
            _ if values.iter().any(|value| matches!(value, Node::Absent)) => {
                refused("`is_in` cannot look for `None`: use `.or(path.not_exists())`")
            }
            _ => {
                let path = Node::Path(self.node());
                match values.iter().find_map(|value| incomparable(&path, value)) {
                    Some(why) => refused(why),
                    None => Test::In(path, values),
                }
            }
        })
    }

    /// `attribute_exists`
    pub fn exists(self) -> Condition<E, R::Scope> {
        Condition::leaf(Test::Exists(self.node()))
    }

    /// `attribute_not_exists`
    pub fn not_exists(self) -> Condition<E, R::Scope> {
        Condition::leaf(Test::NotExists(self.node()))
    }

    /// `attribute_type`: what is stored has this type, for items that others wrote.
    pub fn attribute_type(self, ty: AttributeType) -> Condition<E, R::Scope> {
        Condition::leaf(Test::HasType(self.node(), literal(ty.tag()).0))
    }

    /// `begins_with`: a string or bytes attribute starts with this.
    pub fn begins_with<P: Prefix<T::Kind>>(self, prefix: P) -> Condition<E, R::Scope>
    where
        T::Kind: Prefixed,
    {
        Condition::leaf(Test::BeginsWith(self.node(), prefix.operand().0))
    }

    /// `contains`: a string has this part, a set or a list this element.
    pub fn contains<V: Value<T::Element>>(self, value: V) -> Condition<E, R::Scope>
    where
        T: Container,
    {
        Condition::leaf(match value.operand().0 {
            Node::Absent => refused("`contains` cannot look for `None`"),
            value => Test::Contains(self.node(), value),
        })
    }

    /// `size`: UTF-16 code units of a string (as many as it has characters, but two for an emoji), bytes, or elements, to be compared
    /// with a number.
    pub fn size(self) -> Size<E, R>
    where
        T::Kind: Sizeable,
    {
        Size(self.node(), PhantomData)
    }
}

/// Refuses what DynamoDB refuses: reversed bounds, and what no condition compares with.
fn between(path: Node, low: Node, high: Node) -> Test {
    if let Some(why) = incomparable(&path, &low).or_else(|| incomparable(&path, &high)) {
        return refused(why);
    }
    match (&low, &high) {
        (Node::Value(a), Node::Value(b))
            if crate::wire::compare(a, b) == Some(std::cmp::Ordering::Greater) =>
        {
            refused("the lower bound of `between` is above the upper one")
        }
        _ => Test::Between(path, low, high),
    }
}

/// The size of an attribute, from [`Path::size`].
pub struct Size<E, R>(PathNode, PhantomData<fn() -> (E, R)>);

macro_rules! size_comparisons {
    ($($(#[$doc:meta])* $name:ident $comparator:ident;)*) => { $(
        $(#[$doc])*
        pub fn $name<V: Value<u64, E>>(self, value: V) -> Condition<E, R::Scope> {
            Condition::leaf(compare(Node::Size(self.0), Comparator::$comparator, value.operand().0))
        }
    )* };
}

impl<E, R: Role> Size<E, R> {
    size_comparisons! {
        /// `=`
        eq Eq;
        /// `<>`
        ne Ne;
        /// `<`
        lt Lt;
        /// `<=`
        le Le;
        /// `>`
        gt Gt;
        /// `>=`
        ge Ge;
    }

    /// `BETWEEN low AND high`, both included.
    pub fn between<V: Value<u64, E>, W: Value<u64, E>>(self, low: V, high: W) -> Condition<E, R::Scope> {
        Condition::leaf(between(Node::Size(self.0), low.operand().0, high.operand().0))
    }
}

/// What `begins_with` takes: the beginning of the stored form, not a whole value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the beginning of an attribute stored as `{K}`",
    note = "give a `&str` for a string, a `&[u8]` for bytes"
)]
pub trait Prefix<K> {
    #[doc(hidden)]
    fn operand(self) -> super::value::Operand;
}
impl<P: AsRef<str>> Prefix<kind::Text> for P {
    fn operand(self) -> super::value::Operand {
        literal(self.as_ref())
    }
}
impl<P: AsRef<[u8]>> Prefix<kind::Binary> for P {
    fn operand(self) -> super::value::Operand {
        literal(self.as_ref())
    }
}
impl<P: AsRef<str>> Prefix<kind::Any> for P {
    fn operand(self) -> super::value::Operand {
        literal(self.as_ref())
    }
}

/// What `contains` looks into.
#[diagnostic::on_unimplemented(
    message = "`contains` needs a string, set or list attribute",
    label = "`{Self}` contains nothing"
)]
pub trait Container {
    /// What it looks for.
    type Element;
}
impl Container for String {
    type Element = String;
}
impl Container for Box<str> {
    type Element = String;
}
impl Container for Cow<'_, str> {
    type Element = String;
}
// Not for bytes, although `Vec<u8>` is a `Vec`: DynamoDB's `contains` takes strings, sets and lists.
impl<T: Attribute<Kind: ListElement>> Container for Vec<T> {
    type Element = T;
}
impl<T> Container for BTreeSet<T> {
    type Element = T;
}
impl<T, H> Container for HashSet<T, H> {
    type Element = T;
}

/// The kinds of which a `Vec` is a list.
#[diagnostic::on_unimplemented(message = "`contains` does not look into bytes")]
pub trait ListElement {}
macro_rules! list_elements {
    ($($kind:ident)*) => { $(impl ListElement for kind::$kind {})* };
}
list_elements! { Text Number Binary Boolean Set List Map Any }

macro_rules! through {
    ($($pointer:ident)*) => { $(
        impl<T: Container> Container for $pointer<T> {
            type Element = T::Element;
        }
    )* };
}
through! { Option Rc Arc }
impl<T: Container, A> Container for Adapted<T, A> {
    type Element = T::Element;
}

/// A condition that may be the filter of a query over `I`: of the table itself only without key attributes.
#[diagnostic::on_unimplemented(
    message = "a filter of a query cannot name a key attribute",
    label = "this condition names one",
    note = "DynamoDB refuses it: constrain the key with `.sort_key(…)`, or filter by another attribute"
)]
pub trait FilterOn<I> {}
#[diagnostic::do_not_recommend]
impl<I> FilterOn<I> for AnyItem {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> FilterOn<crate::op::Global<N, P>> for OneItem {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> FilterOn<crate::op::Local<N, P>> for OneItem {}
#[diagnostic::do_not_recommend]
impl FilterOn<crate::op::WholeTable> for OneItem {}
#[diagnostic::do_not_recommend]
impl<I> FilterOn<crate::op::WholeIndex<I>> for OneItem {}

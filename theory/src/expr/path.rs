//! Paths: an attribute of an entity, or something within one.

use super::node::{PathNode, Step};
use crate::attribute::{Adapted, Document};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::{rc::Rc, sync::Arc};

/// What an update and a filter may do with an attribute.
pub mod role {
    /// The application's own.
    #[derive(Debug, Clone, Copy)]
    pub enum Data {}
    /// Part of the table's key: it never changes, and a query's filter may not name it.
    #[derive(Debug, Clone, Copy)]
    pub enum Key {}
    /// Written by the library: version and timestamps.
    #[derive(Debug, Clone, Copy)]
    pub enum Managed {}
    /// Set when the item is created, and by no update: `#[table(protected)]`.
    #[derive(Debug, Clone, Copy)]
    pub enum Protected {}
}

/// One of the [`role`]s.
pub trait Role {
    /// What a condition over the attribute may be asked of.
    type Scope: Scope;
}
impl Role for role::Data {
    type Scope = AnyItem;
}
impl Role for role::Managed {
    type Scope = AnyItem;
}
impl Role for role::Protected {
    type Scope = AnyItem;
}
impl Role for role::Key {
    type Scope = OneItem;
}

/// An attribute that an update may write.
#[diagnostic::on_unimplemented(
    message = "an update cannot write a `{Self}` attribute",
    label = "keys and protected attributes never change; version and timestamps are written by the library",
    note = "to change a key, delete the item and create another in one transaction",
    note = "an attribute that updates may write has no `#[table(protected)]`"
)]
pub trait Writable: Role {}
#[diagnostic::do_not_recommend]
impl Writable for role::Data {}

/// Whether a condition names the table's key.
pub trait Scope {
    /// The scope of both together.
    type And<S: Scope>: Scope;
}

/// The scope of a condition that names no key attribute: it may also be a filter.
#[derive(Debug, Clone, Copy)]
pub enum AnyItem {}
/// The scope of a condition that names a key attribute: DynamoDB refuses it as the filter of a query on the table.
#[derive(Debug, Clone, Copy)]
pub enum OneItem {}
impl Scope for AnyItem {
    type And<S: Scope> = S;
}
impl Scope for OneItem {
    type And<S: Scope> = OneItem;
}

/// An attribute of the entity `E`, or something within one.
///
/// The derive makes one constant a field: `Order::STATUS`. From there [`then`](Path::then) goes into a nested document,
/// [`index`](Path::index) into a list and [`key`](Path::key) into a map. The last parameter holds these steps, so that paths are `Copy`.
pub struct Path<E, T, R = role::Data, S = Root> {
    steps: S,
    marker: PhantomData<fn() -> (E, T, R)>,
}

impl<E, T, R, S: Clone> Clone for Path<E, T, R, S> {
    fn clone(&self) -> Self {
        Path::of(self.steps.clone())
    }
}
impl<E, T, R, S: Copy> Copy for Path<E, T, R, S> {}

impl<E, T, R, S: Steps + Clone> std::fmt::Debug for Path<E, T, R, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Path({})", self.clone().node())
    }
}

/// The steps from the item to what a path means.
pub trait Steps {
    #[doc(hidden)]
    fn push(self, path: &mut Vec<Step>);
}

/// One attribute of the item.
#[derive(Debug, Clone, Copy)]
pub struct Root(&'static str);
/// The item itself: the start of a flattened field.
#[derive(Debug, Clone, Copy)]
pub struct Flattened;
/// One path within another.
#[derive(Debug, Clone, Copy)]
pub struct Then<A, B>(A, B);
/// An element of a list.
#[derive(Debug, Clone, Copy)]
pub struct At<S>(S, u32);
/// A member of a map.
#[derive(Debug, Clone, Copy)]
pub struct Member<S, K>(S, K);

impl Steps for Root {
    fn push(self, path: &mut Vec<Step>) {
        path.push(Step::Name(Cow::Borrowed(self.0)));
    }
}
impl Steps for Flattened {
    fn push(self, _: &mut Vec<Step>) {}
}
impl<A: Steps, B: Steps> Steps for Then<A, B> {
    fn push(self, path: &mut Vec<Step>) {
        self.0.push(path);
        self.1.push(path);
    }
}
impl<S: Steps> Steps for At<S> {
    fn push(self, path: &mut Vec<Step>) {
        self.0.push(path);
        path.push(Step::Index(self.1));
    }
}
impl<S: Steps, K: ToString> Steps for Member<S, K> {
    fn push(self, path: &mut Vec<Step>) {
        self.0.push(path);
        path.push(Step::Name(Cow::Owned(self.1.to_string())));
    }
}

impl<E, T, R> Path<E, T, R, Root> {
    /// The attribute of this name; the derive calls it.
    #[doc(hidden)]
    pub const fn attribute(name: &'static str) -> Self {
        Path::of(Root(name))
    }

    /// The attribute's name in DynamoDB.
    pub const fn name(&self) -> &'static str {
        self.steps.0
    }
}

impl<E, T, R> Path<E, T, R, Flattened> {
    /// A flattened field; the derive calls it.
    #[doc(hidden)]
    pub const fn flattened() -> Self {
        Path::of(Flattened)
    }
}

impl<E, T, R, S> Path<E, T, R, S> {
    const fn of(steps: S) -> Self {
        Path { steps, marker: PhantomData }
    }

    /// A field of the nested document, also of an optional one.
    ///
    /// # Example
    ///
    /// ```
    /// # #[cfg(feature = "derive")] {
    /// use theory::{Attribute, Table};
    ///
    /// #[derive(Table)]
    /// #[table(name = "orders")]
    /// struct Order {
    ///     #[table(pk)]
    ///     id: String,
    ///     address: Address,
    ///     lines: Vec<Line>,
    /// }
    ///
    /// #[derive(Attribute)]
    /// struct Address { city: String }
    ///
    /// #[derive(Attribute)]
    /// struct Line { quantity: u32 }
    ///
    /// let update = Order::update("o-1")
    ///     .set(Order::ADDRESS.then(Address::CITY), "Paris")
    ///     .set(Order::LINES.index(0).then(Line::QUANTITY), 2);
    /// # }
    /// ```
    pub fn then<U, Q, S2>(self, next: Path<T::Document, U, Q, S2>) -> Path<E, U, R, Then<S, S2>>
    where
        T: Document,
    {
        Path::of(Then(self.steps, next.steps))
    }

    /// An element of the list, counted from 0.
    pub fn index(self, index: u32) -> Path<E, T::Element, R, At<S>>
    where
        T: Indexed,
    {
        Path::of(At(self.steps, index))
    }

    /// A member of the map.
    pub fn key<K: ToString>(self, key: K) -> Path<E, T::Value, R, Member<S, K>>
    where
        T: Keyed,
    {
        Path::of(Member(self.steps, key))
    }
}

impl<E, T, R, S: Steps> Path<E, T, R, S> {
    pub(crate) fn node(self) -> PathNode {
        let mut steps = Vec::with_capacity(2);
        self.steps.push(&mut steps);
        PathNode(steps)
    }
}

/// A list that `index` goes into.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list",
    note = "`index` goes into lists; use `key` for maps"
)]
pub trait Indexed {
    /// Its elements.
    type Element;
}

/// A map that `key` goes into.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map",
    note = "`key` goes into maps; use `then` for the fields of a struct"
)]
pub trait Keyed {
    /// Its values.
    type Value;
}

impl<T> Indexed for Vec<T> {
    type Element = T;
}
impl<T> Indexed for Box<[T]> {
    type Element = T;
}
impl<T, const N: usize> Indexed for [T; N] {
    type Element = T;
}
impl<K, T> Keyed for BTreeMap<K, T> {
    type Value = T;
}
impl<K, T, S> Keyed for HashMap<K, T, S> {
    type Value = T;
}

macro_rules! through {
    ($($pointer:ident)*) => { $(
        impl<T: Indexed> Indexed for $pointer<T> {
            type Element = T::Element;
        }
        impl<T: Keyed> Keyed for $pointer<T> {
            type Value = T::Value;
        }
    )* };
}
through! { Option Rc Arc }
impl<T: Indexed, A> Indexed for Adapted<T, A> {
    type Element = T::Element;
}
impl<T: Keyed, A> Keyed for Adapted<T, A> {
    type Value = T::Value;
}

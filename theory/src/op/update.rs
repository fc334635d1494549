//! Changing attributes of an item.

use super::Response;
use super::parts::{self, Parts, request};
use super::put::Guard;
use super::returned::{New, Nothing, Old, Return, UpdatedNew, UpdatedOld};
use super::unique::Before;
use crate::attribute::Attribute;
use crate::attribute::kind::{Addable, Appendable, Deletable};
use crate::client::{Carrier, Client};
use crate::error::Error;
use crate::expr::{Actions, Condition, Path, Removable, Scope, Steps, Value, Writable};
use crate::key::check_index_keys;
use crate::lifecycle::{Expected, Touch};
use crate::table::{FromItem, Table, Versioned};
use crate::wire::EncodeError;
use std::marker::PhantomData;

/// Changes attributes of one item: UpdateItem.
///
/// It fails where the item does not exist, because DynamoDB alone would store an item of just these attributes; [`upsert`](Self::upsert)
/// asks for that. It costs a write unit for each KB of the whole item, not of what changes.
///
/// Where an attribute is added to by `add`, arithmetic or `list_append`, sending the request twice would do it twice: such an update is
/// not repeated after an attempt whose outcome is unknown, and its error [is ambiguous](Error::is_ambiguous). With an
/// [expected version](Self::expected_version) it is repeated: the second time would find another version. With
/// [`exactly_once`](Self::exactly_once) it is repeated under a token, by which DynamoDB does it once.
///
/// Where the entity has a `version` or an `updated_at`, every update writes them too: the version goes up by one, and `updated_at` is the
/// moment at which the request is sent. An update that does nothing else is a touch: it only writes these. Where the version is an integer
/// of less than 64 bits, an item that has the last one is not updated any more: the error is an `Encode` with the attribute.
///
/// An update that names a unique attribute, or the ttl of an entity that has some, is a transaction with their guards. It costs twice the
/// units and those of the guards, and asks for [`reading_old`](Self::reading_old); a [`Loaded`](crate::Loaded) entity needs no other read.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Update<E, R = Nothing> {
    pub(super) parts: Parts,
    pub(super) actions: Actions,
    pub(super) guard: Guard,
    pub(super) marker: PhantomData<fn() -> (E, R)>,
}

impl<E: Table> Update<E> {
    pub(crate) fn new(head: Result<Vec<u8>, EncodeError>) -> Self {
        Update {
            parts: Parts::new(Carrier::UPDATE_ITEM, E::SCHEMA, head),
            actions: Actions::default(),
            guard: Guard::Exists,
            marker: PhantomData,
        }
    }

    /// Returns the whole item as it is after the update.
    pub fn return_new(self) -> Update<E, New<E>>
    where
        E: FromItem + Send,
    {
        self.returning()
    }

    /// Returns the whole item as it was before, or `None` where there was none.
    pub fn return_old(self) -> Update<E, Old<E>>
    where
        E: FromItem + Send,
    {
        self.returning()
    }

    /// Returns the attributes that the update writes, as they are afterwards; `None` where it left none of them.
    ///
    /// Read them as an [`Item`](crate::Item), or as a projection of just these attributes.
    pub fn return_updated_new<T: FromItem + Send>(self) -> Update<E, UpdatedNew<T>> {
        self.returning()
    }

    /// Returns the attributes that the update writes, as they were before; `None` where none of them was there.
    ///
    /// Read them as an [`Item`](crate::Item), or as a projection of just these attributes.
    pub fn return_updated_old<T: FromItem + Send>(self) -> Update<E, UpdatedOld<T>> {
        self.returning()
    }

    fn returning<R: Return>(mut self) -> Update<E, R> {
        self.parts.return_values = R::VALUES;
        Update { parts: self.parts, actions: self.actions, guard: self.guard, marker: PhantomData }
    }
}

impl<E: Table, R> Update<E, R> {
    /// Updates only an item that has this version, and leaves the next one behind.
    ///
    /// One whose version is another, or that is gone, fails with [`VersionConflict`](crate::ErrorKind::VersionConflict), also with
    /// [`upsert`](Self::upsert). An item without the attribute, written before there was a version, has the first one.
    pub fn expected_version(self, version: E::Version) -> Self
    where
        E: Versioned,
    {
        self.expect(Expected::of(&version, E::LIFECYCLE))
    }

    pub(crate) fn expect(mut self, expected: Option<Expected>) -> Self {
        self.parts.expect(expected);
        self
    }
}

impl<E, R> Update<E, R> {
    /// `SET`: the attribute becomes the value; with `None` it is removed.
    ///
    /// The value may be another attribute, a sum, or `if_not_exists`:
    /// `.set(Order::TOTAL, Order::TOTAL + 5)`.
    pub fn set<T: Attribute, Q: Writable, S: Steps>(
        mut self,
        path: Path<E, T, Q, S>,
        value: impl Value<T, E>,
    ) -> Self {
        self.actions.set(path.node(), value.operand().0);
        self
    }

    /// `REMOVE`: the attribute, the element of a list or the member of a map goes away.
    pub fn remove<T: Removable<S>, Q: Writable, S: Steps>(mut self, path: Path<E, T, Q, S>) -> Self {
        self.actions.remove(path.node());
        self
    }

    /// `ADD`: a number grows by the value, a set gets these elements. A missing attribute counts as 0, or as the empty set.
    pub fn add<T: Attribute<Kind: Addable>, Q: Writable, S: Steps>(
        mut self,
        path: Path<E, T, Q, S>,
        value: impl Value<T>,
    ) -> Self {
        self.actions.add(path.node(), value.operand().0);
        self
    }

    /// `DELETE`: a set loses these elements.
    pub fn delete<T: Attribute<Kind: Deletable>, Q: Writable, S: Steps>(
        mut self,
        path: Path<E, T, Q, S>,
        elements: impl Value<T>,
    ) -> Self {
        self.actions.delete(path.node(), elements.operand().0);
        self
    }

    /// `list_append`: a list gets these elements at its end. The list must exist; with
    /// `.set(path, path.or_empty().list_append(…))` it need not.
    pub fn append<T: Attribute<Kind: Appendable>, Q: Writable, S: Steps + Clone>(
        mut self,
        path: Path<E, T, Q, S>,
        elements: impl Value<T, E>,
    ) -> Self {
        let value: crate::expr::Sum<E, T> = path.clone().list_append(elements);
        self.actions.set(path.node(), value.node);
        self
    }

    /// `list_append`: a list gets these elements at its beginning. The list must exist.
    pub fn prepend<T: Attribute<Kind: Appendable>, Q: Writable, S: Steps + Clone>(
        mut self,
        path: Path<E, T, Q, S>,
        elements: impl Value<T, E>,
    ) -> Self {
        let value: crate::expr::Sum<E, T> = path.clone().list_prepend(elements);
        self.actions.set(path.node(), value.node);
        self
    }

    /// Updates only if the item meets the condition. Several conditions must all be met.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
        self
    }

    /// Makes an item of the key and these attributes where there is none, as DynamoDB's UpdateItem does by itself.
    ///
    /// Make sure that the update sets every attribute which reading the entity needs. `created_at` is written where it is missing; the
    /// version of an item that an update makes is the second one, because it is counted as an update of the first.
    pub fn upsert(mut self) -> Self {
        self.guard = Guard::None;
        self
    }

    /// Reads the item first, where the write touches unique attributes and so must know which values it frees.
    ///
    /// One more GetItem, consistent, which costs a read unit for each 4 KB of the item. If a unique value is changed by another before the
    /// write, it fails with [`VersionConflict`](crate::ErrorKind::VersionConflict), and nothing is written.
    pub fn reading_old(mut self) -> Self {
        self.parts.before = Before::ToRead;
        self
    }

    /// If a condition fails, the error carries the item that made it fail: [`Error::old_item`].
    pub fn return_old_on_failure(mut self) -> Self {
        self.parts.return_old_on_failure = true;
        self
    }
}

request!(Update<E, R> where [E: Table, R: Return] => R::Output);

impl<E: Table, R: Return> Update<E, R> {
    /// Sends the request, and returns also what it consumed.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<R::Output>, Error>> + Send + use<E, R> {
        parts::write::<R>(self.into_parts(), client.clone())
    }

    pub(super) fn into_parts(self) -> Parts {
        let mut parts = self.parts;
        parts.conditions.splice(0..0, self.guard.test(E::SCHEMA));
        if parts.head.is_ok()
            && let Err(error) = check_index_keys(E::SCHEMA, &self.actions)
        {
            parts.head = Err(error);
        }
        parts.actions = Some(self.actions);
        parts.may_create = self.guard == Guard::None;
        if !E::LIFECYCLE.is_none() {
            parts.touch = Some(Touch { lifecycle: E::LIFECYCLE, creates: self.guard == Guard::None });
        }
        parts
    }
}

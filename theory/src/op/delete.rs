//! Deleting one item.

use super::Response;
use super::parts::{self, Parts, request};
use super::returned::{Nothing, Old, Return};
use super::unique::Before;
use crate::client::{Carrier, Client};
use crate::error::Error;
use crate::expr::{Condition, Scope};
use crate::lifecycle::Expected;
use crate::table::{FromItem, Table, Versioned};
use crate::wire::EncodeError;
use std::marker::PhantomData;

/// Deletes one item by its key: DeleteItem.
///
/// Deleting an item that does not exist succeeds. It costs a write unit for each KB of the item.
///
/// Where the entity has unique attributes it is a transaction with their guards, which costs twice the units and those of the guards, and
/// asks for [`reading_old`](Self::reading_old), or for a [`Loaded`](crate::Loaded) entity.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Delete<E, R = Nothing> {
    pub(super) parts: Parts,
    pub(super) marker: PhantomData<fn() -> (E, R)>,
}

impl<E: Table> Delete<E> {
    pub(crate) fn new(head: Result<Vec<u8>, EncodeError>) -> Self {
        Delete { parts: Parts::new(Carrier::DELETE_ITEM, E::SCHEMA, head), marker: PhantomData }
    }

    /// Returns the deleted item, or `None` where there was none.
    pub fn return_old(mut self) -> Delete<E, Old<E>>
    where
        E: FromItem + Send,
    {
        self.parts.return_values = Old::<E>::VALUES;
        Delete { parts: self.parts, marker: PhantomData }
    }
}

impl<E: Table, R> Delete<E, R> {
    /// Deletes only an item that has this version; one whose version is another, or that is gone, fails with
    /// [`VersionConflict`](crate::ErrorKind::VersionConflict). An item without the attribute has the first version.
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

impl<E, R> Delete<E, R> {
    /// Deletes only if the item meets the condition. Several conditions must all be met.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
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

request!(Delete<E, R> where [E: Table, R: Return] => R::Output);

impl<E: Table, R: Return> Delete<E, R> {
    /// Sends the request, and returns also what it consumed.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<R::Output>, Error>> + Send + use<E, R> {
        parts::write::<R>(self.parts, client.clone())
    }
}

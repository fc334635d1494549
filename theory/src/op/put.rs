//! Writing a whole item.

use super::Response;
use super::parts::{self, Parts, request};
use super::returned::{Nothing, Old, Return};
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::expr::{Condition, PathNode, Scope, Test};
use crate::table::{FromItem, Table};
use crate::wire::{EncodeError, EncodeErrorKind, scratch, size};
use std::marker::PhantomData;
use theory_schema::{Entity, limits};

/// Writes a whole item: PutItem.
///
/// Made by [`create`](Table::create), [`replace`](Table::replace) and [`put`](Table::put). It costs a write unit for each KB of the
/// larger of the old and the new item, and the same in every index that it changes.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Put<E, R = Nothing> {
    pub(super) parts: Parts,
    marker: PhantomData<fn() -> (E, R)>,
}

/// What must be true of the item's existence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    None,
    Exists,
    NotExists,
}

impl Guard {
    pub(crate) fn test(self, entity: &Entity) -> Option<Test> {
        let key = || entity.key.partition.first().map(|key| PathNode::attribute(key.name));
        match self {
            Guard::None => None,
            Guard::Exists => key().map(Test::Exists),
            Guard::NotExists => key().map(Test::NotExists),
        }
    }
}

/// Room for what follows the item in most requests.
const SPARE: usize = 192;

/// The beginning of a request that writes the item: `{"Item":{…},`.
pub(crate) fn encode<E: Table>(entity: &E) -> Result<Vec<u8>, EncodeError> {
    const OPENING: &[u8] = b"{\"Item\":";
    let head = scratch::encode(SPARE, |out| {
        out.raw(OPENING);
        out.begin_object();
        entity.encode_fields(out);
        out.end_object();
        out.end_member();
    })?;
    // DynamoDB counts less than JSON takes: below the limit in JSON, nothing needs counting.
    if head.len() > limits::ITEM_BYTES {
        let item = head.get(OPENING.len()..head.len() - 1).unwrap_or_default();
        if let Ok(size) = size::item_size(item)
            && size > limits::ITEM_BYTES
        {
            return Err(EncodeError::new(EncodeErrorKind::ItemTooLarge { size }));
        }
    }
    Ok(head)
}

impl<E: Table> Put<E> {
    pub(crate) fn new(entity: &E, guard: Guard) -> Self {
        let mut parts = Parts::new(Operation::PutItem, E::SCHEMA, encode(entity));
        parts.conditions.extend(guard.test(E::SCHEMA));
        Put { parts, marker: PhantomData }
    }

    /// Returns the item as it was before, or `None` where there was none.
    pub fn return_old(mut self) -> Put<E, Old<E>>
    where
        E: FromItem + Send,
    {
        self.parts.return_values = Old::<E>::VALUES;
        Put { parts: self.parts, marker: PhantomData }
    }
}

impl<E, R> Put<E, R> {
    /// Writes only if the item that stands there now meets the condition. Several conditions must all be met.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
        self
    }

    /// If a condition fails, the error carries the item that made it fail: [`Error::old_item`].
    pub fn return_old_on_failure(mut self) -> Self {
        self.parts.return_old_on_failure = true;
        self
    }
}

request!(Put<E, R> where [E: Table, R: Return] => R::Output);

impl<E: Table, R: Return> Put<E, R> {
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

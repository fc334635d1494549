//! Writing a whole item.

use super::Response;
use super::parts::{self, Parts, request};
use super::returned::{Nothing, Old, Return};
use super::unique::Before;
use crate::client::{Carrier, Client};
use crate::error::Error;
use crate::expr::{Condition, PathNode, Scope, Test};
use crate::lifecycle::{Expected, GetStamps, Stamps};
use crate::table::{FromItem, Table, Versioned};
use crate::wire::stamp::{Places, Stamping};
use crate::wire::{EncodeError, EncodeErrorKind, scratch, size};
use std::marker::PhantomData;
use theory_schema::{Entity, limits};

/// Writes a whole item: PutItem.
///
/// Made by [`create`](Table::create), [`replace`](Table::replace) and [`put`](Table::put). It costs a write unit for each KB of the
/// larger of the old and the new item, and the same in every index that it changes.
///
/// Where the entity has unique attributes it is a transaction with their guards, which costs twice the units and those of
/// the guards; a value that another item has is an error of the kind [`UniqueViolation`](crate::ErrorKind::UniqueViolation).
/// `put` and `replace` then ask for [`reading_old`](Self::reading_old), or for a [`Loaded`](crate::Loaded) entity.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Put<E, R = Nothing> {
    pub(super) parts: Parts,
    pub(super) guard: Guard,
    pub(super) marker: PhantomData<fn() -> (E, R)>,
}

/// What a write of a whole item returns.
pub trait PutReturn<E: Table>: Return {
    /// The type of it.
    type Written: Send;
    #[doc(hidden)]
    fn written(returned: Self::Output, stamps: Option<Stamps>) -> Self::Written;
}

impl<E: Table> PutReturn<E> for Nothing {
    type Written = E::Stamps;
    fn written((): (), stamps: Option<Stamps>) -> E::Stamps {
        E::Stamps::get(|| stamps.unwrap_or_default())
    }
}

impl<E: Table + FromItem + Send> PutReturn<E> for Old<E> {
    type Written = Option<E>;
    fn written(old: Option<E>, _: Option<Stamps>) -> Option<E> {
        old
    }
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

/// The beginning of a request that writes the item, `{"Item":{…},`, with gaps for what is known when it is sent.
fn encode<E: Table>(entity: &E, stamping: Stamping) -> Result<(Vec<u8>, Places), EncodeError> {
    const OPENING: &[u8] = b"{\"Item\":";
    let (head, places) = scratch::placed(SPARE, |out| {
        out.raw(OPENING);
        out.begin_object();
        out.with_stamping(stamping, |out| entity.encode_fields(out));
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
    Ok((head, places))
}

impl<E: Table> Put<E> {
    pub(crate) fn new(entity: &E, guard: Guard) -> Self {
        let stamping = if guard == Guard::NotExists { Stamping::New } else { Stamping::Next };
        let (head, places) = match encode(entity, stamping) {
            Ok((head, places)) => (Ok(head), places),
            Err(error) => (Err(error), Places::default()),
        };
        let mut parts = Parts::new(Carrier::PUT_ITEM, E::SCHEMA, head);
        parts.places = places;
        parts.conditions.extend(guard.test(E::SCHEMA));
        if guard == Guard::NotExists {
            parts.before = Before::Nothing;
        }
        Put { parts, guard, marker: PhantomData }
    }

    /// Returns the item as it was before, or `None` where there was none.
    pub fn return_old(mut self) -> Put<E, Old<E>>
    where
        E: FromItem + Send,
    {
        self.parts.return_values = Old::<E>::VALUES;
        Put { parts: self.parts, guard: self.guard, marker: PhantomData }
    }
}

impl<E: Table, R> Put<E, R> {
    /// Writes only over an item that has this version, and leaves the next one behind.
    ///
    /// One whose version is another, or that is gone, fails with [`VersionConflict`](crate::ErrorKind::VersionConflict). An item without
    /// the attribute, written before there was a version, has the first one.
    pub fn expected_version(mut self, version: E::Version) -> Self
    where
        E: Versioned,
    {
        if self.guard == Guard::NotExists {
            let why = "`create` writes where there is no item, which has no version: use `replace` or `put`";
            self.parts.conditions.push(Test::Refused(why.into()));
            return self;
        }
        self.expect(Expected::of(&version, E::LIFECYCLE))
    }

    pub(crate) fn expect(mut self, expected: Option<Expected>) -> Self {
        if let Some(Expected { next, .. }) = &expected {
            self.parts.set_version(next);
        }
        self.parts.expect(expected);
        self
    }
}

impl<E, R> Put<E, R> {
    /// Writes only if the item that stands there now meets the condition. Several conditions must all be met.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
        self
    }

    /// Reads the item first, where the entity has unique attributes and the write so must know which values it frees; `create` need not.
    ///
    /// One more GetItem, consistent, which costs a read unit for each 4 KB of the item. If a unique value is changed by another before the
    /// write, it fails with [`VersionConflict`](crate::ErrorKind::VersionConflict), and nothing is written.
    pub fn reading_old(mut self) -> Self {
        if self.guard != Guard::NotExists {
            self.parts.before = Before::ToRead;
        }
        self
    }

    /// If a condition fails, the error carries the item that made it fail: [`Error::old_item`].
    pub fn return_old_on_failure(mut self) -> Self {
        self.parts.return_old_on_failure = true;
        self
    }
}

request!(Put<E, R> where [E: Table, R: PutReturn<E>] => R::Written);

impl<E: Table, R: PutReturn<E>> Put<E, R> {
    /// Sends the request, and returns also what it consumed.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<R::Written>, Error>> + Send + use<E, R> {
        let (mut parts, client) = (self.parts, client.clone());
        async move {
            let stamps = parts.stamped(|| client.now());
            let response = parts::write::<R>(parts, client).await?;
            Ok(response.map(|returned| R::written(returned, stamps)))
        }
    }
}

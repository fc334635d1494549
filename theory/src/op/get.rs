//! Reading one item.

use super::parts::{self, Parts, request};
use super::{Loaded, Response};
use crate::attribute::FromFields;
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::lifecycle::Ttl;
use crate::table::{Expiring, FromItem, Projection, Table};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, EncodeError, Reader};
use std::marker::PhantomData;

/// Reads the item; `None` if it had expired at the moment, where one is given.
pub(super) fn read_unless_expired<O: FromItem>(
    input: &mut Reader<'_>,
    live: Option<(&Ttl, Timestamp)>,
) -> Result<Option<O>, DecodeError> {
    if let Some((ttl, now)) = live
        && ttl.has_expired(input, now)?
    {
        input.skip()?;
        return Ok(None);
    }
    O::from_item(input).map(Some)
}

/// Reads one item by its key: GetItem.
///
/// It costs half a read unit for each 4 KB of the item, and a whole one when read consistently. A missing item is `None`, and costs
/// the same as a small one.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Get<E, O = E> {
    pub(super) parts: Parts,
    marker: PhantomData<fn() -> (E, O)>,
}

impl<E: Table> Get<E> {
    pub(crate) fn new(head: Result<Vec<u8>, EncodeError>) -> Self {
        Get { parts: Parts::new(Operation::GetItem, E::SCHEMA, head), marker: PhantomData }
    }

    /// Reads only the attributes of the projection `P`.
    ///
    /// It costs the same read units as reading the whole item, and less of network and decoding.
    pub fn project<P: Projection<Entity = E>>(mut self) -> Get<E, P> {
        self.parts.projection = Some(P::ATTRIBUTES.into());
        Get { parts: self.parts, marker: PhantomData }
    }
}

impl<E: Table + FromFields> Get<E> {
    /// Keeps, beside the entity, what the item was when it was read: [`Loaded::save`] then writes what the program has changed, and only
    /// over that version.
    ///
    /// It costs nothing at DynamoDB, and an encoding of the item here.
    pub fn loaded(self) -> Get<E, Loaded<E>> {
        Get { parts: self.parts, marker: PhantomData }
    }
}

impl<E: Expiring, O> Get<E, O> {
    /// Takes an item that is past its `ttl` for none.
    ///
    /// DynamoDB deletes such items in its own time, often after days, and returns them until then. It is decided here, by the client's
    /// clock, when the item was read; it costs the same.
    pub fn live(mut self) -> Self {
        self.parts.live = Some(E::TTL);
        self
    }
}

impl<E, O> Get<E, O> {
    /// Sees every write that succeeded before, at twice the read units.
    pub fn consistent_read(mut self) -> Self {
        self.parts.is_consistent = true;
        self
    }
}

request!(Get<E, O> where [E: Table, O: FromItem + Send] => Option<O>);

impl<E: Table, O: FromItem + Send> Get<E, O> {
    /// Sends the request, and returns also what it consumed.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<Option<O>>, Error>> + Send + use<E, O> {
        let (parts, client) = (self.parts, client.clone());
        async move {
            let live = parts.live.map(|ttl| (ttl, client.clone()));
            let read = move |input: &mut Reader<'_>| {
                read_unless_expired(input, live.map(|(ttl, client)| (ttl, client.now())))
            };
            parts::send(parts, client, "Item", read).await
        }
    }
}

//! Reading one item.

use super::Response;
use super::live::read_unless_expired;
use super::parts::{self, Parts, request};
use crate::client::{Carrier, Client};
use crate::error::Error;
use crate::table::{FromItem, Projection, Table};
use crate::wire::{EncodeError, Reader};
use std::marker::PhantomData;

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
        Get { parts: Parts::new(Carrier::GET_ITEM, E::SCHEMA, head), marker: PhantomData }
    }

    /// Reads only the attributes of the projection `P`.
    ///
    /// It costs the same read units as reading the whole item, and less of network and decoding.
    pub fn project<P: Projection<Entity = E>>(mut self) -> Get<E, P> {
        self.parts.projection = Some(P::ATTRIBUTES.into());
        self.typed()
    }
}

impl<E, O> Get<E, O> {
    /// The same, read as another type.
    pub(super) fn typed<P>(self) -> Get<E, P> {
        Get { parts: self.parts, marker: PhantomData }
    }

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

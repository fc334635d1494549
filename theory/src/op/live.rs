//! Leaving out what is past its time to live.

use super::{Get, Query};
use crate::lifecycle::Ttl;
use crate::table::{Expiring, FromItem};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, Reader};

impl<E, I, S, O> Query<E, I, S, O> {
    /// Leaves out items that are past their `ttl`; as with every [`filter`](Self::filter), it is paid for all that are read.
    ///
    /// DynamoDB deletes such items in its own time, often after days, and returns them until then. For each page the moment is that of the
    /// client's clock when it is asked for. An index must hold the attribute; where it is part of the index's key, use
    /// [`sort_key`](Self::sort_key) instead.
    ///
    /// ```no_run
    /// # use theory::{Table, Timestamp};
    /// # #[derive(Table)] #[table(name = "sessions")]
    /// # struct Session { #[table(pk)] user: String, #[table(sk)] id: String, #[table(ttl)] expires: Option<Timestamp> }
    /// # async fn example(client: &theory::Client) -> theory::Result<()> {
    /// let sessions = Session::query("ada").live().all(client).await?; // one without `expires` lives
    /// # let _: Vec<Session> = sessions;
    /// # Ok(())
    /// # }
    /// ```
    pub fn live(mut self) -> Self
    where
        E: Expiring,
    {
        self.parts.live = Some(E::TTL);
        self
    }
}

impl<E, O> Get<E, O> {
    /// Takes an item that is past its `ttl` for none.
    ///
    /// DynamoDB deletes such items in its own time, often after days, and returns them until then. It is decided here, by the client's
    /// clock, when the item was read; it costs the same.
    pub fn live(mut self) -> Self
    where
        E: Expiring,
    {
        self.parts.live = Some(E::TTL);
        self
    }
}

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

//! A single write that is never done twice: sent as a transaction of one, under a token.

use super::parts::Parts;
use super::put::{Put, PutReturn};
use super::returned::{Nothing, Return};
use super::transaction::Transaction;
use super::{Delete, Response, Update};
use crate::client::Client;
use crate::error::Error;
use crate::lifecycle::{GetStamps, Stamps};
use crate::table::Table;
use crate::wire::{DecodeError, Reader};

/// The write is done once, however often it is sent: what `exactly_once()` of a write makes of it.
///
/// Such a write returns nothing of the item, because a transaction does not; it still has every condition, and
/// `return_old_on_failure`.
#[derive(Debug, Clone, Copy)]
pub enum ExactlyOnce {}

impl Return for ExactlyOnce {
    type Output = ();
    const VALUES: Option<&'static str> = None;
    fn read(input: &mut Reader<'_>) -> Result<(), DecodeError> {
        input.skip()
    }
    fn absent() -> Option<()> {
        Some(())
    }
}

impl<E: Table> PutReturn<E> for ExactlyOnce {
    type Written = E::Stamps;
    fn written((): (), stamps: Option<Stamps>) -> E::Stamps {
        E::Stamps::get(|| stamps.unwrap_or_default())
    }
}

/// The wish that a write is done once, and the token of the caller's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Once {
    pub(super) token: Option<String>,
}

macro_rules! exactly_once {
    ($($request:ident { $($field:ident),* };)*) => { $(
        impl<E: Table> $request<E, Nothing> {
            /// Does the write once, also where an answer is lost and it has to be sent again: TransactWriteItems of this one write.
            ///
            /// A token is made for it and kept while it is repeated, by which DynamoDB knows it again for 10 minutes. So it is repeated
            /// after an unknown outcome like any other request, whatever it does: `add`, arithmetic and `list_append` too. A condition
            /// that fails then was not met by the write's own first attempt, and is no doubt. Only where no attempt is answered does the
            /// error stay [ambiguous](crate::Error::is_ambiguous).
            ///
            /// It costs twice the write units of the plain write. It returns nothing of the item, and is not part of a transaction or a
            /// batch. Its errors are those of the plain write: a failed condition with its old item, a version conflict, throttling; only
            /// that a conflict with another transaction is one with any other write to the item too, and is repeated as the policy says.
            /// Where an update has nothing to do it is refused, because a transaction has no such update.
            ///
            /// ```no_run
            /// # use theory::Table;
            /// # #[derive(Table)] #[table(name = "accounts")]
            /// # struct Account { #[table(pk)] id: String, balance: i64 }
            /// # async fn example(client: &theory::Client) -> theory::Result<()> {
            /// Account::update("ada").add(Account::BALANCE, 10).exactly_once().send(client).await
            /// # }
            /// ```
            pub fn exactly_once(mut self) -> $request<E, ExactlyOnce> {
                self.parts.once = Some(Once::default());
                $request { $($field: self.$field,)* marker: std::marker::PhantomData }
            }
        }

        impl<E: Table> $request<E, ExactlyOnce> {
            /// A token of the caller's, up to 36 characters: the same write sent again with it, from another process too, within 10
            /// minutes, succeeds without being done again. Another write with it is refused.
            ///
            /// The moment that the library stamps into an item is a part of the write. Where the entity has a `created_at` or an
            /// `updated_at`, the same write at another moment is another one: give the client
            /// [the clock](crate::Client::with_clock) of the first.
            pub fn client_request_token(mut self, token: impl Into<String>) -> Self {
                self.parts.once = Some(Once { token: Some(token.into()) });
                self
            }
        }
    )* };
}

exactly_once! {
    Put { parts, guard };
    Update { parts, actions, guard };
    Delete { parts };
}

/// Sends the write as a transaction of one. Its errors are those of the write alone.
pub(super) async fn send(mut parts: Parts, client: Client) -> Result<Response<()>, Error> {
    let once = parts.once.take().unwrap_or_default();
    Transaction::of_one(parts, once.token).send_response(&client).await.map_err(Error::into_single)
}

//! Any number of reads.

use super::get_answers::{Answers, Kind};
use super::get_error::BatchGetError;
use super::get_plan::Planning;
use super::left::Reason;
use super::policy::{Policy, settings};
use crate::client::{Client, Overrides};
use crate::error::Error;
use crate::lifecycle::Ttl;
use crate::op::parts::Parts;
use crate::op::{ConsumedCapacity, Get};
use crate::table::{FromItem, Table};
use crate::wire::EncodeError;
use std::borrow::Cow;
use theory_schema::Entity;

/// What [`batch_get`] reads: a `get`, a `Vec` of one kind, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a read of a batch",
    label = "not a `get`",
    note = "give `Order::get(…)`, a `Vec` of one kind, or a tuple of such"
)]
pub trait BatchGet {
    /// The items: an `Option` for each read.
    type Output: Send;
    /// As much of the items as could be read: an [`Answer`] for each read.
    type Partial: Send;
    /// How many reads stand where, which is all that is kept while they are under way.
    #[doc(hidden)]
    type Shape: Send;
    /// About how many reads it is.
    #[doc(hidden)]
    fn count(&self) -> usize;
    /// Gives its reads on, one by one: there are many, and none is kept twice.
    #[doc(hidden)]
    fn give(self, take: &mut impl FnMut(BatchRead)) -> Self::Shape;
    /// Takes the answers of as many reads as were given.
    #[doc(hidden)]
    fn read(shape: Self::Shape, answers: &mut Answers) -> Self::Partial;
    /// The items, where nothing is left.
    #[doc(hidden)]
    fn complete(partial: Self::Partial) -> Self::Output;
}

/// One read of a batch: what it needs of a request, for there are many.
#[doc(hidden)]
#[derive(Debug)]
pub struct BatchRead {
    pub(super) entity: &'static Entity,
    /// `{"Key":{…},`
    pub(super) head: Result<Vec<u8>, EncodeError>,
    pub(super) projection: Option<Cow<'static, [&'static str]>>,
    pub(super) live: Option<&'static Ttl>,
    pub(super) is_consistent: bool,
    pub(super) overrides: Overrides,
    pub(super) kind: &'static Kind,
}

/// What became of one read of a batch that could not be read as a whole.
#[derive(Debug, Clone)]
pub enum Answer<O> {
    /// The item.
    Found(O),
    /// There is no item with this key, or only one that has expired where [`live`](Get::live) ones are asked for.
    NotFound,
    /// It was not read.
    Unread(Reason),
}

impl<O> Answer<O> {
    /// The item, if it was found.
    pub fn found(self) -> Option<O> {
        match self {
            Answer::Found(item) => Some(item),
            Answer::NotFound | Answer::Unread(_) => None,
        }
    }
}

impl<E: Table, O: FromItem + Send + 'static> BatchGet for Get<E, O> {
    type Output = Option<O>;
    type Partial = Answer<O>;
    type Shape = ();
    fn count(&self) -> usize {
        1
    }
    fn give(self, take: &mut impl FnMut(BatchRead)) {
        let Parts { entity, head, projection, live, is_consistent, overrides, .. } = self.parts;
        let kind = Kind::of::<O>();
        take(BatchRead { entity, head, projection, live, is_consistent, overrides, kind });
    }
    fn read((): (), answers: &mut Answers) -> Answer<O> {
        answers.take()
    }
    fn complete(partial: Answer<O>) -> Option<O> {
        partial.found()
    }
}

impl<G: BatchGet> BatchGet for Vec<G> {
    type Output = Vec<G::Output>;
    type Partial = Vec<G::Partial>;
    type Shape = Vec<G::Shape>;
    fn count(&self) -> usize {
        self.iter().map(G::count).fold(0, usize::saturating_add)
    }
    fn give(self, take: &mut impl FnMut(BatchRead)) -> Self::Shape {
        self.into_iter().map(|get| get.give(take)).collect()
    }
    fn read(shape: Self::Shape, answers: &mut Answers) -> Self::Partial {
        shape.into_iter().map(|get| G::read(get, answers)).collect()
    }
    fn complete(partial: Self::Partial) -> Self::Output {
        partial.into_iter().map(G::complete).collect()
    }
}

macro_rules! tuples {
    ($($($g:ident $i:tt),+;)*) => { $(
        impl<$($g: BatchGet),+> BatchGet for ($($g,)+) {
            type Output = ($($g::Output,)+);
            type Partial = ($($g::Partial,)+);
            type Shape = ($($g::Shape,)+);
            fn count(&self) -> usize {
                let counts = [$(self.$i.count()),+];
                counts.into_iter().fold(0, usize::saturating_add)
            }
            fn give(self, take: &mut impl FnMut(BatchRead)) -> Self::Shape {
                ($(self.$i.give(take),)+)
            }
            fn read(shape: Self::Shape, answers: &mut Answers) -> Self::Partial {
                ($($g::read(shape.$i, answers),)+)
            }
            fn complete(partial: Self::Partial) -> Self::Output {
                ($($g::complete(partial.$i),)+)
            }
        }
    )* };
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, F 4;
    A 0, B 1, C 2, D 3, F 4, G 5;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7;
}

/// What a batch of reads found, and what it took.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchResponse<T> {
    /// What [`send`](GetBatch::send) alone returns.
    pub output: T,
    /// How many requests were sent, without those that the SDK repeated on its own account.
    pub requests: u64,
    /// The capacity units consumed, in all tables together.
    pub consumed_capacity: Option<ConsumedCapacity>,
}

/// Reads of any number: BatchGetItem, as often as it takes. Made by [`batch_get`].
#[derive(Debug, Clone)]
#[must_use = "a batch does nothing until it is sent"]
pub struct GetBatch<G> {
    gets: G,
    policy: Policy,
}

/// Reads these items, any number of them, of one entity or several, in one table or several.
///
/// The answers stand in the order of the reads, `None` where there is no item. They go out in requests of up to 100 keys, several at
/// once; what DynamoDB gives back as unprocessed, because of throttling or of the 16 MB of an answer, is asked for again after a pause with
/// jitter. A key that stands there several times is asked for once, and answered in every place. Each read stands for itself: for
/// several as of one moment there is [`transaction_get`](crate::transaction_get).
///
/// It costs the read units of the same reads alone, each item rounded up for itself, and saves their round trips.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "accounts")]
/// # struct Account { #[table(pk)] id: String, balance: u64 }
/// # async fn example(client: &theory::Client, ids: &[String]) -> theory::Result<()> {
/// let gets: Vec<_> = ids.iter().map(Account::get).collect();
/// let (accounts, bank) = theory::batch_get((gets, Account::get("bank").consistent_read())).send(client).await?;
/// for (id, account) in ids.iter().zip(accounts) {
///     match account {
///         Some(account) => println!("{id} has {}", account.balance),
///         None => println!("{id} does not exist"),
///     }
/// }
/// # let _: Option<Account> = bank;
/// # Ok(())
/// # }
/// ```
pub fn batch_get<G: BatchGet>(gets: G) -> GetBatch<G> {
    GetBatch { gets, policy: Policy::default() }
}

settings!(impl<G> GetBatch<G>);

impl<G: BatchGet + Send> GetBatch<G> {
    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// A key that is not one, before anything is sent. Otherwise the first request that fails for another reason than throttling, what is
    /// still unprocessed when the attempts are used up, and an item that does not fit its type: the error has everything that was
    /// read, and says of each other read why it was not. It becomes an [`Error`] by `?`.
    ///
    /// DynamoDB refuses a whole request if one of its keys is invalid, because its table's key has other types, say. Such a request is
    /// sent again in halves, until it is known which key it is: that one is left, with DynamoDB's reason, and the batch goes on.
    /// It ends where nothing of a request is answered, and after a hundred such keys.
    pub fn send(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<G::Output, BatchGetError<G::Partial>>> + Send + use<G> {
        let response = self.send_response(client);
        async move { Ok(response.await?.output) }
    }

    /// Reads all of it, and returns also what it took.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<BatchResponse<G::Output>, BatchGetError<G::Partial>>> + Send + use<G>
    {
        let client = client.clone();
        async move {
            let mut planning = Planning::with_room_for(self.gets.count(), &client);
            let shape = self.gets.give(&mut |read| planning.add(read));
            let (mut answers, refusal): (Answers, Option<Error>) = match planning.finish() {
                Ok(plan) => (plan.run(self.policy.start(&client)).await, None),
                Err(refused) => {
                    let (answers, error) = *refused;
                    (answers, Some(error))
                }
            };
            let partial = G::read(shape, &mut answers);
            let Some(error) = refusal.or_else(|| answers.error()) else {
                return Ok(BatchResponse {
                    output: G::complete(partial),
                    requests: answers.requests,
                    consumed_capacity: answers.consumed_capacity,
                });
            };
            Err(BatchGetError::new(error, partial, answers.into_left()))
        }
    }
}

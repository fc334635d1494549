//! Any number of puts and deletes.

use super::policy::{Policy, settings};
use super::tables::Tables;
use super::write_drive::{Driver, Written};
use super::write_error::BatchWriteError;
use super::write_request::Item;
use crate::client::{Client, Operation, Overrides};
use crate::error::Error;
use crate::expr::Test;
use crate::op::identity::Identities;
use crate::op::parts::{Parts, Refused, encode_error};
use crate::op::{ConsumedCapacity, Delete, Nothing, Put};
use crate::table::BatchWritable;
use crate::wire::EncodeError;
use crate::wire::stamp::Places;
use futures_util::stream;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use theory_schema::Entity;

/// What [`batch_write`] writes: a `put()`, a `delete(…)`, a tuple of such, a `Vec` or an `Option` of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a write of a batch",
    label = "not a put or a delete",
    note = "give `order.put()`, `Order::delete(…)`, a tuple, a `Vec` or an `Option` of such; a batch has no updates and returns no item"
)]
pub trait BatchWrite {
    #[doc(hidden)]
    fn push_onto(self, writes: &mut Vec<Write>);
}

/// One write of a batch: what it needs of a request, for there are many.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Write {
    pub(super) operation: Operation,
    pub(super) entity: &'static Entity,
    /// `{"Item":{…},` or `{"Key":{…},`
    pub(super) head: Result<Vec<u8>, EncodeError>,
    /// Where in the head is what the library writes.
    pub(super) places: Places,
    pub(super) overrides: Overrides,
    /// None, unless it is refused for them.
    pub(super) conditions: Vec<Test>,
    /// What is wrong with it.
    pub(super) refused: Option<Box<Refused>>,
    /// What it is on, once that was looked for.
    pub(super) item: Option<Item>,
}

impl From<Parts> for Write {
    fn from(parts: Parts) -> Self {
        let Parts { operation, entity, head, places, overrides, conditions, refused, .. } = parts;
        Write { operation, entity, head, places, overrides, conditions, refused, item: None }
    }
}

impl<E: BatchWritable> BatchWrite for Put<E, Nothing> {
    fn push_onto(self, writes: &mut Vec<Write>) {
        writes.push(self.parts.into());
    }
}

impl<E: BatchWritable> BatchWrite for Delete<E, Nothing> {
    fn push_onto(self, writes: &mut Vec<Write>) {
        writes.push(self.parts.into());
    }
}

impl<W: BatchWrite> BatchWrite for Vec<W> {
    fn push_onto(self, writes: &mut Vec<Write>) {
        self.into_iter().for_each(|write| write.push_onto(writes));
    }
}

impl<W: BatchWrite> BatchWrite for Option<W> {
    fn push_onto(self, writes: &mut Vec<Write>) {
        self.into_iter().for_each(|write| write.push_onto(writes));
    }
}

macro_rules! tuples {
    ($($($w:ident $i:tt),+;)*) => { $(
        impl<$($w: BatchWrite),+> BatchWrite for ($($w,)+) {
            fn push_onto(self, writes: &mut Vec<Write>) {
                $(self.$i.push_onto(writes);)+
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
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11;
}

impl Write {
    /// What it is on; of a write that is not refused.
    ///
    /// # Errors
    ///
    /// A key that cannot be read in it.
    pub(super) fn find_item(&mut self, client: &Client, finder: &mut Finder) -> Result<Item, Error> {
        if let Some(item) = &self.item {
            return Ok(item.clone());
        }
        let table = finder.table(client, self);
        let head = self.head.as_deref().unwrap_or_default();
        let key = finder
            .identities
            .of_head(self.entity, head)
            .map_err(|error| Error::decode(self.entity.name, Operation::BatchWriteItem.name(), error))?;
        let item = Item { table, key: key.into() };
        self.item = Some(item.clone());
        Ok(item)
    }

    /// Why it cannot be a part of a batch.
    pub(super) fn refusal(&self, position: usize) -> Option<Error> {
        let operation = Operation::BatchWriteItem.name();
        if let Some(refused) = &self.refused {
            return Some(refused.error(self.entity).with_operation(operation));
        }
        if !self.conditions.is_empty() {
            let why = format!(
                "a batch has no conditions, and write number {position} (from 0) has one: \
                 use `put()` in place of `create()` or `replace()`, without an expected version, or a transaction"
            );
            return Some(Error::invalid_request(self.entity.name, why).with_operation(operation));
        }
        self.head.as_ref().err().map(|error| encode_error(self.entity, operation, error.clone()))
    }
}

/// What it takes to find out what writes are on.
#[derive(Debug, Default)]
pub(super) struct Finder {
    tables: Tables,
    identities: Identities,
}

impl Finder {
    /// The table of a write.
    pub(super) fn table(&mut self, client: &Client, write: &Write) -> Arc<str> {
        self.tables.resolve(client, write.entity, &write.overrides)
    }
}

/// What a batch wrote.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchWritten {
    /// How many writes were done.
    pub written: usize,
    /// How many requests were sent, without those that the SDK repeated on its own account.
    pub requests: u64,
    /// The capacity units consumed, in all tables together.
    pub consumed_capacity: Option<ConsumedCapacity>,
}

/// How far a batch of writes has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many writes are done.
    pub written: usize,
    /// How many writes were taken up so far, those that are done included.
    pub taken: usize,
    /// How many requests were sent.
    pub requests: u64,
}

pub(super) type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// Puts and deletes of any number: BatchWriteItem, as often as it takes. Made by [`batch_write`].
#[must_use = "a batch does nothing until it is sent"]
#[derive(Default)]
pub struct WriteBatch {
    pub(super) writes: Vec<Write>,
    pub(super) policy: Policy,
    progress: Option<OnProgress>,
    /// It is the rest of a stream, and so may have several writes on one item, which are done in their order.
    pub(super) in_order: bool,
}

/// Puts and deletes, any number of them, of one entity or several, in one table or several.
///
/// They go out in requests of up to 25 writes and 16 MB, several at once. What DynamoDB gives back as unprocessed is sent again after a
/// pause with jitter. Each write stands for itself: a batch is not a transaction, and while it runs others see a part of it.
/// Sent again, a write does the same again; the SDK repeats a request whose answer was lost.
///
/// A batch costs the write units of the same writes alone, and saves their round trips. It has no conditions: `create()`, `replace()` and
/// `expected_version` are refused. A `put()` of an entity with a version or timestamps writes them as it does alone; where nobody may
/// overwrite what another has changed, use a transaction. An entity with unique attributes is written by transactions only, and has no
/// batches: that does not compile. Refused, too, is a batch with two writes on one item, for DynamoDB has no order within a request. For what does not fit in memory
/// there is [`batch_write_iter`](crate::batch_write_iter).
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "readings")]
/// # struct Reading { #[table(pk)] sensor: String, #[table(sk)] at: u64, value: f64 }
/// # async fn example(client: &theory::Client, readings: &[Reading]) -> theory::Result<()> {
/// let puts: Vec<_> = readings.iter().map(Reading::put).collect();
/// match theory::batch_write((puts, Reading::delete("attic", 17))).send(client).await {
///     Ok(done) => println!("{} written", done.written),
///     Err(error) => {
///         for left in error.unwritten() {
///             println!("number {} is left: {:?}", left.position(), left.reason());
///         }
///         // Or later: what is left, as a batch of its own.
///         error.into_batch().send(client).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub fn batch_write(writes: impl BatchWrite) -> WriteBatch {
    WriteBatch::default().push(writes)
}

impl WriteBatch {
    /// Adds more writes.
    pub fn push(mut self, writes: impl BatchWrite) -> Self {
        writes.push_onto(&mut self.writes);
        self
    }

    /// How many writes it has.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether it has no writes; it then succeeds without a request.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Is told, after each request that came to an end, how far the batch has come.
    pub fn on_progress(mut self, tell: impl FnMut(Progress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }

    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` before anything is sent: for a write with a condition, and for two writes on one item. Otherwise the first request
    /// that fails for another reason than throttling, and what is still unprocessed when the attempts are used up, end the batch:
    /// nothing more is sent, what is under way is awaited, and the error has what is left. It becomes an [`Error`] by `?`.
    ///
    /// DynamoDB refuses a whole request if one of its writes is invalid, because of an index on a table that changed, say. Such a request is
    /// sent again in halves, until it is known which write it is: that one is left, with DynamoDB's reason, and the batch goes on.
    /// It ends where nothing of a request is taken, and after a hundred such writes.
    pub fn send(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<BatchWritten, BatchWriteError>> + Send + use<> {
        let client = client.clone();
        async move {
            let WriteBatch { mut writes, policy, progress, in_order } = self;
            if let Some(error) = refusal(&mut writes, in_order, &client) {
                return Err(BatchWriteError::refused(error, writes, policy, in_order));
            }
            let mut driver = Driver::new(policy.start(&client), progress, in_order);
            driver.run(writes, stream::empty()).await;
            finish(Written { has_ended: true, ..driver.finish() })
        }
    }
}

/// What a batch of writes comes to.
pub(super) fn finish(written: Written) -> Result<BatchWritten, BatchWriteError> {
    // A batch that was ended before its source was is none that was done, be there nothing left of what was taken.
    let is_done = written.left.is_empty() && written.has_ended;
    if is_done { Ok(written.summary) } else { Err(BatchWriteError::new(written)) }
}

settings!(impl<> WriteBatch);

/// What is wrong with the batch as a whole.
fn refusal(writes: &mut [Write], in_order: bool, client: &Client) -> Option<Error> {
    let operation = Operation::BatchWriteItem.name();
    let mut finder = Finder::default();
    let mut items = HashMap::with_capacity(writes.len());
    for (position, write) in writes.iter_mut().enumerate() {
        if let Some(error) = write.refusal(position) {
            return Some(error);
        }
        let item = match write.find_item(client, &mut finder) {
            Ok(item) => item,
            Err(error) => return Some(error),
        };
        match items.entry(item) {
            Entry::Vacant(place) => {
                place.insert(position);
            }
            Entry::Occupied(_) if in_order => {}
            Entry::Occupied(first) => {
                let why = format!(
                    "two writes of the batch are on one item: number {} and number {position} (from 0)",
                    first.get()
                );
                return Some(Error::invalid_request(write.entity.name, why).with_operation(operation));
            }
        }
    }
    None
}

impl fmt::Debug for WriteBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteBatch")
            .field("len", &self.writes.len())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

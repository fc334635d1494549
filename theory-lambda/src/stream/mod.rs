//! Functions that are called with the records of a stream.
//!
//! [`stream_handler`] makes such a function of a closure that handles one change. It decides in which order changes are handled, when
//! to stop, and what Lambda is told.
//!
//! # Example
//!
//! ```no_run
//! use theory::stream::Change;
//! use theory::Table;
//!
//! #[derive(Table)]
//! #[table(name = "orders")]
//! struct Order {
//!     #[table(pk)]
//!     customer: String,
//!     #[table(sk)]
//!     order_id: u64,
//!     total: u64,
//! }
//!
//! #[derive(Table)]
//! #[table(name = "totals")]
//! struct Total {
//!     #[table(pk)]
//!     customer: String,
//!     #[table(sk)]
//!     order_id: u64,
//!     total: u64,
//! }
//!
//! # fn main() -> Result<(), lambda_runtime::Error> { run() }
//! #[tokio::main(flavor = "current_thread")]
//! async fn run() -> Result<(), lambda_runtime::Error> {
//!     let client = theory_lambda::init().await?;
//!     let handler = theory_lambda::stream_handler_with(&client, |client, change: Change<Order>| async move {
//!         match change {
//!             Change::Inserted { new } | Change::Modified { new, .. } => {
//!                 let total = Total { customer: new.customer, order_id: new.order_id, total: new.total };
//!                 total.put().send(&client).await?;
//!             }
//!             Change::Removed { old } => {
//!                 Total::delete(&old.customer, old.order_id).send(&client).await?;
//!             }
//!         }
//!         Ok::<_, theory::Error>(())
//!     });
//!     lambda_runtime::run(handler.report_batch_item_failures().concurrency(10)).await
//! }
//! ```
//!
//! # What Lambda is told
//!
//! Lambda reads a stream shard by shard, and hands over a batch of records of one shard. What it does after a failure depends on the
//! event source mapping, and the function must answer in the way that the mapping expects: Lambda does not read the answer of a
//! function whose mapping does not say `ReportBatchItemFailures`, and takes everything for done unless the invocation fails.
//!
//! | the mapping says | so the handler has | after a failure |
//! |---|---|---|
//! | nothing (default) | nothing | the invocation [fails](StreamError), and the whole batch is delivered again |
//! | `FunctionResponseTypes: [ReportBatchItemFailures]` | [`report_batch_item_failures`](StreamHandler::report_batch_item_failures) | the answer names the first record that is not done, and the batch is delivered again from there |
//!
//! Nothing behind a record that is not done is ever reported as done. What is delivered again includes records that were handled
//! already, so that a handler must bear seeing a change twice, and an older change after a later one of which it has seen the effect: an
//! effect that is the same each time (write what the new image says) ends right, because every later record of the item comes
//! again too. For other effects there is [`idempotency`](crate::idempotency), with [`Record::event_id`] as key.
//!
//! How often a batch is delivered again is the mapping's too: without `MaximumRetryAttempts` and `BisectBatchOnFunctionError`, a record
//! that fails for ever stops its shard until it expires.
//!
//! A mapping with `TumblingWindowInSeconds` wants the window's state for an answer: an event of a window [is refused](StreamErrorKind::Window).
//!
//! # Failures
//!
//! A record fails if the closure returns an error or panics, or if the record cannot be read as the type that the closure takes. For
//! the last there is [`on_undecodable`](StreamHandler::on_undecodable), which puts it aside and goes on. A panic is a failure only
//! where panics unwind.
//!
//! Records of other entities are passed over. A handler of several entities takes `theory::stream::Record`, or implements
//! [`FromRecord`] for a type of its own.
//!
//! # The deadline
//!
//! The handler stops [`BUFFER`] before the invocation's deadline, or what [`buffer`](StreamHandler::buffer) says: nothing begins any more.
//! Futures at work have a quarter of the buffer in which to end by themselves, as those do that use the invocation's client, and to give
//! back what they hold, a [key](crate::idempotency) or a [lease](crate::lease). Then they are dropped, and the first record that is not done
//! is reported. A function whose time-out is not longer than its buffer does nothing at
//! all.

mod answer;
mod handle;
mod order;
mod run;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use lambda_runtime::{LambdaEvent, Service};
use theory::Client;
use theory::stream::{FromRecord, Record, StreamEvent};

use crate::invocation::{BUFFER, time_left};
pub use answer::{BatchItemFailure, StreamError, StreamErrorKind, StreamResponse};
use handle::{DeadLetter, Handle};
pub use handle::{DeadLetterFn, HandleFn, HandleWithClient, NoDeadLetter, Undecodable};
pub use run::StreamFuture;

/// A function that handles each change of a stream's batch by the closure: for `lambda_runtime::run`.
///
/// The closure takes what a record can be [read as](FromRecord): a `Change<Order>`, one with `Keys<Order>` for an image that the stream
/// does not hold, a `Record`, or a change and its record in a tuple. See the [module](self) for order, failures and the deadline.
///
/// # Example
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)]
/// # #[table(name = "orders")]
/// # struct Order {
/// #     #[table(pk)]
/// #     id: String,
/// # }
/// # async fn example() -> Result<(), lambda_runtime::Error> {
/// use theory::stream::{Change, Keys};
///
/// // A stream of new images: of the old item there is only the key.
/// let handler = theory_lambda::stream_handler(|change: Change<Order, Keys<Order>>| async move {
///     if let Change::Inserted { new } = change {
///         println!("{} ordered", new.id);
///     }
///     Ok::<_, lambda_runtime::Error>(())
/// });
/// lambda_runtime::run(handler).await
/// # }
/// ```
pub fn stream_handler<C, F, Fut, E>(handle: F) -> StreamHandler<C, HandleFn<F>>
where
    C: FromRecord,
    F: Fn(C) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Into<lambda_runtime::Error>,
{
    StreamHandler::new(HandleFn(handle))
}

/// As [`stream_handler`], for a closure that is also handed the client of the invocation: on it, nothing begins that
/// cannot end [before the deadline](crate::ForInvocation::for_invocation).
pub fn stream_handler_with<C, F, Fut, E>(client: &Client, handle: F) -> StreamHandler<C, HandleWithClient<F>>
where
    C: FromRecord,
    F: Fn(Client, C) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Into<lambda_runtime::Error>,
{
    StreamHandler::new(HandleWithClient { client: client.clone(), handle })
}

/// A function that handles the changes of a stream; made by [`stream_handler`].
///
/// It is a [`tower::Service`](lambda_runtime::tower::Service), for `lambda_runtime::run` and, as it is cheap to clone, for
/// `run_concurrent`.
#[must_use = "it does nothing until `lambda_runtime::run` is given it"]
pub struct StreamHandler<C, H, D = NoDeadLetter> {
    handle: Arc<H>,
    dead_letter: Arc<D>,
    options: Options,
    change: PhantomData<fn() -> C>,
}

#[derive(Debug, Clone, Copy)]
struct Options {
    report: Report,
    concurrency: usize,
    buffer: Duration,
}

/// How a failure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Report {
    /// As an invocation that failed.
    Error,
    /// In the answer.
    BatchItemFailures,
}

impl<C, H> StreamHandler<C, H> {
    fn new(handle: H) -> Self {
        let options = Options { report: Report::Error, concurrency: 1, buffer: BUFFER };
        Self { handle: Arc::new(handle), dead_letter: Arc::new(NoDeadLetter), options, change: PhantomData }
    }

    /// Hands a record that cannot be read to `put_aside`, instead of letting it fail: it is done if `put_aside` succeeds.
    ///
    /// A stream whose view type lacks the images that the closure asks for is not put aside, record by record: there the invocation fails.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # use theory::stream::{Change, Record};
    /// use theory_lambda::stream::Undecodable;
    ///
    /// let handler = theory_lambda::stream_handler(|record: Record| async move { Ok::<_, theory::Error>(()) });
    /// let handler = handler.on_undecodable(|record: Undecodable| async move {
    ///     // To a queue, or a table. What the log is told names no value.
    ///     tracing::error!(number = record.sequence_number(), "put aside: {}", record.error);
    ///     Ok::<_, lambda_runtime::Error>(())
    /// });
    /// ```
    pub fn on_undecodable<F, Fut, E>(self, put_aside: F) -> StreamHandler<C, H, DeadLetterFn<F>>
    where
        F: Fn(Undecodable) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: Into<lambda_runtime::Error>,
    {
        StreamHandler {
            handle: self.handle,
            dead_letter: Arc::new(DeadLetterFn(put_aside)),
            options: self.options,
            change: PhantomData,
        }
    }
}

impl<C, H, D> StreamHandler<C, H, D> {
    /// Answers with the first record that is not done, for an event source mapping that says `ReportBatchItemFailures`.
    ///
    /// Only then: where the mapping does not say so, Lambda does not read the answer, and a record that failed is lost.
    pub fn report_batch_item_failures(mut self) -> Self {
        self.options.report = Report::BatchItemFailures;
        self
    }

    /// Handles so many changes at once; one if nothing is said, or with zero.
    ///
    /// Changes of one item stay in their order, each begun after the one before it succeeded. Those of different items have no order
    /// then. After a failure only what lies before it in the batch is finished; what is at work behind it is dropped, because it is
    /// delivered again.
    pub fn concurrency(mut self, changes: usize) -> Self {
        self.options.concurrency = changes.max(1);
        self
    }

    /// How long before the invocation's deadline to stop; [`BUFFER`] if nothing is said.
    pub fn buffer(mut self, buffer: Duration) -> Self {
        self.options.buffer = buffer;
        self
    }
}

impl<C, H, D> Service<LambdaEvent<StreamEvent>> for StreamHandler<C, H, D>
where
    C: FromRecord,
    H: Handle<C>,
    D: DeadLetter,
{
    type Response = StreamResponse;
    type Error = StreamError;
    type Future = StreamFuture<C, H, D>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<StreamEvent>) -> Self::Future {
        let time = time_left(&event.context).saturating_sub(self.options.buffer);
        let (handle, dead_letter) = (Arc::clone(&self.handle), Arc::clone(&self.dead_letter));
        let is_windowed = event.payload.is_windowed();
        let records = event.payload.into_records();
        let number = records.len();
        let future = StreamFuture::new(handle, dead_letter, self.options, records, time);
        // An answer without the window's state would lose it.
        if is_windowed { future.refused(StreamError::window(number)) } else { future }
    }
}

impl<C, H, D> Clone for StreamHandler<C, H, D> {
    fn clone(&self) -> Self {
        Self {
            handle: Arc::clone(&self.handle),
            dead_letter: Arc::clone(&self.dead_letter),
            options: self.options,
            change: PhantomData,
        }
    }
}

impl<C, H, D> fmt::Debug for StreamHandler<C, H, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamHandler").field("options", &self.options).finish_non_exhaustive()
    }
}

/// The sequence number of a record, damaged or not.
fn sequence_number(record: &Result<Record, theory::stream::UndecodableRecord>) -> Option<&str> {
    match record {
        Ok(record) => record.sequence_number(),
        Err(damaged) => damaged.sequence_number.as_deref(),
    }
}

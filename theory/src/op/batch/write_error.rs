//! What is left of a batch of writes.

use super::left::{Reason, Rest};
use super::policy::Policy;
use super::write::{BatchWritten, Write, WriteBatch};
use super::write_drive::Written;
use super::write_request::Pending;
use crate::client::Operation;
use crate::error::Error;
use crate::lifecycle;
use crate::op::identity;
use crate::op::parts::{decode_error, encode_error};
use crate::table::FromItem;
use crate::timestamp::Timestamp;
use crate::wire::{Reader, stamp};
use std::fmt;

/// A batch of writes that was not done, or not all of it.
///
/// It has what is left, and becomes an [`Error`] by `?`.
pub struct BatchWriteError(Box<Inner>);

struct Inner {
    error: Error,
    summary: BatchWritten,
    taken: usize,
    left: Vec<Unwritten>,
    policy: Policy,
    in_order: bool,
}

/// A write that was not done, or of which it is not known.
#[derive(Debug)]
pub struct Unwritten {
    position: usize,
    reason: Reason,
    ambiguous: bool,
    write: Write,
}

impl Unwritten {
    /// Which write it is of those that were given, counted from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The name of the Rust type.
    pub fn entity(&self) -> &'static str {
        self.write.entity.name
    }

    /// Whether it is a delete, and not a put.
    pub fn is_delete(&self) -> bool {
        self.write.operation == Operation::DeleteItem
    }

    /// What it was to write: the item of a put, and of a delete the key alone, which an [`Item`](crate::Item) or a projection of the key
    /// can be read from.
    ///
    /// For whoever keeps what could not be written, of a source that is not there any more; to send it again there is
    /// [`BatchWriteError::into_batch`]. What the library writes is as it would be stored: the next version, and the moment at which it was sent
    /// last, or the beginning of 1970 where it never was.
    ///
    /// ```no_run
    /// # use theory::Table;
    /// # #[derive(Debug, Table)] #[table(name = "readings")]
    /// # struct Reading { #[table(pk)] sensor: String, #[table(sk)] at: u64, value: f64 }
    /// # async fn example(client: &theory::Client, source: impl Iterator<Item = Reading> + Send) -> theory::Result<()> {
    /// if let Err(error) = theory::batch_write_iter(source.map(|reading| reading.put())).send(client).await {
    ///     for left in error.unwritten() {
    ///         let reading: Reading = left.item()?;
    ///         eprintln!("{reading:?} is left: {:?}", left.reason());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Encode` where it was refused because it cannot be stored, and `Decode` where it does not fit a `T`.
    pub fn item<T: FromItem>(&self) -> Result<T, Error> {
        let Write { entity, head, places, .. } = &self.write;
        let operation = Operation::BatchWriteItem.name();
        let head = head.as_ref().map_err(|error| encode_error(entity, operation, error.clone()))?;
        let read = |head: &[u8]| T::from_item(&mut Reader::new(identity::object(head))?);
        let item = if stamp::has_gap(head, places) {
            let mut head = head.clone();
            lifecycle::fill(&mut head, places, Timestamp::default());
            read(&head)
        } else {
            read(head)
        };
        item.map_err(|error| decode_error(entity, operation, error))
    }

    /// Why it was not done.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Whether it may have taken effect all the same: see [`Error::is_ambiguous`].
    pub fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }
}

impl BatchWriteError {
    /// A batch that was refused before anything was sent.
    pub(super) fn refused(error: Error, writes: Vec<Write>, policy: Policy, in_order: bool) -> Self {
        let unsent =
            |(position, write)| Unwritten { position, reason: Reason::NotSent, ambiguous: false, write };
        BatchWriteError(Box::new(Inner {
            error,
            summary: BatchWritten::default(),
            taken: writes.len(),
            left: writes.into_iter().enumerate().map(unsent).collect(),
            policy,
            in_order,
        }))
    }

    pub(super) fn new(written: Written) -> Self {
        let Written { summary, taken, left, stop, policy, in_order, entity, has_ended } = written;
        let mut left: Vec<_> = left.into_iter().map(Unwritten::from).collect();
        left.sort_by_key(|left| left.position);
        let error = Rest {
            operation: Operation::BatchWriteItem.name(),
            what: "writes",
            done: summary.written,
            stop,
            is_ambiguous: left.iter().any(|left| left.ambiguous),
            has_more: !has_ended,
            entity,
            left: left.iter().map(|left| (left.entity(), &left.reason)).collect(),
        }
        .error();
        BatchWriteError(Box::new(Inner { error, summary, taken, left, policy, in_order }))
    }

    /// The error of the whole: the refusal, the first that failed, `Deadline`, or `Throttled` for what stayed unprocessed.
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// What was done, and what it consumed.
    pub fn written(&self) -> &BatchWritten {
        &self.0.summary
    }

    /// How many writes were taken from those that were given. From a source that has more, this is the position where its rest begins.
    pub fn taken(&self) -> usize {
        self.0.taken
    }

    /// The writes that are left, in the order of their positions. All others that were taken are done.
    pub fn unwritten(&self) -> &[Unwritten] {
        &self.0.left
    }

    /// What is left as a batch of its own, with the same settings, to be sent again.
    ///
    /// Its positions count anew. What is left of a source may be several writes on one item: as there, they are done in their order.
    pub fn into_batch(self) -> WriteBatch {
        let Inner { left, policy, in_order, .. } = *self.0;
        let mut batch = WriteBatch::default();
        batch.policy = policy;
        batch.in_order = in_order;
        batch.writes = left.into_iter().map(|left| left.write).collect();
        batch
    }
}

impl From<Pending> for Unwritten {
    fn from(pending: Pending) -> Self {
        let Pending { position, mut write, item, reason, is_in_doubt: ambiguous } = pending;
        // It was meant for the table that the client of this batch knows.
        write.overrides = write.overrides.table(&*item.table);
        write.item = None;
        Unwritten { position, reason, ambiguous, write }
    }
}

impl From<BatchWriteError> for Error {
    fn from(error: BatchWriteError) -> Self {
        error.0.error
    }
}

impl fmt::Display for BatchWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl fmt::Debug for BatchWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWriteError")
            .field("error", &self.0.error)
            .field("written", &self.0.summary.written)
            .field("taken", &self.0.taken)
            .field("unwritten", &self.0.left.len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for BatchWriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.error.source()
    }
}

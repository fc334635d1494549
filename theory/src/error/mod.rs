//! The one error of the library.
//!
//! An [`Error`] says what went wrong by its [`kind`](Error::kind), where by its [`entity`](Error::entity) and
//! [`operation`](Error::operation), and whether a write may have taken effect all the same by
//! [`is_ambiguous`](Error::is_ambiguous). It is one pointer wide.
//!
//! # What is printed
//!
//! `Display` and `Debug` name entity, operation, DynamoDB's error code and the request id, and never a value:
//! an error can be logged as it is. DynamoDB's own message may quote values of the request (a
//! `ValidationException` does), and so may the SDK's error with the raw response in it. They stay reachable, by
//! [`service_message`](Error::service_message) and [`source`](std::error::Error::source), and whoever prints the
//! whole chain of sources prints what they say.

mod cancellation;
mod kind;
mod make;
mod print;
mod throttling;

use std::borrow::Cow;
use std::error::Error as StdError;

use crate::cursor::Cursor;
use cancellation::read_item;

pub use cancellation::CancellationReason;
pub(crate) use cancellation::cancellation_kind;
pub use kind::ErrorKind;
pub use throttling::{ThrottlingLimit, ThrottlingReason};

/// A result whose error is the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The cause that an error keeps as its source.
pub(crate) type Source = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong when a request was built, sent, or its answer read.
///
/// # Example
///
/// ```
/// fn describe(error: &theory::Error) -> &'static str {
///     if error.is_condition_failed() && !error.is_ambiguous() {
///         "someone else was there first"
///     } else if error.is_retryable() {
///         "try again later"
///     } else {
///         "give up"
///     }
/// }
/// # let _ = describe;
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    entity: &'static str,
    operation: Option<&'static str>,
    ambiguous: bool,
    attempts: u32,
    constraint: Option<&'static str>,
    attribute: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    service: Option<Box<ServiceAnswer>>,
    out_of_time: bool,
    cursor: Option<Box<Cursor>>,
    source: Option<Source>,
}

/// What DynamoDB said when it refused a request.
#[derive(Default)]
pub(crate) struct ServiceAnswer {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) throttling: Vec<ThrottlingReason>,
    pub(crate) cancellation: Vec<CancellationReason>,
    /// The raw JSON of the item that a failed condition was checked against.
    pub(crate) item: Option<Box<[u8]>>,
    /// The raw JSON of an item that was returned and could not be read.
    pub(crate) returned: Option<Box<[u8]>>,
}

impl Error {
    /// What went wrong, to match on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the Rust type whose request failed, or the empty string where there is none.
    pub fn entity(&self) -> &'static str {
        self.0.entity
    }

    /// DynamoDB's name of the operation, such as `UpdateItem`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The attribute that could not be encoded or decoded, or that is missing.
    pub fn attribute(&self) -> Option<&str> {
        self.0.attribute.as_deref()
    }

    /// How many times the request was sent; 0 when it never was.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// DynamoDB's error code, such as `ConditionalCheckFailedException`.
    pub fn code(&self) -> Option<&str> {
        self.service()?.code.as_deref()
    }

    /// DynamoDB's id of the request, which AWS's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.service()?.request_id.as_deref()
    }

    /// DynamoDB's own message. It may quote values of the request.
    pub fn service_message(&self) -> Option<&str> {
        self.service()?.message.as_deref()
    }

    /// Why the request was throttled, and by which table or index, where DynamoDB said so; of a cancelled transaction for each part
    /// that was throttled.
    pub fn throttling_reasons(&self) -> &[ThrottlingReason] {
        self.service().map_or(&[], |service| &service.throttling)
    }

    /// Whether the write may have taken effect although it failed.
    ///
    /// After a timeout, a broken connection, a 5xx or an unreadable answer nobody knows whether DynamoDB executed
    /// the write. The library repeats such a write only if doing it twice is the same as doing it once, and says
    /// so here whenever the outcome stays unknown: also when a repeated write then failed on its condition, because
    /// the first attempt may be what the condition met. Read the item before deciding what happened.
    ///
    /// A write whose answer arrived and could not be read, because the item that it returned does not fit the type, is ambiguous too
    /// ([`is_decode`](Self::is_decode) says that this is what happened): it is done, and must not pass for one that was not. What it
    /// returned is [`returned_item`](Self::returned_item).
    ///
    /// Reads are never ambiguous, nor is a request that never left.
    pub fn is_ambiguous(&self) -> bool {
        self.0.ambiguous
    }

    /// Whether the same request may succeed later, unchanged, without harm.
    ///
    /// Throttling, conflicts between transactions and failures of the service or the network are worth another try,
    /// after a pause: the retry policy's own attempts are already spent. An [ambiguous](Self::is_ambiguous) write is
    /// not retryable, because it may have happened.
    pub fn is_retryable(&self) -> bool {
        !self.0.ambiguous
            && match self.0.kind {
                ErrorKind::Throttled
                | ErrorKind::Deadline
                | ErrorKind::Transport
                | ErrorKind::Service
                | ErrorKind::TransactionConflict
                | ErrorKind::ReplicatedWriteConflict
                | ErrorKind::TableInUse => true,
                ErrorKind::TransactionCanceled => self.canceled_in_passing(),
                _ => false,
            }
    }

    /// Whether a transaction was cancelled only because others were in its way, or for throttling.
    pub(crate) fn canceled_in_passing(&self) -> bool {
        let passes = |kind| matches!(kind, ErrorKind::TransactionConflict | ErrorKind::Throttled);
        let mut kinds = self.cancellation_reasons().iter().filter_map(CancellationReason::kind).peekable();
        kinds.peek().is_some() && kinds.all(passes)
    }

    /// Whether a condition did not hold: that of the request, of its version check, or of a part of a transaction.
    pub fn is_condition_failed(&self) -> bool {
        match self.0.kind {
            ErrorKind::ConditionFailed | ErrorKind::VersionConflict => true,
            ErrorKind::TransactionCanceled => {
                let failed = |reason: &CancellationReason| {
                    matches!(reason.kind(), Some(ErrorKind::ConditionFailed | ErrorKind::VersionConflict))
                };
                self.cancellation_reasons().iter().any(failed)
            }
            _ => false,
        }
    }

    /// Whether the item, or that of a part of a transaction, was changed since it was read, so that its version is not the expected one.
    ///
    /// Read the item again, and decide anew: the same write would fail again. It is never [ambiguous](Self::is_ambiguous): nothing was
    /// written. Where an earlier attempt of the same call may have taken effect, the version that has moved may be its own work; then the
    /// kind is `ConditionFailed`, ambiguous, and who writes again may do it twice.
    pub fn is_version_conflict(&self) -> bool {
        match self.0.kind {
            ErrorKind::VersionConflict => true,
            ErrorKind::TransactionCanceled => {
                self.cancellation_reasons().iter().any(CancellationReason::is_version_conflict)
            }
            _ => false,
        }
    }

    /// Whether another item has a value that is unique, of the item or of one that a part of a transaction writes.
    pub fn is_unique_violation(&self) -> bool {
        self.constraint().is_some()
    }

    /// The name of the constraint, where another item has a value that is unique; of a transaction the first.
    pub fn constraint(&self) -> Option<&'static str> {
        self.0
            .constraint
            .or_else(|| self.cancellation_reasons().iter().find_map(CancellationReason::constraint))
    }

    /// Whether an item that had to exist does not.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether the request is invalid, by the library's judgement or DynamoDB's.
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Validation | ErrorKind::InvalidRequest | ErrorKind::InvalidCursor)
    }

    /// Whether DynamoDB throttled the request, or a part of the transaction.
    pub fn is_throttled(&self) -> bool {
        match self.0.kind {
            ErrorKind::Throttled => true,
            ErrorKind::TransactionCanceled => {
                self.cancellation_reasons().iter().any(|reason| reason.kind() == Some(ErrorKind::Throttled))
            }
            _ => false,
        }
    }

    /// Whether an item is too large for DynamoDB.
    pub fn is_item_too_large(&self) -> bool {
        self.0.kind == ErrorKind::ItemTooLarge
    }

    /// Whether an item that was read does not fit the entity; a missing attribute is one way not to.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Decode | ErrorKind::MissingAttribute)
    }

    /// Whether a timeout or a deadline passed.
    pub fn is_deadline(&self) -> bool {
        self.0.kind == ErrorKind::Deadline
    }

    /// Whether the [deadline](crate::Client::with_deadline) of the client's handle ended it, and not a timeout of this request alone.
    pub fn is_out_of_time(&self) -> bool {
        self.0.out_of_time
    }

    /// Where to go on: the beginning of the page that failed, of a query or a scan whose pages before it were all handed out.
    ///
    /// Hand it to [`start_after`](crate::op::Query::start_after). The errors of a stream and of pages have it, unless the first page
    /// failed of a query that starts at the beginning.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.0.cursor.as_deref()
    }

    /// Whether the request could not be delivered, or its answer could not be read.
    pub fn is_transport(&self) -> bool {
        self.0.kind == ErrorKind::Transport
    }

    /// Whether the caller lacks a permission.
    pub fn is_access_denied(&self) -> bool {
        self.0.kind == ErrorKind::AccessDenied
    }

    /// Whether the table or the index does not exist.
    pub fn is_table_not_found(&self) -> bool {
        self.0.kind == ErrorKind::TableNotFound
    }

    /// Whether another transaction was in the way.
    pub fn is_transaction_conflict(&self) -> bool {
        match self.0.kind {
            ErrorKind::TransactionConflict => true,
            ErrorKind::TransactionCanceled => self.canceled_by("TransactionConflict"),
            _ => false,
        }
    }

    fn service(&self) -> Option<&ServiceAnswer> {
        self.0.service.as_deref()
    }

    fn canceled_by(&self, code: &str) -> bool {
        self.cancellation_reasons().iter().any(|reason| reason.code.as_deref() == Some(code))
    }

    /// The item that made a condition fail, where the request asked for it with `return_old_on_failure`, or expected a version.
    ///
    /// # Errors
    ///
    /// Where the item cannot be read as a `T`.
    pub fn old_item<T: crate::FromItem>(&self) -> Result<Option<T>> {
        read_item(self.item_json(), self.entity(), self.operation().unwrap_or_default())
    }

    /// The item that DynamoDB returned, of a request whose answer could not be read as the type that was asked for: the old or the new item
    /// of a write, which [is done](Self::is_ambiguous) all the same, or what a `get` found.
    ///
    /// Ask for a type that asks less of it, such as [`Item`](crate::Item).
    ///
    /// ```no_run
    /// # use theory::Table;
    /// # #[derive(Table)] #[table(name = "orders")]
    /// # struct Order { #[table(pk)] id: String, paid: bool }
    /// # async fn example(client: &theory::Client) -> theory::Result<()> {
    /// match Order::delete("o-1").return_old().send(client).await {
    ///     Err(error) if error.is_decode() => {
    ///         let deleted: Option<theory::Item> = error.returned_item()?; // an order of an older shape, and gone
    ///         # let _ = deleted;
    ///         Ok(())
    ///     }
    ///     deleted => deleted.map(drop),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the item cannot be read as a `T` either.
    pub fn returned_item<T: crate::FromItem>(&self) -> Result<Option<T>> {
        let returned = self.service().and_then(|service| service.returned.as_deref());
        read_item(returned, self.entity(), self.operation().unwrap_or_default())
    }

    /// The item that a failed condition was checked against, as raw DynamoDB JSON (`{"pk":{"S":"…"},…}`).
    pub(crate) fn item_json(&self) -> Option<&[u8]> {
        self.service()?.item.as_deref()
    }

    pub(crate) fn cancellation_reasons_mut(&mut self) -> Option<&mut Vec<CancellationReason>> {
        self.0.service.as_mut().map(|service| &mut service.cancellation)
    }

    /// The reason for each part of a cancelled transaction, in the order of its parts; empty for other errors.
    pub fn cancellation_reasons(&self) -> &[CancellationReason] {
        self.service().map_or(&[], |service| &service.cancellation)
    }
}

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

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::cursor::Cursor;

mod throttling;
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
}

/// The kind of an [`Error`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A condition of the write did not hold: nothing was written.
    ConditionFailed,
    /// The item was changed since it was read: its version is not the expected one, or it holds other unique values than the ones that
    /// the write was to free. Also a failed condition.
    VersionConflict,
    /// Another item has a value that is unique: [`Error::constraint`] says which. Nothing was written.
    UniqueViolation,
    /// An item that had to exist does not.
    NotFound,
    /// Several items where the request asked for the only one.
    MoreThanOne,
    /// DynamoDB refused the request as invalid.
    Validation,
    /// The library refused the request before anything was sent.
    InvalidRequest,
    /// A cursor does not belong to this query, was altered, or is not a cursor.
    InvalidCursor,
    /// DynamoDB throttled the request more often than the retry policy repeats it.
    Throttled,
    /// The item is, or would become, larger than DynamoDB's 400 KB.
    ItemTooLarge,
    /// The items under one partition key exceed the 10 GB that a local secondary index allows.
    ItemCollectionTooLarge,
    /// An item that was read does not fit the entity.
    Decode,
    /// An item that was read lacks an attribute that the entity requires.
    MissingAttribute,
    /// A stream's record does not hold the image of the item that was asked for: the stream has another view type.
    MissingImage,
    /// A value cannot be stored in DynamoDB (a NaN, a number of more than 38 digits, …).
    Encode,
    /// A timeout or a deadline passed before there was an answer.
    Deadline,
    /// The request could not be delivered, or the answer could not be read intact.
    Transport,
    /// DynamoDB failed (a 5xx), or answered with an error that has no kind of its own.
    Service,
    /// The caller is not allowed to do this, or its credentials or signature were refused.
    AccessDenied,
    /// No credentials could be had, so nothing was sent.
    Credentials,
    /// The table or the index does not exist in this account and region.
    TableNotFound,
    /// The table is being created, changed or deleted, or exists already.
    TableInUse,
    /// Another transaction holds one of the items.
    TransactionConflict,
    /// The transaction was cancelled, for the reason given for each of its parts.
    TransactionCanceled,
    /// A multi-region table refused a write that conflicts with one in another region.
    ReplicatedWriteConflict,
    /// The tables that are deployed are not those that the code declares.
    SchemaMismatch,
    /// A limit of the account or of the table's control plane was reached.
    LimitExceeded,
    /// The client's own configuration is not usable: no region, no provider of credentials, a missing variable, an
    /// invalid table name.
    Configuration,
    /// The SDK beneath did not use the library's serializer or deserializer. Nothing it answered is used.
    ///
    /// This means that the versions of `aws-sdk-dynamodb` and `aws-smithy-runtime` in the build are ones that the
    /// library does not work with. Please report it.
    SdkIncompatible,
}

impl ErrorKind {
    fn describe(self) -> &'static str {
        match self {
            Self::ConditionFailed => "condition failed",
            Self::VersionConflict => "version conflict",
            Self::UniqueViolation => "unique value taken",
            Self::NotFound => "item not found",
            Self::MoreThanOne => "more than one item found",
            Self::Validation => "request refused as invalid by dynamodb",
            Self::InvalidRequest => "invalid request",
            Self::InvalidCursor => "invalid cursor",
            Self::Throttled => "throttled",
            Self::ItemTooLarge => "item too large",
            Self::ItemCollectionTooLarge => "item collection too large",
            Self::Decode => "item could not be decoded",
            Self::MissingAttribute => "missing attribute",
            Self::MissingImage => "missing image",
            Self::Encode => "value could not be encoded",
            Self::Deadline => "deadline passed",
            Self::Transport => "transport failed",
            Self::Service => "service failed",
            Self::AccessDenied => "access denied",
            Self::Credentials => "no credentials",
            Self::TableNotFound => "table or index not found",
            Self::TableInUse => "table in use",
            Self::TransactionConflict => "transaction conflict",
            Self::TransactionCanceled => "transaction canceled",
            Self::ReplicatedWriteConflict => "replicated write conflict",
            Self::SchemaMismatch => "the tables are not those of the schema",
            Self::LimitExceeded => "limit exceeded",
            Self::Configuration => "invalid configuration",
            Self::SdkIncompatible => "the sdk ignored the library's wire path",
        }
    }

    /// The name that the `error` field of a tracing span carries.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ConditionFailed => "condition_failed",
            Self::VersionConflict => "version_conflict",
            Self::UniqueViolation => "unique_violation",
            Self::NotFound => "not_found",
            Self::MoreThanOne => "more_than_one",
            Self::Validation => "validation",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidCursor => "invalid_cursor",
            Self::Throttled => "throttled",
            Self::ItemTooLarge => "item_too_large",
            Self::ItemCollectionTooLarge => "item_collection_too_large",
            Self::Decode => "decode",
            Self::MissingAttribute => "missing_attribute",
            Self::MissingImage => "missing_image",
            Self::Encode => "encode",
            Self::Deadline => "deadline",
            Self::Transport => "transport",
            Self::Service => "service",
            Self::AccessDenied => "access_denied",
            Self::Credentials => "credentials",
            Self::TableNotFound => "table_not_found",
            Self::TableInUse => "table_in_use",
            Self::TransactionConflict => "transaction_conflict",
            Self::TransactionCanceled => "transaction_canceled",
            Self::ReplicatedWriteConflict => "replicated_write_conflict",
            Self::SchemaMismatch => "schema_mismatch",
            Self::LimitExceeded => "limit_exceeded",
            Self::Configuration => "configuration",
            Self::SdkIncompatible => "sdk_incompatible",
        }
    }
}

/// Why one part of a transaction was, or was not, the cause of its cancellation.
///
/// From [`Error::cancellation_reasons`], in the order of the transaction's parts.
pub struct CancellationReason {
    /// DynamoDB's code, such as `ConditionalCheckFailed`; `None` for a part that was not at fault.
    pub(crate) code: Option<String>,
    /// The raw JSON of the item as it was, where the part asked for it.
    pub(crate) item: Option<Box<[u8]>>,
    /// The condition that failed is one of the library's: what that means.
    pub(crate) verdict: Option<ErrorKind>,
    /// What is not valid is the size of the item.
    pub(crate) is_too_large: bool,
    /// The condition that failed is that of a guard of this constraint.
    pub(crate) constraint: Option<&'static str>,
}

impl CancellationReason {
    /// What was wrong with the part; `None` for one that was not at fault.
    pub fn kind(&self) -> Option<ErrorKind> {
        Some(match cancellation_kind(self.code.as_deref()?) {
            ErrorKind::ConditionFailed if self.constraint.is_some() => ErrorKind::UniqueViolation,
            ErrorKind::ConditionFailed => self.verdict.unwrap_or(ErrorKind::ConditionFailed),
            ErrorKind::Validation if self.is_too_large => ErrorKind::ItemTooLarge,
            kind => kind,
        })
    }

    /// DynamoDB's code, such as `ConditionalCheckFailed`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the item of the part was changed since it was read, so that its version is not the expected one. Also a failed condition.
    pub fn is_version_conflict(&self) -> bool {
        self.kind() == Some(ErrorKind::VersionConflict)
    }

    /// The name of the constraint, where another item has a value of the part's that is unique.
    pub fn constraint(&self) -> Option<&'static str> {
        self.constraint
    }

    /// The raw JSON of the item that made a condition fail.
    pub(crate) fn item_json(&self) -> Option<&[u8]> {
        self.item.as_deref()
    }

    /// A value of the part's is another's.
    pub(crate) fn violate(&mut self, constraint: &'static str) {
        self.code = Some("ConditionalCheckFailed".to_owned());
        self.constraint = Some(constraint);
    }

    pub(crate) fn set_verdict(&mut self, verdict: ErrorKind) {
        self.verdict = Some(verdict);
    }

    /// The item that made a condition fail, where the part asked for it with `return_old_on_failure`, or expected a version.
    ///
    /// # Errors
    ///
    /// Where the item cannot be read as a `T`.
    pub fn old_item<T: crate::FromItem>(&self) -> Result<Option<T>> {
        read_old_item(self.item.as_deref(), "", "TransactWriteItems")
    }
}

/// What the code of a part of a cancelled transaction says.
pub(crate) fn cancellation_kind(code: &str) -> ErrorKind {
    match code {
        "ConditionalCheckFailed" => ErrorKind::ConditionFailed,
        "TransactionConflict" => ErrorKind::TransactionConflict,
        "ProvisionedThroughputExceeded" | "ThrottlingError" | "RequestLimitExceeded" => ErrorKind::Throttled,
        "ItemCollectionSizeLimitExceeded" => ErrorKind::ItemCollectionTooLarge,
        "ValidationError" => ErrorKind::Validation,
        "AccessDenied" => ErrorKind::AccessDenied,
        "ResourceNotFound" => ErrorKind::TableNotFound,
        _ => ErrorKind::Service,
    }
}

impl fmt::Debug for CancellationReason {
    /// The code, and never the item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancellationReason").field("code", &self.code).finish_non_exhaustive()
    }
}

fn read_old_item<T: crate::FromItem>(
    json: Option<&[u8]>,
    entity: &'static str,
    operation: &'static str,
) -> Result<Option<T>> {
    let Some(json) = json else { return Ok(None) };
    crate::wire::Reader::new(json)
        .and_then(|mut input| T::from_item(&mut input))
        .map(Some)
        .map_err(|error| Error::decode(entity, operation, error))
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
    /// Read the item again, and decide anew: the same write would fail again.
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
        read_old_item(self.item_json(), self.entity(), self.operation().unwrap_or_default())
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

/// How the library makes errors.
impl Error {
    pub(crate) fn new(kind: ErrorKind, entity: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            entity,
            operation: None,
            ambiguous: false,
            attempts: 0,
            constraint: None,
            attribute: None,
            detail: None,
            service: None,
            out_of_time: false,
            cursor: None,
            source: None,
        }))
    }

    /// An answer that does not fit the entity.
    pub(crate) fn decode(
        entity: &'static str,
        operation: &'static str,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::Decode, entity).with_operation(operation).with_source(source)
    }

    /// A value that cannot be stored.
    pub(crate) fn encode(
        entity: &'static str,
        operation: &'static str,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::Encode, entity).with_operation(operation).with_source(source)
    }

    /// A request that is refused before anything is sent. `detail` says why, without a value.
    pub(crate) fn invalid_request(entity: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, entity).with_detail(detail)
    }

    /// An item that had to exist and does not.
    pub(crate) fn not_found(entity: &'static str, operation: &'static str) -> Self {
        Self::new(ErrorKind::NotFound, entity).with_operation(operation)
    }

    /// The error of a transaction of one write, as that of the write alone.
    pub(crate) fn into_single(mut self) -> Self {
        let [reason] = self.cancellation_reasons() else { return self };
        if let (ErrorKind::TransactionCanceled, Some(kind)) = (self.0.kind, reason.kind()) {
            let item = reason.item.clone();
            self.0.kind = kind;
            if let Some(service) = &mut self.0.service {
                service.item = item;
            }
        }
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_attribute(mut self, attribute: impl Into<Cow<'static, str>>) -> Self {
        self.0.attribute = Some(attribute.into());
        self
    }

    /// The name of the constraint that a write violates.
    pub(crate) fn with_constraint(mut self, constraint: &'static str) -> Self {
        self.0.constraint = Some(constraint);
        self
    }

    /// What else `Display` says. It must not hold a value.
    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_source(self, source: impl Into<Source>) -> Self {
        self.with_boxed_source(source.into())
    }

    pub(crate) fn with_boxed_source(mut self, source: Source) -> Self {
        self.0.source = Some(source);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks whether the write may have taken effect.
    pub(crate) fn with_ambiguous(mut self, ambiguous: bool) -> Self {
        self.0.ambiguous = ambiguous;
        self
    }

    /// The deadline of the handle ended it.
    pub(crate) fn with_out_of_time(mut self) -> Self {
        self.0.kind = ErrorKind::Deadline;
        self.0.out_of_time = true;
        self
    }

    /// Where to go on, for the error of a page.
    pub(crate) fn with_cursor(mut self, cursor: Cursor) -> Self {
        self.0.cursor = Some(Box::new(cursor));
        self
    }

    /// For whoever drops what was read before.
    pub(crate) fn without_cursor(mut self) -> Self {
        self.0.cursor = None;
        self
    }

    /// Why it was throttled, from whoever knows more than the answer says.
    pub(crate) fn with_throttling(mut self, reasons: Vec<ThrottlingReason>) -> Self {
        if let Some(service) = &mut self.0.service {
            service.throttling = reasons;
        }
        self
    }

    pub(crate) fn with_service(mut self, service: ServiceAnswer) -> Self {
        self.0.service = Some(Box::new(service));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.describe())?;
        match (self.0.operation, self.0.entity) {
            (Some(operation), "") => write!(f, ": {operation}")?,
            (Some(operation), entity) => write!(f, ": {operation} of `{entity}`")?,
            (None, "") => {}
            (None, entity) => write!(f, ": `{entity}`")?,
        }
        if let Some(attribute) = &self.0.attribute {
            write!(f, ", attribute `{attribute}`")?;
        }
        if let Some(constraint) = self.constraint() {
            write!(f, ", constraint `{constraint}`")?;
        }
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        match (self.code(), self.request_id()) {
            (Some(code), Some(id)) => write!(f, " ({code}, request id {id})")?,
            (Some(code), None) => write!(f, " ({code})")?,
            (None, Some(id)) => write!(f, " (request id {id})")?,
            (None, None) => {}
        }
        if self.0.attempts > 1 {
            write!(f, " after {} attempts", self.0.attempts)?;
        }
        if self.0.ambiguous {
            f.write_str("; the write may have taken effect")?;
        }
        Ok(())
    }
}

/// As careful as `Display`: a source's `Debug` would print the whole response.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("entity", &self.0.entity)
            .field("operation", &self.0.operation)
            .field("attribute", &self.0.attribute)
            .field("constraint", &self.constraint())
            .field("detail", &self.0.detail)
            .field("code", &self.code())
            .field("request_id", &self.request_id())
            .field("attempts", &self.0.attempts)
            .field("ambiguous", &self.0.ambiguous)
            .field("out_of_time", &self.0.out_of_time)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + 'static>() {}
    shareable::<Error>();
    assert!(size_of::<Error>() == size_of::<usize>());
};

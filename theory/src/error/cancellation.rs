//! Why a transaction was cancelled, part by part.

use std::fmt;

use super::{Error, ErrorKind, Result};

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
        read_item(self.item.as_deref(), "", "TransactWriteItems")
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

pub(super) fn read_item<T: crate::FromItem>(
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

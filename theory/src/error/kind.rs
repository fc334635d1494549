//! The kinds of errors.

/// The kind of an [`Error`](super::Error).
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A condition of the write did not hold: nothing was written, unless the error is [ambiguous](super::Error::is_ambiguous).
    ConditionFailed,
    /// The item was changed since it was read: its version is not the expected one, or it holds other unique values than the ones that
    /// the write was to free. Also a failed condition. Nothing was written: what may be the write's own doing is a `ConditionFailed`.
    VersionConflict,
    /// Another item has a value that is unique: [`Error::constraint`](super::Error::constraint) says which. Nothing was written.
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
    pub(super) fn describe(self) -> &'static str {
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

//! What can go wrong: [`Fault`].

use std::borrow::Cow;
use std::time::Duration;

use crate::operation::Operation;

/// Something that goes wrong with one request.
///
/// *Before effect* means that the request never reaches the engine. *After effect* means that the engine answers it, and
/// that the answer does not reach the client: what a write did is done, and the client cannot know.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// DynamoDB refuses the request to protect a limit, and says by `ThrottlingReasons` which.
    Throttle(Throttle),
    /// DynamoDB does a part of a batch and gives the rest back, as `UnprocessedKeys` or `UnprocessedItems`.
    ///
    /// The seed decides which entries are done: at least one, and never all. A batch of one entry is throttled
    /// instead, as DynamoDB does when it can process nothing.
    ///
    /// The engine gets a smaller request than the one that was signed. The embedded engine and DynamoDB Local do
    /// not mind; DynamoDB itself would refuse the signature.
    PartialBatch,
    /// As [`PartialBatch`](Self::PartialBatch), with this many entries given back: the last ones of the request, its tables in the
    /// order of their names. If that is all of them, the batch is throttled.
    PartialBatchLeaving(usize),
    /// A transaction holds the item: `TransactionConflictException` for a single write, and for a transaction its
    /// cancellation, with the conflict at a place that the seed decides.
    TransactionConflict,
    /// A transaction is cancelled for one of its items, at a place that the seed decides.
    Canceled(Cancellation),
    /// A transaction is cancelled for the item at this place, counted from 0. A transaction that has no such place
    /// is left alone.
    CanceledAt(usize, Cancellation),
    /// Another request with the same token is still being worked on: `TransactionInProgressException`.
    TransactionInProgress,
    /// The connector's own time-out, at once, before effect.
    TimeoutBeforeEffect,
    /// The connector's own time-out, at once, after effect.
    TimeoutAfterEffect,
    /// No answer, ever, and no effect. The SDK's attempt or operation timeout has to end it; under Tokio's paused clock
    /// that takes no time.
    HangBeforeEffect,
    /// No answer, ever, after effect.
    HangAfterEffect,
    /// Nobody listens at the address: proof that the request was not executed.
    ConnectionRefused,
    /// The connection breaks before effect.
    ResetBeforeEffect,
    /// The connection breaks after effect.
    ResetAfterEffect,
    /// The connection breaks within the body of the answer.
    BrokenBody,
    /// The answer's body ends too early, and nobody notices but by the checksum. Its `x-amz-crc32` is that of the whole.
    TruncatedBody,
    /// One byte of the answer's body is another. Its `x-amz-crc32` is that of the right one.
    CorruptBody,
    /// The answer's body comes in small pieces, over this time, measured by the SDK's own sleep.
    SlowBody(Duration),
    /// The first half of the answer's body comes, and then nothing, ever.
    StalledBody,
    /// `InternalServerError`, status 500, before effect.
    ServerErrorBeforeEffect,
    /// `InternalServerError`, status 500, after effect.
    ServerErrorAfterEffect,
    /// `ServiceUnavailable`, status 503, before effect.
    Unavailable,
    /// The client's clock is a quarter of an hour behind DynamoDB's: the signature has expired.
    ///
    /// The answer's `Date` tells the time, by which newer SDKs correct themselves and repeat the request.
    ClockSkew,
    /// The caller has no permission: `AccessDeniedException`.
    AccessDenied,
    /// Any other refusal, without effect: [`Fault::refusal`] makes it.
    Refusal {
        /// The HTTP status.
        status: u16,
        /// The exception's name.
        code: Cow<'static, str>,
        /// What the exception says.
        message: Cow<'static, str>,
    },
}

/// The limit for whose sake DynamoDB throttles.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// The provisioned units of the table or index: `ProvisionedThroughputExceededException`.
    Provisioned,
    /// The maximum that is set for an on-demand table or index: `ThrottlingException`.
    OnDemandMaximum,
    /// What one partition gives, a hot key: `ThrottlingException`.
    KeyRange,
    /// The quota of the account: `RequestLimitExceeded`.
    Account,
}

/// Why DynamoDB cancels a transaction for one of its items.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cancellation {
    /// Its condition did not hold. The item is not returned, whatever the request asks for.
    ConditionalCheckFailed,
    /// Another transaction, or a write, has it.
    TransactionConflict,
    /// Throttled, in on-demand mode.
    ThrottlingError,
    /// Throttled, in provisioned mode.
    ProvisionedThroughputExceeded,
    /// The items under its partition key would exceed 10 GB.
    ItemCollectionSizeLimitExceeded,
    /// What it asks for is not valid for the item as it is, such as adding to a string.
    ValidationError,
}

impl Fault {
    /// A refusal of one's own, without effect: `Fault::refusal(400, "ResourceNotFoundException", "no such table")`.
    pub fn refusal(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Refusal { status, code: code.into(), message: message.into() }
    }

    /// Every fault, for tests that try them all: those with a choice with each, a body slow by ten milliseconds, and no
    /// [`Refusal`](Self::Refusal), [`CanceledAt`](Self::CanceledAt) or [`PartialBatchLeaving`](Self::PartialBatchLeaving), which are others with a choice made.
    pub fn all() -> Vec<Self> {
        let throttles =
            [Throttle::Provisioned, Throttle::OnDemandMaximum, Throttle::KeyRange, Throttle::Account];
        let cancellations = [
            Cancellation::ConditionalCheckFailed,
            Cancellation::TransactionConflict,
            Cancellation::ThrottlingError,
            Cancellation::ProvisionedThroughputExceeded,
            Cancellation::ItemCollectionSizeLimitExceeded,
            Cancellation::ValidationError,
        ];
        let mut all: Vec<Self> = throttles.map(Self::Throttle).into();
        all.push(Self::PartialBatch);
        all.push(Self::TransactionConflict);
        all.extend(cancellations.map(Self::Canceled));
        all.extend([
            Self::TransactionInProgress,
            Self::TimeoutBeforeEffect,
            Self::TimeoutAfterEffect,
            Self::HangBeforeEffect,
            Self::HangAfterEffect,
            Self::ConnectionRefused,
            Self::ResetBeforeEffect,
            Self::ResetAfterEffect,
            Self::BrokenBody,
            Self::TruncatedBody,
            Self::CorruptBody,
            Self::SlowBody(Duration::from_millis(10)),
            Self::StalledBody,
            Self::ServerErrorBeforeEffect,
            Self::ServerErrorAfterEffect,
            Self::Unavailable,
            Self::ClockSkew,
            Self::AccessDenied,
        ]);
        all
    }

    /// Whether DynamoDB could do this to a request for this operation. A rule passes over requests to which its fault
    /// does not apply.
    pub fn applies_to(&self, operation: Operation) -> bool {
        use Operation as O;
        match self {
            Self::PartialBatch | Self::PartialBatchLeaving(_) => {
                matches!(operation, O::BatchGetItem | O::BatchWriteItem)
            }
            Self::TransactionConflict => matches!(
                operation,
                O::PutItem | O::UpdateItem | O::DeleteItem | O::TransactGetItems | O::TransactWriteItems
            ),
            // A read has no conditions, and adds nothing to a collection.
            Self::Canceled(reason) | Self::CanceledAt(_, reason) => match operation {
                O::TransactWriteItems => true,
                O::TransactGetItems => !matches!(
                    reason,
                    Cancellation::ConditionalCheckFailed | Cancellation::ItemCollectionSizeLimitExceeded
                ),
                _ => false,
            },
            Self::TransactionInProgress => matches!(operation, O::TransactWriteItems | O::ExecuteTransaction),
            _ => true,
        }
    }

    /// Whether the client cannot tell, from this alone, if the request was executed.
    ///
    /// A slow body comes in the end, and leaves no doubt unless a timeout is faster.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Refusal { status, .. } => !(400..=499).contains(status),
            Self::TimeoutBeforeEffect
            | Self::TimeoutAfterEffect
            | Self::HangBeforeEffect
            | Self::HangAfterEffect
            | Self::ResetBeforeEffect
            | Self::ResetAfterEffect
            | Self::BrokenBody
            | Self::TruncatedBody
            | Self::CorruptBody
            | Self::StalledBody
            | Self::ServerErrorBeforeEffect
            | Self::ServerErrorAfterEffect
            | Self::Unavailable => true,
            Self::Throttle(_)
            | Self::PartialBatch
            | Self::PartialBatchLeaving(_)
            | Self::TransactionConflict
            | Self::Canceled(_)
            | Self::CanceledAt(..)
            | Self::TransactionInProgress
            | Self::ConnectionRefused
            | Self::SlowBody(_)
            | Self::ClockSkew
            | Self::AccessDenied => false,
        }
    }
}

impl Throttle {
    /// The exception that DynamoDB throws for it.
    pub(super) fn exception(self) -> &'static str {
        match self {
            Self::Provisioned => "ProvisionedThroughputExceededException",
            Self::OnDemandMaximum | Self::KeyRange => "ThrottlingException",
            Self::Account => "RequestLimitExceeded",
        }
    }

    /// The last part of the reason, behind what is throttled and for which kind of operation.
    pub(super) fn limit(self) -> &'static str {
        match self {
            Self::Provisioned => "ProvisionedThroughputExceeded",
            Self::OnDemandMaximum => "MaxOnDemandThroughputExceeded",
            Self::KeyRange => "KeyRangeThroughputExceeded",
            Self::Account => "AccountLimitExceeded",
        }
    }
}

impl Cancellation {
    /// The code in the cancellation's reasons.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ConditionalCheckFailed => "ConditionalCheckFailed",
            Self::TransactionConflict => "TransactionConflict",
            Self::ThrottlingError => "ThrottlingError",
            Self::ProvisionedThroughputExceeded => "ProvisionedThroughputExceeded",
            Self::ItemCollectionSizeLimitExceeded => "ItemCollectionSizeLimitExceeded",
            Self::ValidationError => "ValidationError",
        }
    }

    pub(super) fn message(self) -> &'static str {
        match self {
            Self::ConditionalCheckFailed => "The conditional request failed",
            Self::TransactionConflict => "Transaction is ongoing for the item",
            Self::ThrottlingError => "Throughput exceeds the current capacity of your table or index",
            Self::ProvisionedThroughputExceeded => {
                "The level of configured provisioned throughput for the table was exceeded"
            }
            Self::ItemCollectionSizeLimitExceeded => "Collection size exceeded",
            Self::ValidationError => "An operand in the update expression has an incorrect data type",
        }
    }
}

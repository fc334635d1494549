//! Why an operation gave no result, or none that could be recorded.

use std::error::Error as StdError;
use std::fmt;

use theory::Timestamp;

use crate::out_of_time::{OutOfTime, cause_in};

/// What [`Idempotency::run`](super::Idempotency::run) fails with, for an operation that returns `Result<T, E>`.
///
/// [`Operation`](Self::Operation) and [`Unrecorded`](Self::Unrecorded) come after the operation has run; with all others it has
/// not, in this call.
#[non_exhaustive]
pub enum IdempotencyError<T, E> {
    /// Another invocation is at work on the key. Try again later: a queue or a stream does by itself, if this is an error.
    InProgress {
        /// When it must be dead, and the key will be free at the latest; `None` where its record does not say.
        until: Option<Timestamp>,
    },
    /// The key was used with another payload.
    PayloadMismatch,
    /// The operation was done before, and its result was not kept, for it was too large or could not be JSON; or another library
    /// wrote the record, which keeps none.
    ResultMissing,
    /// The operation was done before, and its result does not fit `T` any more.
    ResultUnreadable(serde_json::Error),
    /// The payload cannot be JSON, so that it has no hash.
    Payload(serde_json::Error),
    /// The invocation's deadline has passed, or what is left of its time is [kept](super::Idempotency::for_invocation): nothing was
    /// started.
    TooLate,
    /// The key could not be had, for DynamoDB could not be asked.
    ///
    /// Where this [is ambiguous](theory::Error::is_ambiguous), the key may be in progress now, until the invocation's deadline.
    Store(theory::Error),
    /// The operation failed, and the key is free again.
    Operation(E),
    /// The operation succeeded, and its success could not be recorded in full.
    Unrecorded(Unrecorded<T>),
}

/// The result of an operation whose success could not be recorded in full.
///
/// The error's [`into_value`](IdempotencyError::into_value) gives the result to who accepts that.
#[non_exhaustive]
pub struct Unrecorded<T> {
    /// What the operation returned.
    pub value: T,
    /// What is missing of the record.
    pub reason: UnrecordedReason,
}

/// What is missing of the record of an operation that succeeded.
#[non_exhaustive]
#[derive(Debug)]
pub enum UnrecordedReason {
    /// The result is larger than an item may be. That the operation was done is recorded: it will not run again for the key, and a
    /// later call gets [`ResultMissing`](IdempotencyError::ResultMissing).
    ///
    /// Let the operation store what is large, and return where it is.
    ResultTooLarge,
    /// The result cannot be JSON. That the operation was done is recorded, as for one that is too large.
    ResultNotJson(serde_json::Error),
    /// The operation took longer than it may be in progress, and another call has taken the key. The operation may have run
    /// twice.
    Superseded,
    /// The record could not be written. Unless that [is ambiguous](theory::Error::is_ambiguous) and was done all the same, the
    /// key stays in progress until the invocation's deadline, and the operation runs again after it.
    Failed(theory::Error),
}

impl<T, E> IdempotencyError<T, E> {
    /// The operation's result, if it succeeded in this call and only the record is not as it should be.
    ///
    /// # Errors
    ///
    /// Every other error, as it is.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn example(idempotency: theory_lambda::Idempotency) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// use theory_lambda::IdempotencyError;
    ///
    /// let charged: u64 = idempotency
    ///     .run("order-1", &42, async || Ok::<_, std::io::Error>(42))
    ///     .await
    ///     .or_else(IdempotencyError::into_value)?;
    /// # let _ = charged;
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_value(self) -> Result<T, Self> {
        match self {
            Self::Unrecorded(Unrecorded { value, .. }) => Ok(value),
            other => Err(other),
        }
    }

    /// Whether another invocation is at work on the key.
    pub fn is_in_progress(&self) -> bool {
        matches!(self, Self::InProgress { .. })
    }

    /// Whether the operation has run in this call, with success or without.
    pub fn has_run(&self) -> bool {
        matches!(self, Self::Operation(_) | Self::Unrecorded(_))
    }
}

impl<T, E: fmt::Display> fmt::Display for IdempotencyError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InProgress { until: Some(until) } => {
                write!(f, "the operation is in progress elsewhere, until {until} at the latest")
            }
            Self::InProgress { until: None } => f.write_str("the operation is in progress elsewhere"),
            Self::PayloadMismatch => f.write_str("the idempotency key was used with another payload"),
            Self::ResultMissing => f.write_str("the operation was done before, and its result was not kept"),
            Self::ResultUnreadable(_) => {
                f.write_str("the operation was done before, and its result cannot be read")
            }
            Self::Payload(_) => f.write_str("the payload cannot be written as json"),
            Self::TooLate => f.write_str("it is too late: nothing was started"),
            Self::Store(_) => f.write_str("the idempotency key could not be had"),
            Self::Operation(error) => error.fmt(f),
            Self::Unrecorded(unrecorded) => unrecorded.reason.fmt(f),
        }
    }
}

impl fmt::Display for UnrecordedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResultTooLarge => "the operation is done, and its result is too large to be kept",
            Self::ResultNotJson(_) => "the operation is done, and its result cannot be written as json",
            Self::Superseded => "the operation is done, and took so long that another has its key",
            Self::Failed(_) => "the operation is done, and that could not be recorded",
        })
    }
}

/// Of what the operation returned, nothing.
impl<T, E: fmt::Debug> fmt::Debug for IdempotencyError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InProgress { until } => f.debug_struct("InProgress").field("until", until).finish(),
            Self::PayloadMismatch => f.write_str("PayloadMismatch"),
            Self::ResultMissing => f.write_str("ResultMissing"),
            Self::ResultUnreadable(_) => f.write_str("ResultUnreadable(…)"),
            Self::Payload(_) => f.write_str("Payload(…)"),
            Self::TooLate => f.write_str("TooLate"),
            Self::Store(error) => f.debug_tuple("Store").field(error).finish(),
            Self::Operation(error) => f.debug_tuple("Operation").field(error).finish(),
            Self::Unrecorded(unrecorded) => f.debug_tuple("Unrecorded").field(unrecorded).finish(),
        }
    }
}

impl<T> fmt::Debug for Unrecorded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrecorded").field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// The operation's own error is shown, and is no source: it need not be an error to the language, as a `Box` of one is not. One that says
/// that the time is up is both, so that a [job in chunks](crate::chunk) goes on in the next invocation.
impl<T, E: fmt::Debug + fmt::Display + 'static> StdError for IdempotencyError<T, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::ResultUnreadable(error) | Self::Payload(error) => Some(error),
            Self::TooLate => Some(&OutOfTime),
            Self::Operation(error) => cause_in(error),
            Self::Store(error) => Some(error),
            Self::Unrecorded(Unrecorded { reason, .. }) => match reason {
                UnrecordedReason::ResultNotJson(error) => Some(error),
                UnrecordedReason::Failed(error) => Some(error),
                UnrecordedReason::ResultTooLarge | UnrecordedReason::Superseded => None,
            },
            Self::InProgress { .. } | Self::PayloadMismatch | Self::ResultMissing => None,
        }
    }
}

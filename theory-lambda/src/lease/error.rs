//! Why a lease could not be had, or kept.

use std::error::Error as StdError;
use std::fmt;

use theory::Timestamp;

use crate::out_of_time::OutOfTime;

/// What the operations on a lease fail with.
#[non_exhaustive]
#[derive(Debug)]
pub enum LeaseError {
    /// Another holds the lease.
    Held {
        /// When it ends, unless it is refreshed.
        until: Timestamp,
    },
    /// The lease has expired, or another holds it now. Stop what it protects.
    Lost,
    /// The invocation's deadline has passed, or what is left of its time is [kept](super::Leases::for_invocation): there is no time for what
    /// the lease is for. Nothing is held that was not before.
    TooLate,
    /// DynamoDB could not be asked.
    ///
    /// Where this [is ambiguous](theory::Error::is_ambiguous), the record may have been written: after [`acquire`](super::Leases::acquire) nobody
    /// may get the lease until it would have expired; after [`refresh`](super::Lease::refresh) the lease lasts at least as long as before.
    Store(theory::Error),
}

impl LeaseError {
    /// Whether another holds the lease.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }

    /// Whether the lease is lost.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost)
    }

    /// Whether the invocation's time is up.
    pub fn is_out_of_time(&self) -> bool {
        match self {
            Self::TooLate => true,
            Self::Store(error) => error.is_out_of_time(),
            Self::Held { .. } | Self::Lost => false,
        }
    }
}

impl From<theory::Error> for LeaseError {
    fn from(error: theory::Error) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for LeaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held { until } => {
                write!(f, "another holds the lease, until {until} if it is not refreshed")
            }
            Self::Lost => f.write_str("the lease is lost"),
            Self::TooLate => f.write_str("it is too late for a lease"),
            Self::Store(_) => f.write_str("the lease could not be written"),
        }
    }
}

impl StdError for LeaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::TooLate => Some(&OutOfTime),
            Self::Held { .. } | Self::Lost => None,
        }
    }
}

//! How errors are printed: never with a value.

use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind};

/// So many parts of a transaction are named.
const NAMED_PARTS: usize = 3;

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
        if self.0.kind == ErrorKind::TransactionCanceled {
            self.print_reasons(f)?;
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

impl Error {
    /// Which parts of a cancelled transaction were at fault, and why.
    fn print_reasons(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = self.cancellation_reasons().iter().enumerate();
        let at_fault: Vec<_> = reasons.filter_map(|(place, reason)| Some((place, reason.kind()?))).collect();
        for (number, (place, kind)) in at_fault.iter().take(NAMED_PARTS).enumerate() {
            let separator = if number == 0 { ": " } else { ", " };
            write!(f, "{separator}{} at number {place}", kind.describe())?;
        }
        match at_fault.len() {
            0 => Ok(()),
            1..=NAMED_PARTS => f.write_str(" (from 0)"),
            many => write!(f, " (from 0) and at {} more", many - NAMED_PARTS),
        }
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

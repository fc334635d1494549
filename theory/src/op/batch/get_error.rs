//! What is left of a batch of reads, and what was read.

use super::left::Reason;
use crate::error::Error;
use std::fmt;

/// A batch of reads that could not be read as a whole.
///
/// It has what was read, and becomes an [`Error`] by `?`.
pub struct BatchGetError<P>(Box<Inner<P>>);

struct Inner<P> {
    error: Error,
    answers: P,
    unread: Vec<Unread>,
}

/// A read that was not done, or whose item does not fit its type.
#[derive(Debug, Clone)]
pub struct Unread {
    pub(super) position: usize,
    pub(super) entity: &'static str,
    pub(super) reason: Reason,
}

impl Unread {
    /// Which read it is of those that were given, counted from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The name of the Rust type.
    pub fn entity(&self) -> &'static str {
        self.entity
    }

    /// Why it was not read.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl<P> BatchGetError<P> {
    pub(super) fn new(error: Error, answers: P, unread: Vec<Unread>) -> Self {
        BatchGetError(Box::new(Inner { error, answers, unread }))
    }

    /// The error of the whole: the refusal, the first that failed, `Deadline`, or `Throttled` for what stayed unprocessed.
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// The reads that are left, in the order of their positions. All others were answered.
    pub fn unread(&self) -> &[Unread] {
        &self.0.unread
    }

    /// What was read: the shape of the reads, with an [`Answer`](super::Answer) in each place.
    pub fn answers(&self) -> &P {
        &self.0.answers
    }

    /// As [`answers`](Self::answers), owned.
    pub fn into_answers(self) -> P {
        self.0.answers
    }
}

impl<P> From<BatchGetError<P>> for Error {
    fn from(error: BatchGetError<P>) -> Self {
        error.0.error
    }
}

impl<P> fmt::Display for BatchGetError<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl<P> fmt::Debug for BatchGetError<P> {
    /// Never the items.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchGetError")
            .field("error", &self.0.error)
            .field("unread", &self.0.unread.len())
            .finish_non_exhaustive()
    }
}

impl<P> std::error::Error for BatchGetError<P> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.error.source()
    }
}

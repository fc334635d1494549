//! What Lambda is told of a batch.

use std::error::Error as StdError;
use std::fmt;

use lambda_runtime::Diagnostic;
use serde::Serialize;

/// The answer of a function with a stream's batch: where Lambda goes on.
///
/// Empty when all is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamResponse {
    /// The first record that is not done, if there is one. Lambda delivers it and all behind it again.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchItemFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

impl StreamResponse {
    pub(super) fn not_done_from(sequence_number: &str) -> Self {
        let failure = BatchItemFailure { item_identifier: sequence_number.to_owned() };
        Self { batch_item_failures: vec![failure] }
    }

    /// The sequence number of the first record that is not done; `None` when all is done.
    pub fn first_failure(&self) -> Option<&str> {
        self.batch_item_failures.first().map(|failure| failure.item_identifier.as_str())
    }
}

/// Why a batch is not done: with it the invocation fails, and Lambda delivers the whole batch again.
///
/// With [`report_batch_item_failures`](super::StreamHandler::report_batch_item_failures) only if the record has no sequence number by
/// which it could be reported.
#[derive(Debug)]
pub struct StreamError {
    kind: StreamErrorKind,
    place: usize,
    records: usize,
    sequence_number: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of a [`StreamError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamErrorKind {
    /// The closure returned an error.
    Handler,
    /// The closure panicked.
    Panic,
    /// The record cannot be read.
    Undecodable,
    /// The time was up.
    Deadline,
    /// The event belongs to a tumbling window, to which there is another answer. No record was handled.
    Window,
}

impl StreamError {
    pub(super) fn new(failure: Failure, place: usize, records: usize, sequence_number: Option<&str>) -> Self {
        let sequence_number = sequence_number.map(ToOwned::to_owned);
        Self { kind: failure.kind, place, records, sequence_number, source: failure.source }
    }

    /// For an event of a tumbling window.
    pub(super) fn window(records: usize) -> Self {
        Self { kind: StreamErrorKind::Window, place: 0, records, sequence_number: None, source: None }
    }

    /// The kind.
    pub fn kind(&self) -> StreamErrorKind {
        self.kind
    }

    /// The place in the batch of the first record that is not done, counted from zero.
    pub fn place(&self) -> usize {
        self.place
    }

    /// That record's sequence number, if it can be read.
    pub fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, records) = (self.place + 1, self.records);
        match self.kind {
            StreamErrorKind::Handler => write!(f, "record {number} of {records} failed"),
            StreamErrorKind::Panic => write!(f, "the handler of record {number} of {records} panicked"),
            StreamErrorKind::Undecodable => write!(f, "record {number} of {records} cannot be read"),
            StreamErrorKind::Deadline => {
                write!(f, "the time was up before record {number} of {records} was done")
            }
            StreamErrorKind::Window => f.write_str(
                "the event belongs to a tumbling window, whose answer is a state: remove `TumblingWindowInSeconds` from the event source \
                 mapping, or write a function that takes the event and answers with the state",
            ),
        }
    }
}

impl StdError for StreamError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<StreamError> for Diagnostic {
    fn from(error: StreamError) -> Self {
        Diagnostic {
            error_type: format!("Stream.{:?}", error.kind),
            error_message: Chain(&error).to_string(),
        }
    }
}

/// Why one record is not done.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: StreamErrorKind,
    pub(super) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    pub(super) fn handler(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: StreamErrorKind::Handler, source: Some(error.into()) }
    }

    pub(super) fn undecodable(error: theory::Error) -> Self {
        Self { kind: StreamErrorKind::Undecodable, source: Some(error.into()) }
    }

    pub(super) fn panic() -> Self {
        Self { kind: StreamErrorKind::Panic, source: None }
    }

    pub(super) fn deadline() -> Self {
        Self { kind: StreamErrorKind::Deadline, source: None }
    }
}

/// An error with its causes, in one line.
pub(super) struct Chain<'e>(pub(super) &'e (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut error = self.0;
        while let Some(source) = error.source() {
            write!(f, ": {source}")?;
            error = source;
        }
        Ok(())
    }
}

//! Why a part of a batch was not done.

use super::policy::late;
use crate::error::{Error, ErrorKind, ServiceAnswer, ThrottlingReason};
use std::sync::Arc;

/// Why a read or a write of a batch was not done.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reason {
    /// DynamoDB gave it back as unprocessed until the attempts were used up, or the deadline passed.
    Unprocessed,
    /// It was never sent: another request failed before, or the deadline passed.
    NotSent,
    /// The request with it failed, or the item that was read does not fit its type. Several share one error where one request had them.
    Failed(Arc<Error>),
}

/// What ends a batch before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Failed,
    /// The deadline has come, or comes before what would be next.
    Late,
    /// The client's budget for repetitions is used up.
    Spent,
}

/// What is left, in short.
pub(super) struct Rest<'a> {
    pub(super) operation: &'static str,
    /// `writes` or `reads`
    pub(super) what: &'static str,
    pub(super) done: usize,
    pub(super) stop: Option<Stop>,
    pub(super) is_ambiguous: bool,
    /// The name of a Rust type, should nothing be left of any.
    pub(super) entity: &'static str,
    /// Whether the source may have more.
    pub(super) has_more: bool,
    pub(super) left: Vec<(&'static str, &'a Reason)>,
}

impl Rest<'_> {
    /// Why requests of it were throttled, each reason once.
    fn throttling(&self) -> Vec<ThrottlingReason> {
        let mut all: Vec<ThrottlingReason> = Vec::new();
        let mut last: Option<&Arc<Error>> = None;
        for (_, reason) in &self.left {
            let Reason::Failed(error) = reason else { continue };
            // Those of one request stand together, and share their error.
            if last.replace(error).is_some_and(|last| Arc::ptr_eq(last, error)) {
                continue;
            }
            for reason in error.throttling_reasons() {
                if !all.contains(reason) {
                    all.push(reason.clone());
                }
            }
        }
        all
    }

    /// The error of the batch as a whole.
    pub(super) fn error(&self) -> Error {
        let failed = self.left.iter().find_map(|(entity, reason)| match reason {
            Reason::Failed(error) => Some((*entity, error)),
            _ => None,
        });
        let first = self.left.first().map_or(self.entity, |(entity, _)| entity);
        let entity = failed.map_or(first, |(entity, _)| entity);
        let kind = match failed {
            Some((_, error)) => error.kind(),
            None if self.stop == Some(Stop::Late) => ErrorKind::Deadline,
            None => ErrorKind::Throttled,
        };
        let left = self.left.len();
        let why = match self.stop {
            Some(Stop::Spent) => "the retry budget is used up: ",
            _ => "",
        };
        let more = if self.has_more { ", and the source was not read to its end" } else { "" };
        let detail =
            format!("{why}{left} of the batch's {} are left, {} are done{more}", self.what, self.done);
        let error = Error::new(kind, entity)
            .with_operation(self.operation)
            .with_detail(detail)
            .with_ambiguous(self.is_ambiguous);
        let error = match self.stop {
            Some(Stop::Late) => error.with_out_of_time(),
            _ => error,
        };
        let error = match failed {
            Some((_, cause)) => error.with_attempts(cause.attempts()),
            None => error,
        };
        let error = match self.throttling() {
            reasons if reasons.is_empty() => error,
            throttling => error.with_service(ServiceAnswer { throttling, ..ServiceAnswer::default() }),
        };
        let failed = failed.map(|(_, cause)| Arc::clone(cause));
        match (self.stop, failed) {
            // Whoever has the batch's own error, whose type depends on what was read, finds among its causes that the deadline it was.
            (Some(Stop::Late), failed) => {
                let late = late(entity, self.operation);
                error.with_source(failed.into_iter().fold(late, Error::with_source))
            }
            (_, Some(cause)) => error.with_source(cause),
            (_, None) => error,
        }
    }
}

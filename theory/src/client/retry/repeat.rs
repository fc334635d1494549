//! The classifier that decides, after each attempt, whether there is another.
//!
//! The SDK's own classifiers have had their say before it. It says the same again, for their verdict is not shown to it
//! by every version of the SDK that is admitted, and adds what they do not know: that a write which is not idempotent is
//! not repeated after an unknown outcome, that a transaction which others were in the way of is, how long the pause is,
//! and that neither the deadline nor the budget may be overdrawn. Where it sees no reason for another attempt it says
//! nothing, so that a classifier of the user's can.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason,
};
use aws_smithy_types::retry::ErrorKind;

use super::budget::Cost;
use super::conflict::passes;
use super::paid::Paid;
use crate::client::Operation;
use crate::client::exchange::{Exchange, State};
use crate::client::outcome::{Outcome, error_code, is_throttling};

/// Why an attempt that could have been repeated was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Stopped {
    /// The deadline would have come first.
    Late,
    /// The budget is used up.
    Spent,
}

impl ClassifyRetry for Exchange {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if !matches!(context.output_or_error(), Some(Err(_))) {
            return RetryAction::NoActionIndicated;
        }
        let mut state = self.state();
        // The SDK asks more than once, about its connection too, and what was decided has been paid for.
        if state.verdict.is_none() {
            let verdict = self.judge(context, &mut state);
            state.verdict = Some(verdict);
        }
        state.verdict.clone().unwrap_or_default()
    }

    fn name(&self) -> &'static str {
        "theory"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

impl Exchange {
    fn judge(&self, context: &InterceptorContext, state: &mut State) -> RetryAction {
        if !self.is_repeatable()
            && Outcome::of(context.output_or_error(), context.response()) != Outcome::NotExecuted
        {
            return RetryAction::RetryForbidden;
        }
        let Some(kind) = reason(self.operation(), context) else { return RetryAction::NoActionIndicated };
        let repeat =
            |retry_after| RetryAction::RetryIndicated(RetryReason::RetryableError { kind, retry_after });
        let terms = self.terms();
        if state.attempts >= terms.policy.attempts {
            // The SDK counts them too, and there is nothing to pay for.
            return repeat(None);
        }
        let pause = terms.retries.pause(terms.policy.first_pause, terms.policy.longest_pause, state.attempts);
        if terms.deadline.is_some_and(|deadline| !deadline.allows(pause)) {
            state.stopped = Some(Stopped::Late);
            return RetryAction::RetryForbidden;
        }
        state.paid = Paid::of(&terms.retries, Cost::Repetition);
        if state.paid.is_none() {
            state.stopped = Some(Stopped::Spent);
            return RetryAction::RetryForbidden;
        }
        repeat(Some(pause))
    }
}

/// Why the same request may succeed if it is sent again.
fn reason(operation: Option<Operation>, context: &InterceptorContext) -> Option<ErrorKind> {
    let error = context.output_or_error()?.err()?;
    if let Some(response) = context.response().filter(|response| !response.status().is_success()) {
        let body = response.body().bytes().unwrap_or_default();
        match error_code(body) {
            Some(code) if is_throttling(code) => return Some(ErrorKind::ThrottlingError),
            Some("ReplicatedWriteConflictException") => return Some(ErrorKind::ClientError),
            Some("RequestTimeout" | "RequestTimeoutException") => return Some(ErrorKind::TransientError),
            _ => {}
        }
        let can_conflict = operation
            .is_some_and(|operation| operation.is_write() || operation == Operation::TransactGetItems);
        if can_conflict && passes(body) {
            return Some(ErrorKind::ThrottlingError);
        }
        if matches!(response.status().as_u16(), 500 | 502 | 503 | 504) {
            return Some(ErrorKind::TransientError);
        }
    }
    if error.is_response_error() || error.is_timeout_error() {
        return Some(ErrorKind::TransientError);
    }
    let error = error.as_connector_error()?;
    if error.is_timeout() || error.is_io() { Some(ErrorKind::TransientError) } else { error.as_other() }
}

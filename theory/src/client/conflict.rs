//! Which cancelled transactions are worth another attempt.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

use super::error_body::{elements, member, text};
use super::outcome::error_code;

/// Repeats a transaction which others were in the way of.
///
/// The SDK repeats no cancelled transaction. DynamoDB's documentation advises to repeat one where the reasons are conflicts with other
/// requests or throttling; a failed condition, or an invalid part, would fail again.
#[derive(Debug)]
pub(super) struct Conflicts;

/// The reasons that pass.
const PASSING: &[&str] =
    &["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"];

/// Whether every reason of the cancellation passes.
fn passes(body: &[u8]) -> bool {
    match error_code(body) {
        Some("TransactionConflictException" | "TransactionInProgressException") => true,
        Some("TransactionCanceledException") => {
            let reasons = member(body, &["CancellationReasons"]).unwrap_or_default();
            let mut codes = elements(reasons)
                .filter_map(|reason| member(reason, &["Code"]).and_then(text))
                .filter(|code| *code != "None")
                .peekable();
            codes.peek().is_some() && codes.all(|code| PASSING.contains(&code))
        }
        _ => false,
    }
}

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refused = context.response().filter(|response| !response.status().is_success());
        match refused.and_then(|response| response.body().bytes()) {
            Some(body) if passes(body) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "theory: a transaction that others were in the way of is repeated"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn only_what_passes_is_repeated() {
        let canceled = |codes: &[&str]| {
            let reasons: Vec<_> = codes.iter().map(|code| format!("{{\"Code\":\"{code}\"}}")).collect();
            format!(
                "{{\"__type\":\"x#TransactionCanceledException\",\"CancellationReasons\":[{}]}}",
                reasons.join(",")
            )
        };
        for (codes, expected) in [
            (&["None", "TransactionConflict"][..], true),
            (&["ThrottlingError", "TransactionConflict"], true),
            (&["ConditionalCheckFailed", "TransactionConflict"], false),
            (&["ValidationError"], false),
            (&["None"], false),
            (&[], false),
        ] {
            assert_eq!(passes(canceled(codes).as_bytes()), expected, "{codes:?}");
        }
        assert!(passes(br#"{"__type":"x#TransactionInProgressException"}"#));
        assert!(!passes(br#"{"__type":"x#ConditionalCheckFailedException"}"#));
    }
}

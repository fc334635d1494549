//! Which cancelled transactions are worth another attempt.

use crate::client::error_body::{elements, member, text};
use crate::client::outcome::error_code;

/// The reasons that pass.
const PASSING: &[&str] =
    &["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"];

/// Whether a transaction is worth another attempt, because others were in its way.
///
/// The SDK repeats no cancelled transaction. DynamoDB's documentation advises to repeat one where all the reasons are
/// conflicts with other requests or throttling; a failed condition, or an invalid part, would fail again.
pub(super) fn passes(body: &[u8]) -> bool {
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

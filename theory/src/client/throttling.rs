//! What an error says of throttling.

use super::error_body::{elements, member, members, text};
use super::outcome::{error_code, is_throttling};
use crate::error::{ErrorKind, ThrottlingReason, cancellation_kind};

/// Why the request was throttled; `None` where it was not. Empty where DynamoDB gives no reason.
///
/// Of a cancelled transaction there is a reason for each part that was throttled, with its table, which only `request` names.
pub(super) fn reasons(body: &[u8], request: Option<&[u8]>) -> Option<Vec<ThrottlingReason>> {
    match error_code(body)? {
        code if is_throttling(code) => Some(stated(body).collect()),
        "TransactionCanceledException" => {
            let reasons = of_parts(body, request.unwrap_or_default());
            (!reasons.is_empty()).then_some(reasons)
        }
        _ => None,
    }
}

/// What stands there.
fn stated(json: &[u8]) -> impl Iterator<Item = ThrottlingReason> {
    let reasons = member(json, &["ThrottlingReasons", "throttlingReasons"]).unwrap_or_default();
    elements(reasons).map(|reason| ThrottlingReason {
        reason: string(reason, &["reason", "Reason"]),
        resource: string(reason, &["resource", "Resource"]),
    })
}

fn of_parts(body: &[u8], request: &[u8]) -> Vec<ThrottlingReason> {
    let parts = member(body, &["CancellationReasons"]).unwrap_or_default();
    let items = member(request, &["TransactItems"]).unwrap_or_default();
    let mut tables = elements(items).map(|item| {
        let (_, operation) = members(item).next()?;
        member(operation, &["TableName"]).and_then(text)
    });
    let mut all: Vec<_> = stated(body).collect();
    for part in elements(parts) {
        let table = tables.next().flatten();
        let code = member(part, &["Code"]).and_then(text).unwrap_or_default();
        if cancellation_kind(code) != ErrorKind::Throttled {
            continue;
        }
        let before = all.len();
        all.extend(stated(part));
        if all.len() == before {
            let resource = table.unwrap_or_default().to_owned();
            all.push(ThrottlingReason { reason: code.to_owned(), resource });
        }
    }
    all
}

fn string(json: &[u8], names: &[&str]) -> String {
    member(json, names).and_then(text).unwrap_or_default().to_owned()
}

/// The reasons in one line, for a span.
pub(super) fn line(reasons: &[ThrottlingReason]) -> String {
    if reasons.is_empty() {
        return "unknown".to_owned();
    }
    let reasons: Vec<_> = reasons.iter().map(ToString::to_string).collect();
    reasons.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_by_their_tables() {
        let body = br#"{"__type":"x#TransactionCanceledException","CancellationReasons":[
            {"Code":"None"},{"Code":"ThrottlingError","Message":"slow"},{"Code":"TransactionConflict"},
            {"Code":"ProvisionedThroughputExceeded"}]}"#;
        let request = br#"{"TransactItems":[{"Put":{"Item":{"TableName":{"S":"no"}},"TableName":"a"}},
            {"Update":{"Key":{},"TableName":"b"}},{"Delete":{"TableName":"c"}},{"ConditionCheck":{"TableName":"d"}}]}"#;
        let found = reasons(body, Some(request)).unwrap();
        assert_eq!(line(&found), "ThrottlingError of b, ProvisionedThroughputExceeded of d");
        // What is not there, or cut off, does no harm.
        for end in 0..request.len() {
            assert_eq!(reasons(body, Some(&request[..end])).map(|reasons| reasons.len()), Some(2));
        }
        for end in 0..body.len() {
            let _ = reasons(&body[..end], Some(request));
        }
        assert_eq!(reasons(br#"{"__type":"x#TransactionCanceledException"}"#, None), None);
        assert_eq!(reasons(br#"{"__type":"x#ConditionalCheckFailedException"}"#, None), None);
        assert_eq!(line(&reasons(br#"{"__type":"x#ThrottlingException"}"#, None).unwrap()), "unknown");
    }

    #[test]
    fn what_a_part_states_comes_before_what_is_known_of_it() {
        let body = br#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ThrottlingError",
            "ThrottlingReasons":[{"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:x:table/a"}]}]}"#;
        let found = reasons(body, Some(br#"{"TransactItems":[{"Put":{"TableName":"a"}}]}"#)).unwrap();
        assert_eq!(line(&found), "TableWriteKeyRangeThroughputExceeded of arn:x:table/a");
    }
}

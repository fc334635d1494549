//! A write that may have happened is never called a failure, and never done twice if twice is not the same as once.

use super::*;
use crate::error::ErrorKind;

const WRITES: [Operation; 5] = [
    Operation::PutItem,
    Operation::UpdateItem,
    Operation::DeleteItem,
    Operation::BatchWriteItem,
    Operation::TransactWriteItems,
];

fn limited(call: Call) -> Call {
    Call { overrides: Overrides::new().attempt_timeout(Duration::from_secs(1)), ..call }
}

/// One attempt with an unknown outcome ends it, whatever would come next.
#[tokio::test(start_paused = true)]
async fn a_write_that_is_not_idempotent_is_not_repeated_in_doubt() {
    let cases = [
        (FAILED, ErrorKind::Service),
        (Step::Answer(503, "{}"), ErrorKind::Service),
        (Step::Answer(502, "<html>bad gateway</html>"), ErrorKind::Service),
        (Step::Reset, ErrorKind::Transport),
        (Step::TimedOut, ErrorKind::Deadline),
        (Step::Hang, ErrorKind::Deadline),
        (CORRUPT, ErrorKind::Transport),
        (Step::NoChecksum(r#"{"Attrib"#), ErrorKind::Transport),
    ];
    for operation in WRITES {
        for (step, kind) in &cases {
            let script = Script::new([step.clone(), DONE]);
            let error = refused(run(&script, limited(once(operation))).await);
            assert_eq!(script.sent().len(), 1, "{operation:?} {step:?}");
            assert_eq!(error.kind(), *kind, "{operation:?} {step:?} {error}");
            assert!(error.is_ambiguous(), "{operation:?} {step:?}");
            assert!(!error.is_retryable());
            assert_eq!(error.attempts(), 1);
            assert!(error.to_string().contains("may have taken effect"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_not_idempotent_is_repeated_when_it_was_not_executed() {
    let throttled_by_503 = Step::Answer(503, r#"{"__type":"x#ThrottlingException"}"#);
    for operation in WRITES {
        for step in [THROTTLED, throttled_by_503.clone(), Step::Refused] {
            let script = Script::new([step.clone(), step.clone(), DONE]);
            let response = run(&script, once(operation)).await.unwrap();
            assert_eq!(response.attempts, 3, "{operation:?} {step:?}");
            assert!(!response.ambiguous_before);

            let script = Script::new([step.clone()]);
            let error = refused(run(&script, once(operation)).await);
            assert_eq!(error.attempts(), 3);
            assert!(!error.is_ambiguous(), "{operation:?} {step:?}");
            assert!(error.is_retryable());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_executed_does_not_settle_what_was_in_doubt() {
    for last in [THROTTLED, Step::Refused] {
        let script = Script::new([Step::Reset, last.clone()]);
        let error = refused(run(&script, request(Operation::PutItem)).await);
        assert_eq!(error.attempts(), 3);
        assert!(error.is_ambiguous(), "{last:?}");

        // And for one that is not idempotent, the throttle before the reset does not open it to repetition.
        let script = Script::new([last.clone(), Step::Reset, DONE]);
        let error = refused(run(&script, once(Operation::UpdateItem)).await);
        assert_eq!(error.attempts(), 2);
        assert!(error.is_ambiguous(), "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_write_is_repeated_and_its_condition_may_have_met_itself() {
    for doubtful in [FAILED, Step::Reset, Step::Hang, CORRUPT] {
        let script = Script::new([doubtful.clone(), CONDITION]);
        let error = refused(run(&script, limited(request(Operation::PutItem))).await);
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert!(error.is_condition_failed() && error.is_ambiguous(), "{doubtful:?}");

        let script = Script::new([doubtful.clone(), DONE]);
        let response = run(&script, limited(request(Operation::PutItem))).await.unwrap();
        assert!(response.ambiguous_before);
    }
    for certain in [THROTTLED, Step::Refused] {
        let script = Script::new([certain.clone(), CONDITION]);
        let error = refused(run(&script, request(Operation::PutItem)).await);
        assert!(error.is_condition_failed() && !error.is_ambiguous(), "{certain:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_at_once_is_not_ambiguous() {
    for idempotent in [true, false] {
        let script = Script::new([CONDITION]);
        let error = refused(run(&script, Call { idempotent, ..request(Operation::UpdateItem) }).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::ConditionFailed, 1));
        assert!(!error.is_ambiguous());
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_transaction_with_a_token_is_the_truth() {
    let canceled = Step::Answer(
        400,
        r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"pk":{"S":"a"}}}]}"#,
    );
    let script = Script::new([Step::Reset, canceled]);
    let error = refused(run(&script, request(Operation::TransactWriteItems)).await);
    assert_eq!(error.kind(), ErrorKind::TransactionCanceled);
    assert!(error.is_condition_failed() && !error.is_ambiguous());
    let reasons = error.cancellation_reasons();
    assert_eq!(reasons[0].code, None);
    assert_eq!(reasons[1].code.as_deref(), Some("ConditionalCheckFailed"));
    assert_eq!(reasons[1].item.as_deref(), Some(&br#"{"pk":{"S":"a"}}"#[..]));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_was_turned_away_settles_nothing() {
    let conflict = Step::Answer(
        400,
        r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]}"#,
    );
    let script = Script::new([Step::Reset, conflict.clone()]);
    let error = refused(run(&script, request(Operation::TransactWriteItems)).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TransactionCanceled, 3));
    assert!(error.is_ambiguous() && !error.is_retryable());

    let error = refused(run(&Script::new([conflict]), request(Operation::TransactWriteItems)).await);
    assert!(!error.is_ambiguous() && error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn reads_are_never_ambiguous() {
    for operation in ALL.into_iter().filter(|operation| !operation.is_write()) {
        for step in [FAILED, Step::Reset, Step::Hang, CORRUPT] {
            for idempotent in [true, false] {
                let script = Script::new([step.clone()]);
                let error = refused(run(&script, limited(Call { idempotent, ..request(operation) })).await);
                assert_eq!(error.attempts(), 3, "{operation:?} {step:?}");
                assert!(!error.is_ambiguous() && error.is_retryable());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_operation_timeout_keeps_what_is_known() {
    let overrides = Overrides::new().timeout(Duration::from_secs(3)).attempt_timeout(Duration::from_secs(60));
    let call = |operation| Call { overrides: overrides.clone(), ..request(operation) };
    let error = refused(run(&Script::new([Step::Hang]), call(Operation::PutItem)).await);
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.is_ambiguous());
    // Throttled, then hung: the second attempt is in doubt.
    let error = refused(run(&Script::new([THROTTLED, Step::Hang]), call(Operation::PutItem)).await);
    assert!(error.is_deadline() && error.is_ambiguous());
    assert_eq!(error.attempts(), 2);
    let error = refused(run(&Script::new([Step::Hang]), call(Operation::GetItem)).await);
    assert!(error.is_deadline() && !error.is_ambiguous());
}

//! A deadline: what is refused, what is cut off, what is not waited for, and what each says.

use std::error::Error as _;

use super::*;
use crate::client::{Deadline, RetryPolicy};
use crate::error::ErrorKind;

/// A handle with this much time left.
fn within(script: &Script, time: Duration) -> Client {
    let patient =
        Overrides::new().timeout(Duration::from_secs(3600)).attempt_timeout(Duration::from_secs(3600));
    script.client().with_overrides(patient).with_deadline(Deadline::after(time))
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_without_time_for_it() {
    for operation in ALL {
        let script = Script::new([DONE]);
        let client = within(&script, Duration::from_millis(9));
        let error = refused(call(&client, request(operation)).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 0), "{operation:?}");
        assert!(!error.is_ambiguous() && error.is_retryable());
        assert!(error.to_string().contains("the deadline left no time to send it"), "{error}");
        assert!(script.sent().is_empty());
        // What an attempt needs at least is for the caller to say.
        let eager =
            script.client().with_deadline(Deadline::after(Duration::from_millis(9)).least(Duration::ZERO));
        assert_eq!(call(&eager, request(operation)).await.unwrap().attempts, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_under_way_is_given_up() {
    for operation in ALL {
        let script = Script::new([Step::Hang]);
        let error = refused(call(&within(&script, SECOND), request(operation)).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1), "{operation:?}");
        assert_eq!(error.is_ambiguous(), operation.is_write());
        assert!(error.to_string().contains("the deadline came before the answer"), "{error}");
        assert!(error.source().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn no_pause_goes_beyond_it() {
    for (step, is_open) in [(THROTTLED, false), (FAILED, true), (Step::Reset, true), (Step::Refused, false)] {
        for operation in ALL {
            let script = Script::new([step.clone()]);
            let minute = Duration::from_secs(60);
            let slow = Overrides::new().retry(RetryPolicy::new().attempts(9).pauses(minute, minute));
            let config = script.bare_config().build();
            let client = Client::builder(aws_sdk_dynamodb::Client::from_conf(config)).jitter(|| 0.5).build();
            let client = client.unwrap().with_overrides(slow).with_deadline(Deadline::after(SECOND * 10));
            let start = tokio::time::Instant::now();
            let error = refused(call(&client, request(operation)).await);
            assert_eq!(start.elapsed(), Duration::ZERO, "{step:?} {operation:?} was waited for");
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1), "{step:?} {operation:?}");
            assert_eq!(error.is_ambiguous(), is_open && operation.is_write(), "{step:?} {operation:?}");
            assert!(error.to_string().contains("the deadline left no time to repeat it"), "{error}");
            assert!(error.source().is_some(), "the cause is kept");
        }
    }
    // Why it was throttled is kept too.
    let script = Script::new([THROTTLED]);
    let slow = Overrides::new().retry(RetryPolicy::new().pauses(SECOND * 60, SECOND * 60));
    let client = within(&script, Duration::from_millis(11)).with_overrides(slow);
    let error = refused(call(&client, request(Operation::GetItem)).await);
    assert_eq!(error.code(), Some("ProvisionedThroughputExceededException"));
}

#[tokio::test(start_paused = true)]
async fn what_is_due_before_it_is_repeated() {
    let script = Script::new([THROTTLED, FAILED, DONE]);
    assert_eq!(call(&within(&script, SECOND), request(Operation::PutItem)).await.unwrap().attempts, 3);
    // A refusal that no repetition would change is what it is.
    let script = Script::new([CONDITION]);
    let error = refused(call(&within(&script, SECOND), request(Operation::PutItem)).await);
    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
}

#[tokio::test(start_paused = true)]
async fn a_handle_keeps_the_earlier_deadline_and_shares_the_rest() {
    let script = Script::new([DONE]);
    let client = script.client();
    assert_eq!((client.time_left(), client.deadline()), (None, None));
    let soon = client.with_deadline(Deadline::after(SECOND));
    assert_eq!(soon.time_left(), Some(SECOND));
    assert_eq!(soon.with_deadline(Deadline::after(SECOND * 9)).time_left(), Some(SECOND));
    let later = soon.without_deadline();
    assert_eq!(later.time_left(), None);
    assert_eq!(later.with_deadline(Deadline::after(SECOND * 9)).time_left(), Some(SECOND * 9));
    assert_eq!(soon.with_overrides(Overrides::new().max_attempts(9)).time_left(), Some(SECOND));
    assert_eq!(client.time_left(), None);
    tokio::time::advance(SECOND).await;
    assert_eq!(soon.time_left(), Some(Duration::ZERO));
    assert!(call(&client, request(Operation::GetItem)).await.is_ok());
    assert!(call(&soon, request(Operation::GetItem)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_shorter_timeout_still_counts() {
    let script = Script::new([Step::Hang]);
    let client = script.client().with_deadline(Deadline::after(SECOND * 3600));
    let brief = Overrides::new().timeout(SECOND);
    let error = refused(call(&client, Call { overrides: brief, ..request(Operation::GetItem) }).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1));
    assert!(!error.to_string().contains("the deadline came"), "{error}");
}

//! The rules of all requests hold for those on tables: deadline, budget, ambiguity.

use super::*;
use crate::client::{Deadline, RetryBudget};

const SECOND: Duration = Duration::from_secs(1);

async fn create(client: &Client) -> Result<(), Error> {
    CreateTables::of(&[&COUPON]).no_wait().send(client).await
}

async fn delete(client: &Client) -> Result<(), Error> {
    DeleteTables::of(&[&COUPON]).no_wait().send(client).await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_without_time_for_it() {
    let script = Script::new([DONE]);
    let client = script.client().with_deadline(Deadline::after(Duration::from_millis(9)));
    let described = client.describe_table(&COUPON).await.map(drop);
    for error in [create(&client).await, delete(&client).await, described].map(Result::unwrap_err) {
        assert!(error.is_out_of_time() && !error.is_ambiguous() && error.is_retryable(), "{error}");
        assert_eq!((error.entity(), error.attempts()), ("Coupon", 0));
    }
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_is_given_up() {
    let script = Script::new([Step::Hang]);
    let client = script.client().with_deadline(Deadline::after(SECOND));
    let error = create(&client).await.unwrap_err();
    assert!(error.is_out_of_time() && error.is_ambiguous() && error.attempts() == 1, "{error}");
    let client = script.client().with_deadline(Deadline::after(SECOND));
    let error = client.describe_table(&COUPON).await.unwrap_err();
    assert!(error.is_out_of_time() && !error.is_ambiguous(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn no_pause_goes_beyond_the_deadline() {
    let start = tokio::time::Instant::now();
    let wait = || Wait::new().pauses(SECOND * 3, SECOND * 3);
    for (steps, is_creation) in [([DONE, CREATING], true), ([DONE, ACTIVE], false)] {
        let script = Script::new(steps);
        let client = script.client().with_deadline(Deadline::after(SECOND * 7));
        let error = if is_creation {
            CreateTables::of(&[&COUPON]).wait(wait()).send(&client).await.unwrap_err()
        } else {
            DeleteTables::of(&[&COUPON]).wait(wait()).send(&client).await.unwrap_err()
        };
        assert!(error.is_out_of_time() && error.is_ambiguous(), "the change was done: {error}");
        assert!(error.to_string().contains("no time to wait for the table"), "{error}");
        assert_eq!(script.sent().len(), 4, "asked, and looked three times");
    }
    assert_eq!(start.elapsed(), SECOND * 12, "two waits of two pauses");
}

#[tokio::test(start_paused = true)]
async fn repetitions_draw_from_the_budget() {
    let script = Script::new([FAILED]);
    let sdk = script.client().sdk().clone();
    let client = Client::builder(sdk).retry_budget(RetryBudget::new().burst(3)).build().unwrap();
    let attempts = async || client.describe_table(&COUPON).await.unwrap_err().attempts();
    assert_eq!((attempts().await, attempts().await, attempts().await), (3, 2, 1));
    let error = client.describe_table(&COUPON).await.unwrap_err();
    assert!(error.to_string().contains("the retry budget is used up"), "{error}");
    // Successes fill it again, those of tables too.
    let script = Script::new([FAILED, DONE, DONE, DONE, DONE, DONE, DONE, FAILED, DONE]);
    let budget = RetryBudget::new().burst(1).per_success(0.2);
    let client = Client::builder(script.client().sdk().clone()).retry_budget(budget).build().unwrap();
    for _ in 0..6 {
        client.describe_table(&COUPON).await.unwrap();
    }
    client.describe_table(&COUPON).await.unwrap();
    assert_eq!(script.sent().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_answer_was_lost_is_in_doubt() {
    for lost in [FAILED, Step::Reset, Step::TimedOut, Step::Hang, CORRUPT, Step::NoChecksum("{\"Table")] {
        let script = Script::new([lost.clone()]);
        let error = create(&script.client()).await.unwrap_err();
        assert!(error.is_ambiguous() && !error.is_retryable(), "{lost:?}: {error}");
        // It is repeated, and may meet its own work.
        let script = Script::new([lost.clone(), EXISTS]);
        let error = create(&script.client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous(), error.attempts()), (ErrorKind::TableInUse, true, 2));
        let script = Script::new([lost.clone(), UNKNOWN]);
        let error = delete(&script.client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::TableNotFound, true), "{lost:?}");
        // Who takes what exists, or is gone, has what was asked for.
        let script = Script::new([lost.clone(), EXISTS]);
        CreateTables::of(&[&COUPON]).no_wait().skip_existing().send(&script.client()).await.unwrap();
        let script = Script::new([lost.clone(), UNKNOWN]);
        DeleteTables::of(&[&COUPON]).no_wait().skip_missing().send(&script.client()).await.unwrap();
        // A look is never in doubt.
        let script = Script::new([lost]);
        assert!(!script.client().describe_table(&COUPON).await.unwrap_err().is_ambiguous());
    }
    for refused in [THROTTLED, Step::Refused] {
        let script = Script::new([refused.clone(), EXISTS]);
        let error = create(&script.client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous(), error.attempts()), (ErrorKind::TableInUse, false, 2));
        let error = create(&Script::new([refused]).client()).await.unwrap_err();
        assert!(!error.is_ambiguous() && error.is_retryable() && error.attempts() == 3, "{error}");
    }
}

/// What was done before is not denied by what fails behind it.
#[tokio::test(start_paused = true)]
async fn whatever_fails_behind_a_change_is_in_doubt() {
    const DENIED: Step = Step::Answer(400, r#"{"__type":"x#AccessDeniedException"}"#);
    let both = || CreateTables::of(&[&ORDER, &COUPON]);
    // The look at the new table; its time to live; the other table.
    for steps in [vec![DONE, DENIED], vec![DONE, ACTIVE, DENIED], vec![DONE, ACTIVE, DONE, DENIED]] {
        let error = both().send(&Script::new(steps.clone()).client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::AccessDenied, true), "{steps:?}");
    }
    let error = both().no_wait().send(&Script::new([DONE, DENIED]).client()).await.unwrap_err();
    assert_eq!((error.entity(), error.is_ambiguous()), ("Coupon", true));
    for steps in [vec![DENIED], vec![EXISTS, DENIED], vec![EXISTS, ACTIVE, DENIED]] {
        let error = both().skip_existing().send(&Script::new(steps.clone()).client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::AccessDenied, false), "{steps:?}");
    }
    let both = || DeleteTables::of(&[&ORDER, &COUPON]).skip_missing();
    for steps in [vec![DONE, DENIED], vec![DONE, UNKNOWN, DENIED]] {
        let error = both().send(&Script::new(steps.clone()).client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::AccessDenied, true), "{steps:?}");
    }
    for steps in [vec![DENIED], vec![UNKNOWN, DENIED]] {
        let error = both().send(&Script::new(steps.clone()).client()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::AccessDenied, false), "{steps:?}");
    }
}

/// DynamoDB refuses to enable a time to live that is enabled: by a first attempt, or by somebody else who creates the table.
#[tokio::test(start_paused = true)]
async fn a_time_to_live_that_is_there_is_what_was_wanted() {
    const ALREADY: Step =
        Step::Answer(400, r#"{"__type":"x#ValidationException","message":"TimeToLive is already enabled"}"#);
    const BY_EXPIRES: Step = Step::Answer(
        200,
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLING","AttributeName":"expires"}}"#,
    );
    const BY_OTHER: Step = Step::Answer(
        200,
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"other"}}"#,
    );
    let create = async |steps: &[Step]| {
        let steps = [DONE, ACTIVE].iter().chain(steps).cloned();
        CreateTables::of(&[&ORDER]).send(&Script::new(steps).client()).await
    };
    create(&[FAILED, ALREADY, BY_EXPIRES]).await.unwrap();
    create(&[ALREADY, BY_EXPIRES]).await.unwrap();
    // All attempts fail, and the first of them has done it.
    create(&[FAILED, FAILED, FAILED, BY_EXPIRES]).await.unwrap();
    for found in [BY_OTHER, DONE, FAILED] {
        let error = create(&[ALREADY, found.clone()]).await.unwrap_err();
        assert_eq!((error.operation(), error.kind()), (Some("UpdateTimeToLive"), ErrorKind::Validation));
        assert!(error.is_ambiguous(), "the table was created: {found:?}");
    }
}

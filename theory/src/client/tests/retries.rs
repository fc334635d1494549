//! One policy: attempts, pauses, and a budget that all handles of a client share.

use super::*;
use crate::client::{RetryBudget, RetryPolicy};
use crate::error::ErrorKind;

/// A client whose configuration says nothing of retries.
fn client(script: &Script, budget: RetryBudget) -> Client {
    let config = script.open_config().build();
    Client::builder(aws_sdk_dynamodb::Client::from_conf(config)).retry_budget(budget).build().unwrap()
}

async fn attempts(client: &Client, operation: Operation) -> u32 {
    match call(client, request(operation)).await {
        Ok(response) => response.attempts,
        Err(error) => error.attempts(),
    }
}

#[tokio::test(start_paused = true)]
async fn while_everything_fails_repetitions_are_bounded_by_the_budget() {
    for step in [THROTTLED, FAILED, Step::Reset, Step::TimedOut, CORRUPT] {
        let script = Script::new([step.clone()]);
        let client = client(&script, RetryBudget::new().burst(7));
        let handles = [
            client.clone(),
            client.with_overrides(Overrides::new().max_attempts(10)),
            client.with_deadline(crate::client::Deadline::after(Duration::from_secs(3600))),
        ];
        for handle in handles.iter().cycle().take(60) {
            let before = script.sent().len();
            let error = refused(call(handle, request(Operation::PutItem)).await);
            assert_eq!(script.sent().len() - before, error.attempts() as usize);
            let is_spent = error.to_string().contains("the retry budget is used up");
            // The first has its four attempts, the second takes the rest.
            assert_eq!(is_spent, before > 0, "{step:?} {error}");
        }
        assert_eq!(script.sent().len(), 60 + 7, "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_takes_the_place_of_the_sdks_count() {
    for client in [
        |script: &Script| client(script, RetryBudget::unlimited()),
        |script: &Script| client(script, RetryBudget::new().burst(1000)),
    ] {
        // The SDK alone would end it after a hundred.
        let script = Script::new([FAILED]);
        let client =
            client(&script).with_overrides(Overrides::new().max_attempts(300).timeout(Duration::MAX / 4));
        assert_eq!(attempts(&client, Operation::GetItem).await, 300);
    }
    // A partition in the configuration counts besides.
    let script = Script::new([FAILED]);
    let config = script.open_config().retry_partition(
        RetryPartition::custom("mine")
            .token_bucket(aws_sdk_dynamodb::config::retry::TokenBucket::new(20))
            .build(),
    );
    let client = Client::new(aws_sdk_dynamodb::Client::from_conf(config.build()));
    assert_eq!(attempts(&client, Operation::GetItem).await, 3);
}

#[tokio::test(start_paused = true)]
async fn successes_fill_it_again() {
    let fails_twice = [THROTTLED, THROTTLED, THROTTLED, DONE, DONE, DONE, DONE, FAILED];
    let script = Script::new(fails_twice);
    let client = client(&script, RetryBudget::new().burst(2).per_success(0.5));
    // It had two repetitions; four successes then bring back two.
    assert_eq!(attempts(&client, Operation::GetItem).await, 3);
    for _ in 0..4 {
        assert_eq!(attempts(&client, Operation::GetItem).await, 1);
    }
    assert_eq!(attempts(&client, Operation::GetItem).await, 3);
    assert_eq!(attempts(&client, Operation::GetItem).await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_repeated_takes_nothing() {
    let script = Script::new([CONDITION]);
    let one = client(&script, RetryBudget::new().burst(1).per_success(0.0));
    for _ in 0..9 {
        assert_eq!(attempts(&one, Operation::PutItem).await, 1);
    }
    // Nor does a write that may not be repeated, nor the last attempt of a request.
    let script = Script::new([FAILED]);
    let one = client(&script, RetryBudget::new().burst(1).per_success(0.0));
    assert_eq!(refused(call(&one, once(Operation::UpdateItem)).await).attempts(), 1);
    let twice = one.with_overrides(Overrides::new().max_attempts(2));
    assert_eq!(attempts(&twice, Operation::GetItem).await, 2);
    assert_eq!(attempts(&twice, Operation::GetItem).await, 1);

    // Nor what the operation's time-out cut off before it began.
    let script = Script::new([THROTTLED]);
    let one = client(&script, RetryBudget::new().burst(1).per_success(0.0));
    let slow = RetryPolicy::new().pauses(Duration::from_secs(3600), Duration::from_secs(3600));
    let brief = Overrides::new().retry(slow).timeout(Duration::from_millis(1));
    for _ in 0..5 {
        let error =
            refused(call(&one, Call { overrides: brief.clone(), ..request(Operation::GetItem) }).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1));
    }
    assert_eq!(attempts(&one, Operation::GetItem).await, 2);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_do_not_overdraw_it() {
    let script = Script::new([THROTTLED]);
    let client = client(&script, RetryBudget::new().burst(5));
    let all: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { attempts(&client, Operation::GetItem).await })
        })
        .collect();
    for one in all {
        one.await.unwrap();
    }
    assert_eq!(script.sent().len(), 50 + 5);
}

#[tokio::test(start_paused = true)]
async fn the_pauses_are_the_policys() {
    let script = Script::new([THROTTLED]);
    let config = script.open_config().build();
    let policy = RetryPolicy::new().attempts(5).pauses(Duration::from_secs(1), Duration::from_secs(3));
    let client = Client::builder(aws_sdk_dynamodb::Client::from_conf(config))
        .retry(policy)
        .jitter(|| 0.5)
        .build()
        .unwrap();
    let start = tokio::time::Instant::now();
    assert_eq!(attempts(&client, Operation::GetItem).await, 5);
    // 1, 2, 3 and 3 s, and of each the half; the clock is Tokio's, and stands still but for these.
    assert_eq!(start.elapsed().as_millis() / 100, 45);
    let start = tokio::time::Instant::now();
    let eager = RetryPolicy::new().attempts(3).pauses(Duration::from_millis(200), Duration::from_millis(300));
    let error = refused(
        call(&client, Call { overrides: Overrides::new().retry(eager), ..request(Operation::GetItem) }).await,
    );
    assert_eq!(
        (error.kind(), error.attempts(), start.elapsed().as_millis() / 10),
        (ErrorKind::Throttled, 3, 25)
    );
}

#[tokio::test(start_paused = true)]
async fn a_users_own_classifier_is_heard_and_counted() {
    use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
    use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

    #[derive(Debug)]
    struct Stubborn;
    impl ClassifyRetry for Stubborn {
        fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
            match context.output_or_error() {
                Some(Err(_)) => RetryAction::server_error(),
                _ => RetryAction::NoActionIndicated,
            }
        }
        fn name(&self) -> &'static str {
            "stubborn"
        }
    }

    let script = Script::new([CONDITION, CONDITION, THROTTLED]);
    let config = script.open_config().retry_classifier(Stubborn).build();
    let client = Client::builder(aws_sdk_dynamodb::Client::from_conf(config))
        .retry_budget(RetryBudget::new().burst(2))
        .build()
        .unwrap();
    assert_eq!(attempts(&client, Operation::PutItem).await, 3);
}

//! What a request or a client sets reaches the wire, and what nobody sets gets the defaults.

use aws_sdk_dynamodb::config::StalledStreamProtectionConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

use super::*;
use crate::error::ErrorKind;

fn with(overrides: Overrides) -> Call {
    Call { overrides, ..request(Operation::GetItem) }
}

#[tokio::test]
async fn region_credentials_and_endpoint_reach_the_wire() {
    let script = Script::new([DONE]);
    let other = Credentials::new("OTHER", "SECRET", None, None, "test");
    run(&script, with(Overrides::new())).await.unwrap();
    run(&script, with(Overrides::new().region("eu-central-1"))).await.unwrap();
    run(&script, with(Overrides::new().credentials(other))).await.unwrap();
    run(&script, with(Overrides::new().endpoint_url("http://localhost:8000"))).await.unwrap();
    let sent = script.sent();
    assert!(sent[0].authorization.contains("Credential=AKID/") && sent[0].uri.contains("us-east-1"));
    assert!(sent[1].authorization.contains("/eu-central-1/dynamodb/"), "{:?}", sent[1]);
    assert!(sent[1].uri.contains("eu-central-1"), "{:?}", sent[1]);
    assert!(sent[2].authorization.contains("Credential=OTHER/"), "{:?}", sent[2]);
    assert_eq!(sent[3].uri, "http://localhost:8000/");
    assert_eq!(script.bodies(), [BODY; 4]);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_timeouts_are_the_requests_then_the_clients() {
    let script = Script::new([FAILED]);
    let client = script.client();
    let attempts = async |client: &Client, overrides| refused(call(client, with(overrides)).await).attempts();
    assert_eq!(attempts(&client, Overrides::new()).await, 3);
    assert_eq!(attempts(&client, Overrides::new().max_attempts(1)).await, 1);
    assert_eq!(attempts(&client, Overrides::new().max_attempts(5)).await, 5);
    let eager = client.with_overrides(Overrides::new().max_attempts(2));
    assert_eq!(attempts(&eager, Overrides::new()).await, 2);
    assert_eq!(attempts(&eager, Overrides::new().max_attempts(4)).await, 4);
    assert_eq!(attempts(&eager, Overrides::new().region("eu-central-1")).await, 2);

    // An attempt that hangs is given up and repeated; without any timeout this test would never end.
    let script = Script::new([Step::Hang, Step::Hang, DONE]);
    let client = script.client().with_overrides(Overrides::new().attempt_timeout(Duration::from_secs(1)));
    assert_eq!(call(&client, with(Overrides::new())).await.unwrap().attempts, 3);
    let script = Script::new([Step::Hang]);
    let error = refused(run(&script, with(Overrides::new().timeout(Duration::from_secs(1)))).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 1));
}

#[test]
fn a_configuration_keeps_what_it_says_and_gets_the_rest() {
    let script = Script::default();
    let defaults = Client::from_conf(script.bare_config().build());
    let timeouts = defaults.sdk().config().timeout_config().unwrap();
    assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(1)));
    assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(5)));
    assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(20)));
    assert_eq!(defaults.sdk().config().retry_config().unwrap().max_attempts(), 4);

    let own = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(2)).build();
    let kept = Client::from_conf(script.config().timeout_config(own.clone()).build());
    let timeouts = kept.sdk().config().timeout_config().unwrap();
    assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(2)));
    assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(20)));
    assert_eq!(kept.sdk().config().retry_config().unwrap().max_attempts(), 3);

    let sdk = aws_sdk_dynamodb::Client::from_conf(script.config().timeout_config(own).build());
    let wrapped = Client::new(sdk);
    assert_eq!(
        wrapped.sdk().config().timeout_config().unwrap().operation_timeout(),
        None,
        "the user's own is as it was"
    );
}

/// How many attempts a request has that never gets an answer, however it is made; it ends, for there are timeouts.
async fn attempts_without_an_answer(script: &Script, client: &Client, overrides: Overrides) -> u32 {
    let error = refused(call(client, with(overrides)).await);
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(script.sent().len(), error.attempts() as usize);
    error.attempts()
}

#[tokio::test(start_paused = true)]
async fn a_wrapped_client_has_timeouts_and_attempts_where_its_configuration_says_nothing() {
    let wrap = |config: Builder| Client::new(aws_sdk_dynamodb::Client::from_conf(config.build()));
    let five = |config: Builder| {
        config.timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(5 * 60)).build())
    };
    // Four attempts of 5 s, of which the operation's 20 s with their pauses leave no room for the last to end.
    let script = Script::new([Step::Hang]);
    assert_eq!(attempts_without_an_answer(&script, &wrap(script.bare_config()), Overrides::new()).await, 4);
    // With the operation's time-out out of the way, the attempts end it.
    let script = Script::new([Step::Hang]);
    assert_eq!(
        attempts_without_an_answer(&script, &wrap(five(script.bare_config())), Overrides::new()).await,
        4
    );
    // What is set on a request does not switch off the rest.
    let script = Script::new([Step::Hang]);
    let brief = Overrides::new().attempt_timeout(Duration::from_secs(19));
    assert_eq!(attempts_without_an_answer(&script, &wrap(script.bare_config()), brief).await, 2);
    // The user's own stand, also over a handle's.
    let script = Script::new([Step::Hang]);
    let client =
        wrap(script.config().timeout_config(
            TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(1)).build(),
        ));
    assert_eq!(attempts_without_an_answer(&script, &client, Overrides::new()).await, 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_disabled_stays_disabled() {
    let script = Script::new([Step::Hang]);
    let stalled = StalledStreamProtectionConfig::disabled();
    let config =
        script.config().timeout_config(TimeoutConfig::disabled()).stalled_stream_protection(stalled).build();
    let client = Client::new(aws_sdk_dynamodb::Client::from_conf(config));
    let day = tokio::time::timeout(Duration::from_secs(86400), call(&client, with(Overrides::new()))).await;
    assert!(day.is_err() && script.sent().len() == 1);

    let script = Script::new([FAILED]);
    let config = script.bare_config().retry_config(RetryConfig::disabled()).build();
    let client = Client::new(aws_sdk_dynamodb::Client::from_conf(config));
    assert_eq!(refused(call(&client, with(Overrides::new())).await).attempts(), 1);
}

#[test]
fn tables_are_named_by_request_then_client_then_declaration() {
    let sdk = aws_sdk_dynamodb::Client::from_conf(Script::default().config().build());
    let client = Client::builder(sdk)
        .table_prefix("dev-")
        .table_suffix("-v2")
        .table("orders", "arn:aws:dynamodb:us-east-1:1:table/Orders")
        .build()
        .unwrap();
    assert_eq!(client.table_name("orders", None), "arn:aws:dynamodb:us-east-1:1:table/Orders");
    assert_eq!(client.table_name("customers", None), "dev-customers-v2");
    assert_eq!(client.table_name("customers", Some("mine")), "mine");
    let other = client.with_overrides(Overrides::new().table("theirs"));
    assert_eq!(other.table_name("customers", None), "theirs");
    assert_eq!(other.table_name("customers", Some("mine")), "mine");
    assert_eq!(client.table_name("customers", None), "dev-customers-v2");
}

#[test]
fn a_missing_variable_is_an_error_when_the_client_is_built() {
    let sdk = aws_sdk_dynamodb::Client::from_conf(Script::default().config().build());
    let error = Client::builder(sdk)
        .table_from_env("orders", "THEORY_TEST_THIS_VARIABLE_IS_NOT_SET")
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("THEORY_TEST_THIS_VARIABLE_IS_NOT_SET"), "{error}");
}

#[test]
fn credentials_are_not_printed() {
    let overrides = Overrides::new().credentials(Credentials::new("AKID", "SECRET", None, None, "test"));
    let client = Script::default().client().with_overrides(overrides);
    let text = format!("{client:?}");
    assert!(!text.contains("AKID") && !text.contains("SECRET"), "{text}");
}

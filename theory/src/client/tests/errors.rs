//! DynamoDB's errors, by their kind, with what they carry and without what they must not print.

use std::error::Error as _;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;

use super::*;
use crate::error::ErrorKind;

async fn answered(status: u16, body: &'static str) -> Error {
    refused(run(&Script::new([Step::Answer(status, body)]), request(Operation::PutItem)).await)
}

#[tokio::test(start_paused = true)]
async fn codes_have_kinds() {
    use ErrorKind as K;
    let cases: &[(u16, &'static str, ErrorKind)] = &[
        (400, r#"{"__type":"x#ConditionalCheckFailedException"}"#, K::ConditionFailed),
        (400, r#"{"__type":"x#ValidationException","message":"bad"}"#, K::Validation),
        (
            400,
            r#"{"__type":"x#ValidationException","message":"Item size has exceeded the maximum allowed size"}"#,
            K::ItemTooLarge,
        ),
        (
            400,
            r#"{"__type":"x#ValidationException","message":"Item size to update has exceeded the maximum allowed size"}"#,
            K::ItemTooLarge,
        ),
        (400, r#"{"__type":"x#SerializationException"}"#, K::Validation),
        (400, r#"{"__type":"x#IdempotentParameterMismatchException"}"#, K::Validation),
        (400, r#"{"__type":"x#ItemCollectionSizeLimitExceededException"}"#, K::ItemCollectionTooLarge),
        (400, r#"{"__type":"x#ResourceNotFoundException"}"#, K::TableNotFound),
        (400, r#"{"__type":"x#ResourceInUseException"}"#, K::TableInUse),
        (400, r#"{"__type":"x#ProvisionedThroughputExceededException"}"#, K::Throttled),
        (400, r#"{"__type":"x#RequestLimitExceeded"}"#, K::Throttled),
        (400, r#"{"__type":"x#ThrottlingException"}"#, K::Throttled),
        (400, r#"{"__type":"x#LimitExceededException"}"#, K::LimitExceeded),
        (400, r#"{"__type":"x#TransactionConflictException"}"#, K::TransactionConflict),
        (400, r#"{"__type":"x#TransactionInProgressException"}"#, K::TransactionConflict),
        (400, r#"{"__type":"x#TransactionCanceledException"}"#, K::TransactionCanceled),
        (400, r#"{"__type":"x#ReplicatedWriteConflictException"}"#, K::ReplicatedWriteConflict),
        (400, r#"{"__type":"x#AccessDeniedException"}"#, K::AccessDenied),
        (400, r#"{"__type":"x#UnrecognizedClientException"}"#, K::AccessDenied),
        (400, r#"{"__type":"x#ExpiredTokenException"}"#, K::AccessDenied),
        (403, "<html>no</html>", K::AccessDenied),
        (500, r#"{"__type":"x#InternalServerError"}"#, K::Service),
        (503, "", K::Service),
        (400, r#"{"__type":"x#SomethingNewException"}"#, K::Service),
        (418, "not json", K::Service),
    ];
    for (status, body, kind) in cases {
        let error = answered(*status, body).await;
        assert_eq!(error.kind(), *kind, "{status} {body}: {error:?}");
        assert_eq!(error.request_id(), Some("RID"), "{status} {body}");
        assert_eq!((error.entity(), error.operation()), ("Order", Some("PutItem")));
    }
}

#[tokio::test]
async fn the_sdks_typed_error_is_the_source() {
    let error = refused(run(&Script::new([CONDITION]), request(Operation::PutItem)).await);
    let source = error.source().unwrap();
    let sdk = source.downcast_ref::<SdkError<PutItemError>>().expect("the SDK's own type");
    assert!(sdk.as_service_error().unwrap().is_conditional_check_failed_exception());
    assert_eq!(error.item_json(), Some(&br#"{"pk":{"S":"a"},"n":{"N":"7"}}"#[..]));
    assert_eq!(error.code(), Some("ConditionalCheckFailedException"));
    assert_eq!(error.service_message(), Some("The conditional request failed"));
}

#[tokio::test]
async fn nothing_printed_holds_a_value() {
    let body = r#"{"__type":"x#ValidationException","message":"The parameter cannot be converted: SECRET-VALUE","Item":{"pk":{"S":"SECRET-VALUE"}}}"#;
    let error = answered(400, body).await;
    for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!text.contains("SECRET-VALUE"), "{text}");
        assert!(text.contains("Order") && text.contains("PutItem") && text.contains("RID"), "{text}");
    }
    assert_eq!(
        error.to_string(),
        "request refused as invalid by dynamodb: PutItem of `Order` (ValidationException, request id RID)"
    );
    assert!(error.service_message().unwrap().contains("SECRET-VALUE"));
}

#[tokio::test(start_paused = true)]
async fn throttling_says_why() {
    for body in [
        r#"{"__type":"x#ProvisionedThroughputExceededException","ThrottlingReasons":[{"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:aws:dynamodb:us-east-1:1:table/t"}]}"#,
        r#"{"__type":"x#ThrottlingException","throttlingReasons":[{"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:aws:dynamodb:us-east-1:1:table/t"}]}"#,
    ] {
        let error = answered(400, body).await;
        assert!(error.is_throttled() && error.is_retryable());
        let [reason] = error.throttling_reasons() else { panic!("one reason") };
        assert_eq!(reason.reason, "TableWriteKeyRangeThroughputExceeded");
        assert_eq!(reason.resource, "arn:aws:dynamodb:us-east-1:1:table/t");
    }
    assert!(answered(400, r#"{"__type":"x#ThrottlingException"}"#).await.throttling_reasons().is_empty());
}

#[tokio::test]
async fn what_never_left_says_so() {
    let script = Script::new([DONE]);
    let nameless = Call { table: String::new(), ..request(Operation::PutItem) };
    let error = refused(run(&script, nameless).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));

    let config = script.config().credentials_provider(NoCredentials).build();
    let error = refused(call(&Client::from_conf(config), request(Operation::PutItem)).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0), "{error:?}");
    assert!(!error.is_ambiguous());

    let config = script.config().region(None).build();
    let error = refused(call(&Client::from_conf(config), request(Operation::PutItem)).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0), "{error:?}");
    assert!(!error.is_ambiguous() && script.sent().is_empty());
}

#[derive(Debug)]
struct NoCredentials;

impl aws_sdk_dynamodb::config::ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        use aws_credential_types::provider::error::CredentialsError;
        let error = CredentialsError::not_loaded("there are none");
        aws_credential_types::provider::future::ProvideCredentials::ready(Err(error))
    }
}

#[test]
fn the_library_makes_errors_too() {
    #[derive(Debug)]
    struct Wire;
    impl std::fmt::Display for Wire {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("expected a string at byte 3")
        }
    }
    impl std::error::Error for Wire {}

    let error = Error::decode("Order", "GetItem", Wire).with_attribute("lines[0].sku");
    assert_eq!(error.to_string(), "item could not be decoded: GetItem of `Order`, attribute `lines[0].sku`");
    assert_eq!(error.source().unwrap().to_string(), "expected a string at byte 3");
    assert!(error.is_decode() && !error.is_retryable());
    let error = Error::invalid_request("Order", "the sort key is 1025 bytes, and DynamoDB allows 1024");
    assert_eq!(
        error.to_string(),
        "invalid request: `Order`: the sort key is 1025 bytes, and DynamoDB allows 1024"
    );
}

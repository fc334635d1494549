//! The body that goes out is the one that was given, the body that comes back is the one that was sent.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, Error as AnyError, Input, Output,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use super::*;
use crate::error::ErrorKind;

#[tokio::test]
async fn every_operation_carries_its_body_both_ways() {
    for operation in ALL {
        let answer = r#"{"Item":{"pk":{"S":"direct"}}}"#;
        let script = Script::new([Step::Answer(200, answer)]);
        let response = run(&script, request(operation)).await.unwrap();
        assert_eq!(response.body, answer);
        assert_eq!(response.request_id.as_deref(), Some("RID"));
        assert_eq!(response.attempts, 1);
        assert!(!response.ambiguous_before);
        let [sent] = &script.sent()[..] else { panic!("one request") };
        assert_eq!(sent.body, BODY);
        assert_eq!(sent.target, format!("DynamoDB_20120810.{}", operation.name()));
        assert!(sent.authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"), "{sent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_a_throttle_and_an_answer_make_three_attempts_with_one_body() {
    for operation in ALL {
        let script = Script::new([FAILED, THROTTLED, DONE]);
        let response = run(&script, request(operation)).await.unwrap();
        assert_eq!(response.body, "{}");
        assert_eq!(response.attempts, 3);
        assert_eq!(response.ambiguous_before, operation.is_write());
        assert_eq!(script.bodies(), [BODY; 3]);
        let attempts: Vec<_> = script.sent().into_iter().map(|sent| sent.attempt).collect();
        for (number, attempt) in attempts.iter().enumerate() {
            assert!(attempt.contains(&format!("attempt={}", number + 1)), "{attempts:?}");
        }
        assert!(script.sent().iter().all(|sent| !sent.authorization.is_empty()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_whole_is_asked_for_again() {
    let truncated = Step::NoChecksum(r#"{"Item":{"pk":"#);
    let html = Step::NoChecksum("<html>sign in</html>");
    for bad in [CORRUPT, truncated, html, Step::NoChecksum("")] {
        let script = Script::new([bad.clone(), Step::Answer(200, r#"{"Item":{}}"#)]);
        let response = run(&script, request(Operation::GetItem)).await.unwrap();
        assert_eq!((response.body.as_ref(), response.attempts), (&br#"{"Item":{}}"#[..], 2));

        let script = Script::new([bad.clone()]);
        let error = refused(run(&script, request(Operation::GetItem)).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 3), "{bad:?}");
        assert_eq!(error.request_id(), Some("RID"));
        assert!(!error.is_ambiguous());
    }
}

#[tokio::test]
async fn an_answer_without_a_checksum_is_taken() {
    let script = Script::new([Step::NoChecksum(r#"{"Count":0}"#)]);
    assert_eq!(run(&script, request(Operation::Query)).await.unwrap().body, r#"{"Count":0}"#);
}

/// The reason of a refusal, and the item in it, are as DynamoDB wrote them; and that it was refused is known from its
/// status alone, so that even a write that is not idempotent is sent again.
#[tokio::test(start_paused = true)]
async fn an_error_that_is_not_whole_is_asked_for_again() {
    let damaged = Step::Checksum(400, r#"{"__type":"x#ConditionalCheckFailedExceptiom"}"#, "1");
    for operation in ALL {
        let script = Script::new([damaged.clone(), CONDITION]);
        let error = refused(run(&script, once(operation)).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::ConditionFailed, 2), "{operation:?}");
        assert!(!error.is_ambiguous());

        let script = Script::new([damaged.clone()]);
        let error = refused(run(&script, once(operation)).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 3), "{operation:?}");
        assert!(!error.is_ambiguous());
    }
}

/// The deserializer of the rejected answer is still in place when the next attempt's error comes.
#[tokio::test(start_paused = true)]
async fn an_error_after_a_rejected_answer_is_typed_all_the_same() {
    for operation in ALL {
        let script = Script::new([CORRUPT, CONDITION]);
        let error = refused(run(&script, request(operation)).await);
        assert_eq!(error.kind(), ErrorKind::ConditionFailed, "{operation:?}");
        assert_eq!(error.code(), Some("ConditionalCheckFailedException"));
        assert_eq!(error.request_id(), Some("RID"));
        assert_eq!(script.sent().len(), 2);
    }
}

/// Pins what the library rests on: the SDK takes serializer and deserializer from the config bag after these hooks.
///
/// If it fails, the SDK's pipeline has changed beneath us and the wire path with it.
#[tokio::test]
async fn the_sdk_loads_serializer_and_deserializer_after_the_hooks() {
    #[derive(Debug, Clone, Default)]
    struct Log(Arc<Mutex<Vec<&'static str>>>);
    impl Log {
        fn add(&self, entry: &'static str) {
            self.0.lock().unwrap().push(entry);
        }
    }
    impl SerializeRequest for Log {
        fn serialize_input(&self, _: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
            self.add("serialize");
            let mut request = HttpRequest::new(SdkBody::from("{}"));
            request.set_method("POST")?;
            Ok(request)
        }
    }
    impl DeserializeResponse for Log {
        fn deserialize_nonstreaming_with_config(
            &self,
            _: &HttpResponse,
            _: &ConfigBag,
        ) -> Result<Output, OrchestratorError<AnyError>> {
            self.add("deserialize");
            Ok(Carrier::GET_ITEM.empty_output())
        }
    }
    impl Intercept for Log {
        fn name(&self) -> &'static str {
            "log"
        }
        fn read_before_serialization(
            &self,
            _: &BeforeSerializationInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            cfg: &mut ConfigBag,
        ) -> Result<(), BoxError> {
            self.add("before serialization");
            cfg.interceptor_state().store_put(SharedRequestSerializer::new(self.clone()));
            Ok(())
        }
        fn read_before_attempt(
            &self,
            _: &BeforeTransmitInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            _: &mut ConfigBag,
        ) -> Result<(), BoxError> {
            self.add("before attempt");
            Ok(())
        }
        fn read_before_transmit(
            &self,
            _: &BeforeTransmitInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            _: &mut ConfigBag,
        ) -> Result<(), BoxError> {
            self.add("before transmit");
            Ok(())
        }
        fn read_before_deserialization(
            &self,
            _: &BeforeDeserializationInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            cfg: &mut ConfigBag,
        ) -> Result<(), BoxError> {
            self.add("before deserialization");
            cfg.interceptor_state().store_put(SharedResponseDeserializer::new(self.clone()));
            Ok(())
        }
    }
    let log = Log::default();
    let script = Script::new([DONE]);
    let sdk = aws_sdk_dynamodb::Client::from_conf(script.config().build());
    sdk.get_item().table_name("t").customize().interceptor(log.clone()).send().await.unwrap();
    let order = [
        "before serialization",
        "serialize",
        "before attempt",
        "before transmit",
        "before deserialization",
        "deserialize",
    ];
    assert_eq!(*log.0.lock().unwrap(), order);
    assert_eq!(script.bodies(), ["{}"]);
}

#[tokio::test]
async fn a_call_can_be_spawned() {
    let client = Script::new([DONE]).client();
    let future =
        async move { call(&client, request(Operation::PutItem)).await.map(|response| response.body) };
    fn sendable<T: Send + 'static>(value: T) -> T {
        value
    }
    assert_eq!(tokio::spawn(sendable(future)).await.unwrap().unwrap(), "{}");
}

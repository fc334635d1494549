//! With an SDK made to ignore the library's serializer or deserializer: nothing scans, and nothing reads as `None`.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error as AnyError, Input, Output};
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::config_bag::ConfigBag;

use super::*;
use crate::client::{Clock, Inner, Sabotage, Tokens};
use crate::error::ErrorKind;

/// An SDK that puts its own serializer, deserializer, or both back after our interceptor ran.
#[derive(Debug, Clone, Copy)]
struct PutBack {
    operation: Operation,
    serializer: bool,
    deserializer: bool,
}

/// The stock half of an operation, by way of the operation's own layer.
#[derive(Debug)]
struct Stock(Operation);

impl SerializeRequest for Stock {
    fn serialize_input(&self, input: Input, cfg: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let layer = Carrier::of(self.0).stock_layer().unwrap();
        layer.load::<SharedRequestSerializer>().unwrap().serialize_input(input, cfg)
    }
}

impl DeserializeResponse for Stock {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<AnyError>> {
        let layer = Carrier::of(self.0).stock_layer().unwrap();
        let stock = layer.load::<SharedResponseDeserializer>().unwrap();
        stock.deserialize_nonstreaming_with_config(response, cfg)
    }
}

impl Intercept for PutBack {
    fn name(&self) -> &'static str {
        "put back"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.serializer {
            cfg.interceptor_state().store_put(SharedRequestSerializer::new(Stock(self.operation)));
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        _: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.deserializer {
            cfg.interceptor_state().store_put(SharedResponseDeserializer::new(Stock(self.operation)));
        }
        Ok(())
    }
}

/// An answer that would read as a full scan, a missing item, a written item.
const PLAUSIBLE: Step = Step::Answer(200, r#"{"Items":[{"pk":{"S":"leak"}}],"Count":1}"#);
const INVALID: Step =
    Step::Answer(400, r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"no key"}"#);

/// The shells, as the SDK writes them when it is not overridden: DynamoDB refuses each of them.
const SHELLS: [(Operation, &str); 10] = [
    (Operation::GetItem, r#"{"TableName":"t"}"#),
    (Operation::PutItem, r#"{"TableName":"t"}"#),
    (Operation::UpdateItem, r#"{"TableName":"t"}"#),
    (Operation::DeleteItem, r#"{"TableName":"t"}"#),
    (Operation::Query, r#"{"TableName":"t"}"#),
    (Operation::Scan, r#"{"TableName":"t","Limit":0,"Segment":0}"#),
    (Operation::BatchGetItem, r#"{"RequestItems":{"t":{"Keys":[]}}}"#),
    (Operation::BatchWriteItem, r#"{"RequestItems":{"t":[]}}"#),
    (Operation::TransactGetItems, r#"{"TransactItems":[{"Get":{"Key":{},"TableName":"t"}}]}"#),
    (Operation::TransactWriteItems, r#"{"TransactItems":[{"Delete":{"Key":{},"TableName":"t"}}]"#),
];

#[tokio::test]
async fn an_sdk_that_ignores_the_interceptor_sends_an_invalid_shell_and_is_not_believed() {
    for (operation, shell) in SHELLS {
        for answer in [PLAUSIBLE, INVALID, CONDITION] {
            let script = Script::new([answer]);
            let error = refused(sabotaged(&script, Sabotage::Ignore, operation).await);
            assert_eq!(error.kind(), ErrorKind::SdkIncompatible, "{operation:?}");
            assert!(!error.is_ambiguous() && !error.is_retryable());
            let [body] = &script.bodies()[..] else { panic!("one request") };
            assert!(body.starts_with(shell), "{operation:?} sent {body}");
            assert!(!body.contains("direct"));
        }
    }
}

#[tokio::test]
async fn an_sdk_that_serializes_the_shell_sends_nothing() {
    for operation in ALL {
        let script = Script::new([PLAUSIBLE]);
        let saboteur = PutBack { operation, serializer: true, deserializer: false };
        let error = refused(sabotaged(&script, saboteur.into(), operation).await);
        assert_eq!(error.kind(), ErrorKind::SdkIncompatible, "{operation:?}: {error}");
        assert_eq!(error.attempts(), 0);
        assert!(!error.is_ambiguous());
        assert!(script.sent().is_empty(), "{operation:?}");
    }
}

#[tokio::test]
async fn an_answer_that_the_sdk_read_is_not_believed() {
    for operation in ALL {
        let script = Script::new([PLAUSIBLE]);
        let saboteur = PutBack { operation, serializer: false, deserializer: true };
        let error = refused(sabotaged(&script, saboteur.into(), operation).await);
        assert_eq!(error.kind(), ErrorKind::SdkIncompatible, "{operation:?}");
        // Our body went out and DynamoDB took it: a write has happened.
        assert_eq!(error.is_ambiguous(), operation.is_write());
        assert_eq!(script.bodies(), [BODY]);
    }
}

/// What our deserializer read in an earlier attempt says nothing about the last.
#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_is_no_proof() {
    let script = Script::new([CORRUPT, PLAUSIBLE]);
    let saboteur = PutBack { operation: Operation::Scan, serializer: false, deserializer: true };
    let error = refused(sabotaged(&script, saboteur.into(), Operation::Scan).await);
    assert_eq!(error.kind(), ErrorKind::SdkIncompatible);
}

impl From<PutBack> for Sabotage {
    fn from(saboteur: PutBack) -> Self {
        Self::Undo(SharedInterceptor::new(saboteur))
    }
}

async fn sabotaged(script: &Script, sabotage: Sabotage, operation: Operation) -> Result<Response, Error> {
    let sdk = aws_sdk_dynamodb::Client::from_conf(script.config().build());
    let mut inner = Inner::new(sdk, Arc::default(), Overrides::new(), Tokens::default(), Clock::default());
    inner.sabotage = Some(sabotage);
    call(&Client::from(inner), request(operation)).await
}

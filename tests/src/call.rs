//! Requests written as JSON, for what the SDK has no operation for or would not write.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use crate::sandbox::Sandbox;

/// An engine's answer other than 200.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The exception's name without its namespace, empty if there is none.
    pub kind: String,
    /// The whole answer.
    pub body: Value,
}

impl Sandbox {
    /// Sends a JSON body under the name of an operation, streams' included, and returns the answer's.
    ///
    /// # Errors
    ///
    /// When the answer is not a success.
    ///
    /// # Panics
    ///
    /// When there is no answer, or one that is not JSON.
    pub async fn call(&self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        self.call_bytes(operation, body.to_string().into_bytes()).await
    }

    /// As [`call`](Self::call), with bytes that need not be JSON.
    ///
    /// # Errors
    ///
    /// When the answer is not a success.
    ///
    /// # Panics
    ///
    /// When there is no answer, or one that is not JSON.
    pub async fn call_bytes(&self, operation: &str, body: Vec<u8>) -> Result<Value, Refusal> {
        let service = match operation {
            "DescribeStream" | "GetRecords" | "GetShardIterator" | "ListStreams" => "DynamoDBStreams",
            _ => "DynamoDB",
        };
        let target = format!("{service}_20120810.{operation}");
        let answer = Answer::default();

        // The SDK signs and sends; what it sends, and what it makes of the answer, is not its own.
        let outcome = self
            .sdk_client()
            .list_tables()
            .customize()
            .interceptor(answer.clone())
            .mutate_request(move |request| {
                let headers = request.headers_mut();
                headers.insert("x-amz-target", target.clone());
                headers.insert("content-length", body.len().to_string());
                *request.body_mut() = SdkBody::from(body.clone());
            })
            .send()
            .await;
        let Some(Received { status, body }) = answer.0.lock().ok().and_then(|mut answer| answer.take())
        else {
            panic!("{operation} had no answer: {outcome:?}");
        };
        let body: Value = match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(error) => panic!("{operation} was answered with no JSON: {error}"),
        };
        if status == 200 {
            return Ok(body);
        }
        let kind = body["__type"].as_str().unwrap_or_default();
        let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
        Err(Refusal { status, kind, body })
    }
}

/// Keeps the last answer as it came.
#[derive(Debug, Clone, Default)]
struct Answer(Arc<Mutex<Option<Received>>>);

#[derive(Debug)]
struct Received {
    status: u16,
    body: Vec<u8>,
}

impl Intercept for Answer {
    fn name(&self) -> &'static str {
        "Answer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().unwrap_or_default().to_vec();
        if let Ok(mut answer) = self.0.lock() {
            *answer = Some(Received { status: response.status().as_u16(), body });
        }
        Ok(())
    }
}

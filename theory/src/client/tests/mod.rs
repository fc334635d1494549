//! Tests of the client against a scripted connection: what goes out, what comes back, what is known after it.

mod ambiguity;
#[cfg(feature = "https")]
mod connection;
mod deadline;
mod errors;
mod guard;
mod overrides;
mod retries;
mod spans;
mod table_admin;
mod wire;

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::call::Response;
use super::{Call, Carrier, Client, Operation, Overrides, call};
use crate::error::Error;

/// What the scripted connection does with one request.
#[derive(Debug, Clone)]
enum Step {
    /// Answers with a status and a body, whose checksum is right.
    Answer(u16, &'static str),
    /// Answers with a status and a body, and this checksum.
    Checksum(u16, &'static str, &'static str),
    /// Answers 200 without a checksum.
    NoChecksum(&'static str),
    /// Executes the request, and the connection breaks.
    Reset,
    /// Executes the request, and the connection's own time-out passes.
    TimedOut,
    /// Never had a connection.
    Refused,
    /// Never answers.
    Hang,
}

/// A request as it went out.
#[derive(Debug, Clone)]
struct Sent {
    uri: String,
    target: String,
    authorization: String,
    attempt: String,
    body: String,
}

/// Plays its steps in order, and repeats the last.
#[derive(Debug, Clone, Default)]
struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Script {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: Arc::new(Mutex::new(steps.into_iter().collect())), sent: Arc::default() }
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn bodies(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.body).collect()
    }

    fn config(&self) -> Builder {
        self.bare_config().retry_config(
            RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1)),
        )
    }

    /// With nothing said of retries or timeouts.
    fn bare_config(&self) -> Builder {
        static CLIENTS: AtomicUsize = AtomicUsize::new(0);
        let partition = format!("test {}", CLIENTS.fetch_add(1, Ordering::Relaxed));
        // The SDK's tokens for retries are the process's: without its own, one test starves another.
        self.open_config().retry_partition(RetryPartition::new(partition))
    }

    /// With nothing said of retries, timeouts or the SDK's tokens for retries.
    fn open_config(&self) -> Builder {
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("AKID", "SECRET", None, None, "test"))
            .http_client(self.clone())
    }

    fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        self.sent.lock().unwrap().push(Sent {
            uri: request.uri().to_owned(),
            target: header("x-amz-target"),
            authorization: header("authorization"),
            attempt: header("amz-sdk-request"),
            body: String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap(),
        });
        let step = {
            let mut steps = self.steps.lock().unwrap();
            if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() }
        };
        let answer = |status: u16, body: &'static str, checksum: Option<String>| {
            let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
            response.headers_mut().insert("x-amzn-requestid", "RID");
            if let Some(checksum) = checksum {
                response.headers_mut().insert("x-amz-crc32", checksum);
            }
            HttpConnectorFuture::ready(Ok(response))
        };
        let broken = |kind: io::ErrorKind| {
            HttpConnectorFuture::ready(Err(ConnectorError::io(io::Error::from(kind).into())))
        };
        match step.expect("the script has a step") {
            Step::Answer(status, body) => {
                answer(status, body, Some(crc32fast::hash(body.as_bytes()).to_string()))
            }
            Step::Checksum(status, body, checksum) => answer(status, body, Some(checksum.to_owned())),
            Step::NoChecksum(body) => answer(200, body, None),
            Step::Reset => broken(io::ErrorKind::ConnectionReset),
            Step::TimedOut => {
                let source = io::Error::from(io::ErrorKind::TimedOut).into();
                HttpConnectorFuture::ready(Err(ConnectorError::timeout(source)))
            }
            Step::Refused => broken(io::ErrorKind::ConnectionRefused),
            Step::Hang => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl HttpClient for Script {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

const THROTTLED: Step = Step::Answer(
    400,
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#,
);
const FAILED: Step =
    Step::Answer(500, r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}"#);
const CONDITION: Step = Step::Answer(
    400,
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"pk":{"S":"a"},"n":{"N":"7"}}}"#,
);
const CORRUPT: Step = Step::Checksum(200, r#"{"Attributes":{}}"#, "12345");
const DONE: Step = Step::Answer(200, "{}");

const BODY: &str = r#"{"TableName":"t","Key":{"pk":{"S":"direct"}}}"#;

const ALL: [Operation; 10] = [
    Operation::GetItem,
    Operation::PutItem,
    Operation::UpdateItem,
    Operation::DeleteItem,
    Operation::Query,
    Operation::Scan,
    Operation::BatchGetItem,
    Operation::BatchWriteItem,
    Operation::TransactGetItems,
    Operation::TransactWriteItems,
];

fn request(operation: Operation) -> Call {
    Call {
        carrier: Carrier::of(operation),
        entity: "Order",
        table: "t".to_owned(),
        index: None,
        body: BODY.as_bytes().to_vec(),
        idempotent: true,
        judge: None,
        overrides: Overrides::new(),
    }
}

fn once(operation: Operation) -> Call {
    Call { idempotent: false, ..request(operation) }
}

async fn run(script: &Script, request: Call) -> Result<Response, Error> {
    call(&script.client(), request).await
}

#[track_caller]
fn refused(result: Result<Response, Error>) -> Error {
    match result {
        Ok(_) => panic!("the call succeeded"),
        Err(error) => error,
    }
}

//! The HTTP client that hands the SDK's requests to the engine by a function call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::Engine;
use super::dispatch::{Answer, answer};

/// An HTTP client without HTTP: one engine behind the SDK's interface.
#[derive(Clone)]
pub(super) struct EmbeddedHttpClient {
    engine: Arc<Engine>,
}

impl EmbeddedHttpClient {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

impl HttpClient for EmbeddedHttpClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        // Timeouts have nothing to cut short: a request is done in one poll.
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for EmbeddedHttpClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = Arc::clone(&self.engine);
        // Within the future, so that a request that is dropped unsent changes nothing.
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target");
            let answer = match request.body().bytes() {
                Some(body) => answer(&engine.database, target, body),
                // A streaming body: no operation of DynamoDB has one.
                None => Answer::unreadable(),
            };
            response(answer)
        })
    }
}

impl fmt::Debug for EmbeddedHttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedHttpClient").finish_non_exhaustive()
    }
}

fn response(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status).map_err(|e| ConnectorError::other(e.into(), None))?;
    let (headers, length) = (headers(&answer), answer.body.len().to_string());

    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    response.headers_mut().insert("content-length", length);
    Ok(response)
}

/// The headers that DynamoDB gives an answer, beside its length.
pub(super) fn headers(answer: &Answer) -> [(&'static str, String); 3] {
    [
        ("content-type", "application/x-amz-json-1.0".to_owned()),
        ("x-amz-crc32", crc32fast::hash(answer.body.as_bytes()).to_string()),
        ("x-amzn-requestid", request_id()),
    ]
}

/// A request id in DynamoDB's shape, 52 capitals and digits, unlike any other of this process.
fn request_id() -> String {
    static REQUESTS: AtomicU64 = AtomicU64::new(1);
    format!("EMBEDDED{:044}", REQUESTS.fetch_add(1, Ordering::Relaxed))
}

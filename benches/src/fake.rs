//! A DynamoDB that always gives the same answer, at once and without a network.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Config, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

/// An SDK client whose every request is answered with `body`, with DynamoDB's headers.
///
/// Everything else is as in a program: endpoint, signing, identity, retries, interceptors.
pub fn client(body: Vec<u8>) -> Client {
    Client::from_conf(config(body).build())
}

/// The same with the timeouts and attempts that this library sets where nothing is said.
pub fn client_with_timeouts(body: Vec<u8>) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(20));
    let retries = RetryConfig::standard().with_max_attempts(4);
    Client::from_conf(config(body).timeout_config(timeouts.build()).retry_config(retries).build())
}

fn config(body: Vec<u8>) -> Builder {
    let connector = Connector { checksum: crc32fast::hash(&body).to_string(), body: Bytes::from(body) };
    Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-north-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "benches"))
        .http_client(connector)
}

#[derive(Debug, Clone)]
struct Connector {
    body: Bytes,
    checksum: String,
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = 200.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(self.body.clone()));
        let headers = response.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        headers.insert("content-length", self.body.len().to_string());
        headers.insert("x-amz-crc32", self.checksum.clone());
        headers.insert("x-amzn-requestid", "BENCHES0000000000000000000000000000000000000000000001");
        HttpConnectorFuture::ready(Ok(response))
    }
}

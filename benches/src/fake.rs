//! A DynamoDB that always gives the same answer, at once and without a network.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};
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
    let connector = Connector { checksum: crc32fast::hash(&body).to_string(), body: Bytes::from(body) };
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-north-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "benches"))
        .http_client(connector)
        .build();
    Client::from_conf(config)
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

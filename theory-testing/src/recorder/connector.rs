//! The HTTP client that passes everything on, and writes it down.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use super::tee::Tee;
use super::{Outcome, Recorder, Response};
use crate::request::Request;

/// An HTTP client around another, which keeps what passes.
#[derive(Debug)]
pub(super) struct RecordingHttpClient {
    recorder: Recorder,
    inner: SharedHttpClient,
}

impl RecordingHttpClient {
    pub(super) fn new(recorder: Recorder, inner: SharedHttpClient) -> Self {
        Self { recorder, inner }
    }
}

impl HttpClient for RecordingHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(RecordingConnector {
            recorder: self.recorder.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, cfg)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, cfg: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, cfg)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug, Clone)]
struct RecordingConnector {
    recorder: Recorder,
    inner: SharedHttpConnector,
}

impl HttpConnector for RecordingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { recorder, inner } = self.clone();
        // Within the future, so that a request that is dropped unsent is none.
        HttpConnectorFuture::new(async move {
            let number = recorder.begin(Request::read(&request));
            let mut response = match inner.call(request).await {
                Ok(response) => response,
                Err(error) => {
                    recorder.update(number, |outcome| *outcome = Outcome::Failed(describe(&error)));
                    return Err(error);
                }
            };
            let status = response.status().as_u16();
            let in_memory = response.body().bytes().map(<[u8]>::to_vec);
            let is_stream = in_memory.is_none();
            recorder.update(number, |outcome| {
                *outcome = Outcome::Answered(Response { status, bytes: in_memory.unwrap_or_default() });
            });
            if is_stream {
                // What is read of it is written down as it is read.
                let body = std::mem::replace(response.body_mut(), SdkBody::taken());
                *response.body_mut() = SdkBody::from_body_1_x(Tee::new(body, recorder, number));
            }
            Ok(response)
        })
    }
}

/// The whole chain of causes.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

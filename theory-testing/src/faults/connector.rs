//! The HTTP client that does to requests what the plan says.

use std::fmt;

use aws_sdk_dynamodb::config::{SharedAsyncSleep, SharedHttpClient};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;

use super::answers::{self, Answer};
use super::fault::{Cancellation, Fault, Throttle};
use super::random::Random;
use super::{Faults, Injection, batch, body};
use crate::operation::Operation;
use crate::request::Request;

/// An HTTP client around another, on which things go wrong.
#[derive(Debug)]
pub(super) struct FaultyHttpClient {
    faults: Faults,
    inner: SharedHttpClient,
}

impl FaultyHttpClient {
    pub(super) fn new(faults: Faults, inner: SharedHttpClient) -> Self {
        Self { faults, inner }
    }
}

impl HttpClient for FaultyHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            faults: self.faults.clone(),
            inner: self.inner.http_connector(settings, components),
            sleep: components.sleep_impl(),
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

#[derive(Clone)]
struct FaultyConnector {
    faults: Faults,
    inner: SharedHttpConnector,
    sleep: Option<SharedAsyncSleep>,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        // Within the future, so that a request that is dropped unsent is none.
        HttpConnectorFuture::new(async move {
            let read = Request::read(&request);
            match this.faults.decide(&read) {
                Some(injection) => {
                    Victim { this: &this, http: request, request: read }.suffer(injection).await
                }
                None => this.inner.call(request).await,
            }
        })
    }
}

impl fmt::Debug for FaultyConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyConnector").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// A request that something befalls.
struct Victim<'a> {
    this: &'a FaultyConnector,
    http: HttpRequest,
    request: Request,
}

impl Victim<'_> {
    async fn suffer(self, injection: Injection) -> Answer {
        let Injection { fault, mut random, request: number } = injection;
        match fault {
            Fault::Throttle(limit) => answers::throttled(&self.request, limit),
            Fault::PartialBatch => self.part(None, &mut random, number).await,
            Fault::PartialBatchLeaving(count) => self.part(Some(count), &mut random, number).await,
            Fault::TransactionConflict => match self.request.operation {
                Operation::TransactGetItems | Operation::TransactWriteItems => {
                    self.canceled(Cancellation::TransactionConflict, &mut random)
                }
                _ => answers::conflict(),
            },
            Fault::Canceled(cancellation) => self.canceled(cancellation, &mut random),
            Fault::CanceledAt(place, cancellation) => answers::canceled(&self.request, place, cancellation),
            Fault::TransactionInProgress => answers::in_progress(),
            Fault::TimeoutBeforeEffect => Err(answers::timeout()),
            Fault::TimeoutAfterEffect => self.lost(number, answers::timeout()).await,
            Fault::HangBeforeEffect => std::future::pending().await,
            Fault::HangAfterEffect => {
                self.execute(number).await?;
                std::future::pending().await
            }
            Fault::ConnectionRefused => Err(answers::refused()),
            Fault::ResetBeforeEffect => Err(answers::reset()),
            Fault::ResetAfterEffect => self.lost(number, answers::reset()).await,
            Fault::BrokenBody => self.body(number, |whole, _| body::broken(whole, &mut random)).await,
            Fault::TruncatedBody => self.body(number, |whole, _| body::truncated(whole, &mut random)).await,
            Fault::CorruptBody => self.body(number, |whole, _| body::corrupt(whole, &mut random)).await,
            Fault::SlowBody(time) => self.body(number, |whole, sleep| body::slow(whole, time, sleep)).await,
            Fault::StalledBody => self.body(number, |whole, _| body::stalled(whole)).await,
            Fault::ServerErrorBeforeEffect => answers::server_error(),
            Fault::ServerErrorAfterEffect => {
                self.execute(number).await?;
                answers::server_error()
            }
            Fault::Unavailable => answers::unavailable(),
            Fault::ClockSkew => answers::clock_skew(),
            Fault::AccessDenied => answers::access_denied(&self.request),
            Fault::Refusal { status, code, message } => answers::refusal(status, &code, &message),
        }
    }

    /// Has the engine do the request.
    async fn execute(self, number: u64) -> Answer {
        let response = self.this.inner.call(self.http).await?;
        self.this.faults.note(number, response.status().as_u16());
        Ok(response)
    }

    /// Has the engine do the request, and loses its answer.
    async fn lost(self, number: u64, error: ConnectorError) -> Answer {
        self.execute(number).await?;
        Err(error)
    }

    /// Has the engine do the request, and gives its answer another body.
    async fn body(
        self,
        number: u64,
        other: impl FnOnce(&Bytes, Option<SharedAsyncSleep>) -> SdkBody,
    ) -> Answer {
        let sleep = self.this.sleep.clone();
        let mut response = self.execute(number).await?;
        let whole = body::take(&mut response).await?;
        *response.body_mut() = other(&whole, sleep);
        Ok(response)
    }

    async fn part(self, leaving: Option<usize>, random: &mut Random, number: u64) -> Answer {
        let Some(split) = batch::split(&self.request, leaving, random) else {
            return answers::throttled(&self.request, Throttle::Provisioned);
        };
        let operation = self.request.operation;
        let http = batch::rewritten(self.http, &split.done);
        let response = Victim { http, ..self }.execute(number).await?;
        split.merge(operation, response).await
    }

    fn canceled(&self, cancellation: Cancellation, random: &mut Random) -> Answer {
        answers::canceled(&self.request, random.below(self.request.len()), cancellation)
    }
}

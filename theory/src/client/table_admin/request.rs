//! One request to the control plane, by the rules that hold for requests on items: a span, the deadline, the budget of repetitions, and
//! what is known of a change whose answer is lost.

use aws_sdk_dynamodb::config::Builder as SdkConfigBuilder;
use aws_sdk_dynamodb::error::SdkError;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_smithy_types::config_bag::FrozenLayer;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use tracing::Span;

use crate::client::call::{explain, too_late};
use crate::client::exchange::Exchange;
use crate::client::failure::Failure;
use crate::client::{Client, throttling};
use crate::error::Error;

/// Whether a request changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Read,
    Change,
}

/// The span of one request, its name fixed where it is declared as `tracing` wants it.
macro_rules! span {
    ($name:literal, $entity:expr, $table:expr) => {
        tracing::info_span!(
            target: "theory",
            concat!("dynamodb.", $name),
            operation = $name,
            entity = $entity,
            table = $table,
            request_id = tracing::field::Empty,
            attempts = tracing::field::Empty,
            throttled_by = tracing::field::Empty,
            error = tracing::field::Empty,
            ambiguous = tracing::field::Empty,
        )
    };
}
pub(super) use span;

/// A request under way.
pub(super) struct Request<'a> {
    client: &'a Client,
    entity: &'static str,
    operation: &'static str,
    effect: Effect,
    span: Span,
    exchange: Exchange,
}

impl<'a> Request<'a> {
    /// Begins a request, if there is time for it, with the configuration to send it by.
    pub(super) fn begin(
        client: &'a Client,
        entity: &'static str,
        operation: &'static str,
        effect: Effect,
        span: Span,
        layer: Option<FrozenLayer>,
    ) -> Result<(Self, SdkConfigBuilder), Error> {
        if client.deadline.is_some_and(|deadline| deadline.has_come()) {
            return Err(record(&span, too_late(entity, operation)));
        }
        let (mut config, terms) = client.config_beside();
        // Done twice, a change of a table comes to the same, or is refused.
        let exchange = Exchange::beside(terms, layer);
        config.push_interceptor(SharedInterceptor::permanent(exchange.clone()));
        config.push_retry_classifier(SharedRetryClassifier::new(exchange.clone()));
        Ok((Self { client, entity, operation, effect, span, exchange }, config))
    }

    /// Reads what is known at the end.
    pub(super) fn end<T, E>(self, result: Result<T, SdkError<E, HttpResponse>>) -> Result<T, Error>
    where
        T: RequestId,
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let state = self.exchange.take();
        if let Some(reasons) = &state.throttling {
            self.span.record("throttled_by", throttling::line(reasons));
        }
        match result {
            Ok(output) => {
                self.client.retries().budget.earn();
                self.span.record("attempts", state.attempts);
                self.span.record("request_id", output.request_id());
                Ok(output)
            }
            Err(error) => {
                let error = Failure::new(error).into_error(self.entity, self.operation, state.attempts);
                let unknown = state.open || state.ambiguous_before;
                let error = explain(error, self.client, state.stopped)
                    .with_ambiguous(self.effect == Effect::Change && unknown);
                Err(record(&self.span, error))
            }
        }
    }
}

fn record(span: &Span, error: Error) -> Error {
    span.record("attempts", error.attempts());
    span.record("request_id", error.request_id());
    span.record("error", error.kind().as_str());
    span.record("ambiguous", error.is_ambiguous());
    error
}

//! One call: a body goes out, a body comes back, or an error says what is known.

use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::byte_stream::error::Error as ByteStreamError;
use bytes::Bytes;
use tracing::{Instrument as _, Span};

use super::Client;
use super::carrier::{Carrier, Sending};
use super::exchange::{Exchange, State};
use super::failure::Failure;
use super::operation::Operation;
use super::overrides::Overrides;
use super::retry::Stopped;
use super::throttling;
use crate::error::{Error, ErrorKind};

/// Makes of an error the one that it is. An ambiguous one is not judged: whose work its condition met, nobody knows.
pub(crate) type Judge = Box<dyn FnOnce(Error) -> Error + Send>;

/// A request that is ready to be sent.
pub(crate) struct Call {
    pub(crate) carrier: &'static Carrier,
    /// The Rust type, for errors and spans.
    pub(crate) entity: &'static str,
    /// The table's name or ARN, as [`Client::table_name`] resolved it.
    pub(crate) table: String,
    /// The index that is read, for spans.
    pub(crate) index: Option<&'static str>,
    /// The whole request as DynamoDB JSON.
    pub(crate) body: Vec<u8>,
    /// Whether sending the request twice has the same effect as sending it once.
    ///
    /// `false` for a write with `ADD`, arithmetic or `list_append`: it is then not repeated after an attempt whose
    /// outcome is unknown. For `TransactWriteItems`, `true` says that the body carries a client request token.
    pub(crate) idempotent: bool,
    /// What a refusal means, where the request knows it better than DynamoDB.
    pub(crate) judge: Option<Judge>,
    /// What the request sets for itself, over the client's defaults.
    pub(crate) overrides: Overrides,
}

/// The answer to a [`Call`].
pub(crate) struct Response {
    /// The whole response as DynamoDB JSON: a JSON object, whose checksum was verified where there was one.
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
    /// How many times the request was sent.
    pub(crate) attempts: u32,
    /// An earlier attempt of this write may have taken effect already, so that what the answer says of the item as
    /// it was before may be the work of the request itself.
    pub(crate) ambiguous_before: bool,
    span: Span,
}

impl Response {
    /// Records in the operation's span how many items were read or written.
    pub(crate) fn record_items(&self, items: usize) {
        self.span.record("items", items);
    }

    /// Records in the operation's span the capacity units that were consumed.
    pub(crate) fn record_capacity(&self, units: f64) {
        self.span.record("consumed_capacity", units);
    }

    /// Records in the operation's span that the answer could not be used.
    pub(crate) fn record_error(&self, error: &Error) {
        self.span.record("error", error.kind().as_str());
        self.span.record("ambiguous", error.is_ambiguous());
    }
}

/// Sends a request and waits for its answer.
///
/// # Errors
///
/// DynamoDB's refusals by their kind; `Deadline` and `Transport` where there was no usable answer. An error of a
/// write is ambiguous if any attempt may have taken effect.
pub(crate) async fn call(client: &Client, mut call: Call) -> Result<Response, Error> {
    let span = call.carrier.operation.span(call.entity, &call.table, call.index);
    let judge = call.judge.take();
    let result = match Sent::begin(client, call) {
        // Only the box goes into the span: what is built around it on the way is large, and would be moved.
        Ok((sent, sending)) => {
            let result = sending.instrument(span.clone()).await;
            sent.end(client, result, &span).await
        }
        Err(error) => Err(error),
    };
    match result {
        Ok(mut response) => {
            span.record("attempts", response.attempts);
            span.record("request_id", response.request_id.as_deref());
            response.span = span;
            Ok(response)
        }
        Err(error) => {
            // What may have met the work of its own first attempt is nobody else's doing.
            let error = match judge {
                Some(judge) if !error.is_ambiguous() => judge(error),
                _ => error,
            };
            span.record("attempts", error.attempts());
            span.record("request_id", error.request_id());
            span.record("error", error.kind().as_str());
            span.record("ambiguous", error.is_ambiguous());
            Err(error)
        }
    }
}

/// What remains of a [`Call`] while it is under way.
struct Sent {
    operation: Operation,
    entity: &'static str,
    idempotent: bool,
    exchange: Exchange,
}

impl Sent {
    /// Hands the request to the SDK, if there is time for it.
    fn begin(client: &Client, call: Call) -> Result<(Self, Sending), Error> {
        let Call { carrier, entity, table, body, idempotent, overrides, .. } = call;
        let operation = carrier.operation;
        // It is asked again when the request is about to leave: this spares what comes before that.
        if client.deadline.is_some_and(|deadline| deadline.has_come()) {
            return Err(too_late(entity, operation.name()));
        }
        let repeatable = idempotent || !operation.is_write();
        let (mut config, terms) = client.config_override(overrides);
        let exchange = Exchange::new(carrier, repeatable, terms, body);
        client.intercept(&mut config, &exchange);
        config.push_retry_classifier(SharedRetryClassifier::new(exchange.clone()));
        match carrier.send(client, table, config) {
            Ok(sending) => Ok((Self { operation, entity, idempotent, exchange }, sending)),
            Err(failure) => Err(failure.into_error(entity, operation.name(), 0)),
        }
    }

    /// Makes an answer or an error of what is known at the end.
    async fn end(
        self,
        client: &Client,
        result: Result<(), Box<Failure>>,
        span: &Span,
    ) -> Result<Response, Error> {
        let Self { operation, entity, idempotent, exchange } = self;
        let state = exchange.take();
        let State { attempts, ambiguous_before, .. } = state;
        if let Some(reasons) = &state.throttling {
            span.record("throttled_by", throttling::line(reasons));
        }
        match (result, state.answer) {
            (Ok(()), Some(answer)) if state.serialized => match bytes_of(answer.body).await {
                Ok(body) => {
                    client.retries().budget.earn();
                    Ok(Response {
                        body,
                        request_id: answer.request_id,
                        attempts,
                        ambiguous_before: operation.is_write() && ambiguous_before,
                        span: Span::none(),
                    })
                }
                Err(error) => Err(Error::new(ErrorKind::Transport, entity)
                    .with_operation(operation.name())
                    .with_attempts(attempts)
                    .with_ambiguous(operation.is_write())
                    .with_source(error)),
            },
            // The SDK calls it a success, and we did not write the request or did not read the response.
            (Ok(()), _) => Err(Error::new(ErrorKind::SdkIncompatible, entity)
                .with_operation(operation.name())
                .with_attempts(attempts)
                .with_ambiguous(operation.is_write() && state.serialized)),
            (Err(failure), _) => {
                let error = failure.into_error(entity, operation.name(), attempts);
                let error = match state.throttling {
                    // The request's tables are in it.
                    Some(reasons) if error.is_throttled() => error.with_throttling(reasons),
                    _ => error,
                };
                let error = explain(error, client, state.stopped);
                if !state.serialized && error.kind() != ErrorKind::InvalidRequest {
                    // What failed was the shell.
                    return Err(error.with_kind(ErrorKind::SdkIncompatible));
                }
                // With a token a repeated transaction that had succeeded succeeds again: a cancellation is the truth.
                // Not so where it was for a conflict or throttling, which can turn it away before the token is looked at.
                let by_token = idempotent && operation == Operation::TransactWriteItems;
                let settled = by_token
                    && error.kind() == ErrorKind::TransactionCanceled
                    && !error.canceled_in_passing();
                let unknown = state.open || (ambiguous_before && !settled);
                Err(error.with_ambiguous(operation.is_write() && unknown))
            }
        }
    }
}

const NOT_SENT: &str = "the deadline left no time to send it";

/// A request that the deadline left no time for.
pub(super) fn too_late(entity: &'static str, operation: &'static str) -> Error {
    Error::new(ErrorKind::Deadline, entity).with_operation(operation).with_out_of_time().with_detail(NOT_SENT)
}

/// Says of an error what the deadline and the budget had to do with it.
pub(super) fn explain(error: Error, client: &Client, stopped: Option<Stopped>) -> Error {
    let is_cut = || client.deadline.is_some_and(|deadline| deadline.has_come());
    match stopped {
        Some(Stopped::Late) if error.attempts() == 0 => error.with_out_of_time().with_detail(NOT_SENT),
        Some(Stopped::Late) => error.with_out_of_time().with_detail("the deadline left no time to repeat it"),
        Some(Stopped::Spent) => error.with_detail("the retry budget is used up, so it was not repeated"),
        None if error.kind() == ErrorKind::Deadline && is_cut() => {
            error.with_out_of_time().with_detail("the deadline came before the answer")
        }
        None => error,
    }
}

/// The bytes of a body in memory, shared and not copied.
///
/// Such a body comes in one piece, so that there is nothing to collect.
async fn bytes_of(body: SdkBody) -> Result<Bytes, ByteStreamError> {
    Ok(ByteStream::new(body).next().await.transpose()?.unwrap_or_default())
}

//! One exchange with DynamoDB: our serializer and deserializer, put into the SDK's pipeline by an interceptor.
//!
//! The orchestrator of the SDK takes the request's serializer and the response's deserializer from its config bag. Ours
//! stand in a layer that all requests of a handle share, and find the exchange of their request in the bag; the
//! interceptor puts both there. That they are taken from it is behaviour and not documentation, so nothing is taken on
//! trust: the exchange keeps account of what ran, nothing is sent unless our serializer wrote it, and nothing counts as
//! an answer unless our deserializer read it in the last attempt. A test pins the order.
//!
//! It also keeps account of what is known of each attempt. An attempt is *open* from the moment it may have left the
//! machine until there is proof that DynamoDB answered it or never executed it; see [`super::outcome`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, Error, FinalizerInterceptorContextRef, Input, Output,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{
    HttpRequest, HttpResponse, OrchestratorError, SensitiveOutput,
};
use aws_smithy_runtime_api::client::retries::classifiers::RetryAction;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer, Layer, Storable, StoreReplace};
use bytes::Bytes;
use http::HeaderName;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

use super::carrier::Carrier;
use super::operation::Operation;
use super::outcome::{Outcome, is_refusal};
use super::profile::Terms;
use super::retry::{Cost, Paid, Stopped};
use super::throttling;
use crate::error::ThrottlingReason;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What is known of one call; shared by its interceptor, serializer and deserializer.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Shared>);

struct Shared {
    wire: Wire,
    repeatable: bool,
    terms: Terms,
    state: Mutex<State>,
}

/// Who writes the request and reads the answer.
enum Wire {
    /// We do.
    Direct(&'static Carrier),
    /// The SDK does, by what this layer holds: the account is kept here, and an answer is read only if it arrived whole.
    Beside(Option<FrozenLayer>),
}

#[derive(Default)]
pub(super) struct State {
    /// The request's body, until it is serialized.
    body: Option<Vec<u8>>,
    /// Our serializer wrote the request.
    pub(super) serialized: bool,
    /// How many attempts were handed to the connection.
    pub(super) attempts: u32,
    /// The last attempt may have been executed, for all that is known.
    pub(super) open: bool,
    /// An attempt before the last may have been executed.
    pub(super) ambiguous_before: bool,
    /// The body of a transaction, which names the tables of its parts.
    transaction: Option<Bytes>,
    /// Why the last attempt that was throttled was.
    pub(super) throttling: Option<Vec<ThrottlingReason>>,
    /// What our deserializer read in the last attempt.
    pub(super) answer: Option<Answer>,
    /// What our retry classifier said of the last attempt.
    pub(super) verdict: Option<RetryAction>,
    /// An attempt that is paid for and has not begun.
    pub(super) paid: Option<Paid>,
    /// Why there was not another attempt.
    pub(super) stopped: Option<Stopped>,
}

/// A response that our deserializer accepted.
pub(super) struct Answer {
    pub(super) body: SdkBody,
    pub(super) request_id: Option<String>,
}

impl Exchange {
    pub(super) fn new(carrier: &'static Carrier, repeatable: bool, terms: Terms, body: Vec<u8>) -> Self {
        let state = Mutex::new(State { body: Some(body), ..State::default() });
        Self(Arc::new(Shared { wire: Wire::Direct(carrier), repeatable, terms, state }))
    }

    /// The exchange of the request that has this configuration.
    fn of(config: &ConfigBag) -> Result<&Self, &'static str> {
        config.load::<Self>().ok_or("the library's interceptor did not run")
    }

    /// Keeps account of a request that the SDK writes and reads itself, and that may be repeated.
    pub(super) fn beside(terms: Terms, layer: Option<FrozenLayer>) -> Self {
        let state = Mutex::new(State { serialized: true, ..State::default() });
        Self(Arc::new(Shared { wire: Wire::Beside(layer), repeatable: true, terms, state }))
    }

    /// What is known at the end.
    pub(super) fn take(&self) -> State {
        let mut state = std::mem::take(&mut *self.state());
        state.paid = None;
        state
    }

    pub(super) fn operation(&self) -> Option<Operation> {
        match self.0.wire {
            Wire::Direct(carrier) => Some(carrier.operation),
            Wire::Beside(_) => None,
        }
    }

    pub(super) fn is_repeatable(&self) -> bool {
        self.0.repeatable
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.0.terms
    }

    /// The state, also after a panic elsewhere: every field is valid at any time.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Never the body: the SDK prints its config bag when it traces.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exchange").field(&self.operation()).finish()
    }
}

/// Found by the serializer and the deserializer, which are the same for all.
impl Storable for Exchange {
    type Storer = StoreReplace<Self>;
}

// The hint spares a call for each of the hooks that are not here.
#[dyn_dispatch_hint]
impl Intercept for Exchange {
    fn name(&self) -> &'static str {
        "theory"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.terms.tell(cfg);
        cfg.interceptor_state().store_put(self.clone());
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut state = self.state();
        state.ambiguous_before |= state.open;
        state.open = false;
        state.answer = None;
        state.verdict = None;
        match state.paid.take() {
            Some(paid) => paid.spend(),
            None if state.attempts > 0 => {
                // A classifier of the user's wanted it. It is not refused, and counts all the same.
                self.0.terms.retries.budget.take(Cost::Repetition);
            }
            None => {}
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut state = self.state();
        if !state.serialized {
            return Err("the request was not written by the library's serializer".into());
        }
        if state.ambiguous_before && !self.0.repeatable {
            // Our retry classifier forbids this. Should it ever not be asked, stop here.
            return Err("a write that may have taken effect must not be repeated".into());
        }
        if self.0.terms.deadline.is_some_and(|deadline| deadline.has_come()) {
            // It took its time to find credentials.
            state.stopped = Some(Stopped::Late);
            return Err("the deadline left no time to send the request".into());
        }
        state.attempts += 1;
        state.open = true;
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The attempt may time out while the body arrives, and older orchestrators (before 1.16.2) then leave out
        // `read_after_attempt`. A refusal is known by its status, before its body.
        if is_refusal(context.response().status().as_u16()) {
            self.state().open = false;
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut state = self.state();
        match Outcome::of(context.output_or_error(), context.response()) {
            Outcome::Answered | Outcome::NotExecuted => state.open = false,
            Outcome::Unknown => {}
        }
        // Only a body that was read, and found whole.
        if let (Some(Err(error)), Some(response)) = (context.output_or_error(), context.response())
            && error.is_operation_error()
            && let Some(body) = response.body().bytes()
            && let Some(reasons) = throttling::reasons(body, state.transaction.as_deref())
        {
            state.throttling = Some(reasons);
        }
        Ok(())
    }
}

/// Lets the exchange of each request write it and read its answer.
pub(super) fn write_and_read(layer: &mut Layer) {
    layer
        .store_put(SharedRequestSerializer::new(Codec))
        .store_put(SharedResponseDeserializer::new(Codec))
        .store_put(SensitiveOutput);
}

/// Lets the exchange of each request see its answer, before the SDK reads it.
pub(super) fn check(layer: &mut Layer) {
    layer.store_put(SharedResponseDeserializer::new(Codec));
}

/// Writes requests and reads answers, each by its exchange.
#[derive(Debug)]
struct Codec;

impl SerializeRequest for Codec {
    fn serialize_input(&self, _: Input, cfg: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        Exchange::of(cfg)?.write()
    }
}

impl DeserializeResponse for Codec {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let exchange = Exchange::of(cfg).map_err(OrchestratorError::other)?;
        exchange.read(response, cfg)
    }
}

impl Exchange {
    fn write(&self) -> Result<HttpRequest, BoxError> {
        let Wire::Direct(carrier) = self.0.wire else { return Err("the SDK writes this request".into()) };
        let body = {
            let mut state = self.state();
            state.serialized = true;
            let body = Bytes::from(state.body.take().ok_or("the request was serialized twice")?);
            if matches!(carrier.operation, Operation::TransactGetItems | Operation::TransactWriteItems) {
                state.transaction = Some(body.clone());
            }
            body
        };
        let length = body.len();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, "application/x-amz-json-1.0");
        headers.insert(TARGET, carrier.operation.target());
        headers.insert(CONTENT_LENGTH, itoa::Buffer::new().format(length).to_owned());
        Ok(request)
    }

    fn read(&self, response: &HttpResponse, cfg: &ConfigBag) -> Result<Output, OrchestratorError<Error>> {
        let bytes = response.body().bytes().ok_or_else(|| unreadable("the body was not loaded"))?;
        let checksum = response.headers().get("x-amz-crc32");
        if !response.status().is_success() {
            // What is wrong, and the item that a condition met, must be as DynamoDB wrote it too. An error without a
            // checksum may come from a proxy, and need not be JSON.
            match_checksum(bytes, checksum).map_err(unreadable)?;
            return self.deserialize_as_sdk(response, cfg);
        }
        check_whole(bytes, checksum).map_err(unreadable)?;
        let Wire::Direct(carrier) = self.0.wire else { return self.deserialize_as_sdk(response, cfg) };
        let body = response.body().try_clone().ok_or_else(|| unreadable("the body cannot be shared"))?;
        let headers = response.headers();
        let request_id = headers.get("x-amzn-requestid").or_else(|| headers.get("x-amz-request-id"));
        let answer = Answer { body, request_id: request_id.map(str::to_owned) };
        self.state().answer = Some(answer);
        Ok(carrier.empty_output())
    }

    /// An error's deserializer is the SDK's own, which makes it typed.
    fn deserialize_as_sdk(
        &self,
        response: &HttpResponse,
        cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let direct;
        let layer = match &self.0.wire {
            Wire::Direct(carrier) => {
                direct = carrier.stock_layer();
                &direct
            }
            Wire::Beside(layer) => layer,
        };
        match layer.as_ref().and_then(|layer| layer.load::<SharedResponseDeserializer>()) {
            Some(stock) => stock.deserialize_nonstreaming_with_config(response, cfg),
            None => Err(unreadable("the SDK has no deserializer for this operation")),
        }
    }
}

/// A response error, which the retry policy takes for transient.
fn unreadable(reason: &'static str) -> OrchestratorError<Error> {
    OrchestratorError::response(reason.into())
}

/// Checks that a body arrived whole: by DynamoDB's checksum, and where there is none by its first and last byte.
fn check_whole(body: &[u8], checksum: Option<&str>) -> Result<(), &'static str> {
    match_checksum(body, checksum)?;
    let body = body.trim_ascii();
    if body.starts_with(b"{") && body.ends_with(b"}") { Ok(()) } else { Err("the body is not a JSON object") }
}

fn match_checksum(body: &[u8], checksum: Option<&str>) -> Result<(), &'static str> {
    match checksum {
        Some(checksum) if checksum.parse() != Ok(crc32fast::hash(body)) => {
            Err("the body does not match its x-amz-crc32")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_whole;

    #[test]
    fn a_body_is_whole_or_refused() {
        let body = br#"{"Item":{}}"#;
        let crc = crc32fast::hash(body).to_string();
        assert_eq!(check_whole(body, Some(&crc)), Ok(()));
        assert_eq!(check_whole(body, None), Ok(()));
        assert_eq!(check_whole(b" {} \n", None), Ok(()));
        for (body, crc) in [
            (&body[..body.len() - 1], Some(crc.as_str())),
            (&body[..body.len() - 2], None),
            (b"", None),
            (b"<html></html>", None),
            (body, Some("17")),
            (body, Some("")),
            (body, Some("-1")),
        ] {
            assert!(check_whole(body, crc).is_err(), "{body:?} {crc:?}");
        }
    }
}

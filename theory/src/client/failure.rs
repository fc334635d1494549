//! From the SDK's errors, one type per operation, to ours.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use super::error_body::{elements, member, text};
use super::outcome::is_throttling;
use super::throttling;
use crate::error::{CancellationReason, Error, ErrorKind, ServiceAnswer, Source};

/// An SDK error of any operation, read before it was erased.
pub(crate) struct Failure {
    kind: ErrorKind,
    service: Option<ServiceAnswer>,
    source: Source,
}

impl Failure {
    pub(crate) fn new<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let request_id = error.request_id().map(str::to_owned);
        let (kind, service) = match &error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                let body = service.raw().body().bytes().unwrap_or_default();
                let answer = answer(meta.code(), meta.message(), request_id, body);
                (kind_of(&answer, service.raw().status().as_u16()), Some(answer))
            }
            SdkError::TimeoutError(_) => (ErrorKind::Deadline, None),
            // The connection's own time-outs, to connect or to the first byte of an answer.
            SdkError::DispatchFailure(failure) if failure.is_timeout() => (ErrorKind::Deadline, None),
            SdkError::ConstructionFailure(_) => (ErrorKind::InvalidRequest, None),
            _ => (ErrorKind::Transport, request_id.map(only_id)),
        };
        Self { kind, service, source: Box::new(error) }
    }

    /// In a box, as it is returned: it is large, and rare.
    pub(crate) fn boxed<E>(error: SdkError<E, HttpResponse>) -> Box<Self>
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        Box::new(Self::new(error))
    }

    /// The error for the caller, who knows what was attempted.
    pub(crate) fn into_error(self, entity: &'static str, operation: &'static str, attempts: u32) -> Error {
        let kind = match self.kind {
            ErrorKind::Transport => dispatch_kind(&*self.source, attempts > 0),
            kind => kind,
        };
        let error = Error::new(kind, entity)
            .with_operation(operation)
            .with_attempts(attempts)
            .with_boxed_source(self.source);
        match self.service {
            Some(service) => error.with_service(service),
            None => error,
        }
    }
}

fn only_id(request_id: String) -> ServiceAnswer {
    ServiceAnswer { request_id: Some(request_id), ..ServiceAnswer::default() }
}

fn answer(
    code: Option<&str>,
    message: Option<&str>,
    request_id: Option<String>,
    body: &[u8],
) -> ServiceAnswer {
    let raw = |json: &[u8]| -> Option<Box<[u8]>> { json.starts_with(b"{").then(|| json.into()) };
    let parts = member(body, &["CancellationReasons"]).unwrap_or_default();
    ServiceAnswer {
        code: code.map(str::to_owned),
        message: message.map(str::to_owned),
        request_id,
        throttling: throttling::reasons(body, None).unwrap_or_default(),
        cancellation: elements(parts)
            .map(|part| CancellationReason {
                code: member(part, &["Code"])
                    .and_then(text)
                    .filter(|code| *code != "None")
                    .map(str::to_owned),
                item: member(part, &["Item"]).and_then(raw),
                verdict: None,
                is_too_large: member(part, &["Message", "message"]).and_then(text).is_some_and(is_too_large),
                constraint: None,
            })
            .collect(),
        item: member(body, &["Item"]).and_then(raw),
        returned: None,
    }
}

fn kind_of(answer: &ServiceAnswer, status: u16) -> ErrorKind {
    let code = answer.code.as_deref().unwrap_or_default();
    match code {
        "ConditionalCheckFailedException" => ErrorKind::ConditionFailed,
        "ValidationException" | "SerializationException" | "IdempotentParameterMismatchException" => {
            invalid(answer.message.as_deref().unwrap_or_default())
        }
        "ItemCollectionSizeLimitExceededException" => ErrorKind::ItemCollectionTooLarge,
        "ResourceNotFoundException" | "TableNotFoundException" => ErrorKind::TableNotFound,
        "ResourceInUseException" | "TableInUseException" | "TableAlreadyExistsException" => {
            ErrorKind::TableInUse
        }
        "LimitExceededException" => ErrorKind::LimitExceeded,
        "TransactionConflictException" | "TransactionInProgressException" => ErrorKind::TransactionConflict,
        "TransactionCanceledException" => ErrorKind::TransactionCanceled,
        "ReplicatedWriteConflictException" => ErrorKind::ReplicatedWriteConflict,
        "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "InvalidClientTokenId"
        | "OptInRequired" => ErrorKind::AccessDenied,
        code if is_throttling(code) => ErrorKind::Throttled,
        _ if status == 403 => ErrorKind::AccessDenied,
        _ => ErrorKind::Service,
    }
}

/// DynamoDB has no code for an item that is too large, only these words.
fn invalid(message: &str) -> ErrorKind {
    if is_too_large(message) { ErrorKind::ItemTooLarge } else { ErrorKind::Validation }
}

fn is_too_large(message: &str) -> bool {
    message.contains("size has exceeded the maximum allowed size")
        || message.contains("Item size to update has exceeded")
}

/// What happened before or while a request was sent.
///
/// Credentials, endpoint and signature are dealt with once per attempt, so that their errors look like a failure to
/// dispatch.
fn dispatch_kind(error: &(dyn StdError + 'static), sent: bool) -> ErrorKind {
    let mut next = Some(error);
    while let Some(cause) = next {
        if cause.is::<CredentialsError>() {
            return ErrorKind::Credentials;
        }
        next = cause.source();
    }
    if sent { ErrorKind::Transport } else { ErrorKind::Configuration }
}

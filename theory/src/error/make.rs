//! How the library makes errors.

use std::borrow::Cow;
use std::error::Error as StdError;

use super::{Error, ErrorKind, Inner, ServiceAnswer, Source, ThrottlingReason};
use crate::cursor::Cursor;

impl Error {
    pub(crate) fn new(kind: ErrorKind, entity: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            entity,
            operation: None,
            ambiguous: false,
            attempts: 0,
            constraint: None,
            attribute: None,
            detail: None,
            service: None,
            out_of_time: false,
            cursor: None,
            source: None,
        }))
    }

    /// An answer that does not fit the entity.
    pub(crate) fn decode(
        entity: &'static str,
        operation: &'static str,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::Decode, entity).with_operation(operation).with_source(source)
    }

    /// A value that cannot be stored.
    pub(crate) fn encode(
        entity: &'static str,
        operation: &'static str,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::Encode, entity).with_operation(operation).with_source(source)
    }

    /// A request that is refused before anything is sent. `detail` says why, without a value.
    pub(crate) fn invalid_request(entity: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, entity).with_detail(detail)
    }

    /// An item that had to exist and does not.
    pub(crate) fn not_found(entity: &'static str, operation: &'static str) -> Self {
        Self::new(ErrorKind::NotFound, entity).with_operation(operation)
    }

    /// The error of a transaction of one write, as that of the write alone.
    pub(crate) fn into_single(mut self) -> Self {
        let [reason] = self.cancellation_reasons() else { return self };
        if let (ErrorKind::TransactionCanceled, Some(kind)) = (self.0.kind, reason.kind()) {
            let item = reason.item.clone();
            self.0.kind = kind;
            if let Some(service) = &mut self.0.service {
                service.item = item;
            }
        }
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_attribute(mut self, attribute: impl Into<Cow<'static, str>>) -> Self {
        self.0.attribute = Some(attribute.into());
        self
    }

    /// The name of the constraint that a write violates.
    pub(crate) fn with_constraint(mut self, constraint: &'static str) -> Self {
        self.0.constraint = Some(constraint);
        self
    }

    /// What else `Display` says. It must not hold a value.
    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_source(self, source: impl Into<Source>) -> Self {
        self.with_boxed_source(source.into())
    }

    pub(crate) fn with_boxed_source(mut self, source: Source) -> Self {
        self.0.source = Some(source);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks whether the write may have taken effect.
    pub(crate) fn with_ambiguous(mut self, ambiguous: bool) -> Self {
        self.0.ambiguous = ambiguous;
        self
    }

    /// The write is done, and it is its answer that could not be read. To the caller, who does not have the answer, that is a doubt like
    /// any other: it must not pass for a write that was not done.
    pub(crate) fn with_done(self) -> Self {
        self.with_ambiguous(true).with_detail("the write is done, and its answer could not be read")
    }

    /// What DynamoDB returned of the item, as raw JSON.
    pub(crate) fn with_returned(self, request_id: Option<String>, item: Option<Box<[u8]>>) -> Self {
        self.with_service(ServiceAnswer { request_id, returned: item, ..ServiceAnswer::default() })
    }

    /// The deadline of the handle ended it.
    pub(crate) fn with_out_of_time(mut self) -> Self {
        self.0.kind = ErrorKind::Deadline;
        self.0.out_of_time = true;
        self
    }

    /// Where to go on, for the error of a page.
    pub(crate) fn with_cursor(mut self, cursor: Cursor) -> Self {
        self.0.cursor = Some(Box::new(cursor));
        self
    }

    /// For whoever drops what was read before.
    pub(crate) fn without_cursor(mut self) -> Self {
        self.0.cursor = None;
        self
    }

    /// Why it was throttled, from whoever knows more than the answer says.
    pub(crate) fn with_throttling(mut self, reasons: Vec<ThrottlingReason>) -> Self {
        if let Some(service) = &mut self.0.service {
            service.throttling = reasons;
        }
        self
    }

    pub(crate) fn with_service(mut self, service: ServiceAnswer) -> Self {
        self.0.service = Some(Box::new(service));
        self
    }
}

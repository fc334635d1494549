//! What came back beside the output.

use super::ConsumedCapacity;

/// The output of a request, and what else DynamoDB said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<T> {
    /// What [`send`](super::Get::send) alone returns.
    pub output: T,
    /// The capacity units consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// DynamoDB's id of the request, for AWS support.
    pub request_id: Option<String>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// Whether an earlier attempt of this write may have taken effect: then an old item that was returned may be what the request itself
    /// had written.
    pub earlier_attempt_unknown: bool,
}

impl<T> Response<T> {
    /// The same with another output.
    pub(crate) fn map<U>(self, output: impl FnOnce(T) -> U) -> Response<U> {
        let Response { output: old, consumed_capacity, request_id, attempts, earlier_attempt_unknown } = self;
        let output = output(old);
        Response { output, consumed_capacity, request_id, attempts, earlier_attempt_unknown }
    }
}

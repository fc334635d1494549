//! What the user's closures are to the handler: named types, so that the handler's future is `Send` where theirs are.

use std::future::Ready;
use std::time::Duration;

use theory::stream::{Record, UndecodableRecord};
use theory::{Client, client::Deadline};

/// Handles one change.
pub trait Handle<C> {
    #[doc(hidden)]
    type Error: Into<lambda_runtime::Error>;
    #[doc(hidden)]
    type Future: Future<Output = Result<(), Self::Error>>;
    /// What is made once for an invocation.
    #[doc(hidden)]
    type Invocation;

    #[doc(hidden)]
    fn begin(&self, time: Duration) -> Self::Invocation;
    #[doc(hidden)]
    fn handle(&self, invocation: &Self::Invocation, change: C) -> Self::Future;
}

/// A closure that takes a change: what [`stream_handler`](super::stream_handler) is given.
pub struct HandleFn<F>(pub(super) F);

impl<C, F, Fut, E> Handle<C> for HandleFn<F>
where
    F: Fn(C) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Into<lambda_runtime::Error>,
{
    type Error = E;
    type Future = Fut;
    type Invocation = ();

    fn begin(&self, _: Duration) {}

    fn handle(&self, (): &(), change: C) -> Fut {
        (self.0)(change)
    }
}

/// A closure that takes the invocation's client and a change: what [`stream_handler_with`](super::stream_handler_with) is given.
pub struct HandleWithClient<F> {
    pub(super) client: Client,
    pub(super) handle: F,
}

impl<C, F, Fut, E> Handle<C> for HandleWithClient<F>
where
    F: Fn(Client, C) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Into<lambda_runtime::Error>,
{
    type Error = E;
    type Future = Fut;
    type Invocation = Client;

    fn begin(&self, time: Duration) -> Client {
        self.client.with_deadline(Deadline::after(time))
    }

    fn handle(&self, client: &Client, change: C) -> Fut {
        (self.handle)(client.clone(), change)
    }
}

/// Puts records aside that cannot be read.
pub trait DeadLetter {
    #[doc(hidden)]
    type Error: Into<lambda_runtime::Error>;
    #[doc(hidden)]
    type Future: Future<Output = Result<(), Self::Error>>;

    /// The record's error comes back where nobody wants the record.
    #[doc(hidden)]
    fn put_aside(&self, record: Undecodable) -> Result<Self::Future, theory::Error>;
}

/// Nothing is put aside: a record that cannot be read fails.
#[derive(Debug, Clone, Copy)]
pub struct NoDeadLetter;

impl DeadLetter for NoDeadLetter {
    type Error = lambda_runtime::Error;
    type Future = Ready<Result<(), lambda_runtime::Error>>;

    fn put_aside(&self, record: Undecodable) -> Result<Self::Future, theory::Error> {
        Err(record.error)
    }
}

/// A closure that takes what cannot be read: what [`on_undecodable`](super::StreamHandler::on_undecodable) is given.
pub struct DeadLetterFn<F>(pub(super) F);

impl<F, Fut, E> DeadLetter for DeadLetterFn<F>
where
    F: Fn(Undecodable) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Into<lambda_runtime::Error>,
{
    type Error = E;
    type Future = Fut;

    fn put_aside(&self, record: Undecodable) -> Result<Fut, theory::Error> {
        Ok((self.0)(record))
    }
}

/// A record that cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Undecodable {
    /// The record, of which `keys` and `new_image::<Item>` may still be read; or what stands in the event in its place.
    pub record: Result<Record, UndecodableRecord>,
    /// Why it cannot be read.
    pub error: theory::Error,
}

impl Undecodable {
    /// Its sequence number, if that can be read.
    pub fn sequence_number(&self) -> Option<&str> {
        super::sequence_number(&self.record)
    }
}

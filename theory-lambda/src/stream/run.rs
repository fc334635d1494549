//! One batch, record by record.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use theory::ErrorKind;
use theory::stream::{FromRecord, Record, UndecodableRecord};
use tokio::time::{Instant, Sleep};

use super::answer::{Chain, Failure, StreamError, StreamResponse};
use super::handle::{DeadLetter, Handle, Undecodable};
use super::order::Order;
use super::{Options, Report, sequence_number};
use crate::invocation::grace;

type Records = Vec<Result<Record, UndecodableRecord>>;

/// The future of one batch: what a [`StreamHandler`](super::StreamHandler) is called with.
#[must_use = "futures do nothing until they are polled"]
pub struct StreamFuture<C, H: Handle<C>, D: DeadLetter> {
    handle: Arc<H>,
    dead_letter: Arc<D>,
    invocation: H::Invocation,
    options: Options,
    records: Records,
    order: Order,
    running: FuturesUnordered<Running<H::Future, D::Future>>,
    /// From then on nothing begins.
    until: Instant,
    /// Then what is still at work is dropped.
    end: Instant,
    /// Made when it is first needed, because only then there is a runtime for certain.
    alarm: Option<Pin<Box<Sleep>>>,
    /// The failure of the lowest place.
    failure: Option<(usize, Failure)>,
    /// Why nothing is begun at all.
    refusal: Option<StreamError>,
}

/// Everything in it that is pinned is in a box of its own.
impl<C, H: Handle<C>, D: DeadLetter> Unpin for StreamFuture<C, H, D> {}

impl<C: FromRecord, H: Handle<C>, D: DeadLetter> StreamFuture<C, H, D> {
    pub(super) fn new(
        handle: Arc<H>,
        dead_letter: Arc<D>,
        options: Options,
        records: Records,
        time: Duration,
    ) -> Self {
        let now = Instant::now();
        let until = now.checked_add(time).unwrap_or(now + Duration::from_secs(86_400));
        let order = if options.concurrency == 1 {
            Order::without_keys(records.len())
        } else {
            // A record whose key cannot be read has no item whose order it could disturb.
            Order::by_key(records.iter().map(|record| record.as_ref().ok()?.keys().ok()))
        };
        Self {
            invocation: handle.begin(time),
            handle,
            dead_letter,
            options,
            records,
            order,
            running: FuturesUnordered::new(),
            until,
            // Without any time of its own the invocation is past its deadline, and nothing is waited for.
            end: if time.is_zero() { until } else { until + grace(options.buffer) },
            alarm: None,
            failure: None,
            refusal: None,
        }
    }

    /// One that does nothing but to fail.
    pub(super) fn refused(mut self, refusal: StreamError) -> Self {
        self.refusal = Some(refusal);
        self
    }

    fn time_is_up(&mut self, cx: &mut Context<'_>) -> bool {
        let now = Instant::now();
        // Whose client's time is up ends by itself, and may have something to give back.
        let moment = if self.running.is_empty() { self.until } else { self.end };
        // The user's future may have held up the thread, and with it the alarm.
        if now >= moment {
            return true;
        }
        let end = self.end;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        alarm.as_mut().poll(cx).is_ready()
    }

    fn begin(&mut self, place: usize) {
        match self.work(place) {
            Ok(Some(work)) => self.running.push(Running { place, work }),
            Ok(None) => self.order.done(place),
            Err(failure) => self.fail(place, failure),
        }
    }

    /// What there is to do for a record; nothing for one of another entity.
    fn work(&self, place: usize) -> Result<Option<Work<H::Future, D::Future>>, Failure> {
        let Some(record) = self.records.get(place) else { return Ok(None) };
        let error = match record {
            // Reading runs code of the user's too: the hook that upgrades old images.
            Ok(record) => match guarded(|| C::from_record(record))? {
                Ok(None) => return Ok(None),
                Ok(Some(change)) => {
                    let future = guarded(|| self.handle.handle(&self.invocation, change))?;
                    return Ok(Some(Work::Handle(Box::pin(future))));
                }
                // The stream is configured otherwise than the code expects. No record is to blame.
                Err(error) if error.kind() == ErrorKind::MissingImage => {
                    return Err(Failure::undecodable(error));
                }
                Err(error) => error,
            },
            Err(damaged) => damaged.into(),
        };
        match guarded(|| self.dead_letter.put_aside(Undecodable { record: record.clone(), error }))? {
            Ok(future) => Ok(Some(Work::PutAside(Box::pin(future)))),
            Err(error) => Err(Failure::undecodable(error)),
        }
    }

    fn fail(&mut self, place: usize, failure: Failure) {
        self.order.failed(place);
        // Each failure lies before the last one: what lies behind that is not at work any more.
        self.failure = Some((place, failure));
        let running = std::mem::take(&mut self.running);
        self.running = running.into_iter().filter(|running| !self.order.is_cut_off(running.place)).collect();
    }

    fn answer(&mut self) -> Result<StreamResponse, StreamError> {
        self.running.clear();
        let Some(place) = self.order.first_not_done() else { return Ok(StreamResponse::default()) };
        let failure = match self.failure.take() {
            Some((failed, failure)) if failed == place => failure,
            // Another failed behind it, before the time was up.
            _ => Failure::deadline(),
        };
        let number = self.records.get(place).and_then(sequence_number);
        let error = StreamError::new(failure, place, self.records.len(), number);
        match self.options.report {
            Report::Error => Err(error),
            Report::BatchItemFailures => {
                // Where this one has no number, the one before it is repeated with it.
                let from = self.records.iter().take(place + 1).rev().find_map(sequence_number);
                let Some(from) = from else { return Err(error) };
                tracing::error!(target: "theory_lambda", sequence_number = from, "{}", Chain(&error));
                Ok(StreamResponse::not_done_from(from))
            }
        }
    }
}

impl<C: FromRecord, H: Handle<C>, D: DeadLetter> Future for StreamFuture<C, H, D> {
    type Output = Result<StreamResponse, StreamError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(refusal) = this.refusal.take() {
            return Poll::Ready(Err(refusal));
        }
        loop {
            if this.order.is_over() || this.time_is_up(cx) {
                return Poll::Ready(this.answer());
            }
            if this.running.len() < this.options.concurrency
                && Instant::now() < this.until
                && let Some(place) = this.order.begin()
            {
                this.begin(place);
                continue;
            }
            match this.running.poll_next_unpin(cx) {
                Poll::Ready(Some((place, Ok(())))) => this.order.done(place),
                Poll::Ready(Some((place, Err(failure)))) => this.fail(place, failure),
                Poll::Ready(None) => return Poll::Ready(this.answer()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<C, H: Handle<C>, D: DeadLetter> fmt::Debug for StreamFuture<C, H, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamFuture").field("records", &self.records.len()).finish_non_exhaustive()
    }
}

/// A record that is at work.
struct Running<F, D> {
    place: usize,
    work: Work<F, D>,
}

enum Work<F, D> {
    Handle(Pin<Box<F>>),
    PutAside(Pin<Box<D>>),
}

impl<F, D, E, G> Future for Running<F, D>
where
    F: Future<Output = Result<(), E>>,
    D: Future<Output = Result<(), G>>,
    E: Into<lambda_runtime::Error>,
    G: Into<lambda_runtime::Error>,
{
    type Output = (usize, Result<(), Failure>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = guarded(|| match &mut self.work {
            Work::Handle(future) => future.as_mut().poll(cx).map_err(Failure::handler),
            Work::PutAside(future) => future.as_mut().poll(cx).map_err(Failure::handler),
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready((self.place, result)),
            Err(panic) => Poll::Ready((self.place, Err(panic))),
        }
    }
}

/// Calls code of the user's. What a panic leaves behind is not looked at again: the record has failed, and its future is dropped.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| Failure::panic())
}

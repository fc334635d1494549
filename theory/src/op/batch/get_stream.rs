//! Reads from a source that need not fit in memory, answered in its order.

use super::get::{BatchGet, BatchRead};
use super::get_answers::Answers;
use super::get_plan::Planning;
use super::policy::{Policy, Runtime, settings};
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::op::parts::encode_error;
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered};
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::BTreeMap;
use std::fmt;
use std::task::{Context, Poll};
use std::vec;
use theory_schema::limits;

/// How far a batch of reads has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadProgress {
    /// How many of what the source gave are answered, given on or not yet.
    pub read: usize,
    /// How many the source gave so far.
    pub taken: usize,
    /// How many requests were sent.
    pub requests: u64,
}

type OnProgress = Box<dyn FnMut(ReadProgress) + Send>;

/// Reads from a source that need not fit in memory. Made by [`batch_get_iter`] and [`batch_get_stream`].
#[must_use = "a batch does nothing until its stream is polled"]
pub struct GetStream<S> {
    source: S,
    policy: Policy,
    progress: Option<OnProgress>,
}

/// As [`batch_get`](crate::batch_get), from an iterator, in constant memory.
///
/// The answers come as a stream, in the order of the reads: an `Option` for each `get`, a tuple of such for each tuple. Twice as many
/// requests as may be under way at once are kept in memory at most, so that one that is throttled does not hold up the others
/// at once. A key that stands there several times within a request is asked for once.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "readings")]
/// # struct Reading { #[table(pk)] sensor: String, #[table(sk)] at: u64, value: f64 }
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// use futures_util::TryStreamExt as _;
///
/// let million = (0..1_000_000).map(|at| Reading::get("attic", at));
/// let mut readings = theory::batch_get_iter(million)
///     .on_progress(|progress| println!("{} read", progress.read))
///     .stream(client);
/// let mut sum = 0.0;
/// while let Some(reading) = readings.try_next().await? {
///     sum += reading.map_or(0.0, |reading| reading.value);
/// }
/// # let _ = sum;
/// # Ok(())
/// # }
/// ```
pub fn batch_get_iter<I>(gets: I) -> GetStream<stream::Iter<I::IntoIter>>
where
    I: IntoIterator<Item: BatchGet>,
{
    batch_get_stream(stream::iter(gets))
}

/// As [`batch_get_iter`], from a stream.
///
/// While the stream has nothing to give and nothing is under way, what it gave is asked for, be it less than a request could hold.
pub fn batch_get_stream<S: Stream<Item: BatchGet>>(gets: S) -> GetStream<S> {
    GetStream { source: gets, policy: Policy::default(), progress: None }
}

settings!(impl<S> GetStream<S>);

impl<S> GetStream<S> {
    /// Is told, after each request that came to an end, how far it has come.
    pub fn on_progress(mut self, tell: impl FnMut(ReadProgress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }
}

impl<S> GetStream<S>
where
    S: Stream<Item: BatchGet> + Send,
{
    /// The answers, read ahead as far as requests may be under way, and no further than they are taken.
    ///
    /// An item that does not fit its type and a key that DynamoDB refuses are errors in their places, and the stream goes on behind them. Whatever
    /// [`GetBatch::send`](super::GetBatch::send) fails for otherwise ends the stream: as many as it gave before are answered, and who goes
    /// on begins with the one for which the error stands.
    pub fn stream<'a>(self, client: &Client) -> BoxStream<'a, Result<<S::Item as BatchGet>::Output, Error>>
    where
        S: 'a,
    {
        let client = client.clone();
        let GetStream { source, policy, progress } = self;
        // Started when it is polled: only then there need be a timer.
        let started = async move {
            let mut driver = Driver::new(source.boxed(), policy.start(&client), progress);
            stream::poll_fn(move |context| driver.poll_next(context))
        };
        stream::once(started).flatten().boxed()
    }
}

impl<S> fmt::Debug for GetStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetStream").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// What the source gave for one request, or for a few if it gave as much at once.
struct Chunk<G: BatchGet> {
    shapes: Vec<G::Shape>,
    reads: Vec<BatchRead>,
}

/// The answers of a chunk.
struct Answered<T> {
    items: Vec<Result<T, Error>>,
    /// Its last one is an error behind which nothing follows.
    is_last: bool,
    requests: u64,
}

struct Driver<'a, G: BatchGet> {
    source: BoxStream<'a, G>,
    has_ended: bool,
    runtime: Runtime,
    progress: Option<OnProgress>,
    told: ReadProgress,
    filling: Chunk<G>,
    /// Chunks by their number.
    under_way: FuturesUnordered<BoxFuture<'a, (usize, Answered<G::Output>)>>,
    answered: BTreeMap<usize, Answered<G::Output>>,
    launched: usize,
    given: usize,
    giving: vec::IntoIter<Result<G::Output, Error>>,
    is_over: bool,
}

impl<'a, G: BatchGet + 'a> Driver<'a, G> {
    fn new(source: BoxStream<'a, G>, runtime: Runtime, progress: Option<OnProgress>) -> Self {
        Driver {
            source,
            has_ended: false,
            runtime,
            progress,
            told: ReadProgress::default(),
            filling: Chunk::new(),
            under_way: FuturesUnordered::new(),
            answered: BTreeMap::new(),
            launched: 0,
            given: 0,
            giving: Vec::new().into_iter(),
            is_over: false,
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<G::Output, Error>>> {
        loop {
            // What is under way goes on, whatever there is to give.
            while let Poll::Ready(Some((number, answered))) = self.under_way.poll_next_unpin(context) {
                self.settle(number, answered);
            }
            let before = self.launched;
            self.fill(context);
            if self.launched > before {
                continue;
            }
            if let Some(item) = self.giving.next() {
                return Poll::Ready(Some(item));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            if let Some(next) = self.answered.remove(&self.given) {
                self.given += 1;
                self.giving = next.items.into_iter();
                self.is_over = next.is_last;
                continue;
            }
            if !self.under_way.is_empty() || !self.has_ended {
                return Poll::Pending;
            }
            self.is_over = true;
        }
    }

    /// Takes from the source as much as there is room for.
    fn fill(&mut self, context: &mut Context<'_>) {
        let concurrency = self.runtime.policy.concurrency;
        while !self.has_ended
            && self.under_way.len() < concurrency
            && self.under_way.len() + self.answered.len() < concurrency.saturating_mul(2)
        {
            match self.source.poll_next_unpin(context) {
                Poll::Ready(Some(get)) => self.take(get),
                Poll::Ready(None) => {
                    self.has_ended = true;
                    self.launch();
                }
                Poll::Pending => {
                    if self.under_way.is_empty() {
                        self.launch();
                    }
                    return;
                }
            }
        }
    }

    fn take(&mut self, get: G) {
        let mut reads = Vec::new();
        let shape = get.give(&mut |read| reads.push(read));
        if self.filling.reads.len() + reads.len() > limits::BATCH_KEYS {
            self.launch();
        }
        let refusal = reads.iter().find_map(|read| {
            let error = read.head.as_ref().err()?;
            Some(encode_error(read.entity, Operation::BatchGetItem.name(), error.clone()))
        });
        if let Some(error) = refusal {
            self.launch();
            self.told.taken += 1;
            self.has_ended = true;
            let refused = Answered { items: vec![Err(error)], is_last: true, requests: 0 };
            self.answered.insert(self.launched, refused);
            self.launched += 1;
            return;
        }
        self.told.taken += 1;
        self.filling.shapes.push(shape);
        self.filling.reads.append(&mut reads);
        if self.filling.reads.len() >= limits::BATCH_KEYS {
            self.launch();
        }
    }

    fn launch(&mut self) {
        if self.filling.shapes.is_empty() {
            return;
        }
        let chunk = std::mem::replace(&mut self.filling, Chunk::new());
        let (number, runtime) = (self.launched, self.runtime.clone());
        let first = self.told.taken - chunk.shapes.len();
        self.launched += 1;
        self.under_way.push(async move { (number, chunk.run(runtime, first).await) }.boxed());
    }

    fn settle(&mut self, number: usize, answered: Answered<G::Output>) {
        // Nothing behind it will be given.
        self.has_ended |= answered.is_last;
        self.told.requests += answered.requests;
        self.told.read += answered.items.iter().filter(|item| item.is_ok()).count();
        self.answered.insert(number, answered);
        if let Some(tell) = &mut self.progress {
            tell(self.told);
        }
    }
}

impl<G: BatchGet> Chunk<G> {
    fn new() -> Self {
        Chunk { shapes: Vec::new(), reads: Vec::new() }
    }

    /// Reads all of it; `first` is the position of its first one.
    async fn run(self, runtime: Runtime, first: usize) -> Answered<G::Output> {
        let Chunk { shapes, reads } = self;
        let mut planning = Planning::with_room_for(reads.len(), &runtime.client);
        reads.into_iter().for_each(|read| planning.add(read));
        let mut answers: Answers = match planning.finish() {
            Ok(plan) => plan.run(runtime).await,
            Err(refused) => {
                let (_, error) = *refused;
                return Answered { items: vec![Err(error)], is_last: true, requests: 0 };
            }
        };
        let mut items = Vec::with_capacity(shapes.len());
        for (shape, position) in shapes.into_iter().zip(first..) {
            let partial = G::read(shape, &mut answers);
            match answers.error_at(position) {
                None => items.push(Ok(G::complete(partial))),
                Some(error) => {
                    items.push(Err(error));
                    if answers.is_stopped() {
                        return Answered { items, is_last: true, requests: answers.requests };
                    }
                }
            }
        }
        Answered { items, is_last: false, requests: answers.requests }
    }
}

//! Takes writes from a source, fills requests with them, keeps as many under way as wanted.
//!
//! The memory is bounded: by the requests under way, one more that is being filled, and as many writes that wait for an item.

use super::attempts::{MOST_REFUSED, Settled, settle};
use super::left::{Reason, Stop};
use super::policy::{Policy, Runtime};
use super::task;
use super::write::{BatchWritten, Finder, OnProgress, Progress, Write};
use super::write_request::{Item, Pending, Writes};
use crate::op::identity::Identity;
use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use theory_schema::limits;

/// What came out.
pub(super) struct Written {
    pub(super) summary: BatchWritten,
    pub(super) taken: usize,
    pub(super) left: Vec<Pending>,
    pub(super) stop: Option<Stop>,
    pub(super) policy: Policy,
    pub(super) in_order: bool,
    /// The name of the Rust type of what was taken last.
    pub(super) entity: &'static str,
    /// Whether the source was read to its end.
    pub(super) has_ended: bool,
}

pub(super) struct Driver {
    runtime: Runtime,
    progress: Option<OnProgress>,
    /// Whether there may be several writes on one item, which are then done in their order.
    in_order: bool,
    /// The name of the Rust type of what was taken last.
    entity: &'static str,
    /// What the source gave and was not taken up yet: an element can be several writes.
    given: VecDeque<Write>,
    has_ended: bool,
    finder: Finder,
    /// What goes out next, on items that differ from each other and from those under way.
    ready: VecDeque<Pending>,
    ready_bytes: usize,
    /// What waits for an item that is in `busy`.
    waiting: VecDeque<Pending>,
    /// The items of what is ready or under way.
    busy: HashSet<Item>,
    under_way: FuturesUnordered<BoxFuture<'static, Settled<Writes>>>,
    summary: BatchWritten,
    taken: usize,
    left: Vec<Pending>,
    /// How many of those left DynamoDB refused each for itself.
    refused: usize,
    stop: Option<Stop>,
}

enum Event {
    Taken(Write),
    Given(Vec<Write>),
    SourceEnded,
    Settled(Settled<Writes>),
    /// Nothing is under way and the source has nothing yet.
    Idle,
    /// All that is there waits for items whose earlier writes are left.
    Stuck,
    Late,
    Finished,
}

/// Whether a write can be a part of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fitness {
    Fit,
    Refused,
}

impl Driver {
    pub(super) fn new(runtime: Runtime, progress: Option<OnProgress>, in_order: bool) -> Self {
        Driver {
            runtime,
            progress,
            in_order,
            entity: "",
            given: VecDeque::new(),
            has_ended: false,
            finder: Finder::default(),
            ready: VecDeque::new(),
            ready_bytes: 0,
            waiting: VecDeque::new(),
            busy: HashSet::new(),
            under_way: FuturesUnordered::new(),
            summary: BatchWritten::default(),
            taken: 0,
            left: Vec::new(),
            refused: 0,
            stop: None,
        }
    }

    /// Writes these, and then what the source gives, until it ends or something ends the batch.
    pub(super) async fn run(&mut self, first: Vec<Write>, source: impl Stream<Item = Vec<Write>>) {
        self.given = first.into();
        let mut source = pin!(source);
        loop {
            self.launch(self.has_ended && self.given.is_empty() || self.is_crowded());
            match poll_fn(|context| self.poll(context, source.as_mut())).await {
                Event::Taken(write) => self.take(write),
                Event::Given(writes) => self.given = writes.into(),
                Event::SourceEnded => self.has_ended = true,
                Event::Settled(settled) => self.settle(settled),
                Event::Idle => self.launch(true),
                Event::Stuck => self.stop = Some(Stop::Failed),
                Event::Late => self.stop = Some(Stop::Late),
                Event::Finished => break,
            }
        }
    }

    pub(super) fn finish(mut self) -> Written {
        // What was given and not taken up when something ended the batch.
        while let Some(write) = self.given.pop_front() {
            let (pending, _) = self.pending(self.taken, write);
            self.taken += 1;
            self.left.push(pending);
        }
        let Driver {
            mut left,
            ready,
            waiting,
            summary,
            taken,
            stop,
            runtime,
            in_order,
            entity,
            has_ended,
            ..
        } = self;
        left.extend(ready.into_iter().chain(waiting));
        Written { summary, taken, left, stop, policy: runtime.policy, in_order, entity, has_ended }
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
        source: Pin<&mut impl Stream<Item = Vec<Write>>>,
    ) -> Poll<Event> {
        // One write is taken in any case: whoever has nothing to write is never late, and an error says of which entity it is.
        if self.taken > 0 && self.is_late(context) {
            return Poll::Ready(Event::Late);
        }
        if let Poll::Ready(Some(settled)) = self.under_way.poll_next_unpin(context) {
            return Poll::Ready(Event::Settled(settled));
        }
        let is_taking = self.stop.is_none() && !(self.has_ended && self.given.is_empty());
        if is_taking && !self.is_full() && !self.is_crowded() {
            if let Some(write) = self.given.pop_front() {
                return Poll::Ready(Event::Taken(write));
            }
            match source.poll_next(context) {
                Poll::Ready(Some(writes)) => return Poll::Ready(Event::Given(writes)),
                Poll::Ready(None) => return Poll::Ready(Event::SourceEnded),
                Poll::Pending => {}
            }
        }
        if self.is_late(context) {
            return Poll::Ready(Event::Late);
        }
        if !self.under_way.is_empty() {
            return Poll::Pending;
        }
        match is_taking {
            true if !self.ready.is_empty() => Poll::Ready(Event::Idle),
            true if self.is_crowded() => Poll::Ready(Event::Stuck),
            true => Poll::Pending,
            false => Poll::Ready(Event::Finished),
        }
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        self.stop.is_none()
            && self.runtime.deadline.as_mut().is_some_and(|deadline| deadline.poll_unpin(context).is_ready())
    }

    /// Whether what is ready fills a request.
    fn is_full(&self) -> bool {
        self.ready.len() >= limits::BATCH_WRITES || self.ready_bytes >= limits::BATCH_BYTES
    }

    /// Whether so many writes wait for an item that no more are taken.
    fn is_crowded(&self) -> bool {
        self.waiting.len() >= limits::BATCH_WRITES.saturating_mul(self.runtime.policy.concurrency)
    }

    fn take(&mut self, write: Write) {
        let position = self.taken;
        self.taken += 1;
        self.entity = write.entity.name;
        let (pending, fitness) = self.pending(position, write);
        if fitness == Fitness::Refused {
            self.left.push(pending);
            self.stop.get_or_insert(Stop::Failed);
            return;
        }
        // What waits for an item is in the order in which it came, and so gets it in that order.
        if self.busy.insert(pending.item.clone()) {
            self.make_ready(pending);
        } else {
            self.waiting.push_back(pending);
        }
    }

    fn make_ready(&mut self, pending: Pending) {
        self.ready_bytes += pending.bytes();
        self.ready.push_back(pending);
    }

    fn pending(&mut self, position: usize, mut write: Write) -> (Pending, Fitness) {
        let item = match write.refusal(position) {
            Some(refusal) => Err(refusal),
            None => write.find_item(&self.runtime.client, &mut self.finder),
        };
        let (item, reason, fitness) = match item {
            Ok(item) => (item, Reason::NotSent, Fitness::Fit),
            Err(error) => {
                let table = self.finder.table(&self.runtime.client, &write);
                let reason = Reason::Failed(Arc::new(error));
                (Item { table, key: Identity::default() }, reason, Fitness::Refused)
            }
        };
        (Pending { position, write, item, reason, is_in_doubt: false }, fitness)
    }

    /// Sends what is ready: full requests, and with `partial` also less than that.
    fn launch(&mut self, partial: bool) {
        while self.stop.is_none()
            && self.under_way.len() < self.runtime.policy.concurrency
            && (self.is_full() || (partial && !self.ready.is_empty()))
        {
            let mut writes: Vec<Pending> = Vec::new();
            let mut bytes = 0;
            while let Some(next) = self.ready.front() {
                let fits = writes.is_empty()
                    || (writes.len() < limits::BATCH_WRITES && bytes + next.bytes() <= limits::BATCH_BYTES);
                if !fits {
                    break;
                }
                bytes += next.bytes();
                writes.extend(self.ready.pop_front());
            }
            self.ready_bytes = self.ready_bytes.saturating_sub(bytes);
            self.under_way.push(task::of(settle(self.runtime.clone(), Writes::default(), writes)));
        }
    }

    fn settle(&mut self, settled: Settled<Writes>) {
        let Settled { work: Writes { done, consumed_capacity }, left, refused, stop, requests } = settled;
        self.summary.written += done.len();
        self.summary.requests += requests;
        if let Some(capacity) = &consumed_capacity {
            self.summary.consumed_capacity.get_or_insert_default().add(capacity);
        }
        self.left.extend(left);
        self.refused += refused;
        // What is left is kept in memory.
        let too_many = (self.refused > MOST_REFUSED).then_some(Stop::Failed);
        self.stop = self.stop.or(stop).or(too_many);
        // The items of what is left stay busy: what comes later must not be overwritten when that is sent again.
        for item in done {
            self.busy.remove(&item);
        }
        if self.stop.is_none() && !self.waiting.is_empty() {
            for pending in std::mem::take(&mut self.waiting) {
                if self.busy.insert(pending.item.clone()) {
                    self.make_ready(pending);
                } else {
                    self.waiting.push_back(pending);
                }
            }
        }
        self.tell();
    }

    fn tell(&mut self) {
        if let Some(tell) = &mut self.progress {
            let BatchWritten { written, requests, .. } = self.summary;
            tell(Progress { written, taken: self.taken, requests });
        }
    }
}

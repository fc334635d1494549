//! The items of all segments in one stream, and how far it is in each.
//!
//! A segment under way has one page: it is being fetched, or waits to be consumed. The next one is asked for when the last item of a page
//! was handed out. So the checkpoint has, for each such segment, the place where its page began; only the page that is being
//! consumed has been left in its middle, and the cursor there is made from the item's own key when it is asked for.

use super::Start;
use crate::cursor::{Cursor, ScanCheckpoint};
use crate::error::Error;
use crate::op::Page;
use crate::op::page::{Plan, SegmentPage};
use crate::table::FromItem;
use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The items of a scan in segments: a `Stream`, which knows where it stands. From [`ParallelScan::stream`](super::ParallelScan::stream).
///
/// An error ends it. What was yielded before stays counted, so that its [`checkpoint`](Self::checkpoint) goes on behind it.
#[must_use = "a stream does nothing until it is polled"]
pub struct ScanStream<O> {
    /// Where it stands, but for the page that is being consumed.
    checkpoint: ScanCheckpoint,
    /// What a segment's own plan is made from, or why there is none.
    plan: Result<Plan, Option<Error>>,
    concurrency: usize,
    /// How many items may still be yielded.
    left: Option<usize>,
    /// Segments that were begun before the scan was resumed.
    waiting: VecDeque<u32>,
    under_way: FuturesUnordered<BoxFuture<'static, Fetched<O>>>,
    /// Pages that were fetched; the first one is being consumed.
    ready: VecDeque<Ready<O>>,
    has_ended: bool,
}

// Nothing of it is pinned: an item is moved out of its page.
impl<O> Unpin for ScanStream<O> {}

/// What came of asking for a page.
struct Fetched<O> {
    segment: u32,
    plan: Plan,
    page: Result<Option<SegmentPage<O>>, Error>,
}

struct Ready<O> {
    segment: u32,
    /// Knows where the segment goes on behind this page.
    plan: Plan,
    next: Option<Cursor>,
    page: SegmentPage<O>,
    /// The items of the page that were not handed out.
    items: std::vec::IntoIter<O>,
    handed_out: usize,
}

impl<O: FromItem + Send + 'static> ScanStream<O> {
    pub(super) fn new(start: Start, concurrency: usize, left: Option<usize>) -> Self {
        let Start { checkpoint, plan } = start;
        ScanStream {
            waiting: checkpoint.begun.keys().copied().collect(),
            checkpoint,
            plan: plan.map_err(Some),
            concurrency,
            left,
            under_way: FuturesUnordered::new(),
            ready: VecDeque::new(),
            has_ended: false,
        }
    }

    /// The next page, or what is left of the one from which items were taken; `None` behind the last one.
    ///
    /// For work that is done page by page: the [`checkpoint`](Self::checkpoint) between two pages costs nothing. A page whose items were
    /// all left out by a filter is a page all the same. It has no [`next_cursor`](Page::next_cursor): where the scan goes on only
    /// the checkpoint knows.
    ///
    /// # Errors
    ///
    /// What is wrong with the request, a wrong checkpoint, DynamoDB's refusal, what happened on the way, or an item that cannot be read.
    pub async fn next_page(&mut self) -> Result<Option<Page<O>>, Error> {
        if !poll_fn(|context| self.poll_ready(context)).await? {
            return Ok(None);
        }
        let Some(ready) = self.ready.front_mut() else { return Ok(None) };
        let wanted = self.left.unwrap_or(usize::MAX).min(ready.items.len());
        let Page { scanned_count, consumed_capacity, .. } = &ready.page.page;
        let mut page = Page::default();
        (page.scanned_count, page.consumed_capacity) = (*scanned_count, consumed_capacity.clone());
        page.items.extend(ready.items.by_ref().take(wanted));
        ready.handed_out += wanted;
        let is_done = ready.items.len() == 0;
        self.count_down(wanted);
        if is_done {
            self.finish();
        }
        Ok(Some(page))
    }

    /// Waits until there is a page; `false` if there is none any more.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        if self.has_ended || self.left == Some(0) {
            return Poll::Ready(Ok(false));
        }
        if let Err(refusal) = &mut self.plan {
            self.has_ended = true;
            return Poll::Ready(refusal.take().map_or(Ok(false), Err));
        }
        while self.under_way.len() + self.ready.len() < self.concurrency {
            let Some(segment) = self.next_segment() else { break };
            self.fetch(segment);
        }
        // Also while there is a page to be consumed: what is not polled does not go on.
        while let Poll::Ready(Some(fetched)) = self.under_way.poll_next_unpin(context) {
            match fetched.page {
                Ok(Some(page)) => self.ready.push_back(Ready::new(fetched.segment, fetched.plan, page)),
                Ok(None) => {
                    self.checkpoint.begun.remove(&fetched.segment);
                }
                Err(error) => {
                    self.end();
                    return Poll::Ready(Err(error));
                }
            }
        }
        match (self.ready.is_empty(), self.under_way.is_empty()) {
            (false, _) => Poll::Ready(Ok(true)),
            (true, false) => Poll::Pending,
            (true, true) => {
                self.has_ended = true;
                Poll::Ready(Ok(false))
            }
        }
    }

    /// A segment that is to be begun, or gone on with.
    fn next_segment(&mut self) -> Option<u32> {
        if let Some(segment) = self.waiting.pop_front() {
            return Some(segment);
        }
        let segment = self.checkpoint.fresh;
        if segment >= self.checkpoint.segments {
            return None;
        }
        self.checkpoint.fresh += 1;
        self.checkpoint.begun.insert(segment, None);
        Some(segment)
    }

    fn fetch(&mut self, segment: u32) {
        let Ok(plan) = &self.plan else { return };
        let after = self.checkpoint.begun.get(&segment).cloned().flatten();
        let plan = plan.of_segment(segment, self.checkpoint.segments, after);
        self.fetch_next(segment, plan);
    }

    fn fetch_next(&mut self, segment: u32, mut plan: Plan) {
        let fetch = async move {
            let page = plan.next_of_segment().await;
            Fetched { segment, plan, page }
        };
        self.under_way.push(fetch.boxed());
    }

    /// Notes that the first page was handed out as a whole, and goes on behind it.
    fn finish(&mut self) {
        let Some(Ready { segment, plan, next, .. }) = self.ready.pop_front() else { return };
        match next {
            Some(next) => {
                self.checkpoint.begun.insert(segment, Some(next));
                if self.left != Some(0) {
                    self.fetch_next(segment, plan);
                }
            }
            None => {
                self.checkpoint.begun.remove(&segment);
            }
        }
    }

    fn count_down(&mut self, items: usize) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(items);
        }
    }

    /// Gives up what is under way. What was fetched is kept: the checkpoint is made from it.
    fn end(&mut self) {
        self.has_ended = true;
        self.under_way.clear();
    }
}

impl<O> ScanStream<O> {
    /// Where the scan stands: resumed from it, it yields exactly what this stream has not yielded.
    ///
    /// It can be asked for at any time, also after an error.
    pub fn checkpoint(&self) -> ScanCheckpoint {
        let mut checkpoint = self.checkpoint.clone();
        if let Some(ready) = self.ready.front()
            && let Some(place) = ready.place()
        {
            checkpoint.begun.insert(ready.segment, Some(place));
        }
        checkpoint
    }
}

impl<O> Ready<O> {
    fn new(segment: u32, plan: Plan, mut page: SegmentPage<O>) -> Self {
        let next = page.page.take_next();
        let items = std::mem::take(&mut page.page.items).into_iter();
        Ready { segment, plan, next, page, items, handed_out: 0 }
    }

    /// The place behind the last item that was handed out, if that is in the middle of the page.
    ///
    /// An item without its key would have none. DynamoDB sends no such item; the place is then where the page began, and what was handed
    /// out of it comes again: rather twice than never.
    fn place(&self) -> Option<Cursor> {
        let last = self.handed_out.checked_sub(1)?;
        self.plan.behind(self.page.json(last)?).ok()
    }
}

impl<O: FromItem + Send + 'static> Stream for ScanStream<O> {
    type Item = Result<O, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            match this.poll_ready(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Ok(false)) => return Poll::Ready(None),
                Poll::Ready(Ok(true)) => {}
            }
            let Some(ready) = this.ready.front_mut() else { return Poll::Ready(None) };
            let item = ready.items.next();
            let taken = usize::from(item.is_some());
            ready.handed_out += taken;
            let is_done = ready.items.len() == 0;
            this.count_down(taken);
            if is_done {
                this.finish();
            }
            if let Some(item) = item {
                return Poll::Ready(Some(Ok(item)));
            }
        }
    }
}

impl<O> fmt::Debug for ScanStream<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanStream").field("checkpoint", &self.checkpoint).finish_non_exhaustive()
    }
}

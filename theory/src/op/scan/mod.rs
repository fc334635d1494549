//! A scan in segments, several at once.

mod stream;

pub use stream::ScanStream;

use super::batch::same_table;
use super::page::Plan;
use super::query::Parts;
use super::source::ReadFrom;
use crate::client::Client;
use crate::cursor::{InvalidCheckpoint, InvalidCheckpointReason as Reason, ScanCheckpoint};
use crate::error::{Error, ErrorKind};
use futures_util::{StreamExt as _, TryStreamExt as _};
use std::fmt;
use std::marker::PhantomData;
use theory_schema::limits;

/// How many segments are read at once if nothing is said.
const CONCURRENCY: usize = 8;

/// Reads the whole table, or the whole of an index, in segments, several at once: parallel Scan. Made by
/// [`segments`](super::Query::segments) and [`resume`](super::Query::resume).
///
/// DynamoDB divides the table by its partition keys. Segments cost nothing by themselves: together they cost the read units of one
/// scan. What they need is throughput, because they take it as fast as it is given.
///
/// The stream can stop at any item, and [say where](ScanStream::checkpoint); the scan goes on from there in another process. Items that are
/// written or deleted meanwhile may or may not be seen, as in every scan; all others are seen once.
///
/// ```no_run
/// # use theory::Table;
/// use futures_util::StreamExt as _;
/// use theory::cursor::ScanCheckpoint;
///
/// # #[derive(Table)] #[table(name = "readings", scan)]
/// # struct Reading { #[table(pk)] sensor: String, #[table(sk)] at: u64, value: f64 }
/// # async fn migrate(_: Reading) {}
/// # async fn example(client: &theory::Client, saved: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
/// let saved: Option<ScanCheckpoint> = saved.map(|text| text.parse()).transpose()?;
///
/// let mut readings = Reading::scan()
///     .filter(Reading::VALUE.gt(100.0)) // what a scan can say is said before
///     .segments(32)
///     .concurrency(4)
///     .resume(saved) // `None` starts at the beginning
///     .stream(client);
/// let mut count = 0;
/// while let Some(reading) = readings.next().await {
///     migrate(reading?).await;
///     count += 1;
///     if count == 100_000 {
///         let checkpoint = readings.checkpoint();
///         println!("{} of {} segments are finished", checkpoint.finished(), checkpoint.segments());
///         println!("go on later from {checkpoint}");
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a scan does nothing until it is sent"]
pub struct ParallelScan<E, I, O> {
    parts: Parts,
    segments: u32,
    concurrency: usize,
    checkpoint: Option<ScanCheckpoint>,
    marker: PhantomData<fn() -> (E, I, O)>,
}

impl<E, I, O> ParallelScan<E, I, O> {
    pub(super) fn new(parts: Parts, segments: u32) -> Self {
        ParallelScan { parts, segments, concurrency: CONCURRENCY, checkpoint: None, marker: PhantomData }
    }

    /// How many segments may be read at once: 8 if nothing is said, and never less than 1.
    ///
    /// Each has one page at a time, under way or waiting to be consumed: so many pages of up to 1 MB are in memory.
    pub fn concurrency(mut self, segments: usize) -> Self {
        self.concurrency = segments.max(1);
        self
    }

    /// Goes on where a scan in segments stopped: on the same table or index, in the same number of segments.
    ///
    /// A checkpoint is checked before anything is sent; another one is an `InvalidCursor` error, whose source is the
    /// [`InvalidCheckpoint`](crate::cursor::InvalidCheckpoint). What else the scan says is not part of it and may differ: filter, page size,
    /// concurrency. With `None` the scan starts at the beginning.
    pub fn resume(mut self, checkpoint: impl Into<Option<ScanCheckpoint>>) -> Self {
        self.checkpoint = checkpoint.into();
        self
    }

    /// The items, as the segments give them.
    pub fn stream(self, client: &Client) -> ScanStream<O>
    where
        O: ReadFrom<I> + Send + 'static,
    {
        let (start, concurrency, left) = (self.begin(client.clone()), self.concurrency, self.parts.take);
        ScanStream::new(start, concurrency, left)
    }

    /// Reads all items into one `Vec`, in the order in which the segments give them.
    ///
    /// It costs, and takes, what all of them cost and take; a [`stream`](Self::stream) keeps a page of each segment in memory, and can
    /// say where to go on.
    ///
    /// # Errors
    ///
    /// What is wrong with the request, a wrong checkpoint, DynamoDB's refusal, or what happened on the way; what was read is lost with it.
    pub fn all(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Vec<O>, Error>> + Send + 'static + use<E, I, O>
    where
        O: ReadFrom<I> + Send + 'static,
    {
        let mut items = self.stream(client);
        async move {
            let mut all = Vec::new();
            while let Some(page) = items.next_page().await? {
                all.extend(page.items);
            }
            Ok(all)
        }
    }

    /// Counts the items, without reading them over the network.
    ///
    /// It goes through every page of every segment, and costs the same read units as the items; after
    /// [`resume`](Self::resume), those that were left.
    ///
    /// # Errors
    ///
    /// What is wrong with the request, a wrong checkpoint, DynamoDB's refusal, or what happened on the way.
    pub fn count(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<u64, Error>> + Send + 'static + use<E, I, O> {
        let client = client.clone();
        // DynamoDB takes one thing to select: the count, or attributes.
        let parts = Parts { projection: None, all_attributes: false, ..self.parts };
        let scan = ParallelScan::<(), (), ()> {
            parts,
            segments: self.segments,
            concurrency: self.concurrency,
            checkpoint: self.checkpoint,
            marker: PhantomData,
        };
        async move {
            let Start { checkpoint, plan } = scan.begin(client);
            let plan = plan?;
            if scan.parts.take == Some(0) {
                return Ok(0);
            }
            let ScanCheckpoint { segments, fresh, begun, .. } = checkpoint;
            let places = begun.into_iter().chain((fresh..segments).map(|segment| (segment, None)));
            let counts = futures_util::stream::iter(places)
                .map(|(segment, after)| {
                    let mut plan = plan.of_segment(segment, segments, after);
                    async move {
                        match plan.count_rest().await {
                            (count, None) => Ok(count),
                            (_, Some(error)) => Err(error),
                        }
                    }
                })
                .buffer_unordered(scan.concurrency);
            let count = counts.try_fold(0, async |sum: u64, count| Ok(sum + count)).await?;
            // `take` ends what is returned; of a count it is the upper limit.
            Ok(scan.parts.take.map_or(count, |most| count.min(most as u64)))
        }
    }

    /// What every request begins with, and where each segment goes on.
    fn begin(&self, client: Client) -> Start {
        let Parts { entity, index, .. } = self.parts;
        let table = client.table_name(entity.table, self.parts.overrides.table_name()).into_owned();
        let fresh = ScanCheckpoint::start(&table, index.map(|index| index.name), self.segments);
        let plan = self.check(&fresh).and_then(|()| Plan::new(self.parts.clone(), client));
        Start { checkpoint: self.checkpoint.clone().unwrap_or(fresh), plan }
    }

    fn check(&self, fresh: &ScanCheckpoint) -> Result<(), Error> {
        let entity = self.parts.entity.name;
        let operation = self.parts.operation().name();
        let refuse = |why: &'static str| Error::invalid_request(entity, why).with_operation(operation);
        if !(1..=limits::SCAN_SEGMENTS).contains(&self.segments) {
            return Err(refuse("a scan has 1 to 1,000,000 segments"));
        }
        if self.parts.start.is_some() {
            return Err(refuse("a scan in segments goes on from a checkpoint, not from a cursor"));
        }
        let Some(checkpoint) = &self.checkpoint else { return Ok(()) };
        self.compare(checkpoint, fresh).map_err(|reason| {
            Error::new(ErrorKind::InvalidCursor, entity)
                .with_operation(operation)
                .with_source(InvalidCheckpoint::from(reason))
        })
    }

    fn compare(&self, checkpoint: &ScanCheckpoint, fresh: &ScanCheckpoint) -> Result<(), Reason> {
        if !same_table(&fresh.table, &checkpoint.table) {
            return Err(Reason::Table);
        }
        if checkpoint.index != fresh.index {
            return Err(Reason::Index);
        }
        if checkpoint.segments != fresh.segments {
            return Err(Reason::Segments);
        }
        let mut cursors = checkpoint.begun.values().flatten();
        cursors.try_for_each(|cursor| {
            self.parts.check_cursor(cursor).map_err(|refused| Reason::Cursor(refused.reason()))
        })
    }
}

/// A scan that was checked, or refused.
struct Start {
    checkpoint: ScanCheckpoint,
    plan: Result<Plan, Error>,
}

impl<E, I, O> Clone for ParallelScan<E, I, O> {
    fn clone(&self) -> Self {
        ParallelScan {
            parts: self.parts.clone(),
            checkpoint: self.checkpoint.clone(),
            marker: PhantomData,
            ..*self
        }
    }
}

impl<E, I, O> fmt::Debug for ParallelScan<E, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { entity, index, .. } = &self.parts;
        f.debug_struct("ParallelScan")
            .field("entity", &entity.name)
            .field("index", &index.map(|index| index.name))
            .field("segments", &self.segments)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

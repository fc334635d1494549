//! The workers: segment after segment, page after page, item after item.

use super::TellFailed;
use super::fill::{Change, FillFn, Filled};
use super::patience::Patience;
use super::rate::Rate;
use super::record::{Checkpoint, End, Records};
use super::request::{Attributes, Request};
use crate::error::ExportError;
use crate::live::failed;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use theory::schema::Entity;
use theory::{Client, Item};
use tokio::time::Instant;

/// How often an item is read again because somebody else is writing it, too.
const TRIES: u64 = 10;
/// How many items of a page are written at once.
const AT_ONCE: usize = 8;

/// What became of a write.
enum Answer {
    Written,
    /// Something has changed since the item was read.
    Changed,
    /// DynamoDB does not take this item: it is too large, or the key of an index is none.
    Refused(String),
}

/// What the workers share.
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) entity: &'static Entity,
    pub(super) fill: Arc<FillFn>,
    pub(super) only: Option<Arc<dyn Fn(&Item) -> bool + Send + Sync>>,
    pub(super) page_size: i32,
    pub(super) segments: i32,
    pub(super) consistent: bool,
    pub(super) lease: Duration,
    pub(super) tell_failed: Option<Arc<TellFailed>>,
    /// Nothing is written in a dry run.
    pub(super) dry: bool,
    pub(super) reads: Rate,
    pub(super) writes: Rate,
    pub(super) patience: Patience,
}

/// Takes one segment after the other until all are done, or the time is over.
pub(super) async fn work(shared: Arc<Shared>, records: Records, segments: u32) -> Result<(), ExportError> {
    let mut pause = Duration::from_millis(100);
    while !shared.is_over() {
        let known = records.all().await.map_err(|error| records.failed(error))?;
        let begun: BTreeSet<u32> = known.iter().map(|checkpoint| checkpoint.segment).collect();
        let now = theory::Timestamp::now();
        let expired =
            known.iter().filter(|checkpoint| !checkpoint.done && checkpoint.lease_expires_at <= now);
        let free = (0..segments).filter(|segment| !begun.contains(segment)).map(|segment| (segment, None));
        let mut candidates: Vec<_> = free.chain(expired.map(|of| (of.segment, Some(of)))).collect();
        if candidates.is_empty() {
            if known.iter().filter(|checkpoint| checkpoint.done).count() >= segments as usize {
                return Ok(());
            }
            // Others are at it, and may die: then what they leave is done here.
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
            continue;
        }
        pause = Duration::from_millis(100);
        // Not all begin with the same one.
        let (segment, checkpoint) = candidates.swap_remove(place(candidates.len()));
        if let Some(checkpoint) =
            records.acquire(segment, checkpoint).await.map_err(|error| records.failed(error))?
        {
            shared.segment(&records, checkpoint).await?;
        }
    }
    Ok(())
}

fn place(count: usize) -> usize {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one(count);
    usize::try_from(random % (count.max(1) as u64)).unwrap_or_default()
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) scanned: u64,
    pub(super) written: u64,
    pub(super) complete: u64,
    pub(super) failed: u64,
    pub(super) conflicts: u64,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        self.scanned += 1;
        match outcome {
            Outcome::Other => {}
            Outcome::Written => self.written += 1,
            Outcome::Complete => self.complete += 1,
            Outcome::Failed => self.failed += 1,
        }
    }
}

/// What became of one item.
enum Outcome {
    Other,
    Written,
    Complete,
    Failed,
}

/// A lease that is refreshed while a page takes long.
struct Held<'a> {
    records: &'a Records,
    checkpoint: &'a mut Checkpoint,
    refreshed: Instant,
    lost: bool,
}

impl Shared {
    pub(super) fn is_over(&self) -> bool {
        self.patience.end.is_some_and(|end| Instant::now() >= end)
    }

    /// About how many items there are.
    pub(super) async fn estimate(&self) -> Result<u64, ExportError> {
        let described = self.client.sdk().describe_table().table_name(&self.table).send().await;
        let described = described.map_err(|error| failed("DescribeTable", &self.table, error))?;
        let count = described.table.and_then(|table| table.item_count).unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Counts what would be written in one segment; `tell` hears of every page, and whether it was the last.
    pub(super) async fn count(&self, segment: u32, tell: impl Fn(Counts, bool)) -> Result<(), ExportError> {
        let mut from = None;
        loop {
            let page = self.page(segment, from).await?;
            from = page.last_evaluated_key.clone();
            tell(self.fill_page(page, &mut None).await?, from.is_none());
            if from.is_none() || self.is_over() {
                return Ok(());
            }
        }
    }

    /// One segment, page after page, until its end, the time limit, or until another has it.
    async fn segment(&self, records: &Records, mut checkpoint: Checkpoint) -> Result<(), ExportError> {
        loop {
            let from = checkpoint.last_key.clone().map(Attributes::from);
            let page = self.page(checkpoint.segment, from).await?;
            let next = page.last_evaluated_key.clone();
            let held = Held { records, checkpoint: &mut checkpoint, refreshed: Instant::now(), lost: false };
            let mut held = Some(held);
            let counts = self.fill_page(page, &mut held).await?;
            if held.is_some_and(|held| held.lost) {
                return Ok(());
            }
            checkpoint.scanned += counts.scanned;
            checkpoint.written += counts.written;
            checkpoint.complete += counts.complete;
            checkpoint.failed += counts.failed;
            checkpoint.conflicts += counts.conflicts;
            checkpoint.done = next.is_none();
            checkpoint.last_key = match next.map(Item::try_from).transpose() {
                Ok(key) => key,
                Err(error) => {
                    return Err(ExportError::Unsupported(format!(
                        "the key of a page cannot be read: {error}"
                    )));
                }
            };
            let end = if checkpoint.done || self.is_over() { End::Release } else { End::Keep };
            let is_ours = records.save(&mut checkpoint, end).await.map_err(|error| records.failed(error))?;
            if !is_ours || end == End::Release {
                return Ok(());
            }
        }
    }

    async fn page(&self, segment: u32, from: Option<Attributes>) -> Result<ScanOutput, ExportError> {
        self.reads.wait().await;
        let scan = self
            .client
            .sdk()
            .scan()
            .table_name(&self.table)
            .segment(i32::try_from(segment).unwrap_or_default())
            .total_segments(self.segments)
            .limit(self.page_size)
            .consistent_read(self.consistent)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let page = self.patience.with(|| scan.clone().send()).await;
        let page = page.map_err(|error| failed("Scan", &self.table, error))?;
        self.reads.consumed(page.consumed_capacity().and_then(|used| used.capacity_units).unwrap_or(0.0));
        Ok(page)
    }

    async fn fill_page(&self, page: ScanOutput, held: &mut Option<Held<'_>>) -> Result<Counts, ExportError> {
        let mut counts = Counts::default();
        let mut items = page.items.unwrap_or_default().into_iter();
        loop {
            let some: Vec<_> = items.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return Ok(counts);
            }
            if let Some(held) = held
                && held.refreshed.elapsed() > self.lease / 3
            {
                held.refreshed = Instant::now();
                held.lost = !held
                    .records
                    .save(held.checkpoint, End::Keep)
                    .await
                    .map_err(|error| held.records.failed(error))?;
                if held.lost {
                    return Ok(counts);
                }
            }
            let some = some.into_iter().map(|item| self.item(item));
            for done in futures_util::future::join_all(some).await {
                let (outcome, conflicts) = done?;
                counts.add(&outcome);
                counts.conflicts += conflicts;
            }
        }
    }

    /// What became of an item, and how often somebody was faster.
    async fn item(&self, mut attributes: Attributes) -> Result<(Outcome, u64), ExportError> {
        let mut last = Attributes::new();
        for conflicts in 0..TRIES {
            let key: Attributes = self
                .entity
                .key
                .attributes()
                .filter_map(|key| Some((key.name.to_owned(), attributes.get(key.name)?.clone())))
                .collect();
            let item = match Item::try_from(attributes) {
                Ok(item) => item,
                Err(error) => return Ok((self.failed(key, &error.to_string()), conflicts)),
            };
            if self.only.as_ref().is_some_and(|is_meant| !is_meant(&item)) {
                return Ok((Outcome::Other, conflicts));
            }
            let change = match (self.fill)(&item) {
                Filled::Other => return Ok((Outcome::Other, conflicts)),
                Filled::Complete => return Ok((Outcome::Complete, conflicts)),
                Filled::Failed(why) => return Ok((self.failed(key, &why), conflicts)),
                Filled::Changed(_) if self.dry => return Ok((Outcome::Written, conflicts)),
                Filled::Changed(change) => change,
            };
            match self.write(key.clone(), &change).await? {
                Answer::Written => return Ok((Outcome::Written, conflicts)),
                Answer::Refused(why) => return Ok((self.failed(key, &why), conflicts)),
                Answer::Changed => {}
            }
            // Somebody was faster: what they wrote is what counts.
            match self.read(key.clone()).await? {
                Some(newer) => attributes = newer,
                None => return Ok((Outcome::Complete, conflicts + 1)),
            }
            last = key;
        }
        Ok((self.failed(last, "it is written all the time"), TRIES))
    }

    /// Tells of an item that is not filled in. Its key is for whoever asked for it, and not for a log.
    fn failed(&self, key: Attributes, why: &str) -> Outcome {
        tracing::warn!(entity = self.entity.name, "an item cannot be filled in: {why}");
        if let Some(tell) = &self.tell_failed {
            tell(&Item::try_from(key).unwrap_or_default(), why);
        }
        Outcome::Failed
    }

    async fn read(&self, key: Attributes) -> Result<Option<Attributes>, ExportError> {
        self.reads.wait().await;
        let get = self
            .client
            .sdk()
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let read = self.patience.with(|| get.clone().send()).await;
        let read = read.map_err(|error| failed("GetItem", &self.table, error))?;
        self.reads.consumed(read.consumed_capacity().and_then(|used| used.capacity_units).unwrap_or(0.0));
        Ok(read.item)
    }

    async fn write(&self, key: Attributes, change: &Change) -> Result<Answer, ExportError> {
        self.writes.wait().await;
        let request = Request::of(self.entity, change);
        let update = self
            .client
            .sdk()
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression(request.update)
            .condition_expression(request.condition)
            .set_expression_attribute_names(Some(request.names))
            .set_expression_attribute_values((!request.values.is_empty()).then_some(request.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match self.patience.with(|| update.clone().send()).await {
            Ok(output) => {
                self.writes
                    .consumed(output.consumed_capacity().and_then(|used| used.capacity_units).unwrap_or(1.0));
                Ok(Answer::Written)
            }
            Err(error) => match error.code() {
                Some("ConditionalCheckFailedException") => {
                    // It says nothing of what it cost, which is one unit at least.
                    self.writes.consumed(1.0);
                    Ok(Answer::Changed)
                }
                // The table and the permission are those of the others, which go on; it would stop whoever takes the segment over, too.
                Some("ValidationException" | "ItemCollectionSizeLimitExceededException") => {
                    Ok(Answer::Refused(failed("UpdateItem", &self.table, error).to_string()))
                }
                _ => Err(failed("UpdateItem", &self.table, error)),
            },
        }
    }
}

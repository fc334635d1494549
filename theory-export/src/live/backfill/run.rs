//! The workers of one process.

use super::fill::{Change, Filled};
use super::progress::Progress;
use super::rate::Rate;
use super::record::{Checkpoint, End, Records};
use super::{Backfill, FillFn};
use crate::error::ExportError;
use crate::live::failed;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use theory::client::Overrides;
use theory::schema::Entity;
use theory::{Client, Item, Value};
use tokio::task::JoinSet;
use tokio::time::Instant;

type Attributes = HashMap<String, AttributeValue>;

/// How often an item is read again because somebody else is writing it, too.
const TRIES: usize = 10;
/// How many items of a page are written at once.
const AT_ONCE: usize = 8;
/// How often the checkpoints of all are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// What the workers share.
struct Shared {
    client: Client,
    table: String,
    entity: &'static Entity,
    fill: Arc<FillFn>,
    only: Option<Arc<dyn Fn(&Item) -> bool + Send + Sync>>,
    page_size: i32,
    segments: i32,
    lease: Duration,
    /// Nothing is written in a dry run.
    dry: bool,
    reads: Rate,
    writes: Rate,
    end: Option<Instant>,
}

impl Backfill {
    /// Works until every segment is done, by this process or by another, or the time limit is reached.
    ///
    /// `tell` hears twice a second how far all processes together are. It can be run again after it failed or was stopped, and goes on where it was.
    ///
    /// # Errors
    ///
    /// Where DynamoDB refuses a request, or does so more often than it is repeated: the table does not exist, a permission is missing. What was
    /// done until then is noted. An item that cannot be filled in is counted in [`Progress::failed`], and is no error.
    pub async fn run(
        &self,
        client: &Client,
        mut tell: impl FnMut(&Progress),
    ) -> Result<Progress, ExportError> {
        let records = self.records(client);
        let segments = records.segments(self.segments).await.map_err(request)?;
        let shared = Arc::new(self.shared(client, segments, false));
        let estimate = shared.estimate().await?;
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency {
            workers.spawn(work(Arc::clone(&shared), records.clone(), segments));
        }
        let begin = Instant::now();
        let mut at_first = None;
        let mut looks = tokio::time::interval(LOOK);
        loop {
            let ended = tokio::select! {
                ended = workers.join_next() => ended,
                _ = looks.tick() => {
                    let progress = look(&records, segments, estimate).await?;
                    let first = *at_first.get_or_insert(progress.scanned);
                    tell(&progress.rated(first, begin.elapsed()));
                    continue;
                }
            };
            match ended {
                Some(Ok(worked)) => worked?,
                Some(Err(stopped)) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
                Some(Err(_)) => {}
                None => break,
            }
        }
        let progress = look(&records, segments, estimate).await?;
        let progress = progress.rated(at_first.unwrap_or_default(), begin.elapsed());
        tell(&progress);
        Ok(progress)
    }

    /// Counts what would be written, and writes nothing, neither items nor checkpoints.
    ///
    /// It costs the read units of a whole scan.
    ///
    /// # Errors
    ///
    /// As in [`run`](Self::run).
    pub async fn dry_run(
        &self,
        client: &Client,
        mut tell: impl FnMut(&Progress),
    ) -> Result<Progress, ExportError> {
        let shared = Arc::new(self.shared(client, self.segments, true));
        let mut progress =
            Progress { segments: self.segments, estimate: shared.estimate().await?, ..Progress::default() };
        let begin = Instant::now();
        let mut workers = JoinSet::new();
        let mut next = 0..self.segments;
        let mut last = begin;
        loop {
            while workers.len() < self.concurrency
                && let Some(segment) = next.next()
            {
                let shared = Arc::clone(&shared);
                workers.spawn(async move {
                    let mut counts = Counts::default();
                    let mut from = None;
                    loop {
                        let page = shared.page(segment, from).await?;
                        from = page.last_evaluated_key.clone();
                        counts.add(shared.fill_page(page, &mut None).await?);
                        if from.is_none() || shared.is_over() {
                            return Ok::<_, ExportError>((counts, from.is_none()));
                        }
                    }
                });
            }
            match workers.join_next().await {
                Some(Ok(counted)) => {
                    let (counts, done) = counted?;
                    progress.finished += u32::from(done);
                    progress.scanned += counts.scanned;
                    progress.written += counts.written;
                    progress.complete += counts.complete;
                    progress.failed += counts.failed;
                    if last.elapsed() >= LOOK {
                        last = Instant::now();
                        tell(&progress.clone().rated(0, begin.elapsed()));
                    }
                }
                Some(Err(stopped)) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
                Some(Err(_)) => {}
                None => break,
            }
        }
        let progress = progress.rated(0, begin.elapsed());
        tell(&progress);
        Ok(progress)
    }

    /// Forgets the checkpoints, so that the next run begins again. No process may be at work.
    ///
    /// # Errors
    ///
    /// Where DynamoDB refuses a request.
    pub async fn restart(&self, client: &Client) -> Result<(), ExportError> {
        self.records(client).forget().await.map_err(request)
    }

    fn records(&self, client: &Client) -> Records {
        let client = match &self.lease_table {
            Some(table) => client.with_overrides(Overrides::new().table(table)),
            None => client.clone(),
        };
        Records::new(client, &self.name, self.lease)
    }

    fn shared(&self, client: &Client, segments: u32, dry: bool) -> Shared {
        Shared {
            client: client.clone(),
            table: client.table_name(self.entity.table, None).into_owned(),
            entity: self.entity,
            fill: Arc::clone(&self.fill),
            only: self.only.clone(),
            page_size: i32::try_from(self.page_size).unwrap_or(i32::MAX),
            segments: i32::try_from(segments).unwrap_or(i32::MAX),
            lease: self.lease,
            dry,
            reads: Rate::new(self.read_units),
            writes: Rate::new(self.write_units),
            end: self.time_limit.and_then(|limit| Instant::now().checked_add(limit)),
        }
    }
}

fn request(error: theory::Error) -> ExportError {
    ExportError::Request(Box::new(error))
}

async fn look(records: &Records, segments: u32, estimate: u64) -> Result<Progress, ExportError> {
    let mut progress = Progress { segments, estimate, ..Progress::default() };
    records.all().await.map_err(request)?.iter().for_each(|checkpoint| progress.add(checkpoint));
    Ok(progress)
}

/// Takes one segment after the other until all are done, or the time is over.
async fn work(shared: Arc<Shared>, records: Records, segments: u32) -> Result<(), ExportError> {
    let mut pause = Duration::from_millis(100);
    while !shared.is_over() {
        let known = records.all().await.map_err(request)?;
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
        if let Some(checkpoint) = records.acquire(segment, checkpoint).await.map_err(request)? {
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
struct Counts {
    scanned: u64,
    written: u64,
    complete: u64,
    failed: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.scanned += other.scanned;
        self.written += other.written;
        self.complete += other.complete;
        self.failed += other.failed;
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
    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    async fn estimate(&self) -> Result<u64, ExportError> {
        let described = self.client.sdk().describe_table().table_name(&self.table).send().await;
        let described = described.map_err(|error| failed("DescribeTable", &self.table, error))?;
        let count = described.table.and_then(|table| table.item_count).unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
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
            let is_ours = records.save(&mut checkpoint, end).await.map_err(request)?;
            if !is_ours || end == End::Release {
                return Ok(());
            }
        }
    }

    async fn page(&self, segment: u32, from: Option<Attributes>) -> Result<ScanOutput, ExportError> {
        self.reads.wait().await;
        let page = self
            .client
            .sdk()
            .scan()
            .table_name(&self.table)
            .segment(i32::try_from(segment).unwrap_or_default())
            .total_segments(self.segments)
            .limit(self.page_size)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| failed("Scan", &self.table, error))?;
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
                held.lost = !held.records.save(held.checkpoint, End::Keep).await.map_err(request)?;
                if held.lost {
                    return Ok(counts);
                }
            }
            let some = some.into_iter().map(|item| self.item(item));
            for outcome in futures_util::future::join_all(some).await {
                counts.scanned += 1;
                match outcome? {
                    Outcome::Other => {}
                    Outcome::Written => counts.written += 1,
                    Outcome::Complete => counts.complete += 1,
                    Outcome::Failed => counts.failed += 1,
                }
            }
        }
    }

    async fn item(&self, attributes: Attributes) -> Result<Outcome, ExportError> {
        let mut attributes = attributes;
        for _ in 0..TRIES {
            let key: Attributes = self
                .entity
                .key
                .attributes()
                .filter_map(|key| Some((key.name.to_owned(), attributes.get(key.name)?.clone())))
                .collect();
            let Ok(item) = Item::try_from(attributes) else { return Ok(Outcome::Failed) };
            if self.only.as_ref().is_some_and(|is_meant| !is_meant(&item)) {
                return Ok(Outcome::Other);
            }
            let change = match (self.fill)(&item) {
                Filled::Other => return Ok(Outcome::Other),
                Filled::Complete => return Ok(Outcome::Complete),
                Filled::Failed(why) => {
                    tracing::warn!(entity = self.entity.name, "an item cannot be filled in: {why}");
                    return Ok(Outcome::Failed);
                }
                Filled::Changed(_) if self.dry => return Ok(Outcome::Written),
                Filled::Changed(change) => change,
            };
            if self.write(key.clone(), &change).await? {
                return Ok(Outcome::Written);
            }
            // Somebody was faster: what they wrote is what counts.
            match self.read(key).await? {
                Some(newer) => attributes = newer,
                None => return Ok(Outcome::Complete),
            }
        }
        tracing::warn!(entity = self.entity.name, "an item is written all the time, and was not filled in");
        Ok(Outcome::Failed)
    }

    async fn read(&self, key: Attributes) -> Result<Option<Attributes>, ExportError> {
        self.reads.wait().await;
        let read = self
            .client
            .sdk()
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| failed("GetItem", &self.table, error))?;
        self.reads.consumed(read.consumed_capacity().and_then(|used| used.capacity_units).unwrap_or(0.0));
        Ok(read.item)
    }

    /// Whether it was written: not where something has changed since it was read.
    async fn write(&self, key: Attributes, change: &Change) -> Result<bool, ExportError> {
        self.writes.wait().await;
        let request = Request::of(self.entity, change);
        let written = self
            .client
            .sdk()
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression(request.update)
            .condition_expression(request.condition)
            .set_expression_attribute_names(Some(request.names))
            .set_expression_attribute_values((!request.values.is_empty()).then_some(request.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match written {
            Ok(output) => {
                self.writes
                    .consumed(output.consumed_capacity().and_then(|used| used.capacity_units).unwrap_or(1.0));
                Ok(true)
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                // It says nothing of what it cost, which is one unit at least.
                self.writes.consumed(1.0);
                Ok(false)
            }
            Err(error) => Err(failed("UpdateItem", &self.table, error)),
        }
    }
}

/// An UpdateItem; names and values stand in it by placeholders only.
#[derive(Debug, Default)]
struct Request {
    update: String,
    condition: String,
    names: HashMap<String, String>,
    values: Attributes,
}

impl Request {
    fn of(entity: &Entity, change: &Change) -> Self {
        let mut request = Request::default();
        let mut set = Vec::new();
        for (name, value) in &change.set {
            set.push(format!("{} = {}", request.name(name), request.value(value.clone())));
        }
        if let Some(version) = &change.version {
            let (name, one) = (request.name(version), request.value(Value::from(1)));
            set.push(format!("{name} = {name} + {one}"));
        }
        if !set.is_empty() {
            request.update = format!("SET {}", set.join(", "));
        }
        let remove: Vec<_> = change.remove.iter().map(|name| request.name(name)).collect();
        if !remove.is_empty() {
            request.update =
                format!("{} REMOVE {}", request.update, remove.join(", ")).trim_start().to_owned();
        }
        let mut holds = Vec::new();
        for key in entity.key.attributes().take(1) {
            holds.push(format!("attribute_exists({})", request.name(key.name)));
        }
        for (name, value) in &change.unchanged {
            let name = request.name(name);
            holds.push(match value {
                Some(value) => format!("{name} = {}", request.value(value.clone())),
                None => format!("attribute_not_exists({name})"),
            });
        }
        request.condition = holds.join(" AND ");
        request
    }

    /// Each name has one placeholder: DynamoDB refuses what is not used, not what is used twice.
    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == name) {
            return placeholder.clone();
        }
        let placeholder = format!("#{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: Value) -> String {
        let placeholder = format!(":{}", self.values.len());
        self.values.insert(placeholder.clone(), value.into());
        placeholder
    }
}

//! A run of one process: its workers, and what they tell.

use super::Backfill;
use super::patience::Patience;
use super::progress::Progress;
use super::rate::Rate;
use super::record::Records;
use super::work::{Counts, Shared, work};
use crate::error::ExportError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use theory::Client;
use theory::client::Overrides;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often the checkpoints of all are looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Backfill {
    /// Works until every segment is done, by this process or by another, or the time limit is reached.
    ///
    /// `tell` hears twice a second how far all processes together are. It can be run again after it failed or was stopped, and goes on where it was.
    ///
    /// Where a table is throttled, or does not answer for a moment, it waits and tries again, for half a minute a request.
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
        let patience = self.patience();
        let records = self.records(client, patience);
        // Nobody waits for a table that is not there.
        let estimate = self.shared(client, 1, false, patience).estimate().await?;
        let segments = records.segments(self.segments).await.map_err(|error| records.failed(error))?;
        let shared = Arc::new(self.shared(client, segments, false, patience));
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

    /// How far all processes together are, without doing anything. Where it has not begun, [`Progress::segments`] is 0.
    ///
    /// It costs the read units of the checkpoints, about one for each ten segments.
    ///
    /// # Errors
    ///
    /// As in [`run`](Self::run).
    pub async fn progress(&self, client: &Client) -> Result<Progress, ExportError> {
        let patience = self.patience();
        let records = self.records(client, patience);
        let segments = records.planned().await.map_err(|error| records.failed(error))?;
        let estimate = self.shared(client, segments, true, patience).estimate().await?;
        look(&records, segments, estimate).await
    }

    /// Counts what would be written, and writes nothing, neither items nor checkpoints.
    ///
    /// It reads the whole table by itself, whatever checkpoints there are, and costs the read units of a whole scan.
    ///
    /// # Errors
    ///
    /// As in [`run`](Self::run).
    pub async fn dry_run(
        &self,
        client: &Client,
        mut tell: impl FnMut(&Progress),
    ) -> Result<Progress, ExportError> {
        let shared = Arc::new(self.shared(client, self.segments, true, self.patience()));
        let begin = Instant::now();
        let progress =
            Progress { segments: self.segments, estimate: shared.estimate().await?, ..Progress::default() };
        let progress = Arc::new(Mutex::new(progress));
        let now = || lock(&progress).clone().rated(0, begin.elapsed());
        let mut workers = JoinSet::new();
        let mut next = 0..self.segments;
        let mut looks = tokio::time::interval(LOOK);
        loop {
            while workers.len() < self.concurrency
                && !shared.is_over()
                && let Some(segment) = next.next()
            {
                let (shared, progress) = (Arc::clone(&shared), Arc::clone(&progress));
                workers.spawn(async move {
                    shared.count(segment, |counts, done| count(&mut lock(&progress), counts, done)).await
                });
            }
            let ended = tokio::select! {
                ended = workers.join_next() => ended,
                _ = looks.tick() => {
                    tell(&now());
                    continue;
                }
            };
            match ended {
                Some(Ok(counted)) => counted?,
                Some(Err(stopped)) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
                Some(Err(_)) => {}
                None => break,
            }
        }
        let progress = now();
        tell(&progress);
        Ok(progress)
    }

    /// Forgets the checkpoints, so that the next run begins again. No process may be at work.
    ///
    /// # Errors
    ///
    /// Where DynamoDB refuses a request.
    pub async fn restart(&self, client: &Client) -> Result<(), ExportError> {
        let records = self.records(client, self.patience());
        records.forget().await.map_err(|error| records.failed(error))
    }

    /// From now on.
    fn patience(&self) -> Patience {
        Patience { end: self.time_limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    fn records(&self, client: &Client, patience: Patience) -> Records {
        let table = client.table_name(self.entity.table, None);
        let of_leases = match &self.lease_table {
            Some(table) => client.with_overrides(Overrides::new().table(table)),
            None => client.clone(),
        };
        Records::new(of_leases, &table, &self.name, self.lease, patience)
    }

    fn shared(&self, client: &Client, segments: u32, dry: bool, patience: Patience) -> Shared {
        Shared {
            client: client.clone(),
            table: client.table_name(self.entity.table, None).into_owned(),
            entity: self.entity,
            fill: Arc::clone(&self.fill),
            only: self.only.clone(),
            tell_failed: self.tell_failed.clone(),
            page_size: i32::try_from(self.page_size).unwrap_or(i32::MAX),
            segments: i32::try_from(segments).unwrap_or(i32::MAX),
            consistent: self.consistent,
            lease: self.lease,
            dry,
            reads: Rate::new(self.read_units),
            writes: Rate::new(self.write_units),
            patience,
        }
    }
}

/// Nothing panics while it is held, and the counts are whole whenever it is free.
fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

fn count(progress: &mut Progress, counts: Counts, done: bool) {
    progress.finished += u32::from(done);
    progress.scanned += counts.scanned;
    progress.written += counts.written;
    progress.complete += counts.complete;
    progress.failed += counts.failed;
}

async fn look(records: &Records, segments: u32, estimate: u64) -> Result<Progress, ExportError> {
    let mut progress = Progress { segments, estimate, ..Progress::default() };
    records
        .all()
        .await
        .map_err(|error| records.failed(error))?
        .iter()
        .for_each(|checkpoint| progress.add(checkpoint));
    Ok(progress)
}

//! The three writes of a key: start, complete, release.
//!
//! Each is conditional and may be sent twice. What a lost answer leaves open is decided by the owner, a word that only this run
//! of the operation has: where the record carries it, the write was done.

use std::time::Duration;

use theory::client::Overrides;
use theory::{Client, Condition, Error, Table as _, Timestamp};

use super::record::{IdempotencyRecord as Record, Status};
use crate::clock::{later, whole_seconds};
use crate::ledger::Ledger;

/// Where the records are.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) ledger: Ledger,
    pub(super) overrides: Overrides,
}

/// One run of an operation, that has or asks for the key.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) request_hash: String,
    pub(super) owner: String,
}

/// What stands in the way of a run.
#[derive(Debug)]
pub(super) enum Begun {
    /// Nothing: the key is this run's.
    Ours,
    /// It was done before; the result, if it was kept.
    Completed(Option<String>),
    /// Another run is at work.
    InProgress(Option<Timestamp>),
    /// The key belongs to another payload.
    Mismatch,
}

/// Why a run that is done could not be recorded as such.
#[derive(Debug)]
pub(super) enum Incomplete {
    /// It is recorded, and its result was too large to be.
    TooLarge,
    /// The key is no longer this run's.
    Superseded,
    /// The record could not be written.
    Failed(Error),
}

impl Store {
    /// Takes the key, if it is free at `now`, for a run that is dead at `until`.
    pub(super) async fn begin(
        &self,
        run: &Run,
        now: Timestamp,
        until: Timestamp,
        ttl: Duration,
    ) -> Result<Begun, Error> {
        let until = whole_seconds(until);
        let record = Record {
            in_progress_until: Some(until),
            // A record that counts as absent would not protect the run.
            ..run.record(Status::Started, whole_seconds(later(now, ttl)).max(until))
        };
        let put = record.put().condition(free(run, now)).return_old_on_failure();
        let Err(error) = put.overrides(self.overrides.clone()).send(&self.ledger.begin).await else {
            return Ok(Begun::Ours);
        };
        let found = if error.is_condition_failed() {
            // The item is DynamoDB's answer itself, and no later than it.
            match error.old_item::<Record>()? {
                Some(record) => Some(record),
                None => self.read(run, &self.ledger.begin, &self.overrides).await?,
            }
        } else if error.is_ambiguous() {
            // Reading may fail for the same reason as writing did: then the first reason is told.
            self.read(run, &self.ledger.begin, &self.overrides).await.unwrap_or_default()
        } else {
            None
        };
        let begun = found.and_then(|record| run.judge(record, now));
        if begun.is_none() && error.is_ambiguous() {
            // It may be this run's after all, which does not begin.
            self.release(run).await;
        }
        begun.ok_or(error)
    }

    /// Records that the run is done.
    pub(super) async fn complete(
        &self,
        run: &Run,
        result: Option<String>,
        expires: Timestamp,
    ) -> Result<(), Incomplete> {
        let mut record = Record { result, ..run.record(Status::Completed, whole_seconds(expires)) };
        match self.put_completed(run, &record).await {
            Err(Incomplete::Failed(error)) if error.is_item_too_large() && record.result.is_some() => {
                // That it is done matters more than what came out.
                record.result = None;
                self.put_completed(run, &record).await?;
                Err(Incomplete::TooLarge)
            }
            other => other,
        }
    }

    async fn put_completed(&self, run: &Run, record: &Record) -> Result<(), Incomplete> {
        let put = record.put().condition(Record::OWNER.eq(run.owner.as_str()));
        let (client, overrides) = self.ledger.end(&self.overrides);
        match put.overrides(overrides.clone()).send(client).await {
            Ok(()) => Ok(()),
            // A repeated attempt finds this run's own record, and overwrites it: who fails here was superseded.
            Err(error) if error.is_condition_failed() => Err(Incomplete::Superseded),
            Err(error) if error.is_ambiguous() => match self.read(run, client, &overrides).await {
                Ok(Some(found)) if run.owns(&found) && found.status == Status::Completed => Ok(()),
                _ => Err(Incomplete::Failed(error)),
            },
            Err(error) => Err(Incomplete::Failed(error)),
        }
    }

    /// Gives the key back, for the next one to try. It is no failure if that cannot be done: the key is free when the run
    /// would be dead.
    pub(super) async fn release(&self, run: &Run) {
        let ours = Record::OWNER.eq(run.owner.as_str()) & Record::STATUS.eq(Status::Started);
        let (client, overrides) = self.ledger.end(&self.overrides);
        let delete = Record::delete(&run.pk, &run.sk).condition(ours).overrides(overrides);
        if let Err(error) = delete.send(client).await
            && !error.is_condition_failed()
        {
            tracing::warn!(target: "theory", %error, "an idempotency key stays in progress: it could not be released");
        }
    }

    async fn read(&self, run: &Run, client: &Client, overrides: &Overrides) -> Result<Option<Record>, Error> {
        let get = Record::get(&run.pk, &run.sk).consistent_read().overrides(overrides.clone());
        get.send(client).await
    }
}

/// Whether a run may take the key at `now`.
///
/// A dead run may have done its work, or a part of it, so that only the same payload takes over from it.
fn free(run: &Run, now: Timestamp) -> Condition<Record> {
    let dead = Record::STATUS.eq(Status::Started)
        & Record::IN_PROGRESS_UNTIL.le(now)
        & Record::REQUEST_HASH.eq(run.request_hash.as_str());
    Record::PK.not_exists() | Record::TTL.le(now) | Record::STATUS.eq(Status::Failed) | dead
}

impl Run {
    fn record(&self, status: Status, ttl: Timestamp) -> Record {
        Record {
            pk: self.pk.clone(),
            sk: self.sk.clone(),
            request_hash: self.request_hash.clone(),
            status,
            ttl: Some(ttl),
            result: None,
            owner: Some(self.owner.clone()),
            in_progress_until: None,
        }
    }

    fn owns(&self, record: &Record) -> bool {
        record.owner.as_ref() == Some(&self.owner)
    }

    /// What a record means for this run; `None` if it means nothing.
    fn judge(&self, record: Record, now: Timestamp) -> Option<Begun> {
        let past = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= now);
        if self.owns(&record) {
            return Some(Begun::Ours);
        }
        if past(record.ttl) || record.status == Status::Failed {
            return None;
        }
        if record.request_hash != self.request_hash {
            return Some(Begun::Mismatch);
        }
        match record.status {
            Status::Completed => Some(Begun::Completed(record.result)),
            Status::Started if past(record.in_progress_until) => None,
            Status::Started => Some(Begun::InProgress(record.in_progress_until)),
            Status::Failed => None,
        }
    }
}

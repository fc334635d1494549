//! The checkpoints, as they are stored: leases that also say how far their holder is.

use super::patience::{Passes as _, Patience};
use crate::error::ExportError;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime};
use theory::attribute::EpochSeconds;
use theory::prefix;
use theory::{Client, Error, Item, Table, Timestamp};

/// How far one segment is, and whose it is.
///
/// The attributes of the lease are those of every lease of this family of libraries. Create its table from the schema, with
/// `CreateTables::of(theory::schema![Checkpoint])`, or use any table whose key is `pk` and `sk`, both strings.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "leases")]
#[non_exhaustive]
pub struct Checkpoint {
    /// `BACKFILL#`, the table, `#`, and the name of the backfill.
    #[table(pk)]
    pub pk: String,
    /// `SEGMENT#` and its number.
    #[table(sk)]
    pub sk: String,
    /// Who holds it: a word that only this holder has.
    pub lease_token: String,
    /// From this moment on anyone may take it.
    #[table(with = EpochSeconds)]
    pub lease_expires_at: Timestamp,
    /// The number of the segment.
    pub segment: u32,
    /// The key behind which it goes on.
    pub last_key: Option<Item>,
    /// Whether its end was reached.
    pub done: bool,
    /// Items that were read.
    pub scanned: u64,
    /// Items that were filled in.
    pub written: u64,
    /// Items that needed nothing.
    pub complete: u64,
    /// Items that could not be filled in.
    pub failed: u64,
    /// How often an item was read again, because somebody had written it meanwhile.
    #[table(default)]
    pub conflicts: u64,
}

/// Into how many segments a table is divided: what the first process decides for all.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "leases")]
#[non_exhaustive]
pub struct BackfillPlan {
    /// `BACKFILL#`, the table, `#`, and the name of the backfill.
    #[table(pk)]
    pub pk: String,
    /// `PLAN`
    #[table(sk)]
    pub sk: String,
    /// The number of segments.
    pub segments: u32,
}

/// The records of one backfill.
#[derive(Debug, Clone)]
pub(super) struct Records {
    /// With the table of the leases.
    client: Client,
    pk: String,
    lease: Duration,
    patience: Patience,
}

impl Records {
    /// Those of the backfill of this name on this table: several set-ups may have one table of leases.
    pub(super) fn new(client: Client, table: &str, name: &str, lease: Duration, patience: Patience) -> Self {
        Records { client, pk: format!("BACKFILL#{table}#{name}"), lease, patience }
    }

    /// What failed, and what to do where it is the table that is not there.
    pub(super) fn failed(&self, error: theory::Error) -> ExportError {
        if error.is_table_not_found() {
            let table = self.client.table_name(Checkpoint::SCHEMA.table, None);
            return ExportError::Unsupported(format!(
                "there is no table `{table}` for the checkpoints: create it with `--create-lease-table`, or by \
                 `CreateTables::of(theory::schema![Checkpoint])`, or name another one with `--lease-table`"
            ));
        }
        ExportError::Request(Box::new(error))
    }

    /// The number of segments that all agree on.
    pub(super) async fn segments(&self, wanted: u32) -> Result<u32, Error> {
        let plan = BackfillPlan { pk: self.pk.clone(), sk: "PLAN".into(), segments: wanted };
        match self.patience.with(|| plan.create().send(&self.client)).await {
            Ok(_) => Ok(wanted),
            Err(error) if error.is_condition_failed() => Ok(self.planned().await?.max(1)),
            Err(error) => Err(error),
        }
    }

    /// The number of segments that was agreed on; 0 where it has not begun.
    pub(super) async fn planned(&self) -> Result<u32, Error> {
        let get = || BackfillPlan::get(&self.pk, "PLAN").consistent_read().send(&self.client);
        Ok(self.patience.with(get).await?.map_or(0, |found| found.segments))
    }

    pub(super) async fn all(&self) -> Result<Vec<Checkpoint>, Error> {
        let query =
            || Checkpoint::query(&self.pk).sort_key(prefix("SEGMENT#")).consistent_read().all(&self.client);
        self.patience.with(query).await
    }

    /// Takes a segment that nobody has begun, or whose holder is gone; `None` where another was faster.
    pub(super) async fn acquire(
        &self,
        segment: u32,
        known: Option<&Checkpoint>,
    ) -> Result<Option<Checkpoint>, Error> {
        let now = Timestamp::now();
        let (lease_token, lease_expires_at) = (token(segment), self.expiry(now));
        let taken = match known {
            None => {
                let checkpoint = Checkpoint {
                    pk: self.pk.clone(),
                    sk: format!("SEGMENT#{segment:07}"),
                    lease_token: lease_token.clone(),
                    lease_expires_at,
                    segment,
                    last_key: None,
                    done: false,
                    scanned: 0,
                    written: 0,
                    complete: 0,
                    failed: 0,
                    conflicts: 0,
                };
                checkpoint.create().send(&self.client).await.map(|_| Some(checkpoint))
            }
            Some(known) => {
                let update = Checkpoint::update(&known.pk, &known.sk)
                    .set(Checkpoint::LEASE_TOKEN, lease_token.as_str())
                    .set(Checkpoint::LEASE_EXPIRES_AT, lease_expires_at)
                    .condition(Checkpoint::DONE.eq(false) & Checkpoint::LEASE_EXPIRES_AT.le(now))
                    .return_new();
                update.send(&self.client).await.map(Some)
            }
        };
        match taken {
            Err(error) if error.is_condition_failed() && !error.is_ambiguous() => Ok(None),
            // Where an answer was lost, it may be this very call that has it.
            Err(error) if error.is_condition_failed() || error.passes() => {
                let get = || {
                    let sk = format!("SEGMENT#{segment:07}");
                    Checkpoint::get(&self.pk, sk).consistent_read().send(&self.client)
                };
                let found = self.patience.with(get).await?;
                Ok(found.filter(|found| found.lease_token == lease_token))
            }
            taken => taken,
        }
    }

    /// Notes how far the segment is, and keeps it; `false` where it has another holder now.
    pub(super) async fn save(&self, checkpoint: &mut Checkpoint, end: End) -> Result<bool, Error> {
        let now = Timestamp::now();
        checkpoint.lease_expires_at = match end {
            End::Keep => self.expiry(now),
            // From this second on it is anyone's.
            End::Release => Timestamp::UNIX_EPOCH,
        };
        let checkpoint = &*checkpoint;
        let update = || {
            Checkpoint::update(&checkpoint.pk, &checkpoint.sk)
                .set(Checkpoint::LEASE_EXPIRES_AT, checkpoint.lease_expires_at)
                .set(Checkpoint::LAST_KEY, checkpoint.last_key.clone())
                .set(Checkpoint::DONE, checkpoint.done)
                .set(Checkpoint::SCANNED, checkpoint.scanned)
                .set(Checkpoint::WRITTEN, checkpoint.written)
                .set(Checkpoint::COMPLETE, checkpoint.complete)
                .set(Checkpoint::FAILED, checkpoint.failed)
                .set(Checkpoint::CONFLICTS, checkpoint.conflicts)
                .condition(Checkpoint::LEASE_TOKEN.eq(checkpoint.lease_token.as_str()))
                .send(&self.client)
        };
        match self.patience.with(update).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() || error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Forgets everything, so that the backfill begins again.
    pub(super) async fn forget(&self) -> Result<(), Error> {
        for checkpoint in self.all().await? {
            Checkpoint::delete(&checkpoint.pk, &checkpoint.sk).send(&self.client).await?;
        }
        BackfillPlan::delete(&self.pk, "PLAN").send(&self.client).await.map(drop)
    }

    /// In whole seconds, as it is stored.
    fn expiry(&self, now: Timestamp) -> Timestamp {
        let end = now.checked_add(self.lease + Duration::from_secs(1)).unwrap_or(Timestamp::MAX);
        Timestamp::from_unix_seconds(end.unix_seconds()).unwrap_or(Timestamp::MAX)
    }
}

/// What becomes of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Keep,
    Release,
}

/// A word that no other holder has: `RandomState` has its keys from the operating system.
fn token(segment: u32) -> String {
    let half = || RandomState::new().hash_one((SystemTime::now(), segment, std::process::id()));
    format!("{:016x}{:016x}", half(), half())
}

//! One holder at a time, for a while.
//!
//! A lease is a lock that ends by itself: whoever acquires it holds it until it expires, and may refresh it before. It is for work that
//! one process should do and that another must be able to go on with, should the first one die.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//! use theory::Table;
//! use theory_lambda::{LeaseError, Leases};
//! # #[derive(Table)] #[table(name = "reports")]
//! # struct Report { #[table(pk)] day: String, sum: u64 }
//!
//! async fn report(client: &theory::Client, day: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let leases = Leases::new(client);
//!     let mut lease = match leases.acquire(format!("REPORT#{day}"), Duration::from_secs(30)).await {
//!         Ok(lease) => lease,
//!         Err(LeaseError::Held { .. }) => return Ok(()), // someone else is at it
//!         Err(error) => return Err(error.into()),
//!     };
//!     let report = Report { day: day.into(), sum: 42 };
//!     lease.refresh(Duration::from_secs(30)).await?; // still at work
//!
//!     // Written only if the lease is still ours when DynamoDB writes it.
//!     theory::transaction((report.put(), lease.check())).send(client).await?;
//!     lease.release().await?;
//!     Ok(())
//! }
//! # let _ = report;
//! ```
//!
//! # What is promised
//!
//! DynamoDB gives the lease to one holder only. But a process can be paused, in Lambda even frozen, and go on when its lease has long
//! expired: then two *believe* to hold it, until one looks. What must not happen twice is therefore *fenced*: put
//! [`Lease::check`] into the transaction that writes, and DynamoDB refuses what comes from a holder that was. For other
//! systems [`Lease::token`] names the holder.
//!
//! Expiry is judged by the clocks of those who ask, in whole seconds. Where clocks may differ by so much that it matters, fencing
//! by the token still holds: it changes with every holder.
//!
//! A lease that is dropped is not released; it expires.
//!
//! # What it costs
//!
//! One write unit to acquire, to refresh and to release, also when that is refused; a check in a transaction costs two.
//!
//! # The table
//!
//! [`LeaseRecord`] is the item. Its table is called `leases`, under the names that the client gives to tables, or what
//! [`table`](Leases::table) says. The function needs `dynamodb:PutItem`, `UpdateItem`, `DeleteItem` and `GetItem` on it, and
//! `ConditionCheckItem` for `check`.

mod error;
mod record;

use std::time::Duration;

use theory::client::Overrides;
use theory::expr::AnyItem;
use theory::op::Check;
use theory::{Client, Condition, Error, Table as _, Timestamp};

use crate::clock::{Clock, later, whole_seconds};
use crate::invocation::BUFFER as KEPT;
use crate::ledger::Ledger;
use crate::token::Tokens;
pub use error::LeaseError;
pub use record::LeaseRecord;

/// The sort key of every lease.
const LOCK: &str = "LOCK";
/// How long an expired record stays before DynamoDB may delete it.
const BUFFER: Duration = Duration::from_secs(60);

/// Acquires leases. See the [module](self) for what is promised.
///
/// Cheap to clone.
#[derive(Debug, Clone)]
#[must_use = "it does nothing until `acquire` is called"]
pub struct Leases {
    ledger: Ledger,
    overrides: Overrides,
    table: Option<String>,
    buffer: Duration,
    clock: Clock,
    tokens: Tokens,
}

/// A lease that was acquired.
///
/// It ends at [`expires_at`](Self::expires_at) unless it is [refreshed](Self::refresh), and sooner if it is [released](Self::release).
#[derive(Debug)]
#[must_use = "a lease that is dropped stays held until it expires"]
pub struct Lease {
    leases: Leases,
    partition: String,
    token: String,
    expires_at: Timestamp,
}

impl Leases {
    /// With records in the table `leases`.
    pub fn new(client: &Client) -> Self {
        Self {
            ledger: Ledger::new(client),
            overrides: Overrides::new(),
            table: None,
            buffer: BUFFER,
            clock: Clock::default(),
            tokens: Tokens::default(),
        }
    }

    /// Keeps the records in this table, by name or ARN, whatever the client says.
    pub fn table(mut self, name_or_arn: impl Into<String>) -> Self {
        let name_or_arn = name_or_arn.into();
        self.overrides = Overrides::new().table(&name_or_arn);
        self.table = Some(name_or_arn);
        self
    }

    /// How long after its expiry DynamoDB may delete the record of a lease; a minute if nothing is said.
    pub fn buffer(mut self, buffer: Duration) -> Self {
        self.buffer = buffer;
        self
    }

    /// For one invocation: nothing is acquired or refreshed in the [`BUFFER`](crate::BUFFER) before its deadline, and a lease can be
    /// released in it.
    ///
    /// The release has the buffer's time less 200 ms for the answer (half of a buffer that is shorter than 400 ms). It makes no difference
    /// which client this was [made](Self::new) with. A lease does not end with the invocation: give it a length that suits.
    pub fn for_invocation(&self, context: &lambda_runtime::Context) -> Self {
        self.for_invocation_less(context, KEPT)
    }

    /// As [`for_invocation`](Self::for_invocation), with another buffer: that of the invocation's
    /// [client](crate::ForInvocation::for_invocation_less).
    pub fn for_invocation_less(&self, context: &lambda_runtime::Context, buffer: Duration) -> Self {
        Self { ledger: self.ledger.within(self.clock.deadline(context).1, buffer), ..self.clone() }
    }

    /// As [`for_invocation`](Self::for_invocation), where there is a client of the invocation and no context: in the closure of
    /// [`stream_handler_with`](crate::stream_handler_with).
    ///
    /// The deadline of the invocation is that of the client, and `buffer` later: [`BUFFER`](crate::BUFFER), unless the client was made with
    /// another. For a client without a deadline this changes nothing.
    pub fn for_client(&self, client: &Client, buffer: Duration) -> Self {
        let Some(left) = client.time_left() else { return self.clone() };
        Self { ledger: self.ledger.within(left.saturating_add(buffer), buffer), ..self.clone() }
    }

    /// Tells the time, for tests; the system's clock if nothing is said.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::from_fn(now);
        self
    }

    /// Where tokens come from, for tests that need the same requests each time; random if nothing is said.
    ///
    /// No two holders may have the same one.
    pub fn tokens(mut self, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.tokens = Tokens::from_fn(make);
        self
    }

    /// Takes the lease of this partition key, as in `CACHE#A`, if nobody holds it.
    ///
    /// It lasts for `length`, in whole seconds, from before the request was sent.
    ///
    /// # Errors
    ///
    /// [`Held`](LeaseError::Held) if another has it, and [`Store`](LeaseError::Store) where DynamoDB could not be asked.
    pub async fn acquire(&self, partition: impl Into<String>, length: Duration) -> Result<Lease, LeaseError> {
        if self.ledger.is_late() {
            return Err(LeaseError::TooLate);
        }
        let now = self.clock.now();
        let record = self.record(partition.into(), self.tokens.make(""), now, length);
        let free = LeaseRecord::PK.not_exists() | LeaseRecord::LEASE_EXPIRES_AT.le(now);
        let put = record.put().condition(free).return_old_on_failure();
        let lease = |record: LeaseRecord| {
            let LeaseRecord { pk, lease_token, lease_expires_at, .. } = record;
            Lease { leases: self.clone(), partition: pk, token: lease_token, expires_at: lease_expires_at }
        };
        if let Err(error) = put.overrides(self.overrides.clone()).send(&self.ledger.begin).await {
            match self.found(&record, &error).await? {
                // An attempt whose answer was lost has done it.
                Some(found) if found.lease_token == record.lease_token => {}
                Some(found) if found.lease_expires_at > now => {
                    return Err(LeaseError::Held { until: found.lease_expires_at });
                }
                _ => {
                    if error.is_ambiguous() {
                        // It may be held after all, by nobody. If it cannot be given back either, it expires.
                        let _ = lease(record).release().await;
                    }
                    return Err(LeaseError::Store(error));
                }
            }
        }
        let lease = lease(record);
        if self.ledger.is_late() {
            // To ask took the time that the work needs. What cannot be given back expires.
            let _ = lease.release().await;
            return Err(LeaseError::TooLate);
        }
        Ok(lease)
    }

    fn record(&self, pk: String, lease_token: String, now: Timestamp, length: Duration) -> LeaseRecord {
        // From the beginning of this second, which is how others read the clock.
        let now = Timestamp::from_unix_seconds(now.unix_seconds()).unwrap_or(now);
        let lease_expires_at = whole_seconds(later(now, length));
        let ttl = Some(whole_seconds(later(lease_expires_at, self.buffer)));
        LeaseRecord { pk, sk: LOCK.to_owned(), lease_token, lease_expires_at, ttl }
    }

    /// What stands in the record's place after it could not be written; `None` if that is not known, or nothing does.
    async fn found(&self, record: &LeaseRecord, error: &Error) -> Result<Option<LeaseRecord>, Error> {
        if error.is_condition_failed() {
            // The item is DynamoDB's answer itself, and no later than it.
            if let Some(found) = error.old_item()? {
                return Ok(Some(found));
            }
        } else if !error.is_ambiguous() {
            return Ok(None);
        }
        let get =
            LeaseRecord::get(&record.pk, &record.sk).consistent_read().overrides(self.overrides.clone());
        // Reading may fail for the same reason as writing did: then the first reason is told.
        Ok(get.send(&self.ledger.begin).await.unwrap_or_default())
    }
}

impl Lease {
    /// What is leased.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The word that only this holder has.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// When the lease ends unless it is refreshed.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether the lease has not expired yet, by this process's clock. Nothing is sent.
    pub fn is_current(&self) -> bool {
        self.leases.clock.now() < self.expires_at
    }

    /// Lets the lease last for `length` from now.
    ///
    /// # Errors
    ///
    /// [`Lost`](LeaseError::Lost) if it has expired or another has it, and [`Store`](LeaseError::Store) where DynamoDB could not be asked.
    pub async fn refresh(&mut self, length: Duration) -> Result<(), LeaseError> {
        let now = self.leases.clock.now();
        let record = self.leases.record(self.partition.clone(), self.token.clone(), now, length);
        let update = LeaseRecord::update(&record.pk, &record.sk)
            .set(LeaseRecord::LEASE_EXPIRES_AT, record.lease_expires_at)
            .set(LeaseRecord::TTL, record.ttl)
            .condition(self.held(now))
            .overrides(self.leases.overrides.clone());
        match update.send(&self.leases.ledger.begin).await {
            Ok(()) => {}
            // An attempt that did it, and whose answer was lost, leaves the token and a later end: the next one does it again.
            Err(error) if error.is_condition_failed() => return Err(LeaseError::Lost),
            Err(error) => match self.leases.found(&record, &error).await? {
                Some(found) if found == record => {}
                Some(found) if found.lease_token != self.token => return Err(LeaseError::Lost),
                _ => return Err(LeaseError::Store(error)),
            },
        }
        self.expires_at = record.lease_expires_at;
        Ok(())
    }

    /// Gives the lease back.
    ///
    /// # Errors
    ///
    /// [`Lost`](LeaseError::Lost) if it was another's, or gone, before; and [`Store`](LeaseError::Store) where DynamoDB could not be asked: it
    /// then expires by itself.
    pub async fn release(self) -> Result<(), LeaseError> {
        let (client, overrides) = self.leases.ledger.end(&self.leases.overrides);
        let delete = LeaseRecord::delete(&self.partition, LOCK)
            .condition(LeaseRecord::LEASE_TOKEN.eq(self.token.as_str()))
            .overrides(overrides);
        match delete.send(client).await {
            Ok(()) => Ok(()),
            // The first attempt may have deleted it, and in any case it is not ours now.
            Err(error) if error.is_condition_failed() && error.is_ambiguous() => Ok(()),
            Err(error) if error.is_condition_failed() => Err(LeaseError::Lost),
            Err(error) => Err(LeaseError::Store(error)),
        }
    }

    /// A part of a [`transaction`](theory::transaction()), which fails as a whole if the lease is not held any more.
    ///
    /// It costs two write units, and conflicts with a [`refresh`](Self::refresh) at the same time.
    pub fn check(&self) -> Check<LeaseRecord> {
        let check = LeaseRecord::key(&self.partition, LOCK).check();
        let check = check.condition(self.held(self.leases.clock.now()));
        match &self.leases.table {
            Some(table) => check.table(table),
            None => check,
        }
    }

    fn held(&self, now: Timestamp) -> Condition<LeaseRecord, AnyItem> {
        LeaseRecord::LEASE_TOKEN.eq(self.token.as_str()) & LeaseRecord::LEASE_EXPIRES_AT.gt(now)
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + 'static>() {}
    shareable::<Leases>();
    shareable::<Lease>();
};

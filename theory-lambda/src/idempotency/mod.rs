//! An operation runs once for a key, whatever is delivered twice.
//!
//! Lambda, its event sources and impatient clients all deliver *at least* once. [`Idempotency`] keeps a record for every key, so that
//! the operation behind it runs for the first delivery and later ones get its result.
//!
//! # Example
//!
//! ```
//! use lambda_runtime::{Error, LambdaEvent};
//! use serde::{Deserialize, Serialize};
//! use theory_lambda::Idempotency;
//!
//! #[derive(Serialize, Deserialize)]
//! struct Payment {
//!     order: String,
//!     cents: u64,
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! struct Receipt {
//!     number: String,
//! }
//!
//! async fn handler(client: &theory::Client, event: LambdaEvent<Payment>) -> Result<Receipt, Error> {
//!     let idempotency = Idempotency::new(client).for_invocation(&event.context);
//!     let payment = event.payload;
//!     let receipt = idempotency.run(&payment.order, &payment, async || charge(&payment).await).await?;
//!     Ok(receipt)
//! }
//! # async fn charge(payment: &Payment) -> Result<Receipt, Error> { Ok(Receipt { number: payment.order.clone() }) }
//! # let _ = handler;
//! ```
//!
//! # What is promised
//!
//! | the key is | a call |
//! |---|---|
//! | new, released, or past its time to live | runs the operation, and stores its result |
//! | in progress | gets [`InProgress`](IdempotencyError::InProgress) |
//! | in progress by an invocation that must be dead | takes over, and runs the operation again |
//! | done | gets the stored result |
//! | used with another payload | gets [`PayloadMismatch`](IdempotencyError::PayloadMismatch) |
//!
//! Two runs for one key are never at work at once, if [`for_invocation`](Idempotency::for_invocation) or
//! [`in_progress_for`](Idempotency::in_progress_for) tells the truth about when an operation is over, and clocks agree to within what
//! that leaves. After a run has been recorded as done, none begins until its time to live has passed.
//!
//! No record can promise more. Where the process dies, or the future is dropped, between the operation's effect and its
//! record, nobody knows that the effect took place: the key stays in progress until the invocation's deadline, and the next call
//! runs the operation again. What cannot bear that must carry the key to where the effect is: put it into the same
//! transaction, or hand it to the other service as *its* idempotency key.
//!
//! The operation itself is not stopped: let all that it does know the deadline, as the [client of the invocation](crate::ForInvocation)
//! does. One that goes on past the buffer leaves less time to record it, and one that is killed by Lambda has left its key in progress.
//!
//! An error of the operation releases the key. Return one only if nothing was done, or if doing it again does no harm; in
//! particular not for a write that [may have taken effect](theory::Error::is_ambiguous).
//!
//! # What it costs
//!
//! Two writes of the record for an operation that succeeds: to start it and to complete it. One write unit for each KB of
//! the record, and a failed condition costs the same: so one write for a call that finds the key taken. Reads are only made after a
//! write whose outcome stayed unknown.
//!
//! # The table
//!
//! [`IdempotencyRecord`] is the item. Its table is called `idempotency`, under the names that the client gives to tables, or what
//! [`table`](Idempotency::table) says. Enable its time to live on the attribute `ttl`; a record past that moment counts as absent whether or
//! not DynamoDB has deleted it yet. The function needs `dynamodb:PutItem`, `DeleteItem` and `GetItem` on it.

mod error;
mod hash;
mod record;
mod store;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use theory::client::Overrides;
use theory::{Client, Timestamp};

use crate::clock::{Clock, later};
use crate::invocation::{BUFFER, LONGEST_INVOCATION};
use crate::ledger::Ledger;
use crate::token::Tokens;
pub use error::{IdempotencyError, Unrecorded, UnrecordedReason};
pub use record::{IdempotencyRecord, Status};
use store::{Begun, Incomplete, Run, Store};

/// How long a result is kept, unless something else is said.
const TTL: Duration = Duration::from_secs(60 * 60);

/// Runs operations once for a key. See the [module](self) for what is promised.
///
/// Cheap to clone. Make one when the function starts, and from it one for each invocation.
#[derive(Debug, Clone)]
#[must_use = "it does nothing until `run` is called"]
pub struct Idempotency {
    store: Store,
    partition: Option<String>,
    ttl: Duration,
    alive: Alive,
    clock: Clock,
    owners: Tokens,
    request_id: String,
}

/// How long an operation may be at work.
#[derive(Debug, Clone, Copy)]
enum Alive {
    For(Duration),
    Until(Timestamp),
}

impl Idempotency {
    /// With records in the table `idempotency`, results kept for an hour, and operations that last 15 minutes at most.
    pub fn new(client: &Client) -> Self {
        Self {
            store: Store { ledger: Ledger::new(client), overrides: Overrides::new() },
            partition: None,
            ttl: TTL,
            alive: Alive::For(LONGEST_INVOCATION),
            clock: Clock::default(),
            owners: Tokens::default(),
            request_id: String::new(),
        }
    }

    /// Keeps the records in this table, by name or ARN, whatever the client says.
    pub fn table(mut self, name_or_arn: impl Into<String>) -> Self {
        self.store.overrides = Overrides::new().table(name_or_arn);
        self
    }

    /// Keeps the records under this partition key, as in `CACHE#A`.
    ///
    /// DynamoDB writes at most 1,000 units a second to one partition. Without this every key has a partition of its own:
    /// `IDEMPOTENCY#` and the key.
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = Some(partition.into());
        self
    }

    /// How long a result is kept, from when the operation is done; an hour if nothing is said.
    ///
    /// After that the key is new. Choose longer than anything may be delivered again: a queue's retention, a stream's 24 hours.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// For one invocation: its operations are over by the [`BUFFER`] before its deadline, and what is kept of the time is used to record
    /// them.
    ///
    /// In the buffer no operation is begun. One that ends there, because the [client of the invocation](crate::ForInvocation) lets it go no
    /// further, is recorded as done, or its key is released, in the buffer's time less 200 ms for the answer (half of a buffer that is
    /// shorter than 400 ms). It makes no difference which client this was [made](Self::new) with.
    ///
    /// At the deadline itself the invocation is dead: from then on another may take over.
    pub fn for_invocation(&self, context: &lambda_runtime::Context) -> Self {
        self.for_invocation_less(context, BUFFER)
    }

    /// As [`for_invocation`](Self::for_invocation), with another buffer: that of the invocation's
    /// [client](crate::ForInvocation::for_invocation_less).
    pub fn for_invocation_less(&self, context: &lambda_runtime::Context, buffer: Duration) -> Self {
        let (deadline, left) = self.clock.deadline(context);
        Self { request_id: context.request_id.clone(), ..self.until(deadline, left, buffer) }
    }

    /// As [`for_invocation`](Self::for_invocation), where there is a client of the invocation and no context: in the closure of
    /// [`stream_handler_with`](crate::stream_handler_with).
    ///
    /// The deadline of the invocation is that of the client, and `buffer` later: [`BUFFER`], unless the client was made with another. For a client
    /// without a deadline this changes nothing.
    pub fn for_client(&self, client: &Client, buffer: Duration) -> Self {
        let Some(left) = client.time_left() else { return self.clone() };
        let left = left.saturating_add(buffer);
        self.until(later(self.clock.now(), left), left, buffer)
    }

    fn until(&self, deadline: Timestamp, left: Duration, buffer: Duration) -> Self {
        let store =
            Store { ledger: self.store.ledger.within(left, buffer), overrides: self.store.overrides.clone() };
        Self { store, alive: Alive::Until(deadline), ..self.clone() }
    }

    /// An operation is dead so long after it was started: from then on another may take over. For use outside an invocation.
    ///
    /// The operation is not stopped at that moment: see to it that it takes no longer.
    pub fn in_progress_for(mut self, longest: Duration) -> Self {
        self.alive = Alive::For(longest);
        self
    }

    /// Tells the time, for tests; the system's clock if nothing is said.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::from_fn(now);
        self
    }

    /// Where the names of runs come from, for tests that need the same requests each time; random if nothing is said.
    ///
    /// No two runs may have the same one.
    pub fn owners(mut self, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.owners = Tokens::from_fn(make);
        self
    }

    /// Runs the operation, unless it was done for this key before; then it returns what it returned then.
    ///
    /// `payload` is what the operation depends on. It is not stored, only its hash is: SHA-256 of its JSON, with the
    /// members of objects in the order of their names. Give `&()` where the key says it all.
    ///
    /// The result is stored as JSON, so that a call that gets the stored one gets what JSON keeps of it.
    ///
    /// # Errors
    ///
    /// See [`IdempotencyError`]: whether the operation has run in this call, [`has_run`](IdempotencyError::has_run) tells.
    pub async fn run<P, T, E, F>(
        &self,
        key: &str,
        payload: &P,
        operation: impl FnOnce() -> F,
    ) -> Result<T, IdempotencyError<T, E>>
    where
        P: Serialize + ?Sized,
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, E>>,
    {
        let request_hash = hash::request_hash(payload).map_err(IdempotencyError::Payload)?;
        self.run_hashed(key, request_hash, operation).await
    }

    /// As [`run`](Self::run), for a payload of which the caller has a hash already.
    ///
    /// For payloads that are no JSON, and for keys that are shared with programs which have their own way to hash.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn run_hashed<T, E, F>(
        &self,
        key: &str,
        request_hash: impl Into<String>,
        operation: impl FnOnce() -> F,
    ) -> Result<T, IdempotencyError<T, E>>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, E>>,
    {
        let run = match self.begin(key, request_hash.into()).await {
            Ok(run) => run,
            Err(Refusal::Completed(json)) => {
                return serde_json::from_str(&json).map_err(IdempotencyError::ResultUnreadable);
            }
            Err(Refusal::Missing) => return Err(IdempotencyError::ResultMissing),
            Err(Refusal::InProgress(until)) => return Err(IdempotencyError::InProgress { until }),
            Err(Refusal::Mismatch) => return Err(IdempotencyError::PayloadMismatch),
            Err(Refusal::TooLate) => return Err(IdempotencyError::TooLate),
            Err(Refusal::Store(error)) => return Err(IdempotencyError::Store(error)),
        };
        match operation().await {
            Ok(value) => {
                let json = serde_json::to_string(&value);
                match self.complete(&run, json).await {
                    Ok(()) => Ok(value),
                    Err(reason) => Err(IdempotencyError::Unrecorded(Unrecorded { value, reason })),
                }
            }
            Err(error) => {
                self.store.release(&run).await;
                Err(IdempotencyError::Operation(error))
            }
        }
    }

    /// Takes the key, or says why not.
    async fn begin(&self, key: &str, request_hash: String) -> Result<Run, Refusal> {
        let now = self.clock.now();
        let until = match self.alive {
            Alive::For(longest) => later(now, longest),
            Alive::Until(deadline) => deadline,
        };
        if until <= now || self.store.ledger.is_late() {
            return Err(Refusal::TooLate);
        }
        let run = Run {
            pk: self.partition.clone().unwrap_or_else(|| format!("IDEMPOTENCY#{key}")),
            sk: format!("REQ#{key}"),
            request_hash,
            owner: self.owners.make(&self.request_id),
        };
        match self.store.begin(&run, now, until, self.ttl).await {
            // To ask took time: who is late may be superseded from now on, or has no time for the operation.
            Ok(Begun::Ours) if until <= self.clock.now() || self.store.ledger.is_late() => {
                self.store.release(&run).await;
                Err(Refusal::TooLate)
            }
            Ok(Begun::Ours) => Ok(run),
            Ok(Begun::Completed(json)) => Err(json.map_or(Refusal::Missing, Refusal::Completed)),
            Ok(Begun::InProgress(until)) => Err(Refusal::InProgress(until)),
            Ok(Begun::Mismatch) => Err(Refusal::Mismatch),
            Err(error) if error.is_out_of_time() && !error.is_ambiguous() => Err(Refusal::TooLate),
            Err(error) => Err(Refusal::Store(error)),
        }
    }

    /// Records that the run is done, and with which result.
    async fn complete(
        &self,
        run: &Run,
        json: Result<String, serde_json::Error>,
    ) -> Result<(), UnrecordedReason> {
        let (result, unfit) = match json {
            Ok(json) => (Some(json), None),
            Err(error) => (None, Some(error)),
        };
        let expires = later(self.clock.now(), self.ttl);
        self.store.complete(run, result, expires).await.map_err(|incomplete| match incomplete {
            Incomplete::TooLarge => UnrecordedReason::ResultTooLarge,
            Incomplete::Superseded => UnrecordedReason::Superseded,
            Incomplete::Failed(error) => UnrecordedReason::Failed(error),
        })?;
        unfit.map_or(Ok(()), |error| Err(UnrecordedReason::ResultNotJson(error)))
    }
}

/// Why a run does not begin.
enum Refusal {
    Completed(String),
    Missing,
    InProgress(Option<Timestamp>),
    Mismatch,
    TooLate,
    Store(theory::Error),
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Idempotency>();
};

//! How a batch is sent: how much at once, how often, with which pauses, until when.

use super::left::Stop;
use crate::client::{Client, Cost, Deadline, Overrides, Paid};
use crate::error::Error;
use crate::wire::Writer;
use aws_sdk_dynamodb::config::{AsyncSleep, SharedAsyncSleep};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Shared, select};
use std::pin::pin;
use std::time::Duration;

/// The settings of one batch.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) concurrency: usize,
    pub(super) attempts: Option<u32>,
    pub(super) pauses: Option<(Duration, Duration)>,
    pub(super) deadline: Option<Duration>,
    pub(super) sleep: Option<SharedAsyncSleep>,
    pub(super) overrides: Overrides,
    pub(super) capacity: Capacity,
}

/// Whether DynamoDB is asked for the capacity that was consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capacity {
    Asked,
    Unasked,
}

impl Capacity {
    /// Ends the body of a request.
    pub(super) fn end(self, out: &mut Writer) {
        if self == Capacity::Asked {
            out.raw(b"\"ReturnConsumedCapacity\":\"INDEXES\",");
        }
        out.end_object();
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            concurrency: 8,
            attempts: None,
            pauses: None,
            deadline: None,
            sleep: None,
            overrides: Overrides::new(),
            capacity: Capacity::Asked,
        }
    }
}

impl Policy {
    pub(super) fn start(self, client: &Client) -> Runtime {
        let client = match self.deadline {
            Some(time) => client.with_deadline(Deadline::after(time)),
            None => client.clone(),
        };
        let timer = client.sdk().config().sleep_impl();
        let deadline = client.time_left().map(|left| sleep_for(timer.as_ref(), left).shared());
        let beneath = client.policy(&self.overrides);
        let (first_pause, longest_pause) =
            self.pauses.unwrap_or((beneath.first_pause, beneath.longest_pause));
        Runtime {
            attempts: self.attempts.unwrap_or(beneath.batch_attempts),
            first_pause,
            longest_pause,
            sleep: self.sleep.clone().or(timer),
            client,
            policy: self,
            deadline,
        }
    }
}

fn sleep_for(sleep: Option<&SharedAsyncSleep>, duration: Duration) -> BoxFuture<'static, ()> {
    match sleep {
        Some(sleep) => sleep.sleep(duration).boxed(),
        // The timer is found when it is first polled, not where the future is made.
        None => async move { tokio::time::sleep(duration).await }.boxed(),
    }
}

/// A batch on its way: what its requests share.
#[derive(Clone)]
pub(super) struct Runtime {
    pub(super) client: Client,
    pub(super) policy: Policy,
    pub(super) attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
    sleep: Option<SharedAsyncSleep>,
    pub(super) deadline: Option<Shared<BoxFuture<'static, ()>>>,
}

/// The deadline passed.
pub(super) struct Late;

/// What the last request came to, before its rest is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    ToNothing,
    /// To a part of what it was sent for.
    Forward,
}

impl Runtime {
    /// What the work gives, unless the deadline is first.
    ///
    /// The client knows the deadline too, and its own word on what became of a request is the better one.
    pub(super) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, Late> {
        let Some(deadline) = self.deadline.clone() else { return Ok(work.await) };
        match select(pin!(work), deadline).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right(((), _)) => Err(Late),
        }
    }

    /// Pauses after this many attempts, unless the deadline or the client's budget forbids another.
    pub(super) async fn pause(&self, attempts: u32, came: Came) -> Result<(), Stop> {
        let retries = self.client.retries();
        let pause = retries.pause(self.first_pause, self.longest_pause, attempts);
        if self.client.deadline().is_some_and(|deadline| !deadline.allows(pause)) {
            return Err(Stop::Late);
        }
        let cost = match came {
            Came::ToNothing => Cost::Repetition,
            Came::Forward => Cost::Progress,
        };
        let paid = Paid::of(retries, cost).ok_or(Stop::Spent)?;
        self.within(sleep_for(self.sleep.as_ref(), pause)).await.map_err(|Late| Stop::Late)?;
        paid.spend();
        Ok(())
    }
}

/// The error of what was under way when the deadline passed.
pub(super) fn late(entity: &'static str, operation: &'static str) -> Error {
    Error::new(crate::ErrorKind::Deadline, entity)
        .with_operation(operation)
        .with_out_of_time()
        .with_detail("the deadline came before the answer")
}

/// The functions by which a batch is told how to go.
macro_rules! settings {
    (impl<$($p:ident),*> $batch:ty) => {
        impl<$($p),*> $batch {
            /// How many requests may be under way at once: 8 if nothing is said, and never less than 1.
            pub fn concurrency(mut self, requests: usize) -> Self {
                self.policy.concurrency = requests.max(1);
                self
            }

            /// How often an item is sent at most: as the client's [`RetryPolicy`](crate::client::RetryPolicy) has it (10 times) if nothing is
            /// said, and never less than once.
            ///
            /// What DynamoDB gives back as unprocessed, or throttles, is sent again after a pause, as long as the client's
            /// [`RetryBudget`](crate::client::RetryBudget) has something left. Each time counts as one, whatever the SDK repeated on its own
            /// account.
            pub fn attempts(mut self, attempts: u32) -> Self {
                self.policy.attempts = Some(attempts.max(1));
                self
            }

            /// How long the whole batch may take. What is not done by then comes back, and nothing more is sent. If the client has a
            /// [deadline](crate::Client::with_deadline), the earlier of the two counts.
            pub fn deadline(mut self, deadline: std::time::Duration) -> Self {
                self.policy.deadline = Some(deadline);
                self
            }

            /// The pauses before unprocessed items are sent again: each is a random part of a time that starts with `first` and doubles
            /// up to `longest`; as the client's [`RetryPolicy`](crate::client::RetryPolicy) has them if nothing is said.
            pub fn pauses(mut self, first: std::time::Duration, longest: std::time::Duration) -> Self {
                self.policy.pauses = Some((first, longest.max(first)));
                self
            }

            /// What to pause with, in place of the SDK client's own or of tokio's timer.
            pub fn sleep(mut self, sleep: impl aws_sdk_dynamodb::config::AsyncSleep + 'static) -> Self {
                self.policy.sleep = Some(aws_sdk_dynamodb::config::SharedAsyncSleep::new(sleep));
                self
            }

            /// Does not ask for the capacity that is consumed, which is then `None`.
            ///
            /// To ask for it costs nothing, and on DynamoDB no time. DynamoDB Local takes a third longer for a BatchWriteItem that asks.
            pub fn without_consumed_capacity(mut self) -> Self {
                self.policy.capacity = $crate::op::batch::policy::Capacity::Unasked;
                self
            }

            /// Settings for each request of the batch: timeouts, attempts, region, credentials.
            pub fn overrides(mut self, overrides: crate::client::Overrides) -> Self {
                self.policy.overrides = overrides.over(&self.policy.overrides);
                self
            }
        }
    };
}
pub(super) use settings;

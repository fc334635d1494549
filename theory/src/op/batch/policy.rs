//! How a batch is sent: how much at once, how often, with which pauses, until when.

use crate::client::{Client, Overrides};
use crate::error::Error;
use aws_sdk_dynamodb::config::{AsyncSleep, SharedAsyncSleep};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Shared, select};
use std::pin::pin;
use std::time::Duration;

/// The settings of one batch.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) concurrency: usize,
    pub(super) attempts: u32,
    pub(super) deadline: Option<Duration>,
    pub(super) first_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) sleep: Option<SharedAsyncSleep>,
    pub(super) overrides: Overrides,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            concurrency: 8,
            attempts: 10,
            deadline: None,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(5),
            sleep: None,
            overrides: Overrides::new(),
        }
    }
}

impl Policy {
    pub(super) fn start(self, client: &Client) -> Runtime {
        let sleep = self.sleep.clone().or_else(|| client.sdk().config().sleep_impl());
        let deadline = self.deadline.map(|deadline| sleep_for(sleep.as_ref(), deadline).shared());
        Runtime { client: client.clone(), policy: self, sleep, deadline }
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
    sleep: Option<SharedAsyncSleep>,
    pub(super) deadline: Option<Shared<BoxFuture<'static, ()>>>,
}

/// The deadline passed.
pub(super) struct Late;

impl Runtime {
    /// What the work gives, unless the deadline is first.
    pub(super) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, Late> {
        let Some(deadline) = self.deadline.clone() else { return Ok(work.await) };
        match select(pin!(work), deadline).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right(((), _)) => Err(Late),
        }
    }

    /// Pauses after this many attempts: a random part of a time that doubles with each of them.
    ///
    /// Random, because those who are throttled together would otherwise come back together.
    pub(super) async fn pause(&self, attempts: u32) -> Result<(), Late> {
        let doubled = 2u32.saturating_pow(attempts.saturating_sub(1));
        let longest = self.policy.first_pause.saturating_mul(doubled).min(self.policy.longest_pause);
        let pause = longest.mul_f64(fastrand::f64());
        self.within(sleep_for(self.sleep.as_ref(), pause)).await
    }
}

/// The error of what was under way when the deadline passed.
pub(super) fn late(entity: &'static str, operation: &'static str) -> Error {
    Error::new(crate::ErrorKind::Deadline, entity)
        .with_operation(operation)
        .with_detail("the batch's deadline passed")
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

            /// How often an item is sent at most: 10 times if nothing is said, and never less than once.
            ///
            /// What DynamoDB gives back as unprocessed, or throttles, is sent again after a pause. Each time counts as one, whatever the
            /// SDK repeated on its own account.
            pub fn attempts(mut self, attempts: u32) -> Self {
                self.policy.attempts = attempts.max(1);
                self
            }

            /// How long the whole batch may take. What is not done by then comes back, and nothing more is sent.
            pub fn deadline(mut self, deadline: std::time::Duration) -> Self {
                self.policy.deadline = Some(deadline);
                self
            }

            /// The pauses before unprocessed items are sent again: each is a random part of a time that starts with `first` and doubles
            /// up to `longest`. 50 ms and 5 s if nothing is said.
            pub fn pauses(mut self, first: std::time::Duration, longest: std::time::Duration) -> Self {
                self.policy.first_pause = first;
                self.policy.longest_pause = longest.max(first);
                self
            }

            /// What to sleep with, in place of the SDK client's own or of tokio's timer.
            pub fn sleep(mut self, sleep: impl aws_sdk_dynamodb::config::AsyncSleep + 'static) -> Self {
                self.policy.sleep = Some(aws_sdk_dynamodb::config::SharedAsyncSleep::new(sleep));
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

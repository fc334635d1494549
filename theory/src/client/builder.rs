//! Builds a [`Client`]: how tables are named, and what its requests are given by default.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client as SdkClient;

use super::naming::Naming;
use super::overrides::Overrides;
use super::retry::{Jitter, Retries, RetryBudget, RetryPolicy};
use super::token::Tokens;
use super::{Client, Inner};
use crate::error::Error;
use crate::lifecycle::Clock;
use crate::timestamp::Timestamp;

/// Builds a [`Client`] on an SDK client; see [`Client::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    sdk: SdkClient,
    naming: Naming,
    from_env: Vec<(String, String)>,
    overrides: Overrides,
    tokens: Tokens,
    clock: Clock,
    budget: RetryBudget,
    jitter: Option<Jitter>,
}

impl ClientBuilder {
    pub(super) fn new(sdk: SdkClient) -> Self {
        Self {
            sdk,
            naming: Naming::default(),
            from_env: Vec::new(),
            overrides: Overrides::new(),
            tokens: Tokens::default(),
            clock: Clock::default(),
            budget: RetryBudget::new(),
            jitter: None,
        }
    }

    /// Puts `prefix` before every table name that is not mapped, as in `dev-`.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.naming.prefix = prefix.into();
        self
    }

    /// Puts `suffix` behind every table name that is not mapped, as in `-v2`.
    pub fn table_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.naming.suffix = suffix.into();
        self
    }

    /// Maps the table that entities declare as `declared` to a name or an ARN, which is used as it is.
    ///
    /// An ARN reaches a table of another account, where its resource policy allows it.
    pub fn table(mut self, declared: impl Into<String>, name_or_arn: impl Into<String>) -> Self {
        self.naming.mapped.insert(declared.into(), name_or_arn.into());
        self
    }

    /// Maps the table that entities declare as `declared` to the name or ARN in an environment variable.
    ///
    /// The environment is read once, by [`build`](Self::build).
    pub fn table_from_env(mut self, declared: impl Into<String>, variable: impl Into<String>) -> Self {
        self.from_env.push((declared.into(), variable.into()));
        self
    }

    /// How long an operation may take by default, pauses and repetitions included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.overrides = self.overrides.timeout(timeout);
        self
    }

    /// How long one attempt may take by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.overrides = self.overrides.attempt_timeout(timeout);
        self
    }

    /// How often a request is sent at most by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.overrides = self.overrides.max_attempts(attempts);
        self
    }

    /// How often, and after which pauses, requests are sent again by default, and what batches leave unprocessed.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.overrides = self.overrides.retry(policy);
        self
    }

    /// How much the client may repeat in all; 100 repetitions, and one more for five successes, if nothing is said.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Which part of its longest time each pause takes, from 0 up to 1, for tests that need the same pauses each time; random if
    /// nothing is said.
    pub fn jitter(mut self, part: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Some(Arc::new(part));
        self
    }

    /// Where the tokens of transactions come from, for tests that need the same requests each time; random if nothing is said.
    ///
    /// DynamoDB takes tokens of up to 36 characters, and does the transaction of a token once in 10 minutes.
    pub fn client_request_tokens(mut self, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.tokens = Tokens::from_fn(make);
        self
    }

    /// Where the moments come from that the library writes and compares with: `created_at`, `updated_at` and the ttl; the system's clock
    /// if nothing is said.
    ///
    /// Building a request does not read it. It is read once for each request that needs it, when that is sent.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::from_fn(now);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Configuration` if a variable named by [`table_from_env`](Self::table_from_env) is missing, or a name is not
    /// one that a table can have.
    pub fn build(self) -> Result<Client, Error> {
        let naming = self.naming.build(&self.from_env, |variable| std::env::var_os(variable))?;
        let retries = Retries::new(self.budget, self.jitter);
        let mut inner = Inner::new(self.sdk, Arc::new(naming), self.overrides, self.tokens, self.clock);
        inner.retries = Arc::new(retries);
        Ok(inner.into())
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("naming", &self.naming)
            .field("from_env", &self.from_env)
            .field("overrides", &self.overrides)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

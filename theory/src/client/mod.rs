//! The client: it owns every wait for DynamoDB.
//!
//! A [`Client`] wraps an `aws_sdk_dynamodb::Client` and sends through it. Identity, signing, endpoints, retries,
//! timeouts and HTTP are the SDK's; only what is written into a request and read from a response is the library's
//! own. What the library does not cover is done with [`Client::sdk`].
//!
//! # Timeouts and retries
//!
//! Every request has timeouts, and a limit to its repetitions. What the SDK client's configuration says of them stands,
//! also where it disables one; what it leaves open gets these defaults, however the client was made:
//!
//! | setting | default |
//! |---|---|
//! | time to connect | 1 s |
//! | one attempt | 5 s |
//! | an operation, with its repetitions and the pauses between them | 20 s |
//! | attempts | 4 |
//! | attempts of what a batch leaves unprocessed | 10 |
//! | pauses | a random part of a time that doubles from 50 ms to 5 s |
//! | repetitions in all | 100, and one more for five successes |
//!
//! `aws-config`, and so `Client::from_env`, leaves little open: it sets 3.1 s to connect and 3 attempts unless the
//! environment says otherwise, and these stand. The pauses of the SDK's own defaults (up to 1 s before the first
//! repetition) count as left open.
//!
//! How often and after which pauses something is repeated is its [`RetryPolicy`]. How much a client repeats in all is its
//! [`RetryBudget`]: while everything fails, repetitions would only multiply the load. It takes the place of the SDK's
//! own count of repetitions, which all clients of a process share and a batch does not; a `retry_partition` in the
//! configuration counts besides.
//!
//! Set others for all requests of a client when it is built, for some of them by [`Client::with_overrides`], and for
//! a single one on the request.
//!
//! Throttling, 5xx, timeouts, broken connections and answers that do not match their checksum are repeated. The
//! exception is a write that is not idempotent (`add`, arithmetic, `list_append`): it is repeated only if DynamoDB
//! certainly did not execute it. Otherwise its error [is ambiguous](crate::Error::is_ambiguous).
//!
//! # Deadlines
//!
//! A timeout is for one request; a [`Deadline`] is for the work as a whole. [`Client::with_deadline`] gives a handle on
//! which nothing is started that cannot finish in time, and nothing is waited for any longer.
//!
//! # What is traced
//!
//! Every operation has one span, with target `theory`, level `INFO` and a name such as `dynamodb.GetItem`. Its fields
//! are `operation`, `entity`, `table`, `index`, `request_id`, `attempts`, `items`, `consumed_capacity`, and for a
//! failure `error` (its kind) and `ambiguous`: never a value, of a key or of anything else. Where an attempt was
//! throttled, `throttled_by` says by which limit of which table or index, also if a later one succeeded.
//!
//! The SDK's own events are another matter. Responses are marked as sensitive, so that the SDK leaves out the bodies it
//! has read unless the variable `LOG_SENSITIVE_BODIES` is `true`. For requests it has no such mark: at level `TRACE`
//! its target `aws_smithy_runtime::client::orchestrator` prints the request before it is transmitted, body and all. At
//! level `DEBUG` the targets of `aws_smithy_runtime` print errors, and an error of DynamoDB can quote a value or carry
//! an item. Keep these targets at `INFO` where values must not be logged.

mod builder;
mod call;
mod carrier;
mod deadline;
mod entropy;
mod error_body;
mod exchange;
mod failure;
mod naming;
mod operation;
mod outcome;
mod overrides;
mod profile;
mod retry;
mod table_admin;
#[cfg(test)]
mod tests;
mod throttling;
mod token;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client as SdkClient;
use aws_sdk_dynamodb::config::{Builder as SdkConfigBuilder, Config};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;

pub use builder::ClientBuilder;
pub(crate) use call::{Call, Judge, Response, call};
pub(crate) use carrier::Carrier;
pub use deadline::Deadline;
use exchange::Exchange;
use naming::Naming;
pub(crate) use operation::Operation;
pub use overrides::Overrides;
use profile::{Profile, Terms};
pub(crate) use retry::{Cost, Paid, Policy, Retries};
pub use retry::{RetryBudget, RetryPolicy};
pub use table_admin::{Billing, CreateTables, DeleteTables, Difference, Verified, Verify, Wait};
use token::Tokens;

use crate::error::Error;
use crate::lifecycle::Clock;
use crate::timestamp::Timestamp;

/// Sends requests to DynamoDB.
///
/// Cheap to clone, and clones share the SDK client with its connections.
///
/// # Example
///
/// ```
/// # fn build(sdk: aws_sdk_dynamodb::Client) -> Result<(), theory::Error> {
/// use std::time::Duration;
/// use theory::Client;
///
/// let client = Client::builder(sdk)
///     .table_prefix("dev-")
///     .table("orders", "arn:aws:dynamodb:eu-central-1:123456789012:table/Orders")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    deadline: Option<Deadline>,
}

struct Inner {
    sdk: SdkClient,
    naming: Arc<Naming>,
    overrides: Overrides,
    tokens: Tokens,
    clock: Clock,
    profile: Profile,
    retries: Arc<Retries>,
    #[cfg(test)]
    sabotage: Option<Sabotage>,
}

impl Inner {
    fn new(sdk: SdkClient, naming: Arc<Naming>, overrides: Overrides, tokens: Tokens, clock: Clock) -> Self {
        Self {
            profile: Profile::new(sdk.config(), &overrides),
            retries: Arc::default(),
            sdk,
            naming,
            overrides,
            tokens,
            clock,
            #[cfg(test)]
            sabotage: None,
        }
    }
}

impl From<Inner> for Client {
    fn from(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), deadline: None }
    }
}

impl Client {
    /// Wraps an SDK client.
    ///
    /// What its configuration leaves open of timeouts and retries gets the [defaults](self#timeouts-and-retries) for the requests of
    /// this client. The SDK client itself stays as it is.
    pub fn new(sdk: SdkClient) -> Self {
        Inner::new(sdk, Arc::default(), Overrides::new(), Tokens::default(), Clock::default()).into()
    }

    /// Makes a client from a configuration of the DynamoDB SDK.
    ///
    /// What the configuration leaves open of timeouts and retries gets the [defaults](self#timeouts-and-retries).
    ///
    /// # Panics
    ///
    /// As `aws_sdk_dynamodb::Client::from_conf` does: without a behaviour version, or with retries or timeouts and
    /// nothing to sleep with.
    #[track_caller]
    pub fn from_conf(config: Config) -> Self {
        Self::new(SdkClient::from_conf(profile::with_defaults(config)))
    }

    /// Makes a client from a shared SDK configuration, such as `aws-config` loads.
    ///
    /// What the configuration leaves open of timeouts and retries gets the [defaults](self#timeouts-and-retries).
    ///
    /// # Panics
    ///
    /// As `aws_sdk_dynamodb::Client::new` does.
    #[track_caller]
    pub fn from_sdk_config(config: &SdkConfig) -> Self {
        Self::from_conf(Config::from(config))
    }

    /// Makes a client from the environment: region, credentials and the rest as AWS's tools find them.
    ///
    /// Credentials are looked up when the first request is sent.
    #[cfg(feature = "env")]
    pub async fn from_env() -> Self {
        use aws_sdk_dynamodb::config::BehaviorVersion;
        Self::from_sdk_config(&aws_config::defaults(BehaviorVersion::v2026_01_12()).load().await)
    }

    /// Builds a client on an SDK client, with names for tables and defaults for requests.
    pub fn builder(sdk: SdkClient) -> ClientBuilder {
        ClientBuilder::new(sdk)
    }

    /// The SDK client beneath, for what the library does not cover.
    pub fn sdk(&self) -> &SdkClient {
        &self.inner.sdk
    }

    /// A client with other defaults for its requests, on the same SDK client and its connections.
    ///
    /// `overrides` go over the defaults that this client has already.
    pub fn with_overrides(&self, overrides: Overrides) -> Self {
        self.with(overrides.over(&self.inner.overrides), self.inner.clock.clone())
    }

    /// A client with another clock for what the library stamps, on the same SDK client and its connections.
    ///
    /// It is for tests, and for replaying what happened at another time. See [`ClientBuilder::clock`].
    pub fn with_clock(&self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with(self.inner.overrides.clone(), Clock::from_fn(now))
    }

    fn with(&self, overrides: Overrides, clock: Clock) -> Self {
        let Inner { sdk, naming, tokens, profile, retries, .. } = &*self.inner;
        let inner = Inner {
            profile: profile.with(sdk.config(), &overrides),
            retries: Arc::clone(retries),
            sdk: sdk.clone(),
            naming: Arc::clone(naming),
            overrides,
            tokens: tokens.clone(),
            clock,
            #[cfg(test)]
            sabotage: None,
        };
        Self { inner: Arc::new(inner), deadline: self.deadline }
    }

    /// A handle on which nothing is started that cannot finish before the deadline, and nothing is waited for longer.
    ///
    /// It shares everything with this one, and costs next to nothing to make: one for each event, say. A handle that has a deadline
    /// already keeps the earlier of the two.
    ///
    /// When the time is up, an operation ends with an error of kind [`Deadline`](crate::ErrorKind::Deadline):
    ///
    /// - No attempt is started with less time left than [`Deadline::least`]; an operation that was not sent is never ambiguous.
    /// - An attempt under way is given up at the deadline. If it was a write, its error [is ambiguous](crate::Error::is_ambiguous).
    /// - A pause before another attempt that would end too late is not begun: the error comes at once, and has the cause as its source.
    /// - What goes from page to page stops between pages. [`until_deadline`](crate::op::Query::until_deadline) gives what was read and
    ///   the cursor to go on from; a stream has given its items before the error, and [`Error::cursor`](crate::Error::cursor) says where
    ///   it goes on.
    /// - A batch sends nothing more, and its error has what is left.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # use theory::Table;
    /// # #[derive(Table)] #[table(name = "orders")]
    /// # struct Order { #[table(pk)] customer: String, #[table(sk)] id: String }
    /// # async fn example(client: theory::Client) -> theory::Result<()> {
    /// use std::time::Duration;
    /// use theory::client::Deadline;
    ///
    /// let client = client.with_deadline(Deadline::after(Duration::from_secs(3)));
    /// let orders = Order::query("ada").until_deadline(&client).await?;
    /// if let Some(cursor) = orders.next_cursor() {
    ///     println!("to be continued at {cursor}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_deadline(&self, deadline: Deadline) -> Self {
        Self { inner: Arc::clone(&self.inner), deadline: Some(deadline.and(self.deadline)) }
    }

    /// A handle that shares everything with this one but its deadline, of which it has none.
    ///
    /// For what has to be said when the time of the work is up: that it is done, or that somebody else may do it. Give it
    /// [a later deadline](Self::with_deadline) of its own.
    pub fn without_deadline(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), deadline: None }
    }

    /// The deadline of this handle.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// How much time is left on this handle; `None` if it has no deadline.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.time_left())
    }

    /// The name or ARN that this client uses for a table.
    ///
    /// What a request asks for comes first, then what the builder maps, then the declared name with the client's
    /// prefix and suffix.
    pub fn table_name<'a>(&'a self, declared: &'a str, request_override: Option<&'a str>) -> Cow<'a, str> {
        match request_override.or_else(|| self.inner.overrides.table_name()) {
            Some(name) => Cow::Borrowed(name),
            None => self.inner.naming.resolve(declared),
        }
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// A token for a transaction.
    pub(crate) fn new_token(&self, entity: &'static str) -> Result<String, Error> {
        self.inner.tokens.make(entity)
    }

    /// What is shared by all handles for what is sent again.
    pub(crate) fn retries(&self) -> &Arc<Retries> {
        &self.inner.retries
    }

    /// How often, and after which pauses, something is sent again.
    pub(crate) fn policy(&self, request: &Overrides) -> Policy {
        if request.is_empty() {
            self.inner.profile.policy
        } else {
            Policy::new(
                request.retry_policy().over(self.inner.overrides.retry_policy()),
                self.sdk().config().retry_config(),
            )
        }
    }

    /// The SDK's configuration of one operation: what `request` and this client set. The rest stands in the terms.
    fn config_override(&self, request: Overrides) -> (SdkConfigBuilder, Terms) {
        let Inner { overrides, profile, retries, .. } = &*self.inner;
        if request.is_empty() {
            return (overrides.config(), profile.terms(retries, self.deadline));
        }
        let overrides = request.over(overrides);
        let profile = profile.with(self.sdk().config(), &overrides);
        (overrides.config(), profile.terms(retries, self.deadline))
    }

    /// The SDK's configuration of one operation that the SDK writes and reads itself.
    fn config_beside(&self) -> (SdkConfigBuilder, Terms) {
        let Inner { overrides, profile, retries, .. } = &*self.inner;
        (overrides.config(), profile.terms_beside(retries, self.deadline))
    }

    /// Lets the exchange see what happens to one operation.
    fn intercept(&self, config: &mut SdkConfigBuilder, exchange: &Exchange) {
        #[cfg(test)]
        if let Some(Sabotage::Ignore) = self.inner.sabotage {
            return;
        }
        // Permanent: nobody may disable it, and nothing is spent on asking.
        config.push_interceptor(SharedInterceptor::permanent(exchange.clone()));
    }

    #[cfg(test)]
    fn saboteur(&self) -> Option<SharedInterceptor> {
        match &self.inner.sabotage {
            Some(Sabotage::Undo(saboteur)) => Some(saboteur.clone()),
            _ => None,
        }
    }
}

/// Plays an SDK that ignores the library's wire path.
#[cfg(test)]
enum Sabotage {
    /// Our interceptor is not run.
    Ignore,
    /// This one is run after ours.
    Undo(SharedInterceptor),
}

/// The client's own configuration is the SDK's, which prints no secrets.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("naming", &self.inner.naming)
            .field("overrides", &self.inner.overrides)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl From<SdkClient> for Client {
    fn from(sdk: SdkClient) -> Self {
        Self::new(sdk)
    }
}

impl From<&SdkConfig> for Client {
    fn from(config: &SdkConfig) -> Self {
        Self::from_sdk_config(config)
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Client>();
};

//! The client: it owns every wait for DynamoDB.
//!
//! A [`Client`] wraps an `aws_sdk_dynamodb::Client` and sends through it. Identity, signing, endpoints, retries,
//! timeouts and HTTP are the SDK's; only what is written into a request and read from a response is the library's
//! own. What the library does not cover is done with [`Client::sdk`].
//!
//! # Timeouts and retries
//!
//! A client made from an SDK client, by [`Client::new`] or [`Client::builder`], leaves that client's timeouts and
//! retries as they are. A client that the library makes from a configuration gets these defaults for what the
//! configuration leaves open:
//!
//! | setting | default |
//! |---|---|
//! | time to connect | 1 s |
//! | one attempt | 5 s |
//! | an operation, with its repetitions and the pauses between them | 20 s |
//! | attempts | 4, with the SDK's exponential backoff and jitter |
//!
//! `aws-config`, and so `Client::from_env`, leaves little open: it sets 3.1 s to connect and 3 attempts unless the
//! environment says otherwise, and these stand.
//!
//! Set others for all requests of a client when it is built, for some of them by [`Client::with_overrides`], and for
//! a single one on the request.
//!
//! Throttling, 5xx, timeouts, broken connections and answers that do not match their checksum are repeated. The
//! exception is a write that is not idempotent (`add`, arithmetic, `list_append`): it is repeated only if DynamoDB
//! certainly did not execute it. Otherwise its error [is ambiguous](crate::Error::is_ambiguous).
//!
//! # What is traced
//!
//! Every operation has one span, with target `theory`, level `INFO` and a name such as `dynamodb.GetItem`. Its fields
//! are `operation`, `entity`, `table`, `index`, `request_id`, `attempts`, `items`, `consumed_capacity`, and for a
//! failure `error` (its kind) and `ambiguous`: never a value, of a key or of anything else.
//!
//! The SDK's own events are another matter. Responses are marked as sensitive, so that the SDK leaves out the bodies it
//! has read unless the variable `LOG_SENSITIVE_BODIES` is `true`. For requests it has no such mark: at level `TRACE`
//! its target `aws_smithy_runtime::client::orchestrator` prints the request before it is transmitted, body and all. At
//! level `DEBUG` the targets of `aws_smithy_runtime` print errors, and an error of DynamoDB can quote a value or carry
//! an item. Keep these targets at `INFO` where values must not be logged.

mod builder;
mod call;
mod conflict;
mod error_body;
mod exchange;
mod failure;
mod naming;
mod operation;
mod outcome;
mod overrides;
mod table_admin;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client as SdkClient;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder as SdkConfigBuilder, Config};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;

pub use builder::ClientBuilder;
pub(crate) use call::{Call, call};
use exchange::Exchange;
use naming::Naming;
pub(crate) use operation::Operation;
pub use overrides::Overrides;
pub use table_admin::{Billing, CreateTables, DeleteTables, Wait};
use token::Tokens;

use crate::lifecycle::Clock;
use crate::timestamp::Timestamp;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_ATTEMPTS: u32 = 4;

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
}

struct Inner {
    sdk: SdkClient,
    naming: Arc<Naming>,
    overrides: Overrides,
    tokens: Tokens,
    clock: Clock,
    #[cfg(test)]
    sabotage: Option<Sabotage>,
}

impl Inner {
    fn new(sdk: SdkClient, naming: Arc<Naming>, overrides: Overrides, tokens: Tokens, clock: Clock) -> Self {
        Self {
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

impl Client {
    /// Wraps an SDK client, whose configuration stays as it is.
    pub fn new(sdk: SdkClient) -> Self {
        let inner = Inner::new(sdk, Arc::default(), Overrides::new(), Tokens::default(), Clock::default());
        Self { inner: Arc::new(inner) }
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
        Self::new(SdkClient::from_conf(with_defaults(config)))
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
        let Inner { overrides: beneath, clock, .. } = &*self.inner;
        self.with(overrides.over(beneath), clock.clone())
    }

    /// A client with another clock for what the library stamps, on the same SDK client and its connections.
    ///
    /// It is for tests, and for replaying what happened at another time. See [`ClientBuilder::clock`].
    pub fn with_clock(&self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with(self.inner.overrides.clone(), Clock::from_fn(now))
    }

    fn with(&self, overrides: Overrides, clock: Clock) -> Self {
        let Inner { sdk, naming, tokens, .. } = &*self.inner;
        let inner = Inner::new(sdk.clone(), Arc::clone(naming), overrides, tokens.clone(), clock);
        Self { inner: Arc::new(inner) }
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
    pub(crate) fn new_token(&self) -> String {
        self.inner.tokens.make()
    }

    /// The SDK's configuration of one operation: what `request` and this client set.
    fn config_override(&self, request: Overrides) -> SdkConfigBuilder {
        if request.is_empty() {
            self.inner.overrides.config(self.sdk())
        } else {
            request.over(&self.inner.overrides).config(self.sdk())
        }
    }

    /// Puts the library's serializer and deserializer into the configuration of one operation.
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

fn with_defaults(config: Config) -> Config {
    let mut timeouts = TimeoutConfig::builder();
    timeouts
        .set_connect_timeout(Some(CONNECT_TIMEOUT))
        .set_operation_attempt_timeout(Some(ATTEMPT_TIMEOUT))
        .set_operation_timeout(Some(OPERATION_TIMEOUT));
    let defaults = timeouts.build();
    let timeouts = match config.timeout_config() {
        Some(given) => {
            let mut given = given.clone();
            given.take_defaults_from(&defaults);
            given
        }
        None => defaults,
    };
    let mut builder = config.to_builder();
    builder.set_timeout_config(Some(timeouts));
    if config.retry_config().is_none() {
        builder.set_retry_config(Some(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS)));
    }
    builder.build()
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Client>();
};

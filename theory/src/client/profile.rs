//! What a handle of a client gives to each of its requests, worked out once.
//!
//! The SDK client's own configuration stands where it says something; what it leaves open gets the library's defaults.
//! Nothing is set for a request that the SDK client says already, so that a request in the usual case costs little.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder, Config};

use super::deadline::Deadline;
use super::overrides::Overrides;
use super::retry::{Policy, Retries};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(20);

/// On which terms one request is sent, and sent again.
pub(super) struct Terms {
    pub(super) policy: Policy,
    pub(super) retries: Arc<Retries>,
    pub(super) deadline: Option<Deadline>,
}

/// What the overrides of a handle, over the SDK client's configuration, over the defaults, come to.
pub(super) struct Profile {
    pub(super) policy: Policy,
    operation_timeout: Option<Duration>,
    /// What the SDK client's configuration does not say already.
    timeouts: Option<TimeoutConfig>,
    retries: Option<RetryConfig>,
}

impl Profile {
    pub(super) fn new(config: &Config, overrides: &Overrides) -> Self {
        let given = config.timeout_config();
        let mut timeouts = overrides.timeouts();
        if let Some(given) = given {
            timeouts.take_defaults_from(given);
        }
        timeouts.take_defaults_from(&default_timeouts());
        let policy = Policy::new(overrides.retry_policy(), config.retry_config());
        let retries = policy.config(config.retry_config());
        Self {
            policy,
            operation_timeout: timeouts.operation_timeout(),
            timeouts: (given != Some(&timeouts)).then_some(timeouts),
            retries: (config.retry_config() != Some(&retries)).then_some(retries),
        }
    }

    /// Sets for one request what the SDK client does not say.
    pub(super) fn apply(&self, config: &mut Builder, deadline: Option<Deadline>) {
        let left = deadline.map(|deadline| deadline.time_left());
        let left = left.filter(|left| self.operation_timeout.is_none_or(|timeout| *left < timeout));
        match (left, &self.timeouts) {
            (Some(left), timeouts) => {
                let mut cut = TimeoutConfig::builder();
                cut.set_operation_timeout(Some(left));
                let mut cut = cut.build();
                if let Some(timeouts) = timeouts {
                    cut.take_defaults_from(timeouts);
                }
                config.set_timeout_config(Some(cut));
            }
            (None, Some(timeouts)) => {
                config.set_timeout_config(Some(timeouts.clone()));
            }
            (None, None) => {}
        }
        if let Some(retries) = &self.retries {
            config.set_retry_config(Some(retries.clone()));
        }
    }
}

fn default_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// The SDK counts repetitions too, those of all its clients in the process together. With a partition of its own a client
/// counts by its own budget alone, unless its configuration names one.
pub(super) fn partition(config: &Config) -> Option<RetryPartition> {
    let own = || RetryPartition::custom("theory").token_bucket(TokenBucket::unlimited()).build();
    config.retry_partition().is_none().then(own)
}

/// A configuration that says of itself what each request would have to be told.
pub(super) fn with_defaults(config: Config) -> Config {
    let Profile { timeouts, retries, .. } = Profile::new(&config, &Overrides::new());
    let mut builder = config.to_builder();
    if let Some(timeouts) = timeouts {
        builder.set_timeout_config(Some(timeouts));
    }
    if let Some(retries) = retries {
        builder.set_retry_config(Some(retries));
    }
    if let Some(partition) = partition(&config) {
        builder.set_retry_partition(Some(partition));
    }
    builder.build()
}

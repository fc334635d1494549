//! What one request, or one handle of a client, sets differently from the SDK client beneath.

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder, ProvideCredentials, Region, SharedCredentialsProvider};

use super::retry::RetryPolicy;

/// Settings of one request, or the defaults of a [`Client`](crate::Client), over those of the SDK client.
///
/// What is not set stays as it is beneath. Costs nothing when empty.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use theory::client::Overrides;
///
/// let patient = Overrides::new().timeout(Duration::from_secs(60)).max_attempts(10);
/// # let _ = patient;
/// ```
#[derive(Clone, Default)]
pub struct Overrides(Option<Box<Settings>>);

#[derive(Clone, Default)]
struct Settings {
    table: Option<String>,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: RetryPolicy,
    region: Option<Region>,
    credentials: Option<SharedCredentialsProvider>,
    endpoint_url: Option<String>,
}

impl Overrides {
    /// Changes nothing.
    pub const fn new() -> Self {
        Self(None)
    }

    /// The table's name or ARN, as it is: no prefix, suffix or mapping of the client applies.
    pub fn table(self, name_or_arn: impl Into<String>) -> Self {
        self.set(|settings| settings.table = Some(name_or_arn.into()))
    }

    /// How long the whole operation may take, pauses and repetitions included.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.timeout = Some(timeout))
    }

    /// How long one attempt may take before it is given up, and repeated where that does no harm.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.attempt_timeout = Some(timeout))
    }

    /// How often a request is sent at most; 1 never repeats, and 0 counts as 1.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.retry(RetryPolicy::new().attempts(attempts))
    }

    /// How often, and after which pauses, a request is sent again; what the policy leaves open stays as it is.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.set(|settings| settings.retry = policy.over(settings.retry))
    }

    /// The region to call, as in `eu-central-1`.
    pub fn region(self, region: impl Into<String>) -> Self {
        self.set(|settings| settings.region = Some(Region::new(region.into())))
    }

    /// The credentials to sign with.
    pub fn credentials(self, provider: impl ProvideCredentials + 'static) -> Self {
        self.set(|settings| settings.credentials = Some(SharedCredentialsProvider::new(provider)))
    }

    /// The endpoint to call in place of the region's, as in `http://localhost:8000`.
    pub fn endpoint_url(self, url: impl Into<String>) -> Self {
        self.set(|settings| settings.endpoint_url = Some(url.into()))
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// These settings, and `beneath` where these say nothing.
    pub fn over(self, beneath: &Self) -> Self {
        let Some(below) = &beneath.0 else { return self };
        let Some(mut settings) = self.0 else { return beneath.clone() };
        let Settings { table, timeout, attempt_timeout, retry, region, credentials, endpoint_url } =
            &mut *settings;
        fill(table, &below.table);
        fill(timeout, &below.timeout);
        fill(attempt_timeout, &below.attempt_timeout);
        *retry = retry.over(below.retry);
        fill(region, &below.region);
        fill(credentials, &below.credentials);
        fill(endpoint_url, &below.endpoint_url);
        Self(Some(settings))
    }

    /// The table that is asked for.
    pub(crate) fn table_name(&self) -> Option<&str> {
        self.0.as_ref()?.table.as_deref()
    }

    /// The timeouts that are set here.
    pub(super) fn timeouts(&self) -> TimeoutConfig {
        let mut timeouts = TimeoutConfig::builder();
        let Some(settings) = &self.0 else { return timeouts.build() };
        // To the SDK's builder a `None` is not silence: it disables.
        if settings.timeout.is_some() {
            timeouts.set_operation_timeout(settings.timeout);
        }
        if settings.attempt_timeout.is_some() {
            timeouts.set_operation_attempt_timeout(settings.attempt_timeout);
        }
        timeouts.build()
    }

    /// What is set here of repetitions.
    pub(super) fn retry_policy(&self) -> RetryPolicy {
        self.0.as_ref().map_or(RetryPolicy::new(), |settings| settings.retry)
    }

    /// The SDK's configuration of one operation, without timeouts and repetitions.
    pub(super) fn config(&self) -> Builder {
        let mut config = Builder::new();
        let Some(settings) = &self.0 else { return config };
        if let Some(region) = &settings.region {
            config.set_region(Some(region.clone()));
        }
        if let Some(credentials) = &settings.credentials {
            config.set_credentials_provider(Some(credentials.clone()));
        }
        if let Some(url) = &settings.endpoint_url {
            config.set_endpoint_url(Some(url.clone()));
        }
        config
    }

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(self.0.get_or_insert_default());
        self
    }
}

fn fill<T: Clone>(setting: &mut Option<T>, below: &Option<T>) {
    if setting.is_none() {
        setting.clone_from(below);
    }
}

/// Never the credentials.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Overrides");
        if let Some(settings) = &self.0 {
            debug
                .field("table", &settings.table)
                .field("timeout", &settings.timeout)
                .field("attempt_timeout", &settings.attempt_timeout)
                .field("retry", &settings.retry)
                .field("region", &settings.region)
                .field("credentials", &settings.credentials.is_some())
                .field("endpoint_url", &settings.endpoint_url);
        }
        debug.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Overrides;

    #[test]
    fn the_upper_wins_and_the_lower_fills() {
        let below = Overrides::new().timeout(Duration::from_secs(9)).region("eu-central-1").max_attempts(7);
        let merged = Overrides::new().timeout(Duration::from_secs(1)).table("t").over(&below);
        let text = format!("{merged:?}");
        for part in ["timeout: Some(1s)", "attempts: Some(7)", "eu-central-1", r#"table: Some("t")"#] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(Overrides::new().over(&Overrides::new()).is_empty());
        assert!(!Overrides::new().over(&below).is_empty());
    }

    #[test]
    fn zero_attempts_are_one() {
        assert!(format!("{:?}", Overrides::new().max_attempts(0)).contains("attempts: Some(1)"));
    }
}

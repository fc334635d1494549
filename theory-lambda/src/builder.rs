//! What `init` does, and its options.

use std::fmt;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::endpoint::{Params, ResolveEndpoint as _};
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder as SdkConfigBuilder, Config, IdentityCache, ProvideCredentials, Region,
    SharedCredentialsProvider,
};
use aws_types::endpoint_config::AccountIdEndpointMode;
use futures_util::future;
use theory::Client;
use theory::client::ClientBuilder;

use crate::cold_start::{ColdStart, Listeners, Recorder};
use crate::endpoint::ResolvedOnce;
use crate::environment::Environment;
use crate::error::{InitError, InitErrorKind};
use crate::http::{HttpClient, Roots, Steps, TlsProvider};

/// Lambda gives INIT 10 s, of which other things need some.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

type SdkChange = Box<dyn FnOnce(SdkConfigBuilder) -> SdkConfigBuilder + Send>;
type ClientChange = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// Makes a [`Client`] for a Lambda function: see [`init`](crate::init), which is this without options.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), theory_lambda::InitError> {
/// use std::time::Duration;
///
/// let client = theory_lambda::builder()
///     .connect_timeout(Duration::from_secs(1))
///     .emf("orders")
///     .client(|client| client.table_from_env("orders", "ORDERS_TABLE"))
///     .init()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `init` is called"]
pub struct Builder {
    region: Option<Region>,
    credentials: Option<SharedCredentialsProvider>,
    endpoint_url: Option<String>,
    http: Option<HttpClient>,
    roots: Option<Roots>,
    tls_provider: Option<TlsProvider>,
    max_idle: Option<Duration>,
    connect_limit: Duration,
    sdk: Option<SdkChange>,
    client: Option<ClientChange>,
    listeners: Listeners,
    #[cfg(feature = "provider-chain")]
    provider_chain: bool,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("credentials", &self.credentials.is_some())
            .field("endpoint_url", &self.endpoint_url)
            .field("connect_limit", &self.connect_limit)
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            region: None,
            credentials: None,
            endpoint_url: None,
            http: None,
            roots: None,
            tls_provider: None,
            max_idle: None,
            connect_limit: CONNECT_LIMIT,
            sdk: None,
            client: None,
            listeners: Listeners::default(),
            #[cfg(feature = "provider-chain")]
            provider_chain: false,
        }
    }

    /// The region, in place of `AWS_REGION`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(Region::new(region.into()));
        self
    }

    /// The source of credentials, in place of `AWS_ACCESS_KEY_ID` and its companions.
    ///
    /// What it provides is kept by the SDK until it expires.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self
    }

    /// The endpoint, in place of `AWS_ENDPOINT_URL_DYNAMODB` and `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Looks for region and credentials wherever AWS's tools do: profiles, containers, instance metadata.
    ///
    /// It takes `aws-config`, and with it time at the start. It is done without asking, with this feature, where
    /// Lambda's variables are absent.
    #[cfg(feature = "provider-chain")]
    pub fn provider_chain(mut self) -> Self {
        self.provider_chain = true;
        self
    }

    /// An HTTP client that is there already.
    ///
    /// [`roots`](Self::roots), [`tls_provider`](Self::tls_provider) and [`max_idle`](Self::max_idle) are its own.
    pub fn http_client(mut self, http: HttpClient) -> Self {
        self.http = Some(http);
        self
    }

    /// Which certificates are trusted; Mozilla's, compiled in, if nothing is said.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// Whose cryptography TLS uses; the one that starts fastest if nothing is said.
    pub fn tls_provider(mut self, provider: TlsProvider) -> Self {
        self.tls_provider = Some(provider);
        self
    }

    /// How long a connection may have been idle to be used again; 10 s if nothing is said.
    ///
    /// See [`HttpClientBuilder::max_idle`](crate::HttpClientBuilder::max_idle).
    pub fn max_idle(mut self, max_idle: Duration) -> Self {
        self.max_idle = Some(max_idle);
        self
    }

    /// How long `init` waits at most for the connection; 3 s if nothing is said, and none is opened with zero.
    ///
    /// A connection that is not there by then is no error: the first request opens one.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_limit = limit;
        self
    }

    /// Hands the report on the cold start to `listener`, when the first answer begins.
    pub fn on_cold_start(mut self, listener: impl FnOnce(&ColdStart) + Send + 'static) -> Self {
        self.listeners.callback = Some(Box::new(listener));
        self
    }

    /// Writes the report on the cold start to standard output, as metrics of CloudWatch in this namespace.
    pub fn emf(mut self, namespace: impl Into<String>) -> Self {
        self.listeners.emf = Some(namespace.into());
        self
    }

    /// Changes the configuration of the SDK before its client is made: time-outs, retries, interceptors.
    ///
    /// An endpoint or a region that is set here is used, but not connected to beforehand.
    pub fn sdk(mut self, change: impl FnOnce(SdkConfigBuilder) -> SdkConfigBuilder + Send + 'static) -> Self {
        self.sdk = Some(Box::new(change));
        self
    }

    /// Changes the client: the names of tables, and the defaults of requests.
    pub fn client(mut self, change: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static) -> Self {
        self.client = Some(Box::new(change));
        self
    }

    /// Makes the client, and opens its connection.
    ///
    /// # Errors
    ///
    /// If region or credentials are not known, a variable cannot be understood, or TLS cannot be configured. A
    /// connection that could not be opened is none.
    pub async fn init(mut self) -> Result<Client, InitError> {
        let started = Instant::now();
        let recorder = Recorder::start(std::mem::take(&mut self.listeners));
        let http = self.http.take().unwrap_or_else(|| self.make_http());
        let told = recorder.clone();
        http.on_first_answer(move |duration| told.answered(duration));

        let (client, limit) = (self.client.take(), self.connect_limit);
        let settings = self.settings(&http).await?;
        let resolved = settings.resolve().await?;
        let url = resolved.url().to_owned();
        // Fails here, and not as a request that fails again and again.
        http.prepare(&url)?;
        let prepared = started.elapsed();
        let make = async {
            let started = Instant::now();
            let made = settings.client(resolved, http.clone(), client);
            (made, prepared + started.elapsed())
        };
        // The connection first: the client is made while its packets travel.
        let (steps, (client, configuration)) = future::join(connect(&http, &url, limit), make).await;
        recorder.initialized(configuration, steps, started.elapsed());
        client
    }

    fn make_http(&mut self) -> HttpClient {
        let mut http = HttpClient::builder();
        if let Some(roots) = self.roots.take() {
            http = http.roots(roots);
        }
        if let Some(provider) = self.tls_provider {
            http = http.tls_provider(provider);
        }
        if let Some(max_idle) = self.max_idle {
            http = http.max_idle(max_idle);
        }
        http.build()
    }

    /// What was asked for, then what the environment says, then what the chain of providers finds.
    async fn settings(self, http: &HttpClient) -> Result<Settings, InitError> {
        let environment = Environment::of_process()?;
        let is_static = self.credentials.is_none();
        let region = self.region.or(environment.region);
        let known = environment.credentials;
        let account_id = known.as_ref().filter(|_| is_static).and_then(|known| known.account_id());
        let mut settings = Settings {
            account_id: account_id.map(|id| id.as_str().to_owned()),
            region: region.clone(),
            endpoint_url: self.endpoint_url.or(environment.endpoint_url),
            use_fips: environment.use_fips,
            use_dual_stack: environment.use_dual_stack,
            account_id_mode: environment.account_id_mode,
            sdk: Config::builder(),
            change: self.sdk,
        };
        let credentials = self.credentials.or_else(|| known.map(SharedCredentialsProvider::new));

        #[cfg(feature = "provider-chain")]
        if self.provider_chain || region.is_none() || credentials.is_none() {
            let credentials = credentials.filter(|_| !(self.provider_chain && is_static));
            settings.search(credentials, http).await;
            settings.sdk.set_retry_config(environment.retry);
            return if settings.region.is_some() { Ok(settings) } else { Err(no_region()) };
        }
        let _ = http;
        let (Some(_), Some(credentials)) = (&region, credentials) else {
            return Err(if region.is_none() { no_region() } else { no_credentials() });
        };
        settings.sdk.set_credentials_provider(Some(credentials));
        if is_static {
            // Lambda's credentials are those of the process: there is nothing to renew, and nothing to keep.
            settings.sdk.set_identity_cache(IdentityCache::no_cache());
        }
        settings.sdk.set_retry_config(environment.retry);
        Ok(settings)
    }
}

/// A region and credentials, and what else there is to say to the SDK.
struct Settings {
    region: Option<Region>,
    endpoint_url: Option<String>,
    use_fips: Option<bool>,
    use_dual_stack: Option<bool>,
    account_id: Option<String>,
    account_id_mode: Option<AccountIdEndpointMode>,
    sdk: SdkConfigBuilder,
    change: Option<SdkChange>,
}

impl Settings {
    /// Asks aws-config for what is not known.
    #[cfg(feature = "provider-chain")]
    async fn search(&mut self, credentials: Option<SharedCredentialsProvider>, http: &HttpClient) {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http.clone());
        if let Some(region) = self.region.take() {
            loader = loader.region(region);
        }
        if let Some(credentials) = credentials {
            loader = loader.credentials_provider(credentials);
        }
        let found = loader.load().await;
        // A blank variable is none, and it takes it for a region too.
        self.region = found.region().filter(|region| !region.as_ref().trim().is_empty()).cloned();
        if self.endpoint_url.is_none() {
            self.endpoint_url = found_endpoint(&found);
        }
        self.account_id = None;
        self.sdk = SdkConfigBuilder::from(&found);
        // It takes a blank variable for an endpoint.
        self.sdk.set_endpoint_url(None);
    }

    /// The endpoint of requests.
    async fn resolve(&self) -> Result<ResolvedOnce, InitError> {
        let params = Params::builder()
            .set_region(self.region.as_ref().map(|region| region.as_ref().to_owned()))
            .set_endpoint(self.endpoint_url.clone())
            .set_use_fips(self.use_fips)
            .set_use_dual_stack(self.use_dual_stack)
            .set_account_id(self.account_id.clone())
            .set_account_id_endpoint_mode(Some(self.account_id_mode.clone().unwrap_or_default().to_string()))
            .build();
        let unusable = |cause| InitError::caused(InitErrorKind::Endpoint, "there is no endpoint", cause);
        let params = params.map_err(|e| unusable(e.into()))?;
        ResolvedOnce::resolve(params).await.map_err(unusable)
    }

    fn client(
        self,
        resolved: ResolvedOnce,
        http: HttpClient,
        change: Option<ClientChange>,
    ) -> Result<Client, InitError> {
        let mut sdk = self.sdk.behavior_version(BehaviorVersion::v2026_01_12()).http_client(http);
        sdk.set_region(self.region);
        if self.endpoint_url.is_some() {
            sdk.set_endpoint_url(self.endpoint_url);
        }
        if self.use_fips.is_some() {
            sdk.set_use_fips(self.use_fips);
        }
        if self.use_dual_stack.is_some() {
            sdk.set_use_dual_stack(self.use_dual_stack);
        }
        if self.account_id_mode.is_some() {
            sdk.set_account_id_endpoint_mode(self.account_id_mode);
        }
        sdk.set_endpoint_resolver(Some(resolved.into_shared_resolver()));
        if let Some(change) = self.change {
            sdk = change(sdk);
        }
        let client = Client::from_conf(sdk.build());
        match change {
            None => Ok(client),
            Some(change) => change(Client::builder(client.sdk().clone()))
                .build()
                .map_err(|e| InitError::caused(InitErrorKind::Client, "the client cannot be built", e)),
        }
    }
}

/// The endpoint that profiles and variables name: for DynamoDB alone, otherwise for all services.
#[cfg(feature = "provider-chain")]
fn found_endpoint(found: &aws_config::SdkConfig) -> Option<String> {
    let key = aws_types::service_config::ServiceConfigKey::builder()
        .service_id("DynamoDB")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let for_service = found.service_config().zip(key.ok()).and_then(|(config, key)| config.load_config(key));
    for_service
        .or_else(|| found.endpoint_url().map(str::to_owned))
        .map(|url| url.trim().to_owned())
        .filter(|url| !url.is_empty())
}

/// Opens the connection that the first request will use, or does not.
async fn connect(http: &HttpClient, url: &str, limit: Duration) -> Option<Steps> {
    if limit.is_zero() {
        return None;
    }
    match tokio::time::timeout(limit, http.open_to(url)).await {
        Ok(Ok(steps)) => Some(steps),
        Ok(Err(error)) => {
            tracing::warn!(target: "theory_lambda", %error, "no connection yet: the first request opens one");
            None
        }
        Err(_) => {
            tracing::warn!(target: "theory_lambda", ?limit, "no connection in time: the first request opens one");
            None
        }
    }
}

fn no_region() -> InitError {
    InitError::new(InitErrorKind::Region, "no region: neither AWS_REGION nor AWS_DEFAULT_REGION is set")
}

fn no_credentials() -> InitError {
    InitError::new(
        InitErrorKind::Credentials,
        "no credentials: AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set, and the general chain of providers \
         needs the feature `provider-chain` of theory-lambda",
    )
}

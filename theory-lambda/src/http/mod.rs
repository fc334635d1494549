//! An HTTP client for the SDK, made for a process that is frozen between requests.
//!
//! The SDK's own HTTP client cannot be given certificates that are compiled in as they are needed, and judges the age of
//! a connection by a clock that may stand still in a freeze. This one is small: HTTP/1.1 over `rustls`, and a pool.
//!
//! A connection from the pool is used again only if it was idle for less than [`HttpClientBuilder::max_idle`] by the
//! monotonic clock and by the wall clock, and if the kernel has not heard of its end. A request that could not be
//! written to it goes to the next one, or to a new one. What is left is a peer that vanished a moment ago without a
//! word: then the request fails as on any network, and the retry policy decides.

mod body;
mod connect;
mod connection;
mod failure;
pub(crate) mod moment;
mod origin;
mod pool;
mod socket;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::connection::CaptureSmithyConnection;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient as SmithyHttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::header::HOST;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Response};

use crate::error::{InitError, InitErrorKind};
use body::PooledBody;
pub(crate) use connect::Steps;
use connect::{ConnectError, Opener, TimedOut};
use connection::Connection;
use moment::Clock;
use origin::Origin;
use pool::Pool;
pub use tls::{Roots, TlsProvider};

const MAX_IDLE: Duration = Duration::from_secs(10);
const POOL_SIZE: usize = 64;

/// An HTTP client for SDK clients, which is made for Lambda: it starts fast, and survives being frozen.
///
/// Cheap to clone; clones share their connections. [`init`](crate::init) makes one; make one yourself to share it with
/// clients of other services.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), theory_lambda::InitError> {
/// use theory_lambda::HttpClient;
///
/// let http = HttpClient::builder().build();
/// let client = theory_lambda::builder().http_client(http.clone()).init().await?;
/// // Another client of the SDK takes the same: `config.http_client(http)`.
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    opener: Opener,
    pool: Arc<Pool>,
    /// Hears of the first answer.
    on_first: OnceLock<FirstAnswer>,
}

type FirstAnswer = Box<dyn Fn(Duration) + Send + Sync>;

/// Builds an [`HttpClient`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HttpClientBuilder {
    provider: Option<TlsProvider>,
    roots: Roots,
    max_idle: Duration,
    clock: Clock,
}

impl HttpClientBuilder {
    /// Whose cryptography TLS uses; the one that starts fastest if nothing is said.
    pub fn tls_provider(mut self, provider: TlsProvider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Which certificates are trusted; Mozilla's, compiled in, if nothing is said.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// How long a connection may have been idle to be used again; 10 s if nothing is said.
    ///
    /// The longer, the likelier it is that a frozen process missed the end of its connection. A new connection takes
    /// some milliseconds.
    pub fn max_idle(mut self, max_idle: Duration) -> Self {
        self.max_idle = max_idle;
        self
    }

    #[cfg(test)]
    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the client. Nothing is read, and nothing is opened.
    pub fn build(self) -> HttpClient {
        let inner = Inner {
            opener: Opener::new(self.provider, self.roots),
            pool: Arc::new(Pool::new(self.max_idle, POOL_SIZE, self.clock)),
            on_first: OnceLock::new(),
        };
        HttpClient { inner: Arc::new(inner) }
    }
}

impl HttpClient {
    /// Builds a client.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder {
            provider: None,
            roots: Roots::default(),
            max_idle: MAX_IDLE,
            clock: Clock::default(),
        }
    }

    /// Opens a connection to the host of a URL, and keeps it for the first request.
    ///
    /// # Errors
    ///
    /// If the URL is not usable, or the connection cannot be opened. A request opens it then, so that this may well be
    /// ignored.
    pub async fn connect(&self, url: &str) -> Result<(), aws_smithy_runtime_api::box_error::BoxError> {
        self.open_to(url).await.map(drop)
    }

    pub(crate) async fn open_to(
        &self,
        url: &str,
    ) -> Result<Steps, aws_smithy_runtime_api::box_error::BoxError> {
        let origin = Origin::of(&url.parse()?).ok_or("not an http or https url")?;
        let (connection, steps) = self.inner.opener.open(&origin).await?;
        self.inner.pool.put(connection);
        Ok(steps)
    }

    /// Checks what can be known of a URL without a connection, and configures TLS if it needs that.
    pub(crate) fn prepare(&self, url: &str) -> Result<(), InitError> {
        let origin = url.parse().ok().and_then(|url| Origin::of(&url)).ok_or_else(|| {
            InitError::new(InitErrorKind::Endpoint, "the endpoint is not an http or https url")
        })?;
        if origin.tls { self.inner.opener.tls().map(drop) } else { Ok(()) }
    }

    /// Calls this with the time that the first request took until its answer began; only the first such wish is met.
    pub(crate) fn on_first_answer(&self, tell: impl Fn(Duration) + Send + Sync + 'static) {
        let _ = self.inner.on_first.set(Box::new(tell));
    }
}

impl Default for HttpClient {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

impl SmithyHttpClient for HttpClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: Arc::clone(&self.inner),
            connect_timeout: settings.connect_timeout(),
            read_timeout: settings.read_timeout(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("theory-lambda", Some(env!("CARGO_PKG_VERSION").into())))
    }
}

/// The client with the time-outs of one request.
#[derive(Clone)]
struct Connector {
    inner: Arc<Inner>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|e| ConnectorError::user(e.into()))?;
            let response = this.send(request).await?;
            HttpResponse::try_from(response).map_err(|e| ConnectorError::other(e.into(), None))
        })
    }
}

impl Connector {
    async fn send(&self, mut request: Request<SdkBody>) -> Result<Response<SdkBody>, ConnectorError> {
        let started = Instant::now();
        let origin = Origin::of(request.uri())
            .ok_or_else(|| ConnectorError::user("the endpoint is not an http or https url".into()))?;
        make_relative(&mut request, &origin)?;
        let capture = request.extensions().get::<CaptureSmithyConnection>().cloned();

        loop {
            let reused = self.inner.pool.take(&origin).await;
            let is_reused = reused.is_some();
            let mut connection = match reused {
                Some(connection) => connection,
                None => self.open(&origin).await?,
            };
            if let Some(capture) = &capture {
                capture.set_connection_retriever(connection.metadata());
            }
            let answer = within(self.read_timeout, connection.send(request)).await?;
            match answer {
                Ok(response) => {
                    self.tell_first(started);
                    let pool = Arc::clone(&self.inner.pool);
                    let body = |incoming| SdkBody::from_body_1_x(PooledBody::new(incoming, connection, pool));
                    return Ok(response.map(body));
                }
                Err(mut error) => match error.take_message() {
                    // The connection ended before anything was written to it: no news for anybody.
                    Some(unsent) if is_reused => request = unsent,
                    Some(_) => return Err(ConnectError::new(error.into_error()).into_connector_error()),
                    None => return Err(failure::of(error.into_error())),
                },
            }
        }
    }

    async fn open(&self, origin: &Origin) -> Result<Connection, ConnectorError> {
        let open = self.inner.opener.open(origin);
        let opened = match self.connect_timeout {
            None => open.await,
            Some(limit) => {
                tokio::time::timeout(limit, open).await.map_err(|_| ConnectError::timed_out(limit))?
            }
        };
        Ok(opened.map_err(ConnectError::into_connector_error)?.0)
    }

    fn tell_first(&self, started: Instant) {
        if let Some(tell) = self.inner.on_first.get() {
            tell(started.elapsed());
        }
    }
}

async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Result<T, ConnectorError> {
    match limit {
        None => Ok(future.await),
        Some(limit) => tokio::time::timeout(limit, future)
            .await
            .map_err(|_| ConnectorError::timeout(TimedOut("reading the response", limit).into())),
    }
}

/// Host and path as HTTP/1.1 writes them.
fn make_relative(request: &mut Request<SdkBody>, origin: &Origin) -> Result<(), ConnectorError> {
    if !request.headers().contains_key(HOST) {
        // Without a port that goes without saying, as it is in the signature.
        let authority = &origin.authority;
        let is_default = authority.port_u16() == Some(if origin.tls { 443 } else { 80 });
        let host = if is_default { authority.host() } else { authority.as_str() };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = HeaderValue::from_str(host).map_err(|e| ConnectorError::user(e.into()))?;
        request.headers_mut().insert(HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    Ok(())
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<HttpClient>();
};

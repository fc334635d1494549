//! Opening a connection: name, socket, TLS, HTTP/1.1.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::connection::Connection;
use super::origin::Origin;
use super::socket::Socket;
use super::tls::{self, Roots, TlsProvider};
use crate::error::InitError;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Opens connections.
#[derive(Debug, Default)]
pub(super) struct Opener {
    pub(super) provider: Option<TlsProvider>,
    pub(super) roots: Roots,
    /// Made for the first host that needs it: a plain endpoint never pays for it.
    tls: OnceLock<Arc<ClientConfig>>,
}

/// How long the steps of opening a connection took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Name and socket.
    pub(crate) connection: Duration,
    /// Configuration and handshake; nothing for a plain connection.
    pub(crate) tls: Duration,
}

/// A connection that could not be opened: nothing was sent.
#[derive(Debug)]
pub(super) struct ConnectError(BoxError);

impl fmt::Display for ConnectError {
    /// In the words of hyper's own client, by which the retry policy of `theory` knows that a request was not sent, so
    /// that a write can be repeated.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("client error (Connect)")
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl ConnectError {
    pub(super) fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }

    /// As the SDK's retry policy wants to see it.
    pub(super) fn into_connector_error(self) -> ConnectorError {
        ConnectorError::io(self.into())
    }

    pub(super) fn timed_out(after: Duration) -> ConnectorError {
        ConnectorError::timeout(Self::new(TimedOut("connecting", after)).into())
    }
}

/// A step took longer than it may.
#[derive(Debug)]
pub(super) struct TimedOut(pub(super) &'static str, pub(super) Duration);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} took longer than {:?}", self.0, self.1)
    }
}

impl StdError for TimedOut {}

/// What hyper reads and writes: one type for both, so that its state machine is compiled once.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Opener {
    pub(super) fn new(provider: Option<TlsProvider>, roots: Roots) -> Self {
        Self { provider, roots, tls: OnceLock::new() }
    }

    /// The configuration of TLS.
    pub(super) fn tls(&self) -> Result<Arc<ClientConfig>, InitError> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let config = tls::configure(self.provider, &self.roots)?;
        Ok(Arc::clone(self.tls.get_or_init(|| config)))
    }

    /// Opens a connection; its driver runs on the current runtime.
    pub(super) async fn open(&self, origin: &Origin) -> Result<(Connection, Steps), ConnectError> {
        let started = Instant::now();
        let socket = Socket::new(connect(origin).await?);
        let connected = Instant::now();
        let stream: Box<dyn Stream> = if origin.tls {
            let tls = TlsConnector::from(self.tls().map_err(ConnectError::new)?);
            let name = ServerName::try_from(origin.host().to_owned()).map_err(ConnectError::new)?;
            Box::new(tls.connect(name, socket.clone()).await.map_err(ConnectError::new)?)
        } else {
            Box::new(socket.clone())
        };
        let steps = Steps {
            connection: connected - started,
            tls: if origin.tls { connected.elapsed() } else { Duration::ZERO },
        };
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(ConnectError::new)?;
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::debug!(target: "theory_lambda", %error, "a connection ended");
            }
        });
        Ok((Connection::new(origin.clone(), sender, socket), steps))
    }
}

/// Tries the addresses of a host in the resolver's order.
async fn connect(origin: &Origin) -> Result<TcpStream, ConnectError> {
    let (host, port) = (origin.host(), origin.port());
    let stream = match host.parse::<IpAddr>() {
        // Without the resolver, and so without the thread that it is called on.
        Ok(address) => TcpStream::connect(SocketAddr::new(address, port)).await,
        Err(_) => {
            let addresses = tokio::net::lookup_host((host, port)).await;
            let mut addresses = addresses.map_err(|e| ConnectError::new(ResolveDnsError::new(e)))?;
            let Some(first) = addresses.next() else {
                return Err(ConnectError::new(ResolveDnsError::new("the name has no address")));
            };
            let mut stream = TcpStream::connect(first).await;
            for address in addresses {
                if stream.is_ok() {
                    break;
                }
                stream = TcpStream::connect(address).await;
            }
            stream
        }
    };
    let stream = stream.map_err(ConnectError::new)?;
    // Requests are small, and are written at once: nothing to wait for.
    stream.set_nodelay(true).map_err(ConnectError::new)?;
    Ok(stream)
}

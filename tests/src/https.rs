//! A DynamoDB endpoint behind real TLS, whose answers a test decides.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// The lines before the body.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// An HTTPS server on loopback, with a certificate that an authority of its own has signed.
///
/// It speaks HTTP/1.1, as DynamoDB does, and answers every request with status 200 and DynamoDB's headers.
#[derive(Debug)]
pub struct HttpsEndpoint {
    url: String,
    authority: String,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    handshakes: AtomicUsize,
    requests: AtomicUsize,
}

impl HttpRequest {
    /// Reads a request of HTTP/1.1 whose body has a stated length; nothing if there is no further one.
    pub fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).ok()?;
        Some(Self { head, body })
    }
}

impl HttpsEndpoint {
    /// Starts a server whose answers have the bodies that `answer` gives.
    ///
    /// # Panics
    ///
    /// If there is no free port, or no certificate can be made.
    pub fn serve(answer: impl Fn(&HttpRequest) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let (config, authority) = certified();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let counts = Arc::new(Counts::default());
        let (counted, answer) = (Arc::clone(&counts), Arc::new(answer));
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
                let counts = Arc::clone(&counted);
                // A client that goes away is its own business.
                thread::spawn(move || converse(socket, config, &*answer, &counts));
            }
        });
        Self { url: format!("https://localhost:{port}"), authority, counts }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate of the authority, in PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// How many TLS handshakes were finished, once that is at least `expected`.
    ///
    /// In TLS 1.3 the client has finished first: it may have gone before the server has read its last word. So this waits,
    /// and after ten seconds gives the number as it is.
    pub fn handshakes(&self, expected: usize) -> usize {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            let finished = self.counts.handshakes.load(Ordering::SeqCst);
            if finished >= expected || Instant::now() > patience {
                return finished;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// How many requests were answered.
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }
}

/// A configuration with a fresh certificate for `localhost`, and the certificate of its authority.
fn certified() -> (Arc<ServerConfig>, String) {
    let key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])
        .and_then(|certificate| certificate.signed_by(&key, &authority))
        .expect("a certificate");
    let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions of tls")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a key that fits");
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    (Arc::new(config), authority.pem())
}

/// Answers what comes over one connection, until the client has enough.
fn converse(
    mut socket: TcpStream,
    config: Arc<ServerConfig>,
    answer: &(impl Fn(&HttpRequest) -> Vec<u8> + ?Sized),
    counts: &Counts,
) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut tls = ServerConnection::new(config).ok()?;
    while tls.is_handshaking() {
        // A client that has gone already cannot be sent its tickets, and has finished all the same.
        if tls.complete_io(&mut socket).is_err() && tls.is_handshaking() {
            return None;
        }
    }
    counts.handshakes.fetch_add(1, Ordering::SeqCst);
    let mut stream = BufReader::new(StreamOwned::new(tls, socket));
    loop {
        let request = HttpRequest::read(&mut stream)?;
        let body = answer(&request);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\
             x-amz-crc32: {}\r\nx-amzn-requestid: TESTS\r\n\r\n",
            body.len(),
            crc32fast::hash(&body)
        );
        counts.requests.fetch_add(1, Ordering::SeqCst);
        let mut response = head.into_bytes();
        response.extend(body);
        stream.get_mut().write_all(&response).ok()?;
        stream.get_mut().flush().ok()?;
    }
}

//! The engine on loopback, for programs of other processes.

use std::fmt;
use std::io::{self, BufReader};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::connector::headers;
use super::dispatch::{Answer, answer};
use super::{EmbeddedDynamoDb, Engine};
use crate::loopback::Listener;
use crate::loopback::http::{self, Request};

/// The engine behind a URL on loopback; made by [`EmbeddedDynamoDb::serve`], and gone when it is dropped.
///
/// For compiled programs, as Lambda functions are. It can treat requests and connections badly.
pub struct EmbeddedServer {
    url: String,
    shared: Arc<Shared>,
    _listener: Listener,
}

/// What becomes of a request to an [`EmbeddedServer`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Treatment {
    /// It is carried out, and answered.
    Answer,
    /// It is carried out, and answered so much later.
    AnswerLater(Duration),
    /// It is not carried out: it is refused as throttled.
    Throttle,
    /// It is not carried out: the answer is an internal error.
    Fail,
    /// It is carried out, and never answered.
    Swallow,
}

type Treat = Box<dyn Fn(&str) -> Treatment + Send + Sync>;

struct Shared {
    engine: Arc<Engine>,
    treat: Mutex<Option<Arc<Treat>>>,
    /// Those that are open.
    connections: Mutex<Vec<Arc<Connection>>>,
    opened: AtomicU64,
    requests: AtomicU64,
}

struct Connection {
    stream: TcpStream,
    /// How it ends, if somebody wants it to.
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Open,
    /// It stays open, and nothing is heard from it any more.
    Silent,
    Closed,
}

impl EmbeddedDynamoDb {
    /// Serves this database on a free port of loopback, to whoever knows the URL.
    ///
    /// Signatures are not looked at. Layers are not on the way: they belong to the clients of this process.
    ///
    /// # Example
    ///
    /// ```
    /// use theory_testing::{EmbeddedDynamoDb, Treatment};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let server = EmbeddedDynamoDb::new().serve()?;
    /// server.treat(|operation| if operation == "PutItem" { Treatment::Throttle } else { Treatment::Answer });
    /// println!("AWS_ENDPOINT_URL_DYNAMODB={}", server.url());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no port or no thread.
    pub fn serve(&self) -> io::Result<EmbeddedServer> {
        let shared = Arc::new(Shared {
            engine: Arc::clone(&self.engine),
            treat: Mutex::default(),
            connections: Mutex::default(),
            opened: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        });
        let served = Arc::clone(&shared);
        let listener = Listener::start(move |stream| {
            // A connection that breaks is the client's matter.
            let _ = served.serve(stream);
        })?;
        Ok(EmbeddedServer { url: format!("http://{}", listener.address()), shared, _listener: listener })
    }
}

impl EmbeddedServer {
    /// Where it listens: what `AWS_ENDPOINT_URL_DYNAMODB` is set to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on asks `treat` what becomes of each request, by the name of its operation.
    pub fn treat(&self, treat: impl Fn(&str) -> Treatment + Send + Sync + 'static) {
        *lock(&self.shared.treat) = Some(Arc::new(Box::new(treat)));
    }

    /// Closes every connection that is open.
    pub fn close_connections(&self) {
        for connection in self.shared.take_connections() {
            connection.end(State::Closed);
        }
    }

    /// Leaves every connection that is open, without a word: what is sent on it is received, and never answered. So it is with a
    /// peer that has gone without closing.
    pub fn abandon_connections(&self) {
        for connection in self.shared.take_connections() {
            connection.end(State::Silent);
        }
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> u64 {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// How many requests came so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }
}

impl Drop for EmbeddedServer {
    fn drop(&mut self) {
        self.close_connections();
    }
}

impl fmt::Debug for EmbeddedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedServer").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let connection = Arc::new(Connection { stream, state: Mutex::new(State::Open) });
        self.opened.fetch_add(1, Ordering::SeqCst);
        lock(&self.connections).push(Arc::clone(&connection));
        let mut reader = BufReader::new(&connection.stream);
        while let Some(request) = Request::read(&mut reader)? {
            if *lock(&connection.state) != State::Open {
                continue;
            }
            self.requests.fetch_add(1, Ordering::SeqCst);
            let Some(answer) = self.answer(&request) else { continue };
            // Not between the look and the writing, that nothing is half written when it is closed.
            let state = lock(&connection.state);
            if *state == State::Open {
                http::answer(&connection.stream, answer.status, &headers(&answer), answer.body.as_bytes())?;
            }
        }
        lock(&self.connections).retain(|other| !Arc::ptr_eq(other, &connection));
        Ok(())
    }

    /// Nothing where there is to be no answer.
    fn answer(&self, request: &Request) -> Option<Answer> {
        let target = request.header("x-amz-target");
        let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default();
        let treat = lock(&self.treat).clone();
        let carry_out = || answer(&self.engine.database, target, &request.body);
        match treat.map_or(Treatment::Answer, |treat| treat(operation)) {
            Treatment::Answer => Some(carry_out()),
            Treatment::AnswerLater(pause) => {
                let answer = carry_out();
                thread::sleep(pause);
                Some(answer)
            }
            Treatment::Throttle => Some(Answer::throttled()),
            Treatment::Fail => Some(Answer::internal("as planned")),
            Treatment::Swallow => {
                carry_out();
                None
            }
        }
    }

    fn take_connections(&self) -> Vec<Arc<Connection>> {
        std::mem::take(&mut lock(&self.connections))
    }
}

impl Connection {
    fn end(&self, end: State) {
        *lock(&self.state) = end;
        if end == State::Closed {
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }
}

/// Nothing panics while a lock is held; if it did, what it guards would still be whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

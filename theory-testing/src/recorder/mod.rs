//! What went over the wire: [`Recorder`].

mod connector;
mod tee;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::SharedHttpClient;
use serde_json::Value;

use crate::layer::Layer;
use crate::request::Request;

/// Records the requests that pass it, and their answers.
///
/// A clone is another handle to the same record. Values of keys and attributes are recorded as they are: it is for
/// tests.
///
/// # Example
///
/// What is sent, and that something is not sent at all:
///
#[cfg_attr(feature = "embedded", doc = "```")]
#[cfg_attr(not(feature = "embedded"), doc = "```ignore")]
/// use theory::Table;
/// use theory::client::CreateTables;
/// use theory_testing::{EmbeddedDynamoDb, Operation, Recorder};
///
/// #[derive(Table)]
/// #[table(name = "notes")]
/// struct Note {
///     #[table(pk)]
///     id: String,
///     #[table(sk)]
///     line: u32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> theory::Result<()> {
/// let engine = EmbeddedDynamoDb::new();
/// CreateTables::of(theory::schema![Note]).send(&engine.client()).await?;
///
/// let recorder = Recorder::new();
/// let client = engine.through(&recorder).client();
/// Note { id: "a".into(), line: 1 }.put().send(&client).await?;
///
/// let requests = recorder.requests();
/// assert_eq!(requests.len(), 1);
/// assert_eq!(requests[0].operation, Operation::PutItem);
/// assert_eq!(requests[0].body["Item"]["line"]["N"], "1");
///
/// recorder.clear();
/// let none = Note::query("a").sort_key(9..=3).all(&client).await?; // an empty range
/// assert!(none.is_empty());
/// assert!(recorder.requests().is_empty()); // nothing was sent
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Recorder {
    exchanges: Arc<Mutex<Exchanges>>,
}

#[derive(Default)]
struct Exchanges {
    /// The number of the first one that is still kept.
    first: usize,
    kept: Vec<Exchange>,
}

/// A request and what became of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub outcome: Outcome,
}

/// What came back for a request.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing: it is still waited for, or no longer because a timeout passed.
    Pending,
    /// An answer, of which the body is what was read of it so far.
    Answered(Response),
    /// No answer, for this reason.
    Failed(String),
}

/// An answer as it came over the wire.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came, damaged or not.
    pub bytes: Vec<u8>,
}

impl Response {
    /// The body; `Null` if it is not JSON.
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

impl Exchange {
    /// The answer, if one came.
    pub fn response(&self) -> Option<&Response> {
        match &self.outcome {
            Outcome::Answered(response) => Some(response),
            Outcome::Pending | Outcome::Failed(_) => None,
        }
    }

    /// Whether the answer says that the request was done: status 200.
    pub fn is_success(&self) -> bool {
        self.response().is_some_and(|response| response.status == 200)
    }
}

impl Recorder {
    /// A recorder that has nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The requests, in the order in which they were sent. One that the SDK repeated is there as often as it was sent.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().kept.iter().map(|exchange| exchange.request.clone()).collect()
    }

    /// The requests with what came back.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().kept.clone()
    }

    /// Takes what was recorded so far, and begins anew.
    pub fn take(&self) -> Vec<Exchange> {
        let mut exchanges = self.lock();
        exchanges.first += exchanges.kept.len();
        std::mem::take(&mut exchanges.kept)
    }

    /// Forgets what was recorded so far.
    pub fn clear(&self) {
        self.take();
    }

    /// Records a request, and returns its number.
    fn begin(&self, request: Request) -> usize {
        let mut exchanges = self.lock();
        exchanges.kept.push(Exchange { request, outcome: Outcome::Pending });
        exchanges.first + exchanges.kept.len() - 1
    }

    /// Records what became of a request, unless it was taken in the meantime.
    fn update(&self, number: usize, update: impl FnOnce(&mut Outcome)) {
        let mut exchanges = self.lock();
        let place = number.checked_sub(exchanges.first);
        if let Some(exchange) = place.and_then(|place| exchanges.kept.get_mut(place)) {
            update(&mut exchange.outcome);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Exchanges> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layer for Recorder {
    fn around(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(connector::RecordingHttpClient::new(self.clone(), inner))
    }
}

/// How much there is, and nothing of it.
impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("exchanges", &self.lock().kept.len()).finish_non_exhaustive()
    }
}

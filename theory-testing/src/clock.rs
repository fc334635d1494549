//! A clock that stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use theory::Timestamp;

/// A clock for tests, which says what it is set to until it is set to something else.
///
/// Give it to a client by [`Client::with_clock`](theory::Client::with_clock) or
/// [`ClientBuilder::clock`](theory::client::ClientBuilder::clock). Clones are the same clock, so that the test keeps one to turn.
///
#[cfg_attr(feature = "embedded", doc = "```")]
#[cfg_attr(not(feature = "embedded"), doc = "```ignore")]
/// use std::time::Duration;
/// use theory::client::CreateTables;
/// use theory::{Table, Timestamp};
/// use theory_testing::{EmbeddedDynamoDb, FixedClock};
///
/// #[derive(Debug, PartialEq, Table)]
/// #[table(name = "notes")]
/// struct Note {
///     #[table(pk)]
///     id: String,
///     #[table(created_at)]
///     created_at: Timestamp,
///     #[table(updated_at)]
///     updated_at: Timestamp,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = FixedClock::new("2026-01-16T09:30:00Z".parse()?);
/// let client = EmbeddedDynamoDb::new().client().with_clock(clock.read());
/// CreateTables::of(theory::schema![Note]).send(&client).await?;
///
/// let mut note = Note { id: "n-1".into(), created_at: Timestamp::default(), updated_at: Timestamp::default() };
/// note.stamp(&note.create().send(&client).await?);
/// assert_eq!(note.created_at, clock.now());
///
/// clock.advance(Duration::from_secs(60));
/// note.stamp(&note.put().send(&client).await?);
/// assert_eq!(note.updated_at.to_string(), "2026-01-16T09:31:00.000000000Z");
/// assert_eq!(Note::get("n-1").send(&client).await?, Some(note));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that stands at this moment.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        FixedClock(Arc::new(Mutex::new(now)))
    }

    /// What it says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What [`Client::with_clock`](theory::Client::with_clock) takes: it says what this clock says, whenever it is asked.
    pub fn read(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static + use<> {
        let clock = self.clone();
        move || clock.now()
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Turns it forwards, to the end of the year 9999 at most.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by);
    }
}

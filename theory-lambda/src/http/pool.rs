//! Connections that wait for their next request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::connection::Connection;
use super::moment::{Clock, Moment};
use super::origin::Origin;

#[derive(Debug)]
pub(super) struct Pool {
    /// Ordered by when they became idle, the latest last.
    idle: Mutex<Vec<(Moment, Connection)>>,
    /// A connection that was idle longer is not used again.
    max_age: Duration,
    /// So many are kept.
    size: usize,
    clock: Clock,
}

impl Pool {
    pub(super) fn new(max_age: Duration, size: usize, clock: Clock) -> Self {
        Self { idle: Mutex::default(), max_age, size, clock }
    }

    /// A connection to `origin` that is alive as far as anybody can tell.
    pub(super) async fn take(&self, origin: &Origin) -> Option<Connection> {
        loop {
            let mut connection = self.pop(origin)?;
            if connection.becomes_ready().await {
                return Some(connection);
            }
            tracing::debug!(target: "theory_lambda", ?origin, "an idle connection was closed by the peer");
        }
    }

    /// Keeps a connection that has nothing to do.
    pub(super) fn put(&self, connection: Connection) {
        if self.size == 0 || !connection.is_open() {
            return;
        }
        let now = self.clock.now();
        let mut idle = self.idle();
        if idle.len() >= self.size {
            // The one that has waited longest.
            idle.remove(0);
        }
        idle.push((now, connection));
    }

    /// The connection that was used last, because it is the likeliest to live. Those that are too old go.
    fn pop(&self, origin: &Origin) -> Option<Connection> {
        let now = self.clock.now();
        let mut idle = self.idle();
        idle.retain(|(since, connection)| now.since(*since) < self.max_age && connection.is_open());
        let place = idle.iter().rposition(|(_, connection)| connection.origin == *origin)?;
        Some(idle.remove(place).1)
    }

    /// Nothing panics while the lock is held; if it did, the list would still be one.
    fn idle(&self) -> MutexGuard<'_, Vec<(Moment, Connection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

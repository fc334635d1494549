//! The clock of an embedded engine: the system's until a test sets it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dynoxide::storage_backend::Clock;

/// A clock that a test may stop and move. Clones share it.
#[derive(Clone, Default)]
pub(super) struct EngineClock {
    stopped_at: Arc<Mutex<Option<SystemTime>>>,
}

impl EngineClock {
    pub(super) fn set(&self, now: SystemTime) {
        *self.lock() = Some(now);
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut stopped_at = self.lock();
        let now = stopped_at.unwrap_or_else(SystemTime::now);
        // Beyond the last time that the platform can tell, time stands still.
        *stopped_at = Some(now.checked_add(by).unwrap_or(now));
    }

    fn since_epoch(&self) -> Duration {
        let now = self.lock().unwrap_or_else(SystemTime::now);
        now.duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<SystemTime>> {
        // A time is whole whenever the lock is free, whatever happened to the thread that held it.
        self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        self.since_epoch().as_secs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.since_epoch().as_secs_f64()
    }
}

//! Points in time that notice a freeze.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// A point on two clocks at once.
///
/// While Lambda has a process frozen, its monotonic clock may stand still; the wall clock goes on, but may be set
/// back. What has passed is what either of them says, whichever is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) monotonic: Instant,
    pub(crate) wall: SystemTime,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// How long ago `earlier` was; nothing where it is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        self.monotonic.saturating_duration_since(earlier.monotonic).max(wall)
    }
}

/// What says the time.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    #[cfg(test)]
    pub(crate) fn from_fn(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Moment {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Moment::now))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn either_clock_notices_that_time_has_passed() {
        let then = Moment::now();
        let frozen = Moment { wall: then.wall + HOUR, ..then };
        assert_eq!(frozen.since(then), HOUR);
        let set_back = Moment { monotonic: then.monotonic + HOUR, wall: then.wall - HOUR };
        assert_eq!(set_back.since(then), HOUR);
        assert_eq!(then.since(frozen), Duration::ZERO);
    }
}

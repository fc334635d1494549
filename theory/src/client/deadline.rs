//! When the work has to be done.

use std::time::{Duration, Instant as StdInstant};

use tokio::time::Instant;

/// How much time an attempt needs at least, unless something else is said.
const LEAST: Duration = Duration::from_millis(10);
/// Later than any program lives, and still an instant.
const FAR: Duration = Duration::from_secs(86400 * 365 * 30);

/// The moment after which nothing is sent, and nothing is waited for: see [`Client::with_deadline`](crate::Client::with_deadline).
///
/// It is read by a clock that only goes forward, Tokio's, so that a test with paused time needs no other.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use theory::client::Deadline;
///
/// let deadline = Deadline::after(Duration::from_secs(5)).least(Duration::from_millis(50));
/// assert!(deadline.time_left() <= Duration::from_secs(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    at: Instant,
    least: Duration,
}

impl Deadline {
    /// At this instant.
    pub fn at(instant: StdInstant) -> Self {
        Self { at: Instant::from_std(instant), least: LEAST }
    }

    /// This much later than now.
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self { at: now.checked_add(time).unwrap_or(now + FAR), least: LEAST }
    }

    /// With less than this left no attempt is started: it could not finish. 10 ms if nothing is said.
    pub fn least(mut self, time: Duration) -> Self {
        self.least = time;
        self
    }

    /// How much time is left; nothing once the deadline has passed.
    pub fn time_left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Whether too little time is left to start anything.
    pub fn has_come(&self) -> bool {
        !self.allows(Duration::ZERO)
    }

    /// Whether there is time for an attempt after a pause.
    pub(crate) fn allows(&self, pause: Duration) -> bool {
        let left = self.time_left();
        left > Duration::ZERO && left >= pause.saturating_add(self.least)
    }

    /// The earlier of two, which leaves attempts the greater of their times.
    pub(crate) fn and(self, other: Option<Self>) -> Self {
        match other {
            Some(other) => Self { at: self.at.min(other.at), least: self.least.max(other.least) },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_time_left_is_counted_and_the_least_is_kept() {
        let deadline = Deadline::after(Duration::from_millis(100)).least(Duration::from_millis(20));
        assert_eq!(deadline.time_left(), Duration::from_millis(100));
        assert!(deadline.allows(Duration::from_millis(80)) && !deadline.allows(Duration::from_millis(81)));
        tokio::time::advance(Duration::from_millis(81)).await;
        assert!(deadline.has_come() && deadline.time_left() == Duration::from_millis(19));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(deadline.time_left(), Duration::ZERO);
        assert!(deadline.least(Duration::ZERO).has_come());
    }

    #[test]
    fn the_earlier_counts_and_no_duration_is_too_long() {
        let soon = Deadline::after(Duration::from_secs(1));
        let late = Deadline::after(Duration::MAX);
        assert!(!late.has_come());
        assert_eq!(soon.and(Some(late)), soon);
        assert_eq!(late.and(Some(soon)), soon);
        assert_eq!(soon.and(None), soon);
        assert!(Deadline::at(StdInstant::now()).has_come());
    }
}

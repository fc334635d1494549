//! What is sent again: how often, after which pauses, and within which budget.
//!
//! Two things are sent again: a request whose attempt failed, by the SDK's retry loop under the [classifier](repeat) of
//! the library, and what a batch leaves unprocessed, by the batch. Both follow one [`RetryPolicy`] and draw from one
//! [`RetryBudget`].

mod budget;
mod conflict;
mod paid;
mod policy;
mod repeat;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::entropy;

pub use budget::RetryBudget;
pub(crate) use budget::{Budget, Cost};
pub(crate) use paid::Paid;
pub(crate) use policy::Policy;
pub use policy::RetryPolicy;
pub(super) use repeat::Stopped;

/// Where a pause's randomness comes from: numbers from 0 up to 1.
pub(super) type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// What all handles of one client share for their repetitions.
pub(crate) struct Retries {
    pub(crate) budget: Budget,
    jitter: Option<Jitter>,
}

impl Retries {
    pub(super) fn new(budget: RetryBudget, jitter: Option<Jitter>) -> Self {
        Self { budget: Budget::new(budget), jitter }
    }

    /// The pause after this many attempts: a random part of a time that doubles with each of them.
    ///
    /// Random, because those who fail together would otherwise come back together.
    pub(crate) fn pause(&self, first: Duration, longest: Duration, attempts: u32) -> Duration {
        let doubled = 2u32.saturating_pow(attempts.saturating_sub(1));
        let part = match &self.jitter {
            // What a caller's function gives is not trusted: a negative factor would panic.
            Some(jitter) => Some(jitter()).filter(|part| part.is_finite()).unwrap_or(1.0).clamp(0.0, 1.0),
            None => entropy::fraction(),
        };
        first.saturating_mul(doubled).min(longest).mul_f64(part)
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self::new(RetryBudget::default(), None)
    }
}

impl fmt::Debug for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retries").field("budget", &self.budget).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_random_below() {
        let retries = |part: f64| Retries::new(RetryBudget::default(), Some(Arc::new(move || part)));
        let pauses = |part| {
            let (retries, millis) = (retries(part), Duration::from_millis);
            [1, 2, 3, 4, 40, u32::MAX]
                .map(|attempts| retries.pause(millis(100), millis(500), attempts).as_millis())
        };
        assert_eq!(pauses(1.0), [100, 200, 400, 500, 500, 500]);
        assert_eq!(pauses(0.5), [50, 100, 200, 250, 250, 250]);
        assert_eq!(pauses(0.0), [0; 6]);
        // Nonsense from a caller's function does no harm.
        assert_eq!(pauses(f64::NAN), pauses(1.0));
        assert_eq!(pauses(-3.0), pauses(0.0));
        assert_eq!(pauses(f64::INFINITY), pauses(1.0));
    }
}

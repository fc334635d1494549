//! A limit for what is consumed in a second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Lets units through as they become free; what was consumed is known only afterwards, so a debt is waited off.
#[derive(Debug)]
pub(super) struct Rate {
    /// `None` is no limit.
    per_second: Option<f64>,
    state: Mutex<(f64, Option<Instant>)>,
}

impl Rate {
    pub(super) fn new(per_second: Option<f64>) -> Self {
        // A limit that is no positive number would stop everything for ever.
        let per_second = per_second.filter(|units| units.is_finite() && *units > 0.0);
        Rate { per_second, state: Mutex::new((0.0, None)) }
    }

    /// Says what was consumed.
    pub(super) fn consumed(&self, units: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 -= units;
    }

    /// Waits until there is no debt.
    pub(super) async fn wait(&self) {
        let Some(per_second) = self.per_second else { return };
        while let Some(pause) = self.debt(per_second) {
            tokio::time::sleep(pause).await;
        }
    }

    fn debt(&self, per_second: f64) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = state.1.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        // What was not used is kept for a second, and no longer.
        state.0 = since.as_secs_f64().mul_add(per_second, state.0).min(per_second);
        state.1 = Some(now);
        (state.0 < 0.0).then(|| Duration::from_secs_f64((-state.0 / per_second).clamp(0.001, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_debt_is_waited_off() {
        let (rate, begin) = (Rate::new(Some(100.0)), Instant::now());
        for _ in 0..50 {
            rate.wait().await;
            rate.consumed(10.0);
        }
        rate.wait().await;
        let took = begin.elapsed().as_secs_f64();
        assert!((4.9..5.3).contains(&took), "500 units at 100 a second took {took} s");
        let free = Rate::new(None);
        free.consumed(1e9);
        free.wait().await;
    }
}

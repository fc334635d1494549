//! How much may be sent again, so that repetitions cannot multiply the load on a table that has trouble already.

use std::sync::atomic::{AtomicU64, Ordering};

/// How much a client may repeat: a store of repetitions that successes fill up again.
///
/// Every repetition takes one from the store, be it an attempt of a request or what a batch sends again; every success
/// earns a part of one. While things go well the store is full and never felt. When everything fails, the client repeats
/// as often as the store holds, and from then on each request is sent once: its error is returned at once, and says that
/// the budget is used up. When things go half well, repetitions stay in proportion to successes.
///
/// What a batch sends again after an answer that did a part of it takes no more than that answer earned: progress goes on.
///
/// All handles of a client share its budget: clones, and what [`with_overrides`](crate::Client::with_overrides) and
/// [`with_deadline`](crate::Client::with_deadline) make. Another client has its own.
///
/// # Example
///
/// ```
/// # fn build(sdk: aws_sdk_dynamodb::Client) -> theory::Result<theory::Client> {
/// use theory::client::RetryBudget;
///
/// theory::Client::builder(sdk).retry_budget(RetryBudget::new().burst(20).per_success(0.1)).build()
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use = "a budget does nothing until a client is built with it"]
pub struct RetryBudget {
    burst: u32,
    per_success: f64,
    is_unlimited: bool,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryBudget {
    /// 100 repetitions, and a fifth of one for each success.
    pub const fn new() -> Self {
        Self { burst: 100, per_success: 0.2, is_unlimited: false }
    }

    /// No limit but the attempts of the policy.
    pub const fn unlimited() -> Self {
        Self { is_unlimited: true, ..Self::new() }
    }

    /// How many repetitions the store holds: so many in a row, without a success between them.
    pub const fn burst(mut self, repetitions: u32) -> Self {
        self.burst = repetitions;
        self
    }

    /// How much of a repetition a success earns: with 0.2, one repetition for five successes in the long run.
    ///
    /// What is not a number from 0 to 1 counts as the nearer of the two.
    pub const fn per_success(mut self, repetitions: f64) -> Self {
        self.per_success = if repetitions > 1.0 { 1.0 } else { repetitions.max(0.0) };
        self
    }
}

/// A repetition is counted in this many parts.
const WHOLE: u64 = 1000;

/// The store, and how much is in it.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU64,
    capacity: u64,
    earned: u64,
    is_unlimited: bool,
}

/// What a repetition takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    /// One repetition: nothing came of what was sent before.
    Repetition,
    /// What a success earns: the answer before did a part of it.
    Progress,
}

impl Budget {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        let capacity = u64::from(budget.burst) * WHOLE;
        Self {
            left: AtomicU64::new(capacity),
            capacity,
            earned: (budget.per_success * WHOLE as f64) as u64,
            is_unlimited: budget.is_unlimited,
        }
    }

    /// Takes one repetition from the store, if it has one.
    pub(crate) fn take(&self, cost: Cost) -> bool {
        let cost = self.parts(cost);
        self.is_unlimited || self.change(|left| left.checked_sub(cost))
    }

    /// Gives back what was taken for a repetition that did not happen.
    pub(crate) fn give_back(&self, cost: Cost) {
        self.add(self.parts(cost));
    }

    /// Notes a success.
    pub(crate) fn earn(&self) {
        // The usual case costs one load.
        if self.left.load(Ordering::Relaxed) < self.capacity {
            self.add(self.earned);
        }
    }

    fn parts(&self, cost: Cost) -> u64 {
        match cost {
            Cost::Repetition => WHOLE,
            Cost::Progress => self.earned,
        }
    }

    fn add(&self, parts: u64) {
        self.change(|left| Some(left.saturating_add(parts).min(self.capacity)));
    }

    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(budget: &Budget) -> usize {
        (0..1000).take_while(|_| budget.take(Cost::Repetition)).count()
    }

    #[test]
    fn it_empties_refills_and_is_never_more_than_full() {
        let budget = Budget::new(RetryBudget::new().burst(3).per_success(0.5));
        assert_eq!(takes(&budget), 3);
        budget.earn();
        assert_eq!(takes(&budget), 0);
        budget.earn();
        assert_eq!(takes(&budget), 1);
        (0..100).for_each(|_| budget.earn());
        assert_eq!(takes(&budget), 3);
        budget.give_back(Cost::Repetition);
        assert_eq!(takes(&budget), 1);
    }

    #[test]
    fn progress_takes_what_a_success_earned() {
        let budget = Budget::new(RetryBudget::new().burst(1).per_success(0.2));
        assert_eq!(takes(&budget), 1);
        assert!(!budget.take(Cost::Progress));
        for _ in 0..1000 {
            budget.earn();
            assert!(budget.take(Cost::Progress));
        }
        assert_eq!(takes(&budget), 0);
    }

    #[test]
    fn the_ends() {
        assert_eq!(takes(&Budget::new(RetryBudget::unlimited())), 1000);
        assert_eq!(takes(&Budget::new(RetryBudget::new().burst(0))), 0);
        let strange = |parts: f64| Budget::new(RetryBudget::new().burst(1).per_success(parts)).earned;
        assert_eq!([-1.0, f64::NAN, 0.0, 1.0, 7.0].map(strange), [0, 0, 0, WHOLE, WHOLE]);
    }
}

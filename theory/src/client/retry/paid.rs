//! A repetition that is paid for, and has not begun.

use std::sync::Arc;

use super::{Cost, Retries};

/// What the budget gave for a repetition. It goes back when this is dropped: whoever waits in the pause may be dropped, or be too late.
#[derive(Debug)]
#[must_use = "dropped, it goes back to the budget"]
pub(crate) struct Paid {
    retries: Arc<Retries>,
    cost: Option<Cost>,
}

impl Paid {
    /// Takes it from the budget, if that has it.
    pub(crate) fn of(retries: &Arc<Retries>, cost: Cost) -> Option<Self> {
        retries.budget.take(cost).then(|| Paid { retries: Arc::clone(retries), cost: Some(cost) })
    }

    /// The repetition begins.
    pub(crate) fn spend(mut self) {
        self.cost = None;
    }
}

impl Drop for Paid {
    fn drop(&mut self) {
        if let Some(cost) = self.cost {
            self.retries.budget.give_back(cost);
        }
    }
}

//! The client of records: what it takes to begin, and to say in the time that is kept what was done.

use std::time::Duration;

use theory::Client;
use theory::client::{Deadline, Overrides};

/// What is left of the kept time, at the least, for the function's answer.
const ANSWER: Duration = Duration::from_millis(200);
/// With less time than this left, an attempt gets half of it, so that an answer that never comes leaves time for another. With more, the time-out
/// of an attempt leaves that, which is 5 s unless the client says otherwise.
const NEAR: Duration = Duration::from_secs(10);

/// Two handles for the records of one invocation; of a client that has no invocation both are the same.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    /// For what begins: it ends with the work.
    pub(crate) begin: Client,
    /// For what is said of something that has begun.
    end: Client,
}

impl Ledger {
    pub(crate) fn new(client: &Client) -> Self {
        Self { begin: client.clone(), end: client.clone() }
    }

    /// For an invocation whose deadline comes after `left`, and whose work ends by `buffer` earlier.
    ///
    /// The deadline of the client that was given is that of the work, whichever is earlier. It is none for what is said afterwards:
    /// there would never be time for it.
    pub(crate) fn within(&self, left: Duration, buffer: Duration) -> Self {
        let answer = ANSWER.min(buffer / 2);
        let end = self.end.without_deadline();
        Self {
            begin: self.begin.with_deadline(Deadline::after(left.saturating_sub(buffer))),
            end: end.with_deadline(Deadline::after(left.saturating_sub(answer))),
        }
    }

    /// Whether it is too late to begin anything.
    pub(crate) fn is_late(&self) -> bool {
        self.begin.deadline().is_some_and(|deadline| deadline.has_come())
    }

    /// The client for what is said at the end, and the settings of its requests.
    pub(crate) fn end(&self, overrides: &Overrides) -> (&Client, Overrides) {
        let overrides = overrides.clone();
        let overrides = match self.end.time_left() {
            Some(left) if left < NEAR && !left.is_zero() => overrides.attempt_timeout(left / 2),
            _ => overrides,
        };
        (&self.end, overrides)
    }
}

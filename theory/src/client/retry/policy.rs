//! How often something is sent again, and after which pauses.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;

/// How often something is sent at most, and how long the pauses between are.
///
/// A pause is a random part of a time that starts with the first and doubles up to the longest: exponential backoff with
/// full jitter. What is not said here stays as it is beneath: as the client, then the SDK client's configuration, then the
/// library says (4 attempts, 10 of what a batch leaves unprocessed, pauses of up to 50 ms to 5 s). How much is repeated
/// in all is bounded by the client's [`RetryBudget`](super::RetryBudget), and how long by timeouts and
/// [deadlines](crate::client::Deadline).
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use theory::client::{Overrides, RetryPolicy};
///
/// let patient = RetryPolicy::new().attempts(10).pauses(Duration::from_millis(20), Duration::from_secs(2));
/// let request = Overrides::new().retry(patient);
/// # let _ = request;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "a policy does nothing until a client or a request is given it"]
pub struct RetryPolicy {
    attempts: Option<u32>,
    batch_attempts: Option<u32>,
    pauses: Option<(Duration, Duration)>,
}

impl RetryPolicy {
    /// Changes nothing.
    pub const fn new() -> Self {
        Self { attempts: None, batch_attempts: None, pauses: None }
    }

    /// Sends everything once.
    pub const fn never() -> Self {
        Self { attempts: Some(1), batch_attempts: Some(1), pauses: None }
    }

    /// How often a request is sent at most; 0 counts as 1.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(if attempts == 0 { 1 } else { attempts });
        self
    }

    /// How often a batch sends an item at most that comes back unprocessed; 0 counts as 1.
    pub const fn batch_attempts(mut self, attempts: u32) -> Self {
        self.batch_attempts = Some(if attempts == 0 { 1 } else { attempts });
        self
    }

    /// What the first pause is a random part of, and what no pause exceeds.
    pub const fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        let longest = if longest.as_nanos() < first.as_nanos() { first } else { longest };
        self.pauses = Some((first, longest));
        self
    }

    /// This policy, and `beneath` where it says nothing.
    pub fn over(self, beneath: Self) -> Self {
        Self {
            attempts: self.attempts.or(beneath.attempts),
            batch_attempts: self.batch_attempts.or(beneath.batch_attempts),
            pauses: self.pauses.or(beneath.pauses),
        }
    }

    /// What an SDK client's configuration says. A pause that is the SDK's own default is not something it says.
    fn of(config: Option<&RetryConfig>) -> Self {
        let Some(config) = config else { return Self::new() };
        let standard = RetryConfig::standard();
        let (first, longest) = (config.initial_backoff(), config.max_backoff());
        let pauses = match (first == standard.initial_backoff(), longest == standard.max_backoff()) {
            (true, true) => None,
            (false, true) => Some((first, Policy::DEFAULT.longest_pause.max(first))),
            _ => Some((first.min(longest), longest)),
        };
        Self { attempts: Some(config.max_attempts()), batch_attempts: None, pauses }
    }
}

/// A policy without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) attempts: u32,
    pub(crate) batch_attempts: u32,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

impl Policy {
    pub(crate) const DEFAULT: Self = Self {
        attempts: 4,
        batch_attempts: 10,
        first_pause: Duration::from_millis(50),
        longest_pause: Duration::from_secs(5),
    };

    /// What is asked for, over what the SDK client's configuration says, over the defaults.
    pub(crate) fn new(asked: RetryPolicy, config: Option<&RetryConfig>) -> Self {
        let RetryPolicy { attempts, batch_attempts, pauses } = asked.over(RetryPolicy::of(config));
        let (first_pause, longest_pause) =
            pauses.unwrap_or((Self::DEFAULT.first_pause, Self::DEFAULT.longest_pause));
        Self {
            attempts: attempts.unwrap_or(Self::DEFAULT.attempts),
            batch_attempts: batch_attempts.unwrap_or(Self::DEFAULT.batch_attempts),
            first_pause,
            longest_pause,
        }
    }

    /// What the SDK's retry loop has to be told, in the mode that `config` says.
    pub(crate) fn config(&self, config: Option<&RetryConfig>) -> RetryConfig {
        config
            .cloned()
            .unwrap_or_else(RetryConfig::standard)
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.first_pause)
            .with_max_backoff(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_comes_first_then_the_configuration_then_the_defaults() {
        let (secs, none) = (Duration::from_secs, RetryPolicy::new());
        let standard = RetryConfig::standard;
        for (asked, config, expected) in [
            (none, None, Policy::DEFAULT),
            (none, Some(standard()), Policy { attempts: 3, ..Policy::DEFAULT }),
            (none, Some(RetryConfig::disabled()), Policy { attempts: 1, ..Policy::DEFAULT }),
            (
                none.attempts(7).batch_attempts(2),
                Some(standard()),
                Policy { attempts: 7, batch_attempts: 2, ..Policy::DEFAULT },
            ),
            (
                none,
                Some(standard().with_initial_backoff(secs(9))),
                Policy { attempts: 3, first_pause: secs(9), longest_pause: secs(9), ..Policy::DEFAULT },
            ),
            (
                none,
                Some(standard().with_max_backoff(secs(2))),
                Policy { attempts: 3, first_pause: secs(1), longest_pause: secs(2), ..Policy::DEFAULT },
            ),
            (
                none.pauses(secs(3), secs(1)).attempts(0),
                Some(standard().with_max_backoff(secs(2))),
                Policy { attempts: 1, first_pause: secs(3), longest_pause: secs(3), ..Policy::DEFAULT },
            ),
            (RetryPolicy::never(), None, Policy { attempts: 1, batch_attempts: 1, ..Policy::DEFAULT }),
        ] {
            let policy = Policy::new(asked, config.as_ref());
            assert_eq!(policy, expected, "{asked:?} over {config:?}");
            // What the SDK is told says the same, read back.
            let told = policy.config(config.as_ref());
            assert_eq!((told.max_attempts(), told.max_backoff()), (policy.attempts, policy.longest_pause));
        }
    }
}

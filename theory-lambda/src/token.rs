//! Words that nobody else has: by them a record's owner knows its own work.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::SystemTime;

/// Where tokens come from: randomness, or a test.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Option<Arc<dyn Fn() -> String + Send + Sync>>);

impl Tokens {
    pub(crate) fn from_fn(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(make)))
    }

    /// `salt` is what tells this caller from others who may have the same randomness.
    pub(crate) fn make(&self, salt: &str) -> String {
        self.0.as_ref().map_or_else(|| random(salt), |make| make())
    }
}

/// 128 bits in 32 characters.
///
/// The keys of `RandomState` come from the operating system, unlike the seed of a generator that only knows the time since
/// boot, which many fresh environments have in common. An environment that was restored from a snapshot has its
/// twin's keys: hence the time and the salt.
fn random(salt: &str) -> String {
    let half = || RandomState::new().hash_one((SystemTime::now(), salt));
    format!("{:016x}{:016x}", half(), half())
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_are_alike() {
        let tokens: HashSet<_> = (0..10_000).map(|_| Tokens::default().make("")).collect();
        assert_eq!(tokens.len(), 10_000);
        assert!(tokens.iter().all(|token| token.len() == 32));
    }
}

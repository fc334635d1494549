//! Tokens by which DynamoDB recognises a transaction that is sent again.

use std::fmt;
use std::sync::Arc;

/// Where client request tokens come from.
#[derive(Clone)]
pub(super) struct Tokens(Arc<dyn Fn() -> String + Send + Sync>);

impl Tokens {
    pub(super) fn from_fn(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Tokens(Arc::new(make))
    }

    pub(super) fn make(&self) -> String {
        (self.0)()
    }
}

impl Default for Tokens {
    /// 128 random bits in 32 characters; DynamoDB takes up to 36.
    fn default() -> Self {
        Tokens::from_fn(|| format!("{:032x}", fastrand::u128(..)))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

//! Tokens by which DynamoDB recognises a transaction that is sent again.

use std::fmt;
use std::sync::Arc;

use super::entropy;
use crate::error::{Error, ErrorKind};

/// Where client request tokens come from: a function of the caller's, or the operating system's randomness.
///
/// Two transactions with one token are one to DynamoDB, so that of equal ones the second would never be done: see [`entropy`].
#[derive(Clone, Default)]
pub(super) struct Tokens(Option<Arc<dyn Fn() -> String + Send + Sync>>);

impl Tokens {
    pub(super) fn from_fn(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Tokens(Some(Arc::new(make)))
    }

    /// 128 random bits in 32 characters; DynamoDB takes up to 36.
    pub(super) fn make(&self, entity: &'static str) -> Result<String, Error> {
        match &self.0 {
            Some(make) => Ok(make()),
            None => match entropy::bytes() {
                Ok(bytes) => Ok(format!("{:032x}", u128::from_le_bytes(bytes))),
                Err(_) => Err(Error::new(ErrorKind::Configuration, entity)
                    .with_operation("TransactWriteItems")
                    .with_detail("the system has no randomness to make a token of")),
            },
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Tokens;

    #[test]
    fn tokens_fit_and_differ() {
        let tokens: HashSet<_> = (0..1000).map(|_| Tokens::default().make("").unwrap()).collect();
        assert_eq!(tokens.len(), 1000);
        assert!(tokens.iter().all(|token| token.len() == 32 && token.is_ascii()));
        assert_eq!(Tokens::from_fn(|| "mine".to_owned()).make("").unwrap(), "mine");
    }
}

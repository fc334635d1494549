//! Why a function cannot start.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// What [`init`](crate::init) fails with: the environment does not say enough to reach DynamoDB.
///
/// A connection that cannot be opened is not among the reasons: it is opened again by the first request.
#[derive(Debug)]
pub struct InitError {
    kind: InitErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`InitError`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InitErrorKind {
    /// No region is known.
    Region,
    /// No credentials are known.
    Credentials,
    /// There is no usable endpoint for this region and these settings.
    Endpoint,
    /// A variable has a value that cannot be understood.
    Variable,
    /// The client cannot be built: a variable with the name of a table is missing, or a name is none.
    Client,
    /// TLS cannot be configured: no provider is compiled in, or the given certificates are not usable.
    Tls,
    /// Nothing can be logged: there is a subscriber already, or a filter cannot be understood.
    #[cfg(feature = "logs")]
    Logs,
}

impl InitError {
    pub(crate) fn new(kind: InitErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn caused(
        kind: InitErrorKind,
        message: impl Into<Cow<'static, str>>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, message: message.into(), source: Some(source.into()) }
    }

    /// The kind.
    pub fn kind(&self) -> InitErrorKind {
        self.kind
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for InitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

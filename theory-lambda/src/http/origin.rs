//! Where a request goes.

use std::fmt;

use http::Uri;
use http::uri::{Authority, Scheme};

/// Scheme, host and port of a URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) tls: bool,
    /// As in the URL: host, and port if it is given.
    pub(crate) authority: Authority,
}

impl Origin {
    /// Nothing for a URL that is not absolute, or neither `http` nor `https`.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let scheme = uri.scheme()?;
        let tls = if *scheme == Scheme::HTTPS {
            true
        } else if *scheme == Scheme::HTTP {
            false
        } else {
            return None;
        };
        Some(Self { tls, authority: uri.authority()?.clone() })
    }

    /// The host, an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    pub(crate) fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(if self.tls { 443 } else { 80 })
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.authority.host(), self.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Option<(bool, String, u16)> {
        let origin = Origin::of(&url.parse().ok()?)?;
        Some((origin.tls, origin.host().to_owned(), origin.port()))
    }

    #[test]
    fn of_urls() {
        assert_eq!(
            origin("https://dynamodb.eu-west-1.amazonaws.com/"),
            Some((true, "dynamodb.eu-west-1.amazonaws.com".into(), 443))
        );
        assert_eq!(origin("http://127.0.0.1:8000"), Some((false, "127.0.0.1".into(), 8000)));
        assert_eq!(origin("http://[::1]/"), Some((false, "::1".into(), 80)));
        assert_eq!(origin("ftp://host/"), None);
        assert_eq!(origin("/path"), None);
    }
}

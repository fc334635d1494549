//! The configuration of TLS: which implementation, and which certificates are trusted.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{InitError, InitErrorKind};

/// Whose cryptography TLS uses.
///
/// It is handed to TLS as a value. Nothing is installed for the process, so that it does not matter what other crates
/// install.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProvider {
    /// `ring`, which starts fastest.
    #[cfg(feature = "ring")]
    Ring,
    /// AWS-LC, which has post-quantum key exchange.
    ///
    /// Its start takes about 30 ms of CPU to gather entropy from jitter, unless it is built with the environment
    /// variable `AWS_LC_SYS_NO_JITTER_ENTROPY=1`.
    #[cfg(feature = "aws-lc")]
    AwsLc,
}

impl TlsProvider {
    /// The one that starts fastest of those that are compiled in.
    fn fastest() -> Option<Self> {
        [
            #[cfg(feature = "ring")]
            Self::Ring,
            #[cfg(feature = "aws-lc")]
            Self::AwsLc,
        ]
        .first()
        .copied()
    }

    fn provider(self) -> CryptoProvider {
        match self {
            #[cfg(feature = "ring")]
            Self::Ring => rustls::crypto::ring::default_provider(),
            #[cfg(feature = "aws-lc")]
            Self::AwsLc => rustls::crypto::aws_lc_rs::default_provider(),
        }
    }
}

/// The certificates that a server's certificate must go back to.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// Mozilla's, compiled into the program: nothing is read or parsed at the start.
    #[default]
    Embedded,
    /// Those of the operating system, which are read and parsed at the start.
    #[cfg(feature = "native-roots")]
    Native,
    /// These, in PEM, and no others: for an endpoint with a private certificate authority.
    Pem(Vec<u8>),
    /// Mozilla's, and besides them these, in PEM: for a proxy that signs for itself on the way to everything else.
    EmbeddedAnd(Vec<u8>),
}

impl Roots {
    fn store(&self) -> Result<RootCertStore, InitError> {
        match self {
            Self::Embedded => Ok(embedded()),
            #[cfg(feature = "native-roots")]
            Self::Native => {
                let mut store = RootCertStore::empty();
                let loaded = rustls_native_certs::load_native_certs();
                // Stores hold certificates that are out of use and cannot be parsed; what matters is that some can.
                let (added, _) = store.add_parsable_certificates(loaded.certs);
                if added == 0 {
                    return Err(InitError::new(InitErrorKind::Tls, "the system trusts no certificate"));
                }
                Ok(store)
            }
            Self::Pem(pem) => with_pem(RootCertStore::empty(), pem),
            Self::EmbeddedAnd(pem) => with_pem(embedded(), pem),
        }
    }
}

fn embedded() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Adds the certificates of a PEM text, of which there is one at least.
fn with_pem(mut store: RootCertStore, pem: &[u8]) -> Result<RootCertStore, InitError> {
    let known = store.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate
            .map_err(|e| InitError::caused(InitErrorKind::Tls, "the given certificates are not PEM", e))?;
        store
            .add(certificate)
            .map_err(|e| InitError::caused(InitErrorKind::Tls, "a given certificate is not usable", e))?;
    }
    if store.len() == known {
        return Err(InitError::new(InitErrorKind::Tls, "the given PEM holds no certificate"));
    }
    Ok(store)
}

/// How many sessions are kept for resumption; with 8 a host, these are 4 hosts.
const SESSIONS: usize = 32;

/// Makes the configuration of TLS, which all connections share.
pub(crate) fn configure(
    provider: Option<TlsProvider>,
    roots: &Roots,
) -> Result<Arc<ClientConfig>, InitError> {
    let Some(provider) = provider.or_else(TlsProvider::fastest) else {
        return Err(InitError::new(
            InitErrorKind::Tls,
            "https needs the feature `ring` or `aws-lc` of theory-lambda",
        ));
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider.provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| InitError::caused(InitErrorKind::Tls, "no version of tls is usable", e))?
        .with_root_certificates(roots.store()?)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(Arc::new(config))
}

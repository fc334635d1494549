//! The same SDK, tuned by hand: without aws-config, TLS by `ring`, and no certificates but those that are given.
//!
//! There is one, so that it is the least that the SDK's own HTTP client can do: it takes certificates as PEM.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
pub use cold_start_plain::{Error, order};

/// Makes the client.
///
/// # Errors
///
/// If a variable is missing.
pub async fn client() -> Result<Client, Error> {
    let roots = TrustStore::empty().with_pem_certificate(cold_start_support::authority()?);
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(TlsContext::builder().with_trust_store(roots).build()?)
        .build_https();
    let credentials = Credentials::new(
        env::var("AWS_ACCESS_KEY_ID")?,
        env::var("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(env::var("AWS_REGION")?))
        .endpoint_url(env::var("AWS_ENDPOINT_URL_DYNAMODB")?)
        .credentials_provider(credentials)
        .http_client(http)
        .build();
    Ok(Client::from_conf(config))
}

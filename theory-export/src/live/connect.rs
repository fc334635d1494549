//! An SDK client for a command line: the environment's, or one for an engine at some URL.

use crate::error::ExportError;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;

/// Where to connect to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// The URL of an engine, such as `http://localhost:8000`; the region's endpoint without it.
    pub endpoint: Option<String>,
    /// The region; the environment's without it.
    pub region: Option<String>,
}

impl Connection {
    /// An SDK client with the environment's credentials and settings.
    ///
    /// An engine at a URL without TLS takes any credentials: where the environment has none, some are made up.
    ///
    /// # Errors
    ///
    /// Where neither the connection nor the environment names a region.
    pub async fn client(&self) -> Result<Client, ExportError> {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12());
        let plain = self.endpoint.as_deref().is_some_and(|url| url.starts_with("http://"));
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if plain && !["AWS_ACCESS_KEY_ID", "AWS_PROFILE"].into_iter().any(named) {
            loader = loader.credentials_provider(Credentials::new("local", "local", None, None, "theory"));
        }
        let mut config = loader.load().await;
        if config.region().is_none() {
            if !plain {
                return Err(ExportError::Unsupported(
                    "no region: name one with `--region`, in AWS_REGION or in the profile".into(),
                ));
            }
            config = config.into_builder().region(Region::from_static("us-east-1")).build();
        }
        Ok(Client::new(&config))
    }
}

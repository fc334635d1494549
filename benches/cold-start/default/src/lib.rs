//! The start as the SDK's guide has it: `aws_config::load_defaults`, and default features everywhere.
//!
//! It trusts the system's certificates, of which `SSL_CERT_FILE` may say where they are.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
pub use cold_start_plain::{Error, order};

/// Makes the client.
///
/// # Errors
///
/// None: the SDK's loader has none.
pub async fn client() -> Result<Client, Error> {
    let config = aws_config::load_defaults(BehaviorVersion::v2026_01_12()).await;
    Ok(Client::new(&config))
}

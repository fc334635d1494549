//! What lies between a client and its engine.

use aws_sdk_dynamodb::config::SharedHttpClient;

/// Something that sits between an SDK client and what it talks to: [`Faults`](crate::Faults) and
/// [`Recorder`](crate::Recorder).
///
/// It is put around an HTTP client, below everything that the SDK does: signing, retries, timeouts and errors are the
/// SDK's own. Layers nest; the outermost sees a request first and its answer last. So a recorder around the faults
/// sees what the client sees, and one within them what reached the engine.
///
/// # Example
///
/// Around the HTTP client of any SDK configuration. With the feature `embedded`, `EmbeddedDynamoDb::through` does it for
/// the engine in the process.
///
/// ```
/// use aws_sdk_dynamodb::Config;
/// use theory_testing::{Faults, Layer as _};
///
/// /// A configuration whose requests run into the faults.
/// fn faulty(config: &Config, faults: &Faults) -> Option<Config> {
///     let http_client = config.http_client()?;
///     Some(config.to_builder().http_client(faults.around(http_client)).build())
/// }
/// # let _ = faulty;
/// ```
pub trait Layer {
    /// An HTTP client that goes through this layer to `inner`.
    fn around(&self, inner: SharedHttpClient) -> SharedHttpClient;
}

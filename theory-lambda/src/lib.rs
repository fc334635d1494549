//! Theory in AWS Lambda.
//!
//! [`init`] makes the client in INIT, where CPU is plenty and nobody waits: with credentials, and with a connection that
//! has its TLS handshake behind it. The client survives being frozen between invocations.
//!
//! # Example
//!
//! ```no_run
//! use lambda_runtime::{LambdaEvent, service_fn};
//! use theory::Table;
//!
//! #[derive(Table)]
//! #[table(name = "orders")]
//! struct Order {
//!     #[table(pk)]
//!     id: String,
//!     total: u64,
//! }
//!
//! # fn main() -> Result<(), lambda_runtime::Error> { run() }
//! #[tokio::main(flavor = "current_thread")]
//! async fn run() -> Result<(), lambda_runtime::Error> {
//!     let client = &theory_lambda::init().await?;
//!     lambda_runtime::run(service_fn(async move |event: LambdaEvent<String>| {
//!         let order = Order::get(&event.payload).send(client).await?;
//!         Ok::<_, lambda_runtime::Error>(order.map(|order| order.total))
//!     }))
//!     .await
//! }
//! ```
//!
//! # What `init` does
//!
//! - Region, credentials and endpoint come [straight from Lambda's variables](init#environment); no file is read, and no
//!   provider is asked.
//! - TLS is `rustls` on `ring` with Mozilla's certificates as constants: no certificate store is read or parsed. The
//!   provider is passed on as a value, so that another one in the same program is no matter.
//! - The endpoint is resolved, and a connection to it is opened, TLS included, while the client is made. No request is
//!   sent. It is best effort, and waits for [3 s at most](Builder::connect_timeout).
//!
//! # What else is here
//!
//! | module | what it does |
//! |---|---|
//! | [`chunk`] | a job that takes longer than an invocation goes on in the next one |
//! | [`idempotency`] | an operation runs once for a key, whatever is delivered twice |
//! | [`lease`] | one holder at a time, for a while |
//! | [`stream`] | a function for the records of a stream: in order, up to the deadline, and the failures told as Lambda expects |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `ring` (default) | TLS by `ring` |
//! | `aws-lc` | TLS by AWS-LC, with post-quantum key exchange |
//! | `native-roots` | [`Roots::Native`] |
//! | `provider-chain` | the general chain of providers, by `aws-config` |
//! | `logs` | `logs`: events as JSON, and metrics of each operation |

mod builder;
pub mod chunk;
mod clock;
mod cold_start;
mod emf;
mod endpoint;
mod environment;
mod error;
mod http;
pub mod idempotency;
mod invocation;
pub mod lease;
mod ledger;
#[cfg(feature = "logs")]
mod logs;
mod memory;
mod out_of_time;
pub mod stream;
mod token;

pub use builder::Builder;
pub use chunk::{Chunk, Chunks};
pub use cold_start::ColdStart;
pub use error::{InitError, InitErrorKind};
pub use http::{HttpClient, HttpClientBuilder, Roots, TlsProvider};
pub use idempotency::{Idempotency, IdempotencyError};
pub use invocation::{BUFFER, ForInvocation, time_left};
pub use lease::{Lease, LeaseError, Leases};
#[cfg(feature = "logs")]
pub use logs::Logs;
pub use memory::Memory;
pub use stream::{StreamHandler, stream_handler, stream_handler_with};

/// Makes a client from Lambda's environment, and opens its connection: call it in INIT, before
/// `lambda_runtime::run`.
///
/// The client is cheap to clone and may be used by many invocations at once, on whatever runtime called this.
///
/// # Environment
///
/// | variable | |
/// |---|---|
/// | `AWS_REGION`, otherwise `AWS_DEFAULT_REGION` | the region |
/// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | the credentials |
/// | `AWS_ENDPOINT_URL_DYNAMODB`, otherwise `AWS_ENDPOINT_URL` | the endpoint, unless `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true` |
/// | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | which of the region's endpoints |
/// | `AWS_ACCOUNT_ID`, `AWS_ACCOUNT_ID_ENDPOINT_MODE` | the account's own endpoint. Lambda does not set the former, so that requests go to the region's endpoint |
/// | `AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE` | retries |
///
/// A request for a table that is named by ARN may go to the endpoint of that table's account, to which no connection
/// was opened beforehand.
///
/// # Errors
///
/// If region or credentials are absent (with the feature `provider-chain` they are looked for elsewhere first), or a
/// variable cannot be understood. Not if the connection cannot be opened: the first request opens it then.
pub async fn init() -> Result<theory::Client, InitError> {
    builder().init().await
}

/// The options of [`init`].
pub fn builder() -> Builder {
    Builder::new()
}

/// Structured logs and metrics of a function, which are off until they are set up: see [`Logs`].
///
/// # Example
///
/// ```no_run
/// # fn example() -> Result<(), theory_lambda::InitError> {
/// theory_lambda::logs().metrics("orders").init()?;
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "logs")]
pub fn logs() -> Logs {
    Logs::new()
}

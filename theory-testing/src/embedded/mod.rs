//! A DynamoDB engine in the process: [`EmbeddedDynamoDb`].

mod arn;
mod clock;
mod connector;
mod dispatch;
mod operation;
mod serve;
mod shape;
mod stack;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region, SharedHttpClient};
use dynoxide::{Database, DynoxideError};

use clock::EngineClock;
use connector::EmbeddedHttpClient;

use crate::layer::Layer;
pub use serve::{EmbeddedServer, Treatment};

/// The URL that requests carry. Its host cannot exist (RFC 2606), so a configuration that lost its embedded
/// client on the way reaches nothing rather than AWS.
const ENDPOINT: &str = "http://dynamodb.embedded.invalid";

/// A DynamoDB engine that lives in this process, in memory.
///
/// It answers the SDK's own requests: its [`client`](Self::client) runs on an [`aws_sdk_dynamodb::Config`] whose
/// HTTP client is a function call, so that signing, retries, serialization and errors are the SDK's, and only the network is absent.
/// Every value made by [`new`](Self::new) is a separate, empty database; a clone is another handle to the same one.
/// Dropping the last handle, clients included, frees it. Tests can therefore run in parallel, each on its own.
///
/// # How it runs
///
/// A request is carried out within the poll that sends it, on the thread that polls, and takes microseconds for
/// an item and milliseconds for a page of a megabyte. No task is spawned: it works on every executor, a
/// current-thread runtime included, and requests happen in the order in which they are polled. Requests to one
/// database exclude one another. (A request with a long expression borrows a thread, for the sake of its stack, and
/// is waited for all the same.)
///
/// # Operations
///
/// Tables (`CreateTable`, `DescribeTable`, `UpdateTable`, `DeleteTable`, `ListTables`), items (`GetItem`, `PutItem`,
/// `UpdateItem`, `DeleteItem`, `Query`, `Scan`), batches, transactions, PartiQL, tags, time to live and streams.
/// Others are answered with `UnknownOperationException`.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aws_sdk_dynamodb::types::{
///     AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
/// };
/// use theory_testing::EmbeddedDynamoDb;
///
/// let client = EmbeddedDynamoDb::new().sdk_client();
/// client
///     .create_table()
///     .table_name("users")
///     .billing_mode(BillingMode::PayPerRequest)
///     .key_schema(KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build()?)
///     .attribute_definitions(
///         AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build()?,
///     )
///     .send()
///     .await?;
/// client.put_item().table_name("users").item("id", AttributeValue::S("ada".into())).send().await?;
///
/// let found = client.get_item().table_name("users").key("id", AttributeValue::S("ada".into())).send().await?;
/// assert!(found.item.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct EmbeddedDynamoDb {
    engine: Arc<Engine>,
    /// The way to the engine, through what lies before it.
    http_client: SharedHttpClient,
}

impl EmbeddedDynamoDb {
    /// Makes a new, empty database in memory.
    ///
    /// It cannot fail: should SQLite refuse to open (it has no memory, say), every request is answered with
    /// `InternalServerError` and the reason.
    pub fn new() -> Self {
        let clock = EngineClock::default();
        let database = Database::memory_with_clock(Arc::new(clock.clone()));
        // The SDK's tokens for retries are the process's by default: one test's faults would starve another's.
        let retries = RetryPartition::custom("embedded").build();
        let engine = Arc::new(Engine { database, clock, retries });
        let http_client = SharedHttpClient::new(EmbeddedHttpClient::new(Arc::clone(&engine)));
        Self { engine, http_client }
    }

    /// Another handle to this database, whose clients go through a layer: [`Faults`](crate::Faults) or a
    /// [`Recorder`](crate::Recorder).
    ///
    /// This handle stays without it. Of several layers the last is the one that a client meets first.
    pub fn through(&self, layer: &impl Layer) -> Self {
        let http_client = layer.around(self.http_client.clone());
        Self { engine: Arc::clone(&self.engine), http_client }
    }

    /// A client of this database.
    ///
    /// For one with table prefixes or other settings, build it from the [SDK client](Self::sdk_client):
    /// `Client::builder(engine.sdk_client())`.
    pub fn client(&self) -> theory::Client {
        theory::Client::from_conf(self.sdk_config())
    }

    /// An SDK client of this database.
    ///
    /// The SDK's client type with the SDK's own pipeline; make as many as are needed.
    pub fn sdk_client(&self) -> Client {
        Client::from_conf(self.sdk_config())
    }

    /// The SDK configuration of this database: region `us-east-1`, invented credentials, the SDK's default retries with
    /// a quota of this database's own.
    ///
    /// Extend it with [`Config::to_builder`], for instance with an interceptor.
    pub fn sdk_config(&self) -> Config {
        Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("embedded", "embedded", None, None, "embedded"))
            .endpoint_url(ENDPOINT)
            .http_client(self.http_client())
            .retry_partition(self.engine.retries.clone())
            .build()
    }

    /// The HTTP client through which an SDK client reaches this database.
    ///
    /// For a configuration of one's own, and for the SDK's streams client, whose operations the engine answers too.
    pub fn http_client(&self) -> SharedHttpClient {
        self.http_client.clone()
    }

    /// Sets the time of this database, and stops its clock there.
    ///
    /// Before the first call the clock is the system's. It decides which items have expired when
    /// [`sweep_ttl`](Self::sweep_ttl) runs, and stamps stream records; the time in which a transaction's client
    /// request token stays valid, and creation dates, follow the system's clock always.
    pub fn set_time(&self, now: SystemTime) {
        self.engine.clock.set(now);
    }

    /// Moves this database's clock forward, and stops it there.
    ///
    /// As [`set_time`](Self::set_time), which says what the clock decides.
    pub fn advance_time(&self, by: Duration) {
        self.engine.clock.advance(by);
    }

    /// Deletes the items that have expired, in every table with time to live, and says how many there were.
    ///
    /// DynamoDB does this on its own within days, this engine only when asked, so that a test decides. Items whose
    /// time is not a number or lies in the future stay. So do, in DynamoDB, those whose time lies more than five years
    /// back; not here. Deletions appear in the table's stream.
    ///
    /// # Errors
    ///
    /// When SQLite fails.
    pub fn sweep_ttl(&self) -> Result<usize, EmbeddedError> {
        let database = self.engine.database.as_ref().map_err(EmbeddedError::new)?;
        database.sweep_ttl().map_err(|e| EmbeddedError::new(&e))
    }
}

impl Default for EmbeddedDynamoDb {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EmbeddedDynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedDynamoDb").finish_non_exhaustive()
    }
}

/// The database and its clock, which all handles, connectors and clients share.
struct Engine {
    /// An error stands for a database that did not open; it answers every request.
    database: Result<Database, DynoxideError>,
    clock: EngineClock,
    retries: RetryPartition,
}

/// The embedded engine failed in a way that no DynamoDB answer stands for.
#[derive(Debug)]
pub struct EmbeddedError {
    reason: String,
}

impl EmbeddedError {
    fn new(cause: &DynoxideError) -> Self {
        Self { reason: cause.to_string() }
    }
}

impl fmt::Display for EmbeddedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the embedded engine failed: {}", self.reason)
    }
}

impl std::error::Error for EmbeddedError {}

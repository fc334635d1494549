//! The engines on which batches run.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use theory::client::CreateTables;
use theory_testing::EmbeddedDynamoDb;

use super::Reading;
use super::by_hand::Error;

/// An engine with an empty table of readings.
#[derive(Debug, Clone)]
pub struct Engine {
    /// What to call it.
    pub name: &'static str,
    /// This library's client of it.
    pub client: theory::Client,
    /// The SDK client on which that one stands.
    pub sdk: aws_sdk_dynamodb::Client,
    /// The table's name there.
    pub table: String,
}

impl Engine {
    async fn new(name: &'static str, config: Config) -> Result<Self, Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let prefix = format!("b{now:x}-{:x}-", std::process::id());
        let sdk = aws_sdk_dynamodb::Client::from_conf(config);
        let client = theory::Client::builder(sdk.clone()).table_prefix(&prefix).build()?;
        CreateTables::of(theory::schema![Reading]).send(&client).await?;
        Ok(Engine { name, client, sdk, table: format!("{prefix}readings") })
    }

    /// The engine in the process.
    ///
    /// # Errors
    ///
    /// Where it does not make the table.
    pub async fn embedded() -> Result<Self, Error> {
        Self::new("embedded", EmbeddedDynamoDb::new().sdk_config()).await
    }

    /// DynamoDB Local, if the environment says where it is.
    ///
    /// # Errors
    ///
    /// Where it does not answer, or not make the table.
    pub async fn local() -> Result<Option<Self>, Error> {
        let url = env::var("THEORY_DYNAMODB_LOCAL_URL").unwrap_or_default();
        if url.is_empty() {
            return Ok(None);
        }
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("batches", "local", None, None, "local"))
            .endpoint_url(url)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self::new("local", config).await.map(Some)
    }

    /// Deletes the table, from an engine that outlives the measurement.
    ///
    /// # Errors
    ///
    /// Where the engine does not.
    pub async fn clean_up(&self) -> Result<(), Error> {
        self.sdk.delete_table().table_name(&self.table).send().await?;
        Ok(())
    }
}

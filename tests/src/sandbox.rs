//! One test's own part of an engine.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use theory_testing::EmbeddedDynamoDb;

use crate::capabilities::Capability;
use crate::engine::{Engine, announce};

/// An empty place on an engine, which no other test sees.
///
/// On the embedded engine that is a database of its own. DynamoDB Local separates databases by access key, unless it
/// was started with `-sharedDb`; table names carry a prefix too, so that neither way two tests meet.
#[derive(Debug, Clone)]
pub struct Sandbox {
    engine: Engine,
    capabilities: Vec<Capability>,
    prefix: String,
    embedded: Option<EmbeddedDynamoDb>,
    config: Config,
}

impl Sandbox {
    /// Makes a sandbox on an engine.
    pub async fn new(engine: Engine) -> Self {
        let capabilities = engine.capabilities().await;
        Self::with(engine, capabilities)
    }

    pub(crate) fn with(engine: Engine, capabilities: Vec<Capability>) -> Self {
        let prefix = unique();
        let (embedded, config) = match &engine {
            Engine::Embedded => {
                let embedded = EmbeddedDynamoDb::new();
                let config = embedded.sdk_config();
                (Some(embedded), config)
            }
            Engine::DynamoDbLocal { url, .. } => (None, local_config(url, &prefix)),
        };
        Self { engine, capabilities, prefix, embedded, config }
    }

    /// The engine that this is a part of.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether the engine lacks a capability; says so at the terminal, for what is skipped should be seen.
    pub fn lacks(&self, capability: Capability) -> bool {
        let lacks = !self.supports(capability);
        if lacks {
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            announce(&format!("skipped: {test} on {}, which lacks {capability:?}", self.engine));
        }
        lacks
    }

    /// Whether the engine has a capability, for a test that expects something else where it has not.
    pub fn supports(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The SDK configuration that reaches this sandbox.
    pub fn sdk_config(&self) -> Config {
        self.config.clone()
    }

    /// A client of this sandbox, which gives every table name the sandbox's prefix.
    ///
    /// # Panics
    ///
    /// When the client cannot be built.
    pub fn client(&self) -> theory::Client {
        let builder = theory::Client::builder(self.sdk_client()).table_prefix(&self.prefix);
        builder.build().expect("the prefix is one that table names may have")
    }

    /// An SDK client of this sandbox.
    pub fn sdk_client(&self) -> Client {
        Client::from_conf(self.sdk_config())
    }

    /// The name under which to create a table here.
    pub fn table(&self, name: &str) -> String {
        format!("{}{name}", self.prefix())
    }

    /// What the names of this sandbox's tables begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The embedded engine, if this is one: for its clock and its sweep.
    pub fn embedded(&self) -> Option<&EmbeddedDynamoDb> {
        self.embedded.as_ref()
    }

    /// Waits until something is so, for what an engine does in its own time. After two minutes the answer is no.
    ///
    /// The embedded engine sweeps expired items between two looks; DynamoDB Local does so itself, every minute.
    pub async fn eventually(&self, condition: impl AsyncFn() -> bool) -> bool {
        for _ in 0..480 {
            if let Some(embedded) = &self.embedded {
                embedded.sweep_ttl().expect("SQLite works");
            }
            if condition().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        false
    }

    /// Deletes the sandbox's tables from an engine that outlives it.
    pub(crate) async fn clean_up(&self) {
        if self.embedded.is_some() {
            return;
        }
        let client = self.sdk_client();
        let tables =
            client.list_tables().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        for table in tables.unwrap_or_default().iter().filter(|table| table.starts_with(&self.prefix)) {
            // Someone else may have been faster, the test itself for one.
            let _ = client.delete_table().table_name(table).send().await;
        }
    }
}

fn local_config(url: &str, access_key: &str) -> Config {
    let access_key: String = access_key.chars().filter(char::is_ascii_alphanumeric).collect();
    Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(access_key, "local", None, None, "local"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// A word that no other sandbox has, of this run or of another on the same engine.
fn unique() -> String {
    static SANDBOXES: AtomicU64 = AtomicU64::new(0);
    let number = SANDBOXES.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    format!("t{now:x}-{:x}-{number:x}-", std::process::id())
}

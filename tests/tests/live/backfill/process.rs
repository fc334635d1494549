//! Processes that run the backfill, each with a client of its own, on an engine that they share by its URL.

use super::orders::orders;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use theory::Client;
use theory_testing::EmbeddedServer;
use theory_tests::{Engine, Sandbox};

/// Where a process finds a sandbox's tables.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    url: String,
    prefix: String,
    /// What listens at the URL, where it is the engine in this process.
    _server: Option<Arc<EmbeddedServer>>,
}

impl Shop {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let (url, server) = match (sandbox.embedded(), sandbox.engine()) {
            (Some(embedded), _) => {
                let server = embedded.serve().expect("there is a port");
                (server.url().to_owned(), Some(Arc::new(server)))
            }
            (None, Engine::DynamoDbLocal { url, .. }) => (url.clone(), None),
            (None, engine) => panic!("{engine} has no URL"),
        };
        Shop { url, prefix: sandbox.prefix().to_owned(), _server: server }
    }

    pub(super) fn client(&self) -> Client {
        // DynamoDB Local separates databases by access key.
        let key: String = self.prefix.chars().filter(char::is_ascii_alphanumeric).collect();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new(key, "local", None, None, "local"))
            .endpoint_url(&self.url)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            // On a busy machine a connection takes its time.
            .timeout_config(TimeoutConfig::builder().connect_timeout(Duration::from_secs(30)).build())
            .build();
        let sdk = aws_sdk_dynamodb::Client::from_conf(config);
        Client::builder(sdk).table_prefix(&self.prefix).build().unwrap()
    }
}

#[tokio::test]
#[ignore = "started by the tests as a process of its own"]
async fn fills_in() {
    let variable = |name: &str| std::env::var(name).expect("the test that starts it says so");
    let shop = Shop { url: variable("BACKFILL_URL"), prefix: variable("BACKFILL_PREFIX"), _server: None };
    orders().run(&shop.client(), |_| {}).await.unwrap();
}

/// Starts this very program, to run the test above.
pub(super) fn start(shop: &Shop) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "backfill::process::fills_in", "--ignored", "--nocapture"])
        .env("BACKFILL_URL", &shop.url)
        .env("BACKFILL_PREFIX", &shop.prefix)
        .stdout(Stdio::null())
        .spawn()
        .expect("the test can start itself")
}

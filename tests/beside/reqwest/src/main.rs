//! Theory beside reqwest, which brings a TLS stack of its own.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};

#[path = "../../loopback.rs"]
mod loopback;

#[tokio::main]
async fn main() {
    loopback::fail_on_panic();
    let address = loopback::serve();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://{address}");
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "beside"))
            .endpoint_url(&url)
            .retry_config(RetryConfig::disabled())
            .build();
        let answer = theory::Client::from_conf(config).sdk().list_tables().send().await;
        assert_eq!(answer.is_ok(), scheme == "http", "{answer:?}");
        let answer = reqwest::get(&url).await;
        assert_eq!(answer.is_ok(), scheme == "http", "{answer:?}");
    }
    println!("beside reqwest: one request each way, no clash of TLS providers");
}

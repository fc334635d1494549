//! Theory beside the SDK and aws-config with all of their default features.

use aws_config::Region;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials};

#[path = "../../loopback.rs"]
mod loopback;

#[tokio::main]
async fn main() {
    loopback::fail_on_panic();
    let address = loopback::serve();
    for scheme in ["http", "https"] {
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "beside"))
            .endpoint_url(format!("{scheme}://{address}"))
            .retry_config(RetryConfig::disabled())
            .load()
            .await;
        let theirs = Client::new(&config);
        let ours = theory::Client::from_sdk_config(&config);
        for client in [&theirs, ours.sdk()] {
            let answer = client.list_tables().send().await;
            assert_eq!(answer.is_ok(), scheme == "http", "{answer:?}");
        }
    }
    println!("beside the SDK's default features: one request each way, no clash of TLS providers");
}

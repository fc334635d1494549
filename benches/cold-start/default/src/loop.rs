//! From the start of the process to the first item, in the loop of a function.

use cold_start_default::{client, order};
use cold_start_support::Report;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut report = Report::start();
    let client = &client().await?;
    report.step("configuration");
    let before = &report;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<String>| {
        let mut report = before.clone();
        report.step("event");
        let order = order(client, &event.payload).await?;
        report.step("connection and first request");
        if order.id != event.payload {
            return Err(Error::from("another item"));
        }
        Ok(report.text())
    }))
    .await
}

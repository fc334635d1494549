//! From the start of the process to the first item, in the loop of a function.

use cold_start_support::Report;
use cold_start_theory::{client, order, tell};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut report = Report::start();
    let (client, steps) = &client().await?;
    report.step("init");
    let before = &report;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<String>| {
        let mut report = before.clone();
        report.step("event");
        let order = order(client, &event.payload).await?;
        report.step("first request");
        if order.id != event.payload {
            return Err(Error::from("another item"));
        }
        tell(steps, &mut report);
        Ok(report.text())
    }))
    .await
}

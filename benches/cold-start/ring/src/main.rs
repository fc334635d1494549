//! From the start of the process to the first item.

use cold_start_ring::{Error, client, order};
use cold_start_support::{ID, Report};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut report = Report::start();
    let client = client().await?;
    report.step("configuration");
    let order = order(&client, ID).await?;
    report.step("connection and first request");
    if order.id != ID {
        return Err("another item".into());
    }
    println!("{}", report.text());
    Ok(())
}

//! From the start of the process to the first item.

use cold_start_support::{ID, Report};
use cold_start_theory::{Error, client, order, tell};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut report = Report::start();
    let (client, steps) = client().await?;
    report.step("init");
    let order = order(&client, ID).await?;
    report.step("first request");
    if order.id != ID {
        return Err("another item".into());
    }
    tell(&steps, &mut report);
    println!("{}", report.text());
    Ok(())
}

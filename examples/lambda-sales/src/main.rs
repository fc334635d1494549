//! The function: it is called with the changes of orders, and says which it could not handle.

use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    theory_lambda::logs().metrics("sales").init()?;
    let client = theory_lambda::builder()
        .client(|client| client.table_from_env("sales", "SALES_TABLE"))
        .init()
        .await?;
    let handler = theory_lambda::stream_handler_with(&client, lambda_sales::follow);
    // The event source mapping says ReportBatchItemFailures: see template.yaml.
    lambda_runtime::run(handler.report_batch_item_failures().concurrency(10)).await
}

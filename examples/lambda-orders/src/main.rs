//! The function: everything that can be done before the first request is done in INIT.

use lambda_http::{Error, Request, service_fn};
use lambda_orders::api;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    theory_lambda::logs().metrics("orders").init()?;
    let client = &theory_lambda::builder()
        .emf("orders")
        .client(|client| client.table_from_env("orders", "ORDERS_TABLE"))
        .init()
        .await?;
    lambda_http::run(service_fn(async move |request: Request| api::answer(client, request).await)).await
}

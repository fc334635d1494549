//! The function: it does as much as its time allows, and returns from where to go on.

use lambda_backfill::{Progress, step};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use theory_lambda::{Chunks, ForInvocation as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    theory_lambda::logs().metrics("backfill").init()?;
    let client = &theory_lambda::builder()
        .client(|client| client.table_from_env("orders", "ORDERS_TABLE"))
        .init()
        .await?;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Progress>| {
        let client = &client.for_invocation(&event.context);
        Chunks::of(&event.context).run(event.payload, |progress| step(client, progress)).await
    }))
    .await
}

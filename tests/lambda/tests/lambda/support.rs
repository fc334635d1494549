//! What the tests share: an engine on loopback, and the function that uses it.

use std::time::Duration;

use serde::de::DeserializeOwned;
use theory::client::CreateTables;
use theory::{Client, Table as _};
use theory_lambda::idempotency::IdempotencyRecord;
use theory_lambda_tests::{Part, Progress, Task};
use theory_testing::lambda::{Function, FunctionBuilder, Invocation, Outcome};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer};
use tokio::runtime::Runtime;

pub(crate) struct Stand {
    runtime: Runtime,
    pub(crate) client: Client,
    pub(crate) server: EmbeddedServer,
}

impl Stand {
    /// An engine with so many parts of one job.
    pub(crate) fn with_parts(parts: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let engine = EmbeddedDynamoDb::new();
        let client = engine.client();
        runtime.block_on(async {
            let tables = CreateTables::of(theory::schema![Part, Progress, IdempotencyRecord]);
            tables.send(&client).await.unwrap();
            let parts = (0..parts).map(|number| Part { job: "job".to_owned(), number, worked: 0 }.put());
            theory::batch_write(parts.collect::<Vec<_>>()).send(&client).await.unwrap();
        });
        Self { runtime, client, server: engine.serve().unwrap() }
    }

    pub(crate) fn function(&self) -> FunctionBuilder {
        Function::builder(env!("CARGO_BIN_EXE_function"))
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.server.url())
            .timeout(Duration::from_secs(60))
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

pub(crate) fn json(task: &Task) -> Vec<u8> {
    serde_json::to_vec(task).unwrap()
}

/// The answer, which there must be.
#[track_caller]
pub(crate) fn answer<T: DeserializeOwned>(function: &Function, invocation: &Invocation) -> T {
    match &invocation.outcome {
        Outcome::Answer(answer) => serde_json::from_slice(answer).unwrap(),
        other => panic!("{other:?}\n{}", function.log()),
    }
}

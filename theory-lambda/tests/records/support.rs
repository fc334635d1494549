//! What the tests share: the tables on every engine, and a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value as Json, json};
use theory::client::CreateTables;
use theory::{Client, Timestamp};
use theory_lambda::idempotency::IdempotencyRecord;
use theory_lambda::lease::LeaseRecord;
use theory_testing::{EmbeddedDynamoDb, Faults};
use theory_tests::{Sandbox, for_each_engine};

/// A clock that a test moves. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    pub(crate) fn at(seconds: i64) -> Self {
        Self(Arc::new(AtomicI64::new(seconds)))
    }

    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn read(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let seconds = Arc::clone(&self.0);
        move || at(seconds.load(Ordering::SeqCst))
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds).unwrap()
}

/// One engine with both tables.
pub(crate) struct Bench {
    sandbox: Sandbox,
    pub(crate) client: Client,
}

/// Runs a test on every engine.
pub(crate) async fn on_each_engine(test: impl AsyncFn(&Bench)) {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        create_tables(&client).await;
        test(&Bench { sandbox, client }).await;
    })
    .await;
}

impl Bench {
    /// Writes an item as another program would.
    pub(crate) async fn put_json(&self, table: &str, item: Json) {
        let request = json!({"TableName": self.sandbox.table(table), "Item": item});
        self.sandbox.call("PutItem", &request).await.unwrap();
    }

    /// Reads an item as another program would.
    pub(crate) async fn get_json(&self, table: &str, pk: &str, sk: &str) -> Json {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let request = json!({"TableName": self.sandbox.table(table), "Key": key, "ConsistentRead": true});
        self.sandbox.call("GetItem", &request).await.unwrap()["Item"].take()
    }

    /// Sends a request as another program would, with the table's name in it.
    pub(crate) async fn call(&self, operation: &str, table: &str, mut request: Json) -> bool {
        request["TableName"] = self.sandbox.table(table).into();
        self.sandbox.call(operation, &request).await.is_ok()
    }
}

async fn create_tables(client: &Client) {
    CreateTables::of(theory::schema![IdempotencyRecord, LeaseRecord]).send(client).await.unwrap();
}

/// The embedded engine with both tables: a client through these faults, and one past them.
pub(crate) async fn faulty(faults: &Faults) -> (Client, Client) {
    let engine = EmbeddedDynamoDb::new();
    let client = engine.client();
    create_tables(&client).await;
    (engine.through(faults).client(), client)
}

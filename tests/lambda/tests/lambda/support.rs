//! What the tests share: an engine on loopback, and the function that uses it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use theory::client::CreateTables;
use theory::{Client, Table as _};
use theory_lambda::idempotency::IdempotencyRecord;
use theory_lambda::lease::LeaseRecord;
use theory_lambda_tests::{Part, Progress, Task, User};
use theory_testing::lambda::{Function, FunctionBuilder, Invocation, Outcome};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer};
use tokio::runtime::Runtime;

/// What the function keeps of its time. More than one would: on a busy machine a process may stand still for long, which is not what is
/// tested. The work ends when it begins, so that no test takes longer for it.
pub(crate) const BUFFER: Duration = Duration::from_secs(4);

pub(crate) struct Stand {
    runtime: Runtime,
    pub(crate) client: Client,
    pub(crate) server: EmbeddedServer,
}

impl Stand {
    /// An engine with so many parts of one job.
    pub(crate) fn with_parts(parts: u64) -> Self {
        let stand = Self::empty();
        stand.block_on(async {
            let tables =
                CreateTables::of(theory::schema![Part, Progress, User, IdempotencyRecord, LeaseRecord]);
            tables.send(&stand.client).await.unwrap();
            let parts = (0..parts).map(|number| Part { job: "job".to_owned(), number, worked: 0 }.put());
            theory::batch_write(parts.collect::<Vec<_>>()).send(&stand.client).await.unwrap();
        });
        stand
    }

    /// An engine with a stream of the parts, of which there are none.
    pub(crate) fn with_stream() -> Self {
        let stand = Self::empty();
        let attribute = |name, kind| json!({"AttributeName": name, "AttributeType": kind});
        let key = |name, kind| json!({"AttributeName": name, "KeyType": kind});
        let table = json!({
            "TableName": "parts",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [attribute("job", "S"), attribute("number", "N")],
            "KeySchema": [key("job", "HASH"), key("number", "RANGE")],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        });
        stand.call("DynamoDB_20120810.CreateTable", &table);
        stand
    }

    fn empty() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let engine = EmbeddedDynamoDb::new();
        Self { runtime, client: engine.client(), server: engine.serve().unwrap() }
    }

    /// Asks the engine as another program would.
    pub(crate) fn call(&self, target: &str, body: &Json) -> Json {
        let host = self.server.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let body = body.to_string();
        let head =
            format!("POST / HTTP/1.1\r\nx-amz-target: {target}\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    pub(crate) fn function(&self) -> FunctionBuilder {
        Function::builder(env!("CARGO_BIN_EXE_function"))
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.server.url())
            .env("TEST_BUFFER", BUFFER.as_millis().to_string())
            .timeout(Duration::from_secs(60))
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

/// The event of a task.
pub(crate) fn event(task: &Task) -> Vec<u8> {
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

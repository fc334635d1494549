//! What the tests of the library share: tables on every engine, and a look at what goes over the wire.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use proptest::prelude::{ProptestConfig, Strategy};
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::Value as Json;
use theory::Client;
use theory::client::CreateTables;
use theory::schema::Entity;
use theory_tests::{Sandbox, for_each_engine};

/// Runs a test on every engine, with the tables of these entities, and a client that sees every request.
pub(crate) async fn with_tables(entities: &[&'static Entity], test: impl AsyncFn(&Bench)) {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(sandbox);
        CreateTables::of(entities).send(&bench.client).await.unwrap();
        bench.wire.clear();
        test(&bench).await;
    })
    .await;
}

/// One engine, as a test works on it.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    /// What the client sent.
    pub(crate) wire: Wire,
}

impl Bench {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        let config = sandbox.sdk_config();
        let wire = Wire::new(config.http_client().expect("a sandbox has an HTTP client"));
        let config = config.to_builder().http_client(wire.clone()).build();
        let sdk = aws_sdk_dynamodb::Client::from_conf(config);
        let client = Client::builder(sdk).table_prefix(sandbox.prefix()).build().unwrap();
        Self { sandbox, client, wire }
    }

    /// The way to the engine.
    pub(crate) fn http_client(&self) -> SharedHttpClient {
        self.sandbox.sdk_config().http_client().expect("a sandbox has an HTTP client")
    }

    /// A client of the same tables that goes another way, which leads to the same engine.
    pub(crate) fn client_on(&self, way: impl HttpClient + 'static) -> Client {
        let config = self.sandbox.sdk_config().to_builder().http_client(way).build();
        let sdk = aws_sdk_dynamodb::Client::from_conf(config);
        Client::builder(sdk).table_prefix(self.sandbox.prefix()).build().unwrap()
    }

    /// Writes an item as another program would, in DynamoDB JSON.
    pub(crate) async fn put_json(&self, table: &str, item: Json) {
        let request = serde_json::json!({"TableName": self.sandbox.table(table), "Item": item});
        self.sandbox.call("PutItem", &request).await.expect("an item is put");
    }

    /// Reads an item as another program would.
    pub(crate) async fn get_json(&self, table: &str, key: Json) -> Json {
        let request =
            serde_json::json!({"TableName": self.sandbox.table(table), "Key": key, "ConsistentRead": true});
        let mut answer = self.sandbox.call("GetItem", &request).await.expect("an item is read");
        answer["Item"].take()
    }
}

/// A connector that keeps every request on its way to the real one.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    beneath: SharedHttpClient,
    sent: Arc<Mutex<Vec<Sent>>>,
}

/// A request as it went out.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) operation: String,
    pub(crate) body: Json,
}

impl Wire {
    fn new(beneath: SharedHttpClient) -> Self {
        Self { beneath, sent: Arc::default() }
    }

    /// The requests since the last `clear`.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// How many requests were sent since the last `clear`.
    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    pub(crate) fn clear(&self) {
        self.sent.lock().unwrap().clear();
    }

    /// The last request's body.
    #[track_caller]
    pub(crate) fn last(&self) -> Json {
        self.sent().pop().expect("something was sent").body
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let beneath = self.beneath.http_connector(settings, components);
        SharedHttpConnector::new(Tap { beneath, sent: Arc::clone(&self.sent) })
    }
}

#[derive(Debug)]
struct Tap {
    beneath: SharedHttpConnector,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl HttpConnector for Tap {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let body = serde_json::from_slice(body).expect("every request is JSON");
        self.sent.lock().unwrap().push(Sent { operation, body });
        self.beneath.call(request)
    }
}

/// A connector that counts how many requests are under way at once.
///
/// Each waits for a few turns of the runtime, so that all that were begun together are seen together.
#[derive(Debug, Clone)]
pub(crate) struct Gauge {
    beneath: SharedHttpClient,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    pub(crate) fn new(beneath: SharedHttpClient) -> Self {
        Self { beneath, counts: Arc::default() }
    }

    /// How many requests were sent since the last `clear`.
    pub(crate) fn count(&self) -> usize {
        self.counts.all.load(Ordering::Relaxed)
    }

    /// How many were under way together at most, since the last `clear`.
    pub(crate) fn most_at_once(&self) -> usize {
        self.counts.most.load(Ordering::Relaxed)
    }

    pub(crate) fn clear(&self) {
        self.counts.all.store(0, Ordering::Relaxed);
        self.counts.most.store(0, Ordering::Relaxed);
    }
}

impl HttpClient for Gauge {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let beneath = self.beneath.http_connector(settings, components);
        SharedHttpConnector::new(Counting { beneath, counts: Arc::clone(&self.counts) })
    }
}

#[derive(Debug)]
struct Counting {
    beneath: SharedHttpConnector,
    counts: Arc<Counts>,
}

/// A request under way, until it is dropped.
struct UnderWay(Arc<Counts>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HttpConnector for Counting {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.counts.all.fetch_add(1, Ordering::Relaxed);
        let now = 1 + self.counts.now.fetch_add(1, Ordering::Relaxed);
        self.counts.most.fetch_max(now, Ordering::Relaxed);
        let under_way = UnderWay(Arc::clone(&self.counts));
        let answer = self.beneath.call(request);
        HttpConnectorFuture::new(async move {
            let _under_way = under_way;
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            answer.await
        })
    }
}

/// Checks a property: as many cases as the environment says in `PROPTEST_CASES`, or this many.
///
/// It must be called on a runtime of several threads: proptest's runner does not wait, so that it blocks one.
#[track_caller]
pub(crate) fn each_case<S: Strategy>(
    usual: u32,
    strategy: &S,
    check: impl AsyncFn(S::Value) -> Result<(), TestCaseError>,
) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = ProptestConfig {
        cases: cases.unwrap_or(usual),
        // The failing case is printed: a file beside the test would make it another one elsewhere.
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    };
    let runtime = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(strategy, |case| runtime.block_on(check(case)))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

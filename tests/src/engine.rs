//! The engines on which a test runs.

use std::fmt;
use std::io::Write as _;
use std::sync::Once;

use tokio::sync::OnceCell;

use crate::capabilities::{Capability, pinned};
use crate::probes::probe;
use crate::sandbox::Sandbox;

/// The version of DynamoDB Local whose capabilities the table names; the script that starts it says so.
const PINNED_VERSION: &str = "1.25.1";

/// An engine that speaks DynamoDB's protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// The engine in the process: always there, empty for every sandbox.
    Embedded,
    /// AWS's DynamoDB Local at this URL: shared, but for the access key by which it separates databases.
    DynamoDbLocal {
        /// Where it listens.
        url: String,
        /// Its version, if it is known.
        version: Option<String>,
    },
}

impl Engine {
    /// Whether the table of capabilities was written for this very version of the engine.
    pub fn is_pinned(&self) -> bool {
        match self {
            Self::Embedded => true,
            Self::DynamoDbLocal { version, .. } => version.as_deref() == Some(PINNED_VERSION),
        }
    }

    /// What the engine can do: by the table if its version is pinned, by asking it otherwise, once.
    pub(crate) async fn capabilities(&self) -> Vec<Capability> {
        static PROBED: OnceCell<Vec<Capability>> = OnceCell::const_new();
        if self.is_pinned() {
            return pinned(self);
        }
        let probed = PROBED.get_or_init(|| async {
            let mut capabilities = Vec::new();
            for &capability in Capability::ALL {
                if probe(&Sandbox::with(self.clone(), Vec::new()), capability).await {
                    capabilities.push(capability);
                }
            }
            announce(&format!("{self}, of unknown version, can do {capabilities:?}"));
            capabilities
        });
        probed.await.clone()
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded => "the embedded engine",
            Self::DynamoDbLocal { .. } => "DynamoDB Local",
        })
    }
}

/// The engines of this run: the embedded one, and DynamoDB Local if the environment says where it is.
pub fn engines() -> Vec<Engine> {
    static ABSENT: Once = Once::new();
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());

    let mut engines = vec![Engine::Embedded];
    match variable("THEORY_DYNAMODB_LOCAL_URL") {
        Some(url) => {
            let version = variable("THEORY_DYNAMODB_LOCAL_VERSION");
            engines.push(Engine::DynamoDbLocal { url, version });
        }
        None => ABSENT.call_once(|| {
            announce("skipped: DynamoDB Local (start it with scripts/dynamodb-local.sh run COMMAND…)");
        }),
    }
    engines
}

/// Runs a test on every engine in turn, each time in an empty sandbox.
///
/// What the test leaves behind is removed if it succeeds, and stays for inspection if it panics.
pub async fn for_each_engine(test: impl AsyncFn(Sandbox)) {
    for engine in engines() {
        // Shown when the test fails: which engine it was.
        println!("on {engine}");
        let sandbox = Sandbox::new(engine).await;
        test(sandbox.clone()).await;
        sandbox.clean_up().await;
    }
}

/// Tells the person at the terminal, past the test harness, which keeps the output of tests that succeed.
pub(crate) fn announce(line: &str) {
    let mut stderr = std::io::stderr().lock();
    // Nobody to tell is no reason to fail.
    let _ = writeln!(stderr, "{line}");
}

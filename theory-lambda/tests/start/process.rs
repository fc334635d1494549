//! A process of its own for each environment: this very program, told to be a function.
//!
//! Variables belong to the process, and setting one is not safe while other tests run.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde::{Deserialize, Serialize};
use theory::Table;
use theory_lambda::{Builder, ColdStart, Roots};

/// Says what the process is to do.
const SCRIPT: &str = "THEORY_LAMBDA_SCRIPT";
/// Comes before what the process has to say.
const MARK: &str = "outcome: ";

/// What the function does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Script {
    /// Trusts this authority, in PEM, and no other.
    pub(crate) trust: Option<String>,
    /// Trusts this authority besides the embedded ones.
    pub(crate) trust_too: Option<String>,
    /// Trusts what the system does.
    pub(crate) native: bool,
    /// Takes AWS-LC.
    pub(crate) aws_lc: bool,
    /// Asks the chain of providers.
    pub(crate) provider_chain: bool,
    /// Does not connect beforehand, and sends requests to nobody: they are noted.
    pub(crate) offline: bool,
    /// Milliseconds that `init` waits for the connection.
    pub(crate) connect_timeout: Option<u64>,
    /// How many requests it sends, one after the other.
    pub(crate) requests: usize,
    /// How many it sends at once, after those.
    pub(crate) at_once: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Kind and text of the error of `init`.
    pub(crate) error: Option<(String, String)>,
    /// Items that were found, or why none were.
    pub(crate) items: Vec<Result<String, String>>,
    /// Steps of the cold start that were reported.
    pub(crate) steps: Option<Vec<String>>,
    /// URL and headers of noted requests.
    pub(crate) requests: Vec<(String, BTreeMap<String, String>)>,
    /// Whether a provider of cryptography was installed for the process.
    pub(crate) installed: bool,
}

#[derive(Debug, Table)]
#[table(name = "orders")]
struct Order {
    #[table(pk)]
    id: String,
}

/// Runs a script in a process that has these variables, and no others.
pub(crate) fn run(script: &Script, variables: &[(&str, &str)]) -> Outcome {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process::function", "--nocapture"])
        .env_clear()
        .envs(variables.iter().copied())
        .env(SCRIPT, serde_json::to_string(script).unwrap())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let outcome = out.lines().find_map(|line| Some(line.split_once(MARK)?.1));
    let outcome = outcome.unwrap_or_else(|| panic!("no outcome\n{out}\n{err}"));
    serde_json::from_str(outcome).unwrap()
}

/// What the process does that `run` starts. As a test, it does nothing.
#[test]
fn function() {
    let Ok(script) = std::env::var(SCRIPT) else { return };
    let script: Script = serde_json::from_str(&script).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(act(&script));
    println!("\n{MARK}{}", serde_json::to_string(&outcome).unwrap());
}

async fn act(script: &Script) -> Outcome {
    let mut outcome = Outcome::default();
    let report = Arc::new(Mutex::new(None));
    let told = Arc::clone(&report);
    let noted = Notes::default();
    let builder = builder(script, &noted).on_cold_start(move |report| *told.lock().unwrap() = Some(*report));
    let client = match builder.init().await {
        Ok(client) => client,
        Err(error) => {
            outcome.error = Some((format!("{:?}", error.kind()), error.to_string()));
            return outcome;
        }
    };
    let get = async |client: theory::Client| match Order::get("o-1").send(&client).await {
        Ok(Some(order)) => Ok(order.id),
        Ok(None) => Err("no item".to_owned()),
        Err(error) => Err(format!("{:?}", error.kind())),
    };
    for _ in 0..script.requests {
        outcome.items.push(get(client.clone()).await);
    }
    let at_once = (0..script.at_once).map(|_| get(client.clone()));
    outcome.items.extend(futures_util::future::join_all(at_once).await);
    outcome.steps = report.lock().unwrap().as_ref().map(steps);
    outcome.requests = noted.0.lock().unwrap().clone();
    outcome.installed = rustls::crypto::CryptoProvider::get_default().is_some();
    outcome
}

fn builder(script: &Script, noted: &Notes) -> Builder {
    let mut builder = theory_lambda::builder();
    if let Some(pem) = &script.trust {
        builder = builder.roots(Roots::Pem(pem.clone().into_bytes()));
    }
    if let Some(pem) = &script.trust_too {
        builder = builder.roots(Roots::EmbeddedAnd(pem.clone().into_bytes()));
    }
    #[cfg(feature = "native-roots")]
    if script.native {
        builder = builder.roots(Roots::Native);
    }
    #[cfg(feature = "aws-lc")]
    if script.aws_lc {
        builder = builder.tls_provider(theory_lambda::TlsProvider::AwsLc);
    }
    #[cfg(feature = "provider-chain")]
    if script.provider_chain {
        builder = builder.provider_chain();
    }
    if let Some(limit) = script.connect_timeout {
        builder = builder.connect_timeout(Duration::from_millis(limit));
    }
    if script.offline {
        let noted = noted.clone();
        builder = builder.connect_timeout(Duration::ZERO).sdk(|sdk| sdk.http_client(noted));
    }
    builder
}

fn steps(report: &ColdStart) -> Vec<String> {
    let steps = [
        ("process", report.process),
        ("configuration", Some(report.configuration)),
        ("connection", report.connection),
        ("tls", report.tls),
        ("init", Some(report.init)),
        ("first_request", Some(report.first_request)),
    ];
    let taken = steps.into_iter().filter(|(name, step)| {
        // The kernel counts in hundredths of a second, of which a process may need none.
        step.is_some_and(|step| *name == "process" || !step.is_zero())
    });
    taken.map(|(name, _)| name.to_owned()).collect()
}

/// An HTTP client that notes requests, and answers with an item.
#[derive(Debug, Clone, Default)]
struct Notes(Arc<Mutex<Vec<(String, BTreeMap<String, String>)>>>);

impl HttpClient for Notes {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Notes {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.0.lock().unwrap().push((request.uri().to_owned(), headers.collect()));
        let body = SdkBody::from(r#"{"Item":{"id":{"S":"o-1"}}}"#);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), body)))
    }
}

//! The environment in which the programs run, and what one run took.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;
use theory_tests::HttpsEndpoint;

use super::callgrind::{self, Count};
use super::programs::Built;
use super::runtime_api::RuntimeApi;
use super::{ID, endpoint};

/// Where the certificates of a system are.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// An endpoint, and files for the programs.
#[derive(Debug)]
pub struct Stage {
    endpoint: HttpsEndpoint,
    folder: TempDir,
}

/// How a program is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It gets the item and ends.
    Alone,
    /// It gets the item for the first event from `lambda_runtime`.
    InLoop,
}

/// What a program used until it had the item.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Used {
    /// Milliseconds of processor time.
    pub cpu_ms: f64,
    /// The most memory that was resident.
    pub resident_kb: f64,
    /// What the program did, and for how many milliseconds.
    pub steps: Vec<(String, f64)>,
}

impl Stage {
    /// Starts the endpoint.
    ///
    /// # Errors
    ///
    /// If there is no temporary folder.
    pub fn set() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
        let endpoint = endpoint();
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).map_err(|e| format!("cannot write: {e}"))
        };
        // Who trusts the system's certificates reads them all, and one more.
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        write("authority.pem", endpoint.authority())?;
        write("bundle.pem", &format!("{system}\n{}", endpoint.authority()))?;
        Ok(Self { endpoint, folder })
    }

    /// A folder for files that nobody needs afterwards.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program once.
    ///
    /// # Errors
    ///
    /// If it does not get the item.
    pub fn run(&self, program: &Built, way: Way) -> Result<Used, String> {
        let text = match way {
            Way::Alone => {
                let mut command = self.command(&program.alone);
                let output = command
                    .env("COLD_START_REPORT", "1")
                    .stderr(Stdio::inherit())
                    .output()
                    .map_err(|e| format!("{} does not start: {e}", program.alone.display()))?;
                String::from_utf8_lossy(&output.stdout).into_owned()
            }
            Way::InLoop => {
                let (mut command, api) = self.function(&program.in_loop)?;
                // It fails in the end, when there is no next event.
                let mut child = command
                    .env("COLD_START_REPORT", "1")
                    .stderr(Stdio::null())
                    .spawn()
                    .map_err(|e| format!("{} does not start: {e}", program.in_loop.display()))?;
                let answer = api.answer();
                child.wait().map_err(|e| format!("no end: {e}"))?;
                serde_json::from_str(&answer?).map_err(|e| format!("not a string: {e}"))?
            }
        };
        serde_json::from_str(&text).map_err(|e| format!("not a report: {text:?}: {e}"))
    }

    /// Counts the instructions of a program; `None` where valgrind is missing.
    ///
    /// # Errors
    ///
    /// If it does not get the item.
    pub fn instructions(&self, program: &Built, way: Way) -> Result<Option<Count>, String> {
        let before = self.endpoint.requests();
        let count = match way {
            Way::Alone => callgrind::count(&self.command(&program.alone), self.folder())?,
            Way::InLoop => {
                let (command, api) = self.function(&program.in_loop)?;
                let count = callgrind::count(&command, self.folder())?;
                if count.is_some() {
                    api.answer()?;
                }
                count
            }
        };
        match count {
            Some(_) if self.endpoint.requests() == before => {
                Err(format!("{} asked for nothing under valgrind", program.alone.display()))
            }
            count => Ok(count),
        }
    }

    /// A program in an environment such as Lambda's, and no other.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.folder())
            .env("AWS_REGION", "eu-north-1")
            .env("AWS_DEFAULT_REGION", "eu-north-1")
            .env("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_SESSION_TOKEN", "token")
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.endpoint.url())
            .env("COLD_START_CA", self.folder().join("authority.pem"))
            .env("SSL_CERT_FILE", self.folder().join("bundle.pem"))
            .stdin(Stdio::null());
        command
    }

    fn function(&self, program: &Path) -> Result<(Command, RuntimeApi), String> {
        let api = RuntimeApi::start(format!("\"{ID}\""))?;
        let mut command = self.command(program);
        command
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "cold-start")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/cold-start")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "0");
        Ok((command, api))
    }
}

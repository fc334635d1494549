//! Compiled Lambda functions, run as Lambda runs them: one process, frozen and thawed, with true deadlines.
//!
//! [`Function`] starts a program that uses `lambda_runtime` against a Runtime API on loopback. It hands over one invocation after the
//! other, or [several at once](Function::invoke_at_once), and kills the process when an invocation does not answer before its deadline.
//!
//! # Example
//!
//! ```no_run
//! use std::time::Duration;
//! use theory_testing::lambda::{Function, Outcome};
//!
//! # fn main() -> std::io::Result<()> {
//! let function = Function::builder(env!("CARGO_MANIFEST_DIR")) // or `env!("CARGO_BIN_EXE_orders")`
//!     .timeout(Duration::from_secs(3))
//!     .env("ORDERS_TABLE", "orders")
//!     .start()?;
//! let invocation = function.invoke(r#"{"customer":"ada"}"#);
//! assert!(matches!(invocation.outcome, Outcome::Answer(_)), "{invocation:?}");
//! # Ok(())
//! # }
//! ```
//!
//! # What is not imitated
//!
//! CPU and memory are not limited, a process that fails in INIT is not started a second time for the same invocation, and there are no
//! extensions and no streamed answers.

mod environment;
mod log;
mod runtime_api;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::loopback::Listener;
use environment::Environment;
use runtime_api::{RuntimeApi, serve};

/// How long INIT may take, as in Lambda.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// Lambda's own, unless a function says otherwise.
const TIMEOUT: Duration = Duration::from_secs(3);

/// A compiled Lambda function with one execution environment. The process ends when this is dropped.
///
/// Its methods block: from asynchronous code, call them on a thread of their own.
pub struct Function {
    api: Arc<RuntimeApi>,
    timeout: Duration,
    environment: Mutex<Environment>,
    _listener: Listener,
}

/// Builds a [`Function`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct FunctionBuilder {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    timeout: Duration,
    memory: u32,
    concurrency: Option<u32>,
}

/// What became of an invocation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Invocation {
    /// Its id.
    pub request_id: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an invocation ended.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The function answered.
    Answer(Vec<u8>),
    /// The function failed: the JSON of the error.
    Error(Vec<u8>),
    /// The time was up, and the process was killed.
    TimedOut,
    /// The process ended by itself.
    Exited(String),
    /// The process was not ready for an invocation within 10 s, or said that it will not be: the JSON of the error, if there is one.
    InitFailed(Vec<u8>),
}

impl Invocation {
    /// The answer; `None` where there is none.
    pub fn answer(&self) -> Option<&[u8]> {
        match &self.outcome {
            Outcome::Answer(answer) => Some(answer),
            _ => None,
        }
    }
}

impl Function {
    /// A function of this program.
    pub fn builder(program: impl Into<PathBuf>) -> FunctionBuilder {
        FunctionBuilder {
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            timeout: TIMEOUT,
            memory: 256,
            concurrency: None,
        }
    }

    /// Invokes the function with this payload, and waits for what becomes of it.
    ///
    /// A process that is not there is started before, as a cold start; its INIT does not count to the time. Invocations that come at
    /// once wait for each other.
    pub fn invoke(&self, payload: impl Into<Vec<u8>>) -> Invocation {
        self.invoke_within(payload, self.timeout)
    }

    /// As [`invoke`](Self::invoke), with another time-out.
    pub fn invoke_within(&self, payload: impl Into<Vec<u8>>, timeout: Duration) -> Invocation {
        self.environment().invoke(&self.api, payload.into(), timeout)
    }

    /// Invokes the function with all of these payloads, each with a time-out of its own, and waits for what becomes of them, in their order.
    ///
    /// As many are at work at once as the process asks for, which is up to its [`concurrency`](FunctionBuilder::concurrency); each time-out
    /// begins when its invocation is handed over. If the time of one is up, the process is killed, and with it the others.
    pub fn invoke_at_once<P: Into<Vec<u8>>>(
        &self,
        events: impl IntoIterator<Item = (P, Duration)>,
    ) -> Vec<Invocation> {
        let events = events.into_iter().map(|(payload, timeout)| (payload.into(), timeout));
        self.environment().invoke_all(&self.api, events)
    }

    /// Freezes the process, as Lambda does between invocations: once it has asked for the next one, it is stopped (`SIGSTOP`). The next
    /// invocation thaws it.
    ///
    /// Nothing happens if there is no process, or if it does not ask.
    #[cfg(unix)]
    pub fn freeze(&self) {
        self.environment().freeze(&self.api);
    }

    /// How many processes were started so far.
    pub fn starts(&self) -> u32 {
        self.environment().starts()
    }

    /// What the processes have written so far, to standard output and standard error: all that an invocation wrote before its answer.
    pub fn log(&self) -> String {
        self.environment().log()
    }

    /// Nothing panics while it is held; if it did, the process would still be one.
    fn environment(&self) -> MutexGuard<'_, Environment> {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FunctionBuilder {
    /// One more argument of the program. Functions take none in Lambda.
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// A variable of its environment.
    ///
    /// Lambda's own are set, with invented credentials and the region `us-east-1`; nothing else is taken from this process but what
    /// programs need to run.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// How long an invocation may take; 3 s if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many MB of memory the function is told to have; 256 if nothing is said. The process is not limited to it.
    pub fn memory(mut self, megabytes: u32) -> Self {
        self.memory = megabytes;
        self
    }

    /// Tells the function that so many invocations may be at work in it at once (`AWS_LAMBDA_MAX_CONCURRENCY`): for a program that calls
    /// `lambda_runtime::run_concurrent`, and for [`invoke_at_once`](Function::invoke_at_once).
    pub fn concurrency(mut self, most: u32) -> Self {
        self.concurrency = Some(most);
        self
    }

    /// Starts the Runtime API, and the process.
    ///
    /// # Errors
    ///
    /// When there is no port or no file for the log, or the program cannot be started.
    pub fn start(self) -> io::Result<Function> {
        let api = Arc::new(RuntimeApi::default());
        let served = Arc::clone(&api);
        let listener = Listener::start(move |stream| {
            // A connection that breaks has lost its process, which is noticed elsewhere.
            let _ = serve(&served, &stream);
        })?;
        let timeout = self.timeout;
        let mut environment = Environment::new(self, listener.address())?;
        environment.start(&api)?;
        Ok(Function { api, timeout, environment: Mutex::new(environment), _listener: listener })
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple =
            |name, bytes: &[u8]| f.debug_tuple(name).field(&String::from_utf8_lossy(bytes)).finish();
        match self {
            Self::Answer(answer) => tuple("Answer", answer),
            Self::Error(error) => tuple("Error", error),
            Self::InitFailed(error) => tuple("InitFailed", error),
            Self::Exited(status) => tuple("Exited", status.as_bytes()),
            Self::TimedOut => f.write_str("TimedOut"),
        }
    }
}

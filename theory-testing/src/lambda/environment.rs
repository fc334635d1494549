//! An execution environment: the process, from its start to its end.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::log::Log;
use super::runtime_api::{Next, RuntimeApi, Said, left};
use super::{FunctionBuilder, INIT_LIMIT, Invocation, Outcome};

/// How often somebody looks whether the process is still there.
const LOOK: Duration = Duration::from_millis(20);

/// What a program needs from its surroundings in order to run at all.
const INHERITED: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "RUST_BACKTRACE", "SystemRoot"];

pub(super) struct Environment {
    function: FunctionBuilder,
    api: SocketAddr,
    child: Option<Child>,
    is_frozen: bool,
    starts: u32,
    invocations: u64,
    log: Log,
}

impl Environment {
    pub(super) fn new(function: FunctionBuilder, api: SocketAddr) -> io::Result<Self> {
        let log = Log::new()?;
        Ok(Self { function, api, child: None, is_frozen: false, starts: 0, invocations: 0, log })
    }

    pub(super) fn starts(&self) -> u32 {
        self.starts
    }

    pub(super) fn log(&self) -> String {
        self.log.text()
    }

    /// Starts a process. There must be none.
    pub(super) fn start(&mut self, api: &RuntimeApi) -> io::Result<()> {
        api.forget_process();
        self.is_frozen = false;
        let function = &self.function;
        let inherited = INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let child = Command::new(&function.program)
            .args(&function.arguments)
            .env_clear()
            .envs(inherited)
            .env("AWS_LAMBDA_RUNTIME_API", self.api.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string())
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_SESSION_TOKEN", "local")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("_HANDLER", "bootstrap")
            .envs(function.concurrency.map(|most| ("AWS_LAMBDA_MAX_CONCURRENCY", most.to_string())))
            .envs(function.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(self.log.writer()?)
            .stderr(self.log.writer()?)
            .spawn()?;
        self.child = Some(child);
        self.starts += 1;
        Ok(())
    }

    pub(super) fn invoke(&mut self, api: &RuntimeApi, payload: Vec<u8>, timeout: Duration) -> Invocation {
        let mut asked = self.ask(payload, timeout);
        self.run(api, std::slice::from_mut(&mut asked));
        asked.into_invocation()
    }

    /// Hands over each of these as soon as the process asks for one, and waits for what becomes of all of them.
    pub(super) fn invoke_all(
        &mut self,
        api: &RuntimeApi,
        events: impl Iterator<Item = (Vec<u8>, Duration)>,
    ) -> Vec<Invocation> {
        let mut asked = events.map(|(payload, timeout)| self.ask(payload, timeout)).collect::<Vec<_>>();
        self.run(api, &mut asked);
        asked.into_iter().map(Asked::into_invocation).collect()
    }

    fn ask(&mut self, payload: Vec<u8>, timeout: Duration) -> Asked {
        self.invocations += 1;
        let number = self.invocations;
        let request_id = format!("00000000-0000-4000-8000-{number:012}");
        Asked { number, request_id, timeout, payload, state: Progress::Waits }
    }

    fn run(&mut self, api: &RuntimeApi, asked: &mut [Asked]) {
        if let Err(outcome) = self.make_ready(api) {
            asked.iter_mut().for_each(|asked| asked.state = Progress::Over(outcome.clone()));
        }
        while asked.iter().any(|asked| !asked.is_over()) {
            self.go_on(api, asked);
        }
    }

    /// Hands over what can be, and sees what has become of the others.
    fn go_on(&mut self, api: &RuntimeApi, asked: &mut [Asked]) {
        for asked in asked.iter_mut().filter(|asked| matches!(asked.state, Progress::Waits)) {
            if !api.is_waiting() {
                break;
            }
            asked.hand_over(api);
        }
        let soonest = asked.iter().filter_map(Asked::left).min().unwrap_or(LOOK);
        for said in api.wait_until_said(LOOK.min(soonest)) {
            let (id, outcome) = match said {
                Said::Answer { request_id, body } => (request_id, Outcome::Answer(body)),
                Said::Error { request_id, body } => (request_id, Outcome::Error(body)),
                // The process ends after it.
                Said::InitError(_) => continue,
            };
            // One of an invocation that is long over belongs to none.
            if let Some(asked) = asked.iter_mut().find(|asked| asked.request_id == id && !asked.is_over()) {
                asked.state = Progress::Over(outcome);
            }
        }
        let mut end = self.exited();
        let mut late =
            asked.iter_mut().filter(|asked| asked.left().is_some_and(|left| left.is_zero())).peekable();
        if end.is_none() && late.peek().is_some() {
            late.for_each(|asked| asked.state = Progress::Over(Outcome::TimedOut));
            self.kill();
            end = Some(Outcome::Exited("killed, because the time of another invocation was up".to_owned()));
        }
        if let Some(end) = end {
            let open = asked.iter_mut().filter(|asked| !asked.is_over());
            open.for_each(|asked| asked.state = Progress::Over(end.clone()));
        }
    }

    /// Thaws the process, or starts one, and waits until it asks for an invocation.
    fn make_ready(&mut self, api: &RuntimeApi) -> Result<(), Outcome> {
        if self.child.is_none() {
            self.start(api).map_err(|e| Outcome::InitFailed(e.to_string().into_bytes()))?;
        }
        self.thaw();
        let until = Instant::now() + INIT_LIMIT;
        loop {
            if api.wait_until_waiting(LOOK.min(left(until))) {
                return Ok(());
            }
            let said = api.wait_until_said(Duration::ZERO);
            let failed = said.into_iter().find_map(|said| match said {
                Said::InitError(error) => Some(error),
                Said::Answer { .. } | Said::Error { .. } => None,
            });
            if let Some(error) = failed {
                self.kill();
                return Err(Outcome::InitFailed(error));
            }
            if let Some(exited) = self.exited() {
                return Err(exited);
            }
            if left(until).is_zero() {
                self.kill();
                return Err(Outcome::InitFailed(Vec::new()));
            }
        }
    }

    /// How the process ended, if it did.
    fn exited(&mut self) -> Option<Outcome> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        self.child = None;
        Some(Outcome::Exited(status.to_string()))
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended just now.
            let _ = child.kill();
            let _ = child.wait();
        }
        self.is_frozen = false;
    }

    #[cfg(unix)]
    pub(super) fn freeze(&mut self, api: &RuntimeApi) {
        if self.child.is_some() && !self.is_frozen && api.wait_until_waiting(INIT_LIMIT) {
            self.signal(rustix::process::Signal::STOP);
            self.is_frozen = true;
        }
    }

    fn thaw(&mut self) {
        if self.is_frozen {
            #[cfg(unix)]
            self.signal(rustix::process::Signal::CONT);
            self.is_frozen = false;
        }
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(child) = &self.child {
            // If it is gone, that is noticed when it is to work.
            let _ = rustix::process::kill_process(rustix::process::Pid::from_child(child), signal);
        }
    }
}

/// An invocation that was asked for.
struct Asked {
    number: u64,
    request_id: String,
    timeout: Duration,
    payload: Vec<u8>,
    state: Progress,
}

enum Progress {
    Waits,
    /// The process has it, until then.
    Runs(Instant),
    Over(Outcome),
}

impl Asked {
    fn hand_over(&mut self, api: &RuntimeApi) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.state = Progress::Runs(Instant::now() + self.timeout);
        api.hand_over(Next {
            request_id: self.request_id.clone(),
            deadline_millis: (now + self.timeout).as_millis(),
            trace_id: format!(
                "Root=1-{:08x}-{number:024x};Parent={number:016x};Sampled=0",
                now.as_secs() as u32,
                number = self.number
            ),
            payload: std::mem::take(&mut self.payload),
        });
    }

    fn is_over(&self) -> bool {
        matches!(self.state, Progress::Over(_))
    }

    /// How much of its time is left, while it runs.
    fn left(&self) -> Option<Duration> {
        match self.state {
            Progress::Runs(until) => Some(left(until)),
            Progress::Waits | Progress::Over(_) => None,
        }
    }

    fn into_invocation(self) -> Invocation {
        let outcome = match self.state {
            Progress::Over(outcome) => outcome,
            // There is none that is not over.
            Progress::Waits | Progress::Runs(_) => Outcome::TimedOut,
        };
        Invocation { request_id: self.request_id, outcome }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("child", &self.child).finish_non_exhaustive()
    }
}

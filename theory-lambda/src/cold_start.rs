//! How long the start took, step by step.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{Span, field};

use crate::emf;
use crate::http::Steps;
use crate::memory::Memory;

/// How long the start of this function took, from the process to the first answer of DynamoDB.
///
/// It is known when the first answer begins: then it is handed to [`Builder::on_cold_start`](crate::Builder), recorded
/// on the span `cold_start` of target `theory_lambda`, and written as a line in Embedded Metric Format if
/// [`Builder::emf`](crate::Builder::emf) asks for it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColdStart {
    /// From the start of the process until `init` was called. The kernel knows it in steps of 10 ms.
    pub process: Option<Duration>,
    /// Reading the environment, and making the client; of this, what was done while the connection was waited for is
    /// not counted twice.
    pub configuration: Duration,
    /// Finding the host and opening a socket to it.
    pub connection: Option<Duration>,
    /// Configuring TLS, and its handshake.
    pub tls: Option<Duration>,
    /// All of `init`.
    pub init: Duration,
    /// The first request, until its answer began.
    pub first_request: Duration,
    /// The memory at the first answer.
    pub memory: Memory,
}

/// Who wants to know.
#[derive(Default)]
pub(crate) struct Listeners {
    pub(crate) callback: Option<Box<dyn FnOnce(&ColdStart) + Send>>,
    /// The namespace of the metrics.
    pub(crate) emf: Option<String>,
}

/// Collects the steps, and reports them once.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Mutex<Option<State>>>);

struct State {
    report: ColdStart,
    listeners: Listeners,
    span: Span,
}

impl Recorder {
    pub(crate) fn start(listeners: Listeners) -> Self {
        let span = tracing::info_span!(
            target: "theory_lambda",
            "cold_start",
            process_ms = field::Empty,
            configuration_ms = field::Empty,
            connection_ms = field::Empty,
            tls_ms = field::Empty,
            init_ms = field::Empty,
            first_request_ms = field::Empty,
            resident_bytes = field::Empty,
            limit_bytes = field::Empty,
        );
        let report = ColdStart { process: process_age(), ..ColdStart::default() };
        Self(Arc::new(Mutex::new(Some(State { report, listeners, span }))))
    }

    /// `init` is over.
    pub(crate) fn initialized(&self, configuration: Duration, steps: Option<Steps>, init: Duration) {
        if let Some(state) = &mut *self.state() {
            state.report.configuration = configuration;
            state.report.connection = steps.map(|steps| steps.connection);
            state.report.tls = steps.map(|steps| steps.tls);
            state.report.init = init;
        }
    }

    /// The first answer has begun; later ones are not the first.
    pub(crate) fn answered(&self, first_request: Duration) {
        let Some(mut state) = self.state().take() else { return };
        state.report.first_request = first_request;
        state.report.memory = Memory::read();
        state.tell();
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Option<State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(self) {
        let Self { report, listeners, span } = self;
        for (name, duration) in report.steps() {
            if let Some(duration) = duration {
                span.record(name.span, milliseconds(duration));
            }
        }
        for (name, bytes) in
            [("resident_bytes", report.memory.resident), ("limit_bytes", report.memory.limit)]
        {
            if let Some(bytes) = bytes {
                span.record(name, bytes);
            }
        }
        tracing::info!(target: "theory_lambda", parent: &span, "cold start");
        if let Some(namespace) = listeners.emf {
            emf::print(&report.metrics(&namespace));
        }
        if let Some(callback) = listeners.callback {
            callback(&report);
        }
    }
}

/// What a step is called.
struct StepName {
    span: &'static str,
    metric: &'static str,
}

impl ColdStart {
    fn steps(&self) -> [(StepName, Option<Duration>); 6] {
        let step = |span, metric, duration| (StepName { span, metric }, duration);
        [
            step("process_ms", "ColdStartProcess", self.process),
            step("configuration_ms", "ColdStartConfiguration", Some(self.configuration)),
            step("connection_ms", "ColdStartConnection", self.connection),
            step("tls_ms", "ColdStartTls", self.tls),
            step("init_ms", "ColdStartInit", Some(self.init)),
            step("first_request_ms", "ColdStartFirstRequest", Some(self.first_request)),
        ]
    }

    fn metrics(&self, namespace: &str) -> emf::Metrics {
        let mut metrics = emf::Metrics::new(namespace, &emf::function_name());
        for (name, duration) in self.steps() {
            if let Some(duration) = duration {
                metrics.add(name.metric, emf::Unit::Milliseconds, milliseconds(duration));
            }
        }
        if let Some(resident) = self.memory.resident {
            metrics.add("MemoryResident", emf::Unit::Bytes, resident as f64);
        }
        metrics
    }
}

fn milliseconds(duration: Duration) -> f64 {
    // Microseconds are as much as anybody wants to read.
    duration.as_micros() as f64 / 1000.0
}

/// How long ago this process was started, by the kernel's own clock.
fn process_age() -> Option<Duration> {
    let file = |path| fs::read_to_string(path).ok();
    age(&file("/proc/self/stat")?, &file("/proc/uptime")?)
}

/// Fields of `/proc/self/stat` that come after the name, which is in parentheses and may hold any of them itself.
const START_TIME: usize = 19;
/// Ticks are hundredths on every architecture that Lambda has.
const TICKS_PER_SECOND: f64 = 100.0;

fn age(stat: &str, uptime: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let started: f64 = fields.split(' ').nth(START_TIME)?.parse().ok()?;
    let now: f64 = uptime.split(' ').next()?.parse().ok()?;
    Duration::try_from_secs_f64((now - started / TICKS_PER_SECOND).max(0.0)).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const STAT: &str = "12 (a) b) S 1 12 12 0 -1 4194560 90 0 0 0 0 0 0 0 20 0 1 0 7250 8000000 500 1844";

    #[test]
    fn the_age_of_a_process() {
        assert_eq!(age(STAT, "73.00 140.1\n"), Some(Duration::from_millis(500)));
        assert_eq!(age(STAT, "72.40 140.1\n"), Some(Duration::ZERO));
        for (stat, uptime) in
            [("", "73.0 1"), (STAT, ""), ("1 (x) S 1", "73.0 1"), (STAT, "x y"), (STAT, "1e400 1")]
        {
            assert_eq!(age(stat, uptime), None, "{stat:?} {uptime:?}");
        }
    }

    #[test]
    fn it_is_told_once() {
        let (tell, told) = mpsc::channel();
        let callback = Box::new(move |report: &ColdStart| tell.send(*report).expect("a listener"));
        let recorder = Recorder::start(Listeners { callback: Some(callback), emf: None });
        let [configuration, connection, tls, init, first] = [1, 2, 3, 4, 5].map(Duration::from_millis);
        recorder.initialized(configuration, Some(Steps { connection, tls }), init);
        recorder.answered(first);
        recorder.answered(Duration::ZERO);
        let report = told.recv().expect("a report");
        assert_eq!((report.configuration, report.init, report.first_request), (configuration, init, first));
        assert_eq!((report.connection, report.tls), (Some(connection), Some(tls)));
        assert!(told.recv().is_err());
    }

    #[test]
    fn as_metrics() {
        let report = ColdStart { tls: Some(Duration::from_micros(1234)), ..ColdStart::default() };
        let line = report.metrics("app").to_string();
        assert!(line.contains(r#""ColdStartTls":1.234"#) && !line.contains("ColdStartProcess"), "{line}");
    }
}

//! What a function says of itself: a line of JSON for each event, and metrics of each operation.

mod fields;
mod line;
mod operations;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::error::{InitError, InitErrorKind};
use line::JsonLines;
use operations::OperationMetrics;

/// The field by which a span is known as that of an invocation; `lambda_runtime` opens it.
const REQUEST_ID: &str = "requestId";
const TRACE_ID: &str = "xrayTraceId";

/// Its targets print requests and errors, values and all, when they say more than this.
const TALKATIVE: &str = "aws_smithy_runtime";

/// What [`logs`](fn@crate::logs) sets up: events as JSON, and operations as metrics.
///
/// # Events
///
/// Each event is one line, as [Lambda's own JSON logs] are:
///
/// ```json
/// {"timestamp":"2026-11-21T12:00:00.000Z","level":"INFO","message":"paid","target":"orders",
///  "requestId":"8476a536-…","xrayTraceId":"Root=1-5bef4de7-…","coldStart":true,
///  "span":{"name":"dynamodb.PutItem","operation":"PutItem","table":"orders"},"fields":{"total":1299}}
/// ```
///
/// `requestId` and `xrayTraceId` are those of the invocation in whose span the event is, which
/// `lambda_runtime::run` opens; `span` is the innermost other span. `coldStart` is `true` in INIT and in the first
/// invocation of an environment, unless its concurrency is provisioned.
///
/// # Metrics
///
/// [`metrics`](Self::metrics) adds a line in Embedded Metric Format for each operation, from which CloudWatch makes
/// `Latency` (milliseconds, with retries and reading the answer), `Attempts`, `Errors`, and where they are known
/// `ConsumedCapacity` and `Items`, by function, operation and table. Entity, index, the kind of an error, and the ids of
/// request, invocation and trace are in the same line, to be searched for. CloudWatch bills custom metrics, and the
/// bytes of logs.
///
/// # What it costs
///
/// Nothing while it is not set up: spans and events that nobody listens to are a comparison each.
///
/// # Example
///
/// ```no_run
/// # async fn example() -> Result<(), theory_lambda::InitError> {
/// theory_lambda::logs().metrics("orders").init()?;
/// let client = theory_lambda::init().await?;
/// # Ok(())
/// # }
/// ```
///
/// [Lambda's own JSON logs]: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
#[must_use = "nothing is logged until `init` is called"]
pub struct Logs {
    filter: Option<String>,
    namespace: Option<String>,
    writer: Writer,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").field("filter", &self.filter).field("namespace", &self.namespace).finish()
    }
}

impl Logs {
    pub(crate) fn new() -> Self {
        Self { filter: None, namespace: None, writer: Writer(None) }
    }

    /// Which events are logged, such as `info` or `warn,orders=debug`.
    ///
    /// If nothing is said, it is what `AWS_LAMBDA_LOG_LEVEL` says, which Lambda sets where logs are JSON, otherwise
    /// `RUST_LOG`, otherwise `info`. With `AWS_LAMBDA_LOG_LEVEL` the targets of `aws_smithy_runtime` stay at `info`,
    /// because beyond it they print requests with their values.
    pub fn filter(mut self, directives: impl Into<String>) -> Self {
        self.filter = Some(directives.into());
        self
    }

    /// Writes metrics of each operation too, in this namespace of CloudWatch.
    pub fn metrics(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Where lines go; standard output, which is a function's log, if nothing is said.
    pub fn writer(mut self, writer: impl Write + Send + 'static) -> Self {
        self.writer = Writer(Some(Arc::new(Mutex::new(writer))));
        self
    }

    /// Begins to log, in all of the process. Call it before [`init`](crate::init), to see that too.
    ///
    /// # Errors
    ///
    /// If there is a subscriber of `tracing` already, or the filter cannot be understood.
    pub fn init(self) -> Result<(), InitError> {
        let layer = self.layer()?;
        tracing::subscriber::set_global_default(Registry::default().with(layer))
            .map_err(|e| InitError::caused(InitErrorKind::Logs, "there is a subscriber already", e))
    }

    /// The same as a layer, for a subscriber of `tracing-subscriber` 0.3 that has others.
    ///
    /// # Errors
    ///
    /// If the filter cannot be understood.
    pub fn layer<S>(self) -> Result<Box<dyn Layer<S> + Send + Sync>, InitError>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let variable = |name: &str| std::env::var(name).ok();
        let targets = targets(self.filter.as_deref(), variable)?;
        let lines = JsonLines::new(self.writer.clone(), is_provisioned(variable))
            // The span of an invocation is wanted also by those who want nothing but errors.
            .with_filter(filter_fn(move |metadata| {
                is_invocation(metadata) || targets.would_enable(metadata.target(), metadata.level())
            }));
        // Not an `Option` of a layer: none would turn off the other one as well.
        let Some(namespace) = self.namespace else { return Ok(Box::new(lines)) };
        let metrics = OperationMetrics::new(namespace, self.writer)
            .with_filter(filter_fn(|metadata| is_invocation(metadata) || operations::is_operation(metadata)));
        Ok(Box::new(lines.and_then(metrics)))
    }
}

/// Which events are wanted.
fn targets(given: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Result<Targets, InitError> {
    let set = |name| variable(name).filter(|value| !value.trim().is_empty());
    let understood = |directives: &str, source: &str| {
        directives
            .parse::<Targets>()
            .map_err(|e| InitError::caused(InitErrorKind::Logs, format!("{source} cannot be understood"), e))
    };
    if let Some(given) = given {
        return understood(given, "the filter");
    }
    if let Some(level) = set("AWS_LAMBDA_LOG_LEVEL") {
        // Lambda knows one level more.
        let level = if level.eq_ignore_ascii_case("fatal") { "error" } else { level.trim() };
        let level: LevelFilter = level.parse().map_err(|e| {
            InitError::caused(InitErrorKind::Logs, "AWS_LAMBDA_LOG_LEVEL cannot be understood", e)
        })?;
        let least = level.min(LevelFilter::INFO);
        return Ok(Targets::new().with_default(level).with_target(TALKATIVE, least));
    }
    match set("RUST_LOG") {
        Some(directives) => understood(&directives, "RUST_LOG"),
        None => Ok(Targets::new().with_default(Level::INFO)),
    }
}

/// Whether an environment was started before there was an event, so that no caller waits for its start.
fn is_provisioned(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("AWS_LAMBDA_INITIALIZATION_TYPE").is_some_and(|how| how == "provisioned-concurrency")
}

fn is_invocation(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.fields().field(REQUEST_ID).is_some()
}

/// Takes lines; standard output unless another was given.
#[derive(Clone)]
struct Writer(Option<Arc<Mutex<dyn Write + Send>>>);

impl Writer {
    /// Writes a line at once, so that those of several threads do not mix.
    ///
    /// A function whose output is closed has nobody to tell that it is.
    fn write(&self, mut line: String) {
        line.push('\n');
        let _ = match &self.0 {
            Some(writer) => writer.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes()),
            None => io::stdout().lock().write_all(line.as_bytes()),
        };
    }
}

//! Metrics of operations, from the span that `theory` opens for each.

use std::fmt;
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::fields::Fields;
use super::{REQUEST_ID, TRACE_ID, Writer, is_invocation};
use crate::emf::{Metrics, Unit, function_name};

/// Whether this is the span of an operation.
pub(super) fn is_operation(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == "theory" && metadata.fields().field("operation").is_some()
}

/// Writes a line of metrics for each operation.
pub(super) struct OperationMetrics {
    namespace: String,
    function: String,
    writer: Writer,
}

/// An operation that is under way.
struct Operation {
    started: Instant,
    known: Known,
}

/// What the span says of it.
#[derive(Default)]
struct Known {
    operation: String,
    table: String,
    attempts: Option<u64>,
    items: Option<u64>,
    capacity: Option<f64>,
    failed: bool,
    /// All of it, as JSON.
    fields: Fields,
}

/// The ids of an invocation.
struct Invocation(Fields);

impl OperationMetrics {
    pub(super) fn new(namespace: String, writer: Writer) -> Self {
        Self { namespace, function: function_name(), writer }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for OperationMetrics {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if is_invocation(attributes.metadata()) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(Invocation(fields));
        } else {
            let mut known = Known::default();
            attributes.record(&mut known);
            span.extensions_mut().insert(Operation { started: Instant::now(), known });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(operation) = span.extensions_mut().get_mut::<Operation>() {
            values.record(&mut operation.known);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Operation { started, known }) = span.extensions_mut().remove::<Operation>() else { return };
        let latency = started.elapsed();
        let mut metrics = Metrics::new(&self.namespace, &self.function);
        metrics.dimension("Operation", known.operation);
        metrics.dimension("Table", known.table);
        metrics.add("Latency", Unit::Milliseconds, latency.as_micros() as f64 / 1000.0);
        metrics.add("Errors", Unit::Count, if known.failed { 1.0 } else { 0.0 });
        let counts = [("Attempts", known.attempts), ("Items", known.items)];
        for (name, count) in counts {
            if let Some(count) = count {
                metrics.add(name, Unit::Count, count as f64);
            }
        }
        if let Some(capacity) = known.capacity {
            metrics.add("ConsumedCapacity", Unit::Count, capacity);
        }
        for (name, field) in [
            ("Entity", "entity"),
            ("Index", "index"),
            ("Error", "error"),
            ("DynamoDbRequestId", "request_id"),
        ] {
            if let Some(value) = known.fields.get(field) {
                metrics.property(name, value);
            }
        }
        add_invocation(&span, &mut metrics);
        self.writer.write(metrics.to_string());
    }
}

fn add_invocation<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>, metrics: &mut Metrics) {
    let invocation = span.scope().skip(1).find(|span| is_invocation(span.metadata()));
    let Some(invocation) = invocation else { return };
    let extensions = invocation.extensions();
    let Some(Invocation(fields)) = extensions.get() else { return };
    for name in [REQUEST_ID, TRACE_ID] {
        if let Some(value) = fields.get(name) {
            metrics.property(name, value);
        }
    }
}

impl Visit for Known {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "consumed_capacity" {
            self.capacity = Some(value).filter(|units| units.is_finite());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "attempts" => self.attempts = Some(value),
            "items" => self.items = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "operation" => self.operation = value.to_owned(),
            "table" => self.table = value.to_owned(),
            name => {
                self.failed |= name == "error";
                self.fields.record_str(field, value);
            }
        }
    }

    /// Nothing that is wanted comes this way.
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

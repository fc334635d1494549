//! Events as lines of JSON.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use theory::Timestamp;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::{REQUEST_ID, TRACE_ID, Writer, is_invocation};
use crate::emf::Json;

/// Writes each event as a line.
pub(super) struct JsonLines {
    writer: Writer,
    /// There was an invocation already, or it does not matter.
    is_warm: AtomicBool,
    /// The first one is over, or it does not matter.
    is_first_over: AtomicBool,
}

/// What is remembered of a span.
struct Remembered {
    fields: Fields,
    /// The first invocation of this environment.
    is_cold: bool,
}

impl JsonLines {
    pub(super) fn new(writer: Writer, is_warm: bool) -> Self {
        Self { writer, is_warm: AtomicBool::new(is_warm), is_first_over: AtomicBool::new(is_warm) }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let is_cold = is_invocation(attributes.metadata()) && !self.is_warm.swap(true, Ordering::Relaxed);
        span.extensions_mut().insert(Remembered { fields, is_cold });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(remembered) = span.extensions_mut().get_mut::<Remembered>() {
            values.record(&mut remembered.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let now = Timestamp::now().to_string();
        // Milliseconds: Lambda's own filter reads no more.
        let mut line =
            format!(r#"{{"timestamp":"{}Z","level":"{}""#, now.get(..23).unwrap_or(&now), metadata.level());
        let message = fields.remove("message").unwrap_or_else(|| r#""""#.to_owned());
        let _ = write!(line, r#","message":{message},"target":{}"#, Json(metadata.target()));

        let mut innermost = String::new();
        let mut is_cold = None;
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            let Some(remembered) = extensions.get::<Remembered>() else { continue };
            if is_invocation(span.metadata()) {
                for name in [REQUEST_ID, TRACE_ID] {
                    if let Some(value) = remembered.fields.get(name) {
                        let _ = write!(line, r#",{}:{value}"#, Json(name));
                    }
                }
                is_cold = Some(remembered.is_cold);
                break;
            }
            if innermost.is_empty() {
                let _ = write!(innermost, r#","span":{{"name":{}"#, Json(span.metadata().name()));
                remembered.fields.write(&mut innermost, ",");
                innermost.push('}');
            }
        }
        // INIT, and what it told of later.
        let is_cold = is_cold.unwrap_or_else(|| !self.is_first_over.load(Ordering::Relaxed));
        let _ = write!(line, r#","coldStart":{is_cold}{innermost}"#);
        if !fields.is_empty() {
            line.push_str(r#","fields":{"#);
            fields.write(&mut line, "");
            line.push('}');
        }
        line.push('}');
        self.writer.write(line);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        if span.extensions().get::<Remembered>().is_some_and(|remembered| remembered.is_cold) {
            self.is_first_over.store(true, Ordering::Relaxed);
        }
    }
}

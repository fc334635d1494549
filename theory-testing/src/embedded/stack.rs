//! Room for the engine's recursion.
//!
//! The engine reads expressions by recursion. DynamoDB admits 4 KB of them, which is nested deep enough to overflow
//! the stack of a test's thread, and an overflow ends the whole process.

use std::thread;

use serde_json::Value;

/// An expression up to this long cannot nest deep enough to matter.
const SHORT: usize = 512;

/// What the longest expression and the longest PartiQL statement need, many times over. Memory that is reserved
/// and never touched costs nothing.
const LARGE_STACK: usize = 256 * 1024 * 1024;

/// Whether a request holds an expression or a statement that is long enough to nest deep.
pub(super) fn is_deep(request: &Value) -> bool {
    match request {
        Value::Object(members) => members.iter().any(|(name, value)| match value {
            Value::String(text) => {
                text.len() > SHORT && (name.ends_with("Expression") || name.ends_with("Statement"))
            }
            value => is_deep(value),
        }),
        Value::Array(elements) => elements.iter().any(is_deep),
        _ => false,
    }
}

/// Runs something on a large stack and waits for it; `None` if there is no memory for one, or if it panicked.
pub(super) fn on_a_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        thread::Builder::new().stack_size(LARGE_STACK).spawn_scoped(scope, run).ok()?.join().ok()
    })
}

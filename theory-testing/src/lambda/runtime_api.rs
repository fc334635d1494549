//! Lambda's Runtime API, as far as functions use it.

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::net::TcpStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::loopback::http::{self, Request};

const VERSION: &str = "/2018-06-01/runtime/";
const ACCEPTED: &[u8] = br#"{"status":"OK"}"#;

/// What is known between the process and whoever invokes it.
#[derive(Debug, Default)]
pub(super) struct RuntimeApi {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the processes: a question of one that is gone gets no answer.
    process: u32,
    /// For so many invocations the process waits.
    waiting: usize,
    /// What it is to get.
    next: VecDeque<Next>,
    /// What it has said.
    said: Vec<Said>,
}

impl State {
    /// Whether the process waits for more than it is to get.
    fn is_waiting(&self) -> bool {
        self.waiting > self.next.len()
    }
}

/// An invocation on its way to the process.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) request_id: String,
    pub(super) deadline_millis: u128,
    pub(super) trace_id: String,
    pub(super) payload: Vec<u8>,
}

/// What the process says.
#[derive(Debug)]
pub(super) enum Said {
    Answer { request_id: String, body: Vec<u8> },
    Error { request_id: String, body: Vec<u8> },
    InitError(Vec<u8>),
}

impl RuntimeApi {
    /// Another process is to come: what concerns the last one is forgotten.
    pub(super) fn forget_process(&self) {
        let mut state = self.state();
        *state = State { process: state.process.wrapping_add(1), ..State::default() };
        self.changed.notify_all();
    }

    /// Hands an invocation to the process, which waits for one.
    pub(super) fn hand_over(&self, next: Next) {
        self.state().next.push_back(next);
        self.changed.notify_all();
    }

    /// Whether the process waits for an invocation. Waits for that, or for what the process says in place of it.
    pub(super) fn wait_until_waiting(&self, limit: Duration) -> bool {
        let state = self.state();
        let state = self
            .changed
            .wait_timeout_while(state, limit, |state| !state.is_waiting() && state.said.is_empty());
        state.unwrap_or_else(PoisonError::into_inner).0.is_waiting()
    }

    /// Whether the process waits for an invocation now.
    pub(super) fn is_waiting(&self) -> bool {
        self.state().is_waiting()
    }

    /// What the process has said, if it says something in this time.
    pub(super) fn wait_until_said(&self, limit: Duration) -> Vec<Said> {
        let state = self.state();
        let state = self.changed.wait_timeout_while(state, limit, |state| state.said.is_empty());
        std::mem::take(&mut state.unwrap_or_else(PoisonError::into_inner).0.said)
    }

    /// The next invocation, as soon as there is one; none for a process that is gone.
    fn next(&self) -> Option<Next> {
        let mut state = self.state();
        let process = state.process;
        state.waiting += 1;
        self.changed.notify_all();
        loop {
            if state.process != process {
                return None;
            }
            if let Some(next) = state.next.pop_front() {
                state.waiting = state.waiting.saturating_sub(1);
                return Some(next);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn say(&self, said: Said) {
        self.state().said.push(said);
        self.changed.notify_all();
    }

    /// Nothing panics while it is held; if it did, what it guards would still be whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers what comes on one connection.
pub(super) fn serve(api: &RuntimeApi, stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader)? {
        let steps: Vec<_> = request.path.strip_prefix(VERSION).unwrap_or_default().split('/').collect();
        let said = match (request.method.as_str(), steps.as_slice()) {
            ("GET", ["invocation", "next"]) => {
                let Some(next) = api.next() else { return Ok(()) };
                http::answer(stream, 200, &headers(&next), &next.payload)?;
                continue;
            }
            ("POST", ["invocation", id, "response"]) => {
                Said::Answer { request_id: (*id).to_owned(), body: request.body }
            }
            ("POST", ["invocation", id, "error"]) => {
                Said::Error { request_id: (*id).to_owned(), body: request.body }
            }
            ("POST", ["init", "error"]) => Said::InitError(request.body),
            _ => {
                http::answer(stream, 404, &[], b"{}")?;
                continue;
            }
        };
        api.say(said);
        http::answer(stream, 202, &[("content-type", "application/json".to_owned())], ACCEPTED)?;
    }
    Ok(())
}

fn headers(next: &Next) -> [(&'static str, String); 5] {
    [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", next.request_id.clone()),
        ("lambda-runtime-deadline-ms", next.deadline_millis.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:function".to_owned(),
        ),
        ("lambda-runtime-trace-id", next.trace_id.clone()),
    ]
}

/// How much of a time is left.
pub(super) fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

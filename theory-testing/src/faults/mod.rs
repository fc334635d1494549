//! Faults between a client and its engine: [`Faults`].

mod answers;
mod batch;
mod body;
mod connector;
mod fault;
mod random;
mod rule;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::SharedHttpClient;

pub use fault::{Cancellation, Fault, Throttle};
use random::Random;
pub use rule::Rule;

use crate::layer::Layer;
use crate::operation::Operation;
use crate::request::Request;

/// What is to go wrong between a client and its engine, and what did.
///
/// A plan is a list of rules. For each request, attempts that the SDK repeats included, the first rule that fires decides which [`Fault`]
/// befalls it; a rule sees only the requests that the rules before it left alone. A request for which no rule fires
/// goes its way.
///
/// It is a [`Layer`] beneath the SDK, so that what the SDK and the library make of a fault is the very thing that is
/// tested. A clone is another handle to the same plan: rules may be added, and the log read, while requests are
/// under way.
///
/// # Determinism
///
/// The same seed and rules do the same to the same requests in the same order. Requests are taken in the order in
/// which they are first polled, so a test that sends several at once should run on a current-thread runtime. Time is only spent
/// where a fault says so, and then on the SDK's own sleep, which Tokio's paused clock lets pass at once.
///
/// The SDK gives up repeating when the tokens of its retry partition are used up, which by default all clients of a
/// process share for a service. A client of the embedded engine has its own; give yours
/// [one too](aws_sdk_dynamodb::config::Builder::retry_partition) where many faults are injected.
///
/// # Example
///
/// A write took effect, and its answer was lost. The client repeats it, and the condition then meets the first
/// attempt's own work: an error that says that the write may have happened, and not that someone else was faster.
///
#[cfg_attr(feature = "embedded", doc = "```")]
#[cfg_attr(not(feature = "embedded"), doc = "```ignore")]
/// use theory::Table;
/// use theory::client::CreateTables;
/// use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation};
///
/// #[derive(Table)]
/// #[table(name = "notes")]
/// struct Note {
///     #[table(pk)]
///     id: String,
///     text: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> theory::Result<()> {
/// let engine = EmbeddedDynamoDb::new();
/// CreateTables::of(theory::schema![Note]).send(&engine.client()).await?;
///
/// let faults = Faults::seed(42).on(Operation::PutItem).attempt(1).inject(Fault::ResetAfterEffect);
/// let client = engine.through(&faults).client();
///
/// let note = Note { id: "a".into(), text: "hello".into() };
/// let error = note.create().send(&client).await.unwrap_err();
/// assert!(error.is_condition_failed() && error.is_ambiguous());
///
/// let injected = faults.injected();
/// assert_eq!(injected.len(), 1);
/// assert_eq!(injected[0].engine_status, Some(200)); // it took effect
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Faults {
    seed: u64,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    rules: Vec<rule::Complete>,
    /// How many rules there ever were; each has a stream of random numbers of its own.
    added: u64,
    /// How many requests there were.
    requests: u64,
    injected: Vec<Injected>,
}

/// A fault that was injected.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Injected {
    /// What went wrong.
    pub fault: Fault,
    /// The operation of the request.
    pub operation: Operation,
    /// Which attempt of the SDK the request was, counted from 1.
    pub attempt: u32,
    /// Which of all requests it was, counted from 1.
    pub request: u64,
    /// The status with which the engine answered the request, whatever became of that answer; `None` if it never got
    /// there, or did not answer. 200 says that it took effect.
    pub engine_status: Option<u16>,
}

impl Faults {
    /// A plan without rules, whose dice are thrown by this seed.
    pub fn seed(seed: u64) -> Self {
        Self { seed, state: Arc::default() }
    }

    /// Begins a rule for requests of this operation.
    pub fn on(&self, operation: Operation) -> Rule {
        self.on_any_of([operation])
    }

    /// Begins a rule for requests of these operations.
    pub fn on_any_of(&self, operations: impl IntoIterator<Item = Operation>) -> Rule {
        Rule::new(self.clone(), Some(operations.into_iter().collect::<BTreeSet<_>>()))
    }

    /// Begins a rule for all requests.
    pub fn on_all(&self) -> Rule {
        Rule::new(self.clone(), None)
    }

    /// What was injected so far, in the order of the requests.
    pub fn injected(&self) -> Vec<Injected> {
        self.lock().injected.clone()
    }

    /// Takes what was injected so far, and begins a new log.
    pub fn take_injected(&self) -> Vec<Injected> {
        std::mem::take(&mut self.lock().injected)
    }

    /// Ends all rules: from now on nothing goes wrong. The log stays.
    pub fn stop(&self) {
        self.lock().rules.clear();
    }

    /// What goes wrong with a request; the log's entry for it is made.
    fn decide(&self, request: &Request) -> Option<Injection> {
        let mut state = self.lock();
        state.requests += 1;
        let (fault, random) = state.rules.iter_mut().find_map(|rule| rule.decide(request))?;
        let number = state.requests;
        state.injected.push(Injected {
            fault: fault.clone(),
            operation: request.operation,
            attempt: request.attempt,
            request: number,
            engine_status: None,
        });
        Some(Injection { fault, random, request: number })
    }

    /// Notes the engine's own answer to a request that something befell.
    fn note(&self, request: u64, status: u16) {
        let mut state = self.lock();
        if let Some(injected) = state.injected.iter_mut().find(|injected| injected.request == request) {
            injected.engine_status = Some(status);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Whatever a predicate did when it panicked, the state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fault on its way to a request.
struct Injection {
    fault: Fault,
    random: Random,
    request: u64,
}

impl Layer for Faults {
    fn around(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(connector::FaultyHttpClient::new(self.clone(), inner))
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Faults")
            .field("seed", &self.seed)
            .field("rules", &state.rules.len())
            .field("injected", &state.injected.len())
            .finish_non_exhaustive()
    }
}

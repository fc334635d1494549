//! Which requests a fault befalls: [`Rule`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::Faults;
use super::fault::Fault;
use super::random::Random;
use crate::operation::Operation;
use crate::request::Request;

type Predicate = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// The beginning of a rule: which requests it concerns. [`inject`](Self::inject) completes it.
///
/// Every further condition narrows it.
#[must_use = "a rule takes effect with `inject`"]
#[derive(Debug)]
pub struct Rule {
    faults: Faults,
    conditions: Conditions,
}

#[derive(Default)]
struct Conditions {
    /// `None` for all.
    operations: Option<BTreeSet<Operation>>,
    attempt: Option<u32>,
    table: Option<String>,
    predicate: Option<Predicate>,
    nth: Option<u64>,
    probability: Option<f64>,
    times: Option<u64>,
}

impl Rule {
    pub(super) fn new(faults: Faults, operations: Option<BTreeSet<Operation>>) -> Self {
        Self { faults, conditions: Conditions { operations, ..Conditions::default() } }
    }

    /// Only this attempt of an operation, as the SDK counts them: 1 is the first, 2 the first repetition.
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.conditions.attempt = Some(attempt);
        self
    }

    /// Only requests that name this table, as they name it: by name or by ARN.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.conditions.table = Some(table.into());
        self
    }

    /// Only requests of which this is true.
    ///
    /// It is asked while the rules are locked, and must not use these [`Faults`] itself.
    pub fn when(mut self, predicate: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.conditions.predicate = Some(Arc::new(predicate));
        self
    }

    /// Only the `n`-th of the requests that the rule concerns otherwise, counted from 1.
    pub fn nth(mut self, n: u64) -> Self {
        self.conditions.nth = Some(n);
        self
    }

    /// Each time only with this probability, by the seed: 0 is never and 1 is always.
    pub fn probability(mut self, probability: f64) -> Self {
        self.conditions.probability = Some(probability);
        self
    }

    /// At most so many times.
    pub fn times(mut self, times: u64) -> Self {
        self.conditions.times = Some(times);
        self
    }

    /// Completes the rule: this is what goes wrong with its requests.
    pub fn inject(self, fault: Fault) -> Faults {
        self.inject_one_of([fault])
    }

    /// Completes the rule: one of these goes wrong, each time another by the seed, of those that apply to the request.
    pub fn inject_one_of(self, faults: impl IntoIterator<Item = Fault>) -> Faults {
        let Self { faults: handle, conditions } = self;
        handle.add(conditions, faults.into_iter().collect());
        handle
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conditions")
            .field("operations", &self.operations)
            .field("attempt", &self.attempt)
            .field("table", &self.table)
            .field("nth", &self.nth)
            .field("probability", &self.probability)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

impl Faults {
    fn add(&self, conditions: Conditions, faults: Vec<Fault>) {
        let mut state = self.lock();
        let stream = state.added;
        state.added += 1;
        let random = Random::new(self.seed, stream);
        state.rules.push(Complete { conditions, faults, random, seen: 0, fired: 0 });
    }
}

/// A rule with its faults, and what it has seen.
pub(super) struct Complete {
    conditions: Conditions,
    faults: Vec<Fault>,
    random: Random,
    seen: u64,
    fired: u64,
}

impl Complete {
    /// What goes wrong with a request, and the dice for the fault's own choices; `None` for nothing.
    pub(super) fn decide(&mut self, request: &Request) -> Option<(Fault, Random)> {
        let Conditions { operations, attempt, table, predicate, nth, probability, times } = &self.conditions;
        let applying: Vec<_> = self.faults.iter().filter(|fault| applies(fault, request)).collect();
        let concerned = !applying.is_empty()
            && operations.as_ref().is_none_or(|operations| operations.contains(&request.operation))
            && attempt.is_none_or(|attempt| attempt == request.attempt)
            && table.as_ref().is_none_or(|table| request.tables().contains(&table.as_str()))
            && predicate.as_ref().is_none_or(|predicate| predicate(request));
        if !concerned {
            return None;
        }
        self.seen += 1;
        // Thrown for every request that is concerned, so that what else narrows the rule does not shift the numbers.
        let lucky = probability.is_none_or(|probability| self.random.chance(probability));
        let choice = self.random.below(applying.len());
        let dice = Random::new(self.random.next(), 0);
        let fires =
            lucky && nth.is_none_or(|nth| nth == self.seen) && times.is_none_or(|times| self.fired < times);
        if !fires {
            return None;
        }
        self.fired += 1;
        Some(((*applying.get(choice)?).clone(), dice))
    }
}

fn applies(fault: &Fault, request: &Request) -> bool {
    let has_place = match fault {
        Fault::CanceledAt(place, _) => *place < request.len(),
        _ => true,
    };
    has_place && fault.applies_to(request.operation)
}

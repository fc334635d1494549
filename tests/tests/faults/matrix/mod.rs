//! Every operation, every fault, many seeds; after each request the stored data is compared with a reference model.
//!
//! What must hold:
//!
//! - *done* means done, once: what the request does to the model is what is stored;
//! - *failed* means that nothing changed;
//! - *ambiguous* means that nothing changed or that it was done, once; and that some fault left that in doubt;
//! - a write that the engine executed is never reported as failed;
//! - a write that is not idempotent is executed once at most;
//! - a read returns what is stored, or fails; it is never ambiguous;
//! - an error says how often the request was sent, and its kind is that of the fault;
//! - where a fault befalls the first attempt only, what comes of it is exactly known;
//! - and with a deadline all of it ends in time.
//!
//! A new operation joins by a [`Subject`]; a new fault by `Fault::all`.

mod dice;
mod expected;
mod lifecycle;
mod loaded;
mod many;
mod model;
mod subject;
mod table;
mod unique;

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use theory::client::Deadline;
use theory::{Error, ErrorKind};
use theory_testing::{Cancellation, Exchange, Fault, Faults, Injected, Recorder, Request, Throttle};
use tokio::time::Instant;

use crate::account::{Account, account, engine, stored};
use dice::Dice;
use model::{Change, Fate, Model, Trial};
use subject::Subject;
use table::{Outcomes, Table};

/// How many requests each run sends.
const TRIALS: usize = if cfg!(debug_assertions) { 2 } else { 3 };

/// When a fault befalls a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schedule {
    /// The first attempt.
    First,
    /// All attempts.
    Always,
    /// Every other attempt, by the seed.
    Sometimes,
}

/// What goes wrong in a run.
#[derive(Debug, Clone)]
enum Trouble {
    /// Nothing, for comparison.
    Nothing,
    One(Fault),
    /// Each time another.
    Any,
}

impl Trouble {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Nothing];
        all.extend(Fault::all().into_iter().map(Self::One));
        all.push(Self::Any);
        all
    }

    fn applies_to(&self, subject: Subject) -> bool {
        match self {
            Self::One(fault) => fault.applies_to(subject.operation()),
            Self::Nothing | Self::Any => true,
        }
    }

    /// What a run does is thrown by its seed, and by the fault: each one sees others.
    fn dice(&self, seed: u64) -> Dice {
        let mix = |seed: u64, byte: u8| seed.wrapping_mul(31).wrapping_add(byte.into());
        Dice::new(self.to_string().bytes().fold(seed, mix))
    }

    fn plan(&self, seed: u64, schedule: Schedule) -> Faults {
        let faults = Faults::seed(seed);
        let rule = match schedule {
            Schedule::First => faults.on_all().attempt(1),
            Schedule::Always => faults.on_all(),
            Schedule::Sometimes => faults.on_all().probability(0.5),
        };
        match self {
            Self::Nothing => faults,
            Self::One(fault) => rule.inject(fault.clone()),
            Self::Any => rule.inject_one_of(Fault::all().into_iter().filter(is_possible_after_any)),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.pad("nothing"),
            Self::One(fault) => f.pad(&format!("{fault:?}")),
            Self::Any => f.pad("any of them"),
        }
    }
}

/// Whether DynamoDB could do this to an attempt whatever befell those before it.
///
/// A transaction that was executed succeeds when it is repeated with its token: no condition of it fails then.
fn is_possible_after_any(fault: &Fault) -> bool {
    use Cancellation as C;
    !matches!(
        fault,
        Fault::Canceled(C::ConditionalCheckFailed | C::ValidationError | C::ItemCollectionSizeLimitExceeded)
    )
}

/// The operations to try: all, unless some are asked for by name.
fn subjects() -> impl Iterator<Item = Subject> {
    let asked = std::env::var("THEORY_FAULT_SUBJECTS").unwrap_or_default();
    let is_asked = move |name: String| asked.is_empty() || asked.split(',').any(|asked| asked == name);
    Subject::ALL.into_iter().filter(move |subject| is_asked(format!("{subject:?}")))
}

/// How many seeds to try.
pub(crate) fn seeds() -> u64 {
    let asked = std::env::var("THEORY_FAULT_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    asked.unwrap_or(if cfg!(debug_assertions) { 3 } else { 200 })
}

#[test]
fn every_operation_keeps_its_word_under_every_fault() {
    let cases: Vec<_> = subjects()
        .flat_map(|subject| Trouble::all().into_iter().map(move |trouble| (subject, trouble)))
        .collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new((Table::new(seeds(), cases.len()), Vec::new()));
    // Each thread with a clock of its own, which stands still unless something waits for it.
    let worker = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        while let Some((subject, trouble)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (outcomes, broken) = runtime.block_on(try_all_seeds(*subject, trouble));
            let (table, all) = &mut *found.lock().expect("no worker panics while it holds this");
            table.set(trouble, *subject, outcomes);
            all.extend(broken);
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(worker)));
    });

    let (table, broken) = found.into_inner().expect("no worker panics while it holds this");
    println!("{table}");
    assert!(table.injected() > 0, "nothing was tried");
    let rules: Vec<_> = broken.iter().map(|Failure { rule, .. }| rule.as_str()).collect();
    let evidence = broken.first().map(|Failure { evidence, .. }| evidence.as_str()).unwrap_or_default();
    assert!(rules.is_empty(), "{} broken:\n{}\nthe first:\n{evidence}", rules.len(), rules.join("\n"));
}

/// What keeps an operation busy for longer than it has: without a deadline each of these is repeated, after a pause.
const DELAYS: [Fault; 8] = [
    Fault::HangBeforeEffect,
    Fault::HangAfterEffect,
    Fault::StalledBody,
    Fault::SlowBody(Duration::from_millis(10)),
    Fault::Throttle(Throttle::KeyRange),
    Fault::TransactionConflict,
    Fault::PartialBatch,
    Fault::ResetAfterEffect,
];

#[tokio::test(start_paused = true)]
async fn every_operation_ends_by_its_deadline_and_keeps_its_word() {
    let mut broken = Vec::new();
    let mut late = 0;
    for subject in subjects() {
        for fault in DELAYS.iter().filter(|fault| fault.applies_to(subject.operation())) {
            let trouble = Trouble::One(fault.clone());
            // Before the first attempt's end, in the first pause, behind some of them; and when it has come already.
            for (seed, millis) in [(0, 700), (1, 40), (1, 9_000), (2, 0)] {
                match run(subject, &trouble, seed, Some(Duration::from_millis(millis))).await {
                    Ok(outcomes) => late += outcomes.late(),
                    Err(Failure { rule, .. }) => broken.push(rule),
                }
            }
        }
    }
    assert!(late > 0, "no deadline came");
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

/// `None` where the fault cannot befall the operation.
async fn try_all_seeds(subject: Subject, trouble: &Trouble) -> (Option<Outcomes>, Vec<Failure>) {
    let mut broken = Vec::new();
    if !trouble.applies_to(subject) {
        return (None, broken);
    }
    let mut all = Outcomes::default();
    for seed in 0..seeds() {
        match run(subject, trouble, seed, None).await {
            Ok(outcomes) => all += outcomes,
            Err(failure) => broken.push(failure),
        }
    }
    (Some(all), broken)
}

/// A run in which a rule was broken.
struct Failure {
    rule: String,
    evidence: String,
}

/// What is known of one request when it is over.
struct Evidence<'a> {
    schedule: Schedule,
    trouble: &'a Trouble,
    subject: Subject,
    before: &'a Model,
    after: &'a Model,
    trial: &'a Trial,
    /// What the client sent, and got.
    seen: &'a [Exchange],
    /// What reached the engine, and its answers.
    truth: &'a [Exchange],
    injected: &'a [Injected],
    /// How long it might take, and how long it took.
    time: Option<(Duration, Duration)>,
}

async fn run(
    subject: Subject,
    trouble: &Trouble,
    seed: u64,
    time: Option<Duration>,
) -> Result<Outcomes, Failure> {
    let schedule = match seed % 3 {
        0 => Schedule::First,
        1 => Schedule::Always,
        _ => Schedule::Sometimes,
    };
    let mut dice = trouble.dice(seed);
    // Half of them have a version, and none of these is the first.
    let version = |number: u32| number.is_multiple_of(2).then_some(1 + u64::from(number));
    // One has expired, one has not.
    let expires = |number: u32| (number < 2).then_some(lifecycle::NOON - 10 + 20 * i64::from(number));
    let new = |number| Account {
        version: version(number),
        expires: expires(number),
        ..account(number, dice.below(1000) as i64)
    };
    let mut model = Model::new((0..4).map(new));
    let engine = engine(model.accounts()).await.expect("nothing goes wrong yet");
    let (truth, seen) = (Recorder::new(), Recorder::new());
    let faults = trouble.plan(seed, schedule);
    let client = engine.through(&truth).through(&faults).through(&seen).client();

    let mut outcomes = Outcomes::default();
    for _ in 0..TRIALS {
        let client = match time {
            Some(time) => client.with_deadline(Deadline::after(time)),
            None => client.clone(),
        };
        let begun = Instant::now();
        let trial = subject.run(&client, &model, &mut dice).await;
        let took = begun.elapsed();
        let after = Model::new(stored(&engine.client()).await.expect("this client has no faults"));
        let evidence = Evidence {
            schedule,
            trouble,
            subject,
            before: &model,
            after: &after,
            trial: &trial,
            seen: &seen.take(),
            truth: &truth.take(),
            injected: &faults.take_injected(),
            time: time.map(|time| (time, took)),
        };
        if let Err(broken) = evidence.judge() {
            let rule = format!("{subject:?} under {trouble}, {schedule:?}, seed {seed}: {broken}");
            return Err(Failure { rule, evidence: format!("{evidence:#?}") });
        }
        outcomes.add(&trial, evidence.injected.len());
        model = after;
    }
    Ok(outcomes)
}

/// A rule that was broken.
type Broken = String;

fn ensure(holds: bool, rule: impl Into<String>) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(rule.into()) }
}

impl Evidence<'_> {
    fn judge(&self) -> Result<(), Broken> {
        match self.trial {
            Trial::Read { right } => {
                if let Ok(right) = right {
                    ensure(*right, "a read returned what is not stored")?;
                }
                ensure(self.before == self.after, "a read changed something")?;
            }
            Trial::Write { changes, atomic, .. } => {
                if *atomic {
                    self.judge_together(changes)?;
                } else {
                    changes
                        .iter()
                        .try_for_each(|change| self.judge_together(std::slice::from_ref(change)))?;
                }
                let others = |model: &Model| model.without(changes.iter().map(|change| change.number));
                ensure(others(self.before) == others(self.after), "another item was changed")?;
            }
        }
        if let Some(error) = self.trial.error() {
            self.judge_error(error)?;
        }
        self.judge_what_was_sent()?;
        match self.time {
            // What could not be repeated in time ends otherwise.
            Some((Duration::ZERO, _)) => {
                ensure(self.seen.is_empty(), "it was sent behind the deadline")?;
                ensure(self.trial.error().is_some_and(Error::is_out_of_time), "there was no time for it")
            }
            Some((time, took)) => {
                // Where the answers come at once, only a pause could last until the deadline.
                let at_once = matches!(
                    self.trouble,
                    Trouble::One(Fault::Throttle(_) | Fault::TransactionConflict | Fault::ResetAfterEffect)
                );
                ensure(took < time || took == time && !at_once, format!("it took {took:?} of {time:?}"))
            }
            None => self.as_expected(),
        }
    }

    /// Changes that are all done or none of them.
    fn judge_together(&self, changes: &[Change]) -> Result<(), Broken> {
        let items = |change: &Change| (self.before.get(change.number), self.after.get(change.number));
        let unchanged = changes.iter().map(items).all(|(before, after)| before == after);
        let once = changes.iter().all(|change| {
            let (before, after) = items(change);
            change.once(before).as_ref() == Some(&after.cloned())
        });
        let mut fates = changes.iter().map(|change| change.fate);
        let Some(fate) = fates.next() else { return Ok(()) };
        ensure(fates.all(|other| other == fate), "one part was done and another was not")?;
        match fate {
            Fate::Done => ensure(once, "it was reported done, and is not what it would be if done once"),
            Fate::NotDone => ensure(unchanged, "it was reported as failed, and the item changed"),
            Fate::Unknown => ensure(unchanged || once, "it may have happened, but not like this"),
        }
    }

    fn judge_error(&self, error: &Error) -> Result<(), Broken> {
        let doubt = self.injected.iter().any(|injected| injected.fault.leaves_doubt());
        let reads = self.subject.operation().is_read();
        if error.is_ambiguous() {
            ensure(!reads, "a read is ambiguous")?;
            ensure(doubt, "it is called ambiguous, and nothing left a doubt")?;
            ensure(!error.is_retryable(), "an ambiguous write is called retryable")?;
            let is_verdict = error.is_version_conflict() || error.is_unique_violation();
            ensure(!is_verdict, "what may have met its own work is called a conflict")?;
        }
        // Of a read in pages it may be the next one that there is no time for.
        let is_unsent = error.attempts() == 0 && error.is_out_of_time() && (reads || self.seen.is_empty());
        if !self.subject.is_several() && !is_unsent {
            ensure(error.attempts() as usize == self.sent_last(), "the error counts its attempts wrongly")?;
        }
        if error.code().is_some() && error.is_throttled() {
            let reasons = error.throttling_reasons();
            ensure(
                reasons.iter().any(|reason| reason.table() == "accounts"),
                "the throttling has no reason",
            )?;
        }
        let is_injected = self.injected.iter().any(|injected| matches!(injected.fault, Fault::Canceled(_)));
        if self.subject.expects_version() && error.is_condition_failed() && !is_injected {
            ensure(
                error.is_version_conflict() || error.is_ambiguous(),
                "a version conflict is called something else",
            )?;
        }
        if error.kind() == ErrorKind::TransactionCanceled {
            let reasons = error.cancellation_reasons();
            let parts = self.seen.last().map_or(0, |exchange| exchange.request.len());
            ensure(reasons.len() == parts, "not every part of the transaction has a reason")?;
            ensure(reasons.iter().any(|reason| reason.kind().is_some()), "no part is the reason")?;
        }
        ensure(error.to_string().contains("Account"), "the error does not name the entity")
    }

    /// How many attempts the last of the trial's operations took.
    fn sent_last(&self) -> usize {
        let first = self.seen.iter().rposition(|exchange| exchange.request.attempt == 1);
        first.map_or(0, |first| self.seen.len() - first)
    }

    fn judge_what_was_sent(&self) -> Result<(), Broken> {
        for (number, Exchange { request, .. }) in self.seen.iter().enumerate() {
            // Of a batch several requests are under way at once.
            let mut before = self.seen.iter().take(number).map(|exchange| &exchange.request);
            let is_same =
                |other: &Request| other.body == request.body && other.attempt + 1 == request.attempt;
            ensure(request.attempt == 1 || before.any(is_same), "a repetition is another request")?;
        }
        let executed = self.truth.iter().filter(|exchange| exchange.is_success()).count();
        let Trial::Write { changes, atomic, .. } = self.trial else { return Ok(()) };
        let any = |fate| changes.iter().any(|change| change.fate == fate);
        if executed == 0 {
            ensure(!any(Fate::Done), "it was reported done, and never executed")?;
        } else if changes.len() == 1 || *atomic {
            ensure(!any(Fate::NotDone), "it was executed, and reported as failed")?;
        }
        if !self.subject.is_idempotent() {
            ensure(executed <= 1, "a write that is not idempotent was executed twice")?;
            let doubt = self.injected.iter().position(|injected| injected.fault.leaves_doubt());
            let last = self.injected.len().saturating_sub(1);
            let refused =
                self.truth.iter().any(|exchange| exchange.response().is_some_and(|r| r.status == 400));
            ensure(
                doubt.is_none_or(|doubt| doubt == last || refused),
                "a write that is not idempotent was sent again in doubt",
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("schedule", &self.schedule)
            .field("trial", self.trial)
            .field("before", self.before)
            .field("after", self.after)
            .field("injected", &self.injected)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

//! Many callers of few keys, through lost answers and crashes: by seed, in time that is Tokio's own.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::join_all;
use theory::Timestamp;
use theory_lambda::{Idempotency, IdempotencyError};
use theory_testing::{Fault, Faults, Operation};
use tokio::time::{Instant, sleep};

use crate::support::{at, faulty};

/// Longer than a start with all its repetitions, and an operation, take together.
const IN_PROGRESS: Duration = Duration::from_secs(120);

/// What is known of one key, from outside.
#[derive(Default)]
struct Key {
    /// How often the operation had its effect.
    effects: AtomicU32,
    /// How often it is allowed to have had it in vain: the process died, or could not record it.
    unrecorded: AtomicU32,
    /// How many runs are at work.
    at_work: AtomicU32,
    /// The results that callers got, plus one; 0 for none yet.
    result: AtomicU32,
}

/// A run at work, until it is dropped.
struct AtWork<'k>(&'k Key);

impl<'k> AtWork<'k> {
    fn begin(key: &'k Key, seed: u64) -> Self {
        assert_eq!(key.at_work.fetch_add(1, SeqCst), 0, "two at once, with seed {seed}");
        Self(key)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, SeqCst);
    }
}

/// A process that dies when it has been polled so often.
struct Mortal<F> {
    future: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(polls) = self.polls.checked_sub(1) else { return Poll::Ready(None) };
        self.polls = polls;
        self.future.as_mut().poll(cx).map(Some)
    }
}

async fn call(idempotency: &Idempotency, name: &str, key: &Key, dice: &mut fastrand::Rng, seed: u64) {
    let (before, after, fails) = (dice.u64(0..2000), dice.u64(0..2000), dice.u8(0..8) == 0);
    let polls = if dice.u8(0..3) == 0 { dice.u32(1..40) } else { u32::MAX };
    let effect = AtomicU32::new(0);
    let run = idempotency.run(name, &name, || async {
        let _at_work = AtWork::begin(key, seed);
        sleep(Duration::from_millis(before)).await;
        if fails {
            return Err("no");
        }
        let result = key.effects.fetch_add(1, SeqCst);
        effect.store(1, SeqCst);
        sleep(Duration::from_millis(after)).await;
        Ok(result)
    });
    match (Mortal { future: Box::pin(run), polls }).await {
        Some(Ok(result)) => {
            let known = key.result.compare_exchange(0, result + 1, SeqCst, SeqCst);
            assert!(known.is_ok() || known == Err(result + 1), "two results, with seed {seed}");
        }
        None | Some(Err(IdempotencyError::Unrecorded(_))) => {
            key.unrecorded.fetch_add(effect.load(SeqCst), SeqCst);
        }
        Some(Err(_)) => assert_eq!(effect.load(SeqCst), 0, "an effect was lost, with seed {seed}"),
    }
}

async fn story(seed: u64) {
    let faults = Faults::seed(seed);
    let (client, clear) = faulty(&faults).await;
    let all = [Operation::PutItem, Operation::DeleteItem, Operation::GetItem];
    faults.on_any_of(all).probability(0.3).inject_one_of([
        Fault::TimeoutAfterEffect,
        Fault::ResetAfterEffect,
        Fault::ServerErrorAfterEffect,
        Fault::HangAfterEffect,
        Fault::CorruptBody,
        Fault::ResetBeforeEffect,
        Fault::HangBeforeEffect,
        Fault::Unavailable,
    ]);
    faults.on_any_of(all).probability(0.6).inject(Fault::SlowBody(Duration::from_millis(700)));

    let start = Instant::now();
    let clock = move || -> Timestamp { at(1_000_000).checked_add(start.elapsed()).unwrap() };
    let with =
        |client| Idempotency::new(client).clock(clock).in_progress_for(IN_PROGRESS).ttl(10 * IN_PROGRESS);
    let idempotency = with(&client);
    let keys = [("a", Key::default()), ("b", Key::default())];
    let mut dice = fastrand::Rng::with_seed(seed);
    let callers = (0..10).map(|caller| {
        let mut dice = dice.fork();
        let (idempotency, (name, key)) = (&idempotency, &keys[caller % keys.len()]);
        async move {
            for _ in 0..4 {
                sleep(Duration::from_millis(dice.u64(0..100_000))).await;
                call(idempotency, name, key, &mut dice, seed).await;
            }
        }
    });
    pin!(join_all(callers)).await;

    // Whoever still seems to be at work is dead by now.
    faults.stop();
    sleep(IN_PROGRESS).await;
    for (name, key) in &keys {
        let last: Result<u32, IdempotencyError<u32, &str>> =
            with(&clear).run(name, name, || async { Ok(key.effects.fetch_add(1, SeqCst)) }).await;
        let last = last.unwrap();
        let known = key.result.load(SeqCst);
        assert!(known == 0 || known == last + 1, "another result, with seed {seed}");
        let (effects, unrecorded) = (key.effects.load(SeqCst), key.unrecorded.load(SeqCst));
        assert!(
            (1..=1 + unrecorded).contains(&effects),
            "{effects} effects with {unrecorded} unrecorded, with seed {seed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_effect_that_was_recorded_is_the_last() {
    for seed in 0..100 {
        story(seed).await;
    }
}

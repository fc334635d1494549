//! The end of an invocation: the work stops at the buffer, and what is kept of the time is enough to say what was done.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lambda_runtime::Context;
use theory::Client;
use theory_lambda::idempotency::{IdempotencyRecord, UnrecordedReason};
use theory_lambda::lease::LeaseRecord;
use theory_lambda::{BUFFER, ForInvocation as _, Idempotency, IdempotencyError, Leases};
use theory_testing::{Fault, Faults, Operation};
use tokio::time::{Instant, sleep};

use crate::support::{FixedClock, faulty};

type Outcome = Result<u32, IdempotencyError<u32, &'static str>>;

/// Lambda's own, unless a function says otherwise.
const TIMEOUT: Duration = Duration::from_secs(3);
const NOW: i64 = 1000;

/// An invocation that begins at [`NOW`].
fn context() -> Context {
    let mut context = Context::default();
    context.deadline = NOW as u64 * 1000 + TIMEOUT.as_millis() as u64;
    context
}

/// Both clients that a function has: that of INIT, and that of the invocation, which has begun just now.
fn clients(init: &Client) -> [Client; 2] {
    let of_invocation = TIMEOUT - BUFFER;
    [init.clone(), init.with_deadline(theory::client::Deadline::after(of_invocation))]
}

fn idempotency(client: &Client) -> Idempotency {
    Idempotency::new(client).clock(FixedClock::at(NOW).read())
}

async fn not_run(idempotency: &Idempotency) -> Outcome {
    idempotency.run("k", &1, || async { panic!("it was done, or there is no time") }).await
}

async fn record(client: &Client) -> Option<IdempotencyRecord> {
    IdempotencyRecord::get("IDEMPOTENCY#k", "REQ#k").send(client).await.unwrap()
}

/// It ends when the client of the invocation does.
async fn works_until_the_buffer(begun: Instant) {
    tokio::time::sleep_until(begun + (TIMEOUT - BUFFER)).await;
}

#[tokio::test(start_paused = true)]
async fn what_ends_at_the_buffer_is_recorded() {
    for place in 0..2 {
        let (init, _) = faulty(&Faults::seed(1)).await;
        let begun = Instant::now();
        let idempotency = idempotency(&clients(&init)[place]);
        let invocation = idempotency.for_invocation(&context());
        let run: Outcome = invocation
            .run("k", &1, || async {
                works_until_the_buffer(begun).await;
                Ok(7)
            })
            .await;
        assert_eq!(run.unwrap(), 7);
        let again = Idempotency::new(&init).clock(FixedClock::at(NOW).read());
        assert_eq!(not_run(&again).await.unwrap(), 7);
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_at_the_buffer_frees_its_key() {
    for place in 0..2 {
        let (init, _) = faulty(&Faults::seed(1)).await;
        let begun = Instant::now();
        let invocation = idempotency(&clients(&init)[place]).for_invocation(&context());
        let run: Outcome = invocation
            .run("k", &1, || async {
                works_until_the_buffer(begun).await;
                Err("no time")
            })
            .await;
        assert!(matches!(run, Err(IdempotencyError::Operation("no time"))));
        assert_eq!(record(&init).await, None);
    }
}

/// One answer that never comes leaves time for another attempt; and if none comes at all, the function still answers.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_at_the_end_is_no_end_of_the_function() {
    for place in 0..2 {
        for fault in [Fault::HangBeforeEffect, Fault::HangAfterEffect] {
            let faults = Faults::seed(1);
            let (init, _) = faulty(&faults).await;
            let begun = Instant::now();
            let invocation = idempotency(&clients(&init)[place]).for_invocation(&context());
            // The second request to write is that which completes.
            faults.on(Operation::PutItem).nth(2).inject(fault.clone());
            let run: Outcome = invocation
                .run("k", &1, || async {
                    works_until_the_buffer(begun).await;
                    Ok(7)
                })
                .await;
            assert_eq!(run.unwrap(), 7, "{fault:?}");
            assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());
        }

        let faults = Faults::seed(1);
        let (init, _) = faulty(&faults).await;
        let begun = Instant::now();
        let invocation = idempotency(&clients(&init)[place]).for_invocation(&context());
        let run: Outcome = invocation
            .run("k", &1, || async {
                works_until_the_buffer(begun).await;
                faults.on_any_of([Operation::PutItem, Operation::GetItem]).inject(Fault::HangAfterEffect);
                Ok(7)
            })
            .await;
        assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());
        let error = run.unwrap_err();
        let IdempotencyError::Unrecorded(unrecorded) = &error else { panic!("{error:?}") };
        assert!(matches!(&unrecorded.reason, UnrecordedReason::Failed(error) if error.is_ambiguous()));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_in_the_time_that_is_kept() {
    let faults = Faults::seed(1);
    let (init, clear) = faulty(&faults).await;
    for place in 0..2 {
        let invocation = idempotency(&clients(&init)[place]).for_invocation(&context());
        sleep(TIMEOUT - BUFFER).await;
        assert!(matches!(not_run(&invocation).await, Err(IdempotencyError::TooLate)));
        assert_eq!(record(&clear).await, None);
    }
    // Another buffer leaves another time.
    let invocation = idempotency(&init).for_invocation_less(&context(), Duration::from_millis(100));
    sleep(TIMEOUT - BUFFER).await;
    let run: Outcome = invocation.run("k", &1, || async { Ok(7) }).await;
    assert_eq!(run.unwrap(), 7);
}

/// The answer to the write that begins comes at the buffer, or never: the key is free again.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_had_too_late_is_given_back() {
    let slow = Fault::SlowBody(TIMEOUT - BUFFER - Duration::from_millis(5));
    for fault in [slow, Fault::HangAfterEffect] {
        for place in 0..2 {
            let faults = Faults::seed(1);
            let (init, clear) = faulty(&faults).await;
            faults.on(Operation::PutItem).inject(fault.clone());
            let invocation = idempotency(&clients(&init)[place]).for_invocation(&context());
            let error = not_run(&invocation).await.unwrap_err();
            let is_late = match &error {
                IdempotencyError::Store(error) => error.is_deadline(),
                other => matches!(other, IdempotencyError::TooLate),
            };
            assert!(is_late && !error.has_run(), "{error:?}");
            assert_eq!(record(&clear).await, None, "{fault:?}");
        }
    }
}

/// A handler of a stream is given the client of its invocation, and no context.
#[tokio::test(start_paused = true)]
async fn the_client_of_an_invocation_says_it_too() {
    let (init, _) = faulty(&Faults::seed(1)).await;
    let mut context = Context::default();
    let soon = std::time::SystemTime::now() + TIMEOUT;
    context.deadline = soon.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let client = init.for_invocation(&context);
    let begun = Instant::now();
    let invocation = Idempotency::new(&init).for_client(&client, BUFFER);
    let runs = AtomicU32::new(0);
    for _ in 0..2 {
        let run: Outcome = invocation
            .run("k", &1, || async {
                works_until_the_buffer(begun).await;
                Ok(runs.fetch_add(1, Ordering::SeqCst))
            })
            .await;
        match run {
            Ok(value) => assert_eq!(value, 0),
            Err(error) => assert!(matches!(error, IdempotencyError::TooLate), "{error:?}"),
        }
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    let record = record(&init).await.unwrap();
    assert_eq!(record.result.as_deref(), Some("0"));
}

async fn lease(client: &Client) -> Option<LeaseRecord> {
    LeaseRecord::get("a", "LOCK").send(client).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_given_back_at_the_buffer_and_none_is_taken() {
    let length = Duration::from_secs(60);
    for place in 0..2 {
        let faults = Faults::seed(1);
        let (init, clear) = faulty(&faults).await;
        let leases = Leases::new(&clients(&init)[place]).clock(FixedClock::at(NOW).read());
        let leases = leases.for_invocation(&context());
        let mut held = leases.acquire("a", length).await.unwrap();
        faults.on(Operation::DeleteItem).attempt(1).inject(Fault::HangBeforeEffect);
        let begun = Instant::now();
        sleep(TIMEOUT - BUFFER).await;
        // There is no time for the work that it is for.
        assert!(held.refresh(length).await.unwrap_err().is_out_of_time());
        assert!(leases.acquire("b", length).await.unwrap_err().is_out_of_time());
        held.release().await.unwrap();
        assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());
        assert_eq!(lease(&clear).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_had_too_late_is_given_back() {
    let slow = Fault::SlowBody(TIMEOUT - BUFFER - Duration::from_millis(5));
    for fault in [slow, Fault::HangAfterEffect] {
        for place in 0..2 {
            let faults = Faults::seed(1);
            let (init, clear) = faulty(&faults).await;
            faults.on(Operation::PutItem).inject(fault.clone());
            let leases = Leases::new(&clients(&init)[place]).clock(FixedClock::at(NOW).read());
            let leases = leases.for_invocation(&context());
            let error = leases.acquire("a", Duration::from_secs(60)).await.unwrap_err();
            assert!(error.is_out_of_time(), "{error:?}");
            assert_eq!(lease(&clear).await, None, "{fault:?}");
        }
    }
}

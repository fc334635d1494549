//! Answers that are lost: what was done is found out, and what cannot be is said.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use theory::client::Overrides;
use theory_lambda::idempotency::UnrecordedReason;
use theory_lambda::{Idempotency, IdempotencyError, LeaseError, Leases};
use theory_testing::{Fault, Faults, Operation};

use crate::support::{FixedClock, faulty};

type Outcome = Result<u32, IdempotencyError<u32, &'static str>>;

fn afterwards() -> [Fault; 5] {
    [
        Fault::TimeoutAfterEffect,
        Fault::ResetAfterEffect,
        Fault::ServerErrorAfterEffect,
        Fault::CorruptBody,
        Fault::HangAfterEffect,
    ]
}

/// Every write is done, the answer to it is lost, and the repetition finds what it did.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_repeated_and_knows_its_own_work() {
    for fault in afterwards() {
        let faults = Faults::seed(1);
        let (client, _) = faulty(&faults).await;
        faults.on_any_of([Operation::PutItem, Operation::DeleteItem]).attempt(1).inject(fault.clone());
        let idempotency = Idempotency::new(&client).clock(FixedClock::at(1000).read());
        let runs = AtomicU32::new(0);
        let run = async || -> Outcome {
            idempotency.run("k", &1, || async { Ok(runs.fetch_add(1, Ordering::SeqCst)) }).await
        };
        assert_eq!(run().await.unwrap(), 0, "{fault:?}");
        assert_eq!(run().await.unwrap(), 0, "{fault:?}");
        let failed: Outcome = idempotency.run("l", &1, || async { Err("no") }).await;
        assert!(matches!(failed, Err(IdempotencyError::Operation("no"))));
        let again: Outcome = idempotency.run("l", &1, || async { Ok(7) }).await;
        assert_eq!(again.unwrap(), 7);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}

/// No answer ever comes, and the record is read instead.
#[tokio::test(start_paused = true)]
async fn where_no_answer_comes_the_record_is_read() {
    for fault in afterwards() {
        let faults = Faults::seed(1);
        let (client, _) = faulty(&faults).await;
        let client = client.with_overrides(Overrides::new().max_attempts(1));
        faults.on(Operation::PutItem).inject(fault.clone());
        let idempotency = Idempotency::new(&client).clock(FixedClock::at(1000).read());
        let run: Outcome = idempotency.run("k", &1, || async { Ok(7) }).await;
        assert_eq!(run.unwrap(), 7, "{fault:?}");
        assert_eq!(faults.take_injected().len(), 2);
        faults.stop();
        let again: Outcome = idempotency.run("k", &1, || async { panic!("it was done") }).await;
        assert_eq!(again.unwrap(), 7, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_known_nothing_is_run() {
    for fault in afterwards() {
        let faults = Faults::seed(1);
        let (client, clear) = faulty(&faults).await;
        let client = client.with_overrides(Overrides::new().max_attempts(1));
        faults.on_any_of([Operation::PutItem, Operation::GetItem]).inject(fault.clone());
        // Nor can the key be given back.
        faults.on(Operation::DeleteItem).inject(Fault::HangBeforeEffect);
        let clock = FixedClock::at(1000);
        let idempotency = Idempotency::new(&client).clock(clock.read());
        let run: Outcome =
            idempotency.run("k", &1, || async { panic!("nobody knows who has the key") }).await;
        let error = run.unwrap_err();
        assert!(matches!(&error, IdempotencyError::Store(error) if error.is_ambiguous()), "{error:?}");
        assert!(!error.has_run());

        let idempotency = Idempotency::new(&clear).clock(clock.read());
        let run = async || -> Outcome { idempotency.run("k", &1, || async { Ok(7) }).await };
        assert!(run().await.unwrap_err().is_in_progress());
        clock.set(1000 + 15 * 60);
        assert_eq!(run().await.unwrap(), 7);
    }
}

/// Who does not run the operation does not keep its key either.
#[tokio::test(start_paused = true)]
async fn a_key_that_may_have_been_had_is_given_back() {
    for fault in afterwards() {
        let faults = Faults::seed(1);
        let (client, clear) = faulty(&faults).await;
        faults.on_any_of([Operation::PutItem, Operation::GetItem]).inject(fault.clone());
        let clock = FixedClock::at(1000);
        let idempotency = Idempotency::new(&client).clock(clock.read());
        let run: Outcome = idempotency.run("k", &1, || async { panic!("it may be another's") }).await;
        assert!(matches!(run, Err(IdempotencyError::Store(error)) if error.is_ambiguous()));
        let again: Outcome =
            Idempotency::new(&clear).clock(clock.read()).run("k", &2, || async { Ok(7) }).await;
        assert_eq!(again.unwrap(), 7, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_done_and_not_recorded_is_told_with_its_result() {
    let faults = Faults::seed(1);
    let (client, clear) = faulty(&faults).await;
    faults.on(Operation::PutItem).nth(2).inject(Fault::AccessDenied);
    let clock = FixedClock::at(1000);
    let run: Outcome = Idempotency::new(&client).clock(clock.read()).run("k", &1, || async { Ok(7) }).await;
    let error = run.unwrap_err();
    let IdempotencyError::Unrecorded(unrecorded) = &error else { panic!("{error:?}") };
    let UnrecordedReason::Failed(reason) = &unrecorded.reason else { panic!("{error:?}") };
    assert!(reason.is_access_denied() && error.has_run());
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(error.into_value().unwrap(), 7);

    let idempotency = Idempotency::new(&clear).clock(clock.read());
    let run: Outcome = idempotency.run("k", &1, || async { panic!("it is in progress") }).await;
    assert!(run.unwrap_err().is_in_progress());
}

#[tokio::test(start_paused = true)]
async fn a_lease_whose_answer_is_lost_is_held_all_the_same() {
    for fault in afterwards() {
        for attempts in [1, 4] {
            let faults = Faults::seed(1);
            let (client, _) = faulty(&faults).await;
            let client = client.with_overrides(Overrides::new().max_attempts(attempts));
            let writes = [Operation::PutItem, Operation::UpdateItem, Operation::DeleteItem];
            faults.on_any_of(writes).attempt(1).inject(fault.clone());
            let clock = FixedClock::at(1000);
            let leases = Leases::new(&client).clock(clock.read());
            let length = Duration::from_secs(30);

            let mut lease = leases.acquire("a", length).await.unwrap();
            // A refusal that came damaged is no longer known for what it was.
            let error = leases.acquire("a", length).await.unwrap_err();
            assert!(error.is_held() || (attempts == 1 && fault == Fault::CorruptBody), "{fault:?}");
            clock.set(1020);
            lease.refresh(length).await.unwrap();
            assert_eq!(lease.expires_at().unix_seconds(), 1050);
            match lease.release().await {
                Ok(()) => {}
                // With one attempt nobody knows.
                Err(LeaseError::Store(error)) => assert!(attempts == 1 && error.is_ambiguous(), "{error:?}"),
                Err(error) => panic!("{error:?}"),
            }
            drop(leases.acquire("a", length).await.unwrap());
        }
    }
}

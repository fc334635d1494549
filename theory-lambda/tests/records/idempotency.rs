//! What is promised for a key, on every engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::json;
use theory_lambda::idempotency::UnrecordedReason;
use theory_lambda::{Idempotency, IdempotencyError};
use tokio::sync::{Barrier, Notify};

use crate::support::{Bench, FixedClock, on_each_engine};

const TABLE: &str = "idempotency";

type Outcome<T> = Result<T, IdempotencyError<T, &'static str>>;

fn idempotency(bench: &Bench, clock: &FixedClock) -> Idempotency {
    Idempotency::new(&bench.client).clock(clock.read()).partition("CACHE#A")
}

/// Runs something that must not run.
async fn not_run(idempotency: &Idempotency, key: &str, payload: u32) -> Outcome<u32> {
    idempotency.run(key, &payload, || async { panic!("the operation must not run") }).await
}

#[tokio::test]
async fn the_first_runs_and_later_ones_get_its_result() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock).ttl(Duration::from_secs(100));
        let first: Outcome<u32> = idempotency.run("k", &1, || async { Ok(7) }).await;
        assert_eq!(first.unwrap(), 7);
        assert_eq!(not_run(&idempotency, "k", 1).await.unwrap(), 7);
        assert!(matches!(not_run(&idempotency, "k", 2).await, Err(IdempotencyError::PayloadMismatch)));
        // What was stored no longer fits.
        let other: Outcome<String> = idempotency.run("k", &1, || async { Ok(String::new()) }).await;
        assert!(matches!(other, Err(IdempotencyError::ResultUnreadable(_))));

        clock.set(1099);
        assert_eq!(not_run(&idempotency, "k", 1).await.unwrap(), 7);
        // Past its time to live it counts as absent, though it is still there; also for another payload.
        clock.set(1100);
        let again: Outcome<u32> = idempotency.run("k", &2, || async { Ok(8) }).await;
        assert_eq!(again.unwrap(), 8);
    })
    .await;
}

#[tokio::test]
async fn a_second_one_at_the_same_time_is_told_so() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock).in_progress_for(Duration::from_secs(60));
        let first: Outcome<u32> = idempotency
            .run("k", &1, || async {
                let error = not_run(&idempotency, "k", 1).await.unwrap_err();
                assert!(error.is_in_progress() && !error.has_run());
                let text = error.to_string();
                assert!(text.contains("1970-01-01T00:17:40"), "{text}");
                let error = not_run(&idempotency, "k", 2).await.unwrap_err();
                assert!(matches!(error, IdempotencyError::PayloadMismatch));
                Ok(7)
            })
            .await;
        assert_eq!(first.unwrap(), 7);
    })
    .await;
}

#[tokio::test]
async fn an_error_releases_the_key() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock);
        let failed: Outcome<u32> = idempotency.run("k", &1, || async { Err("no") }).await;
        let error = failed.unwrap_err();
        assert!(error.has_run() && error.to_string() == "no");
        assert!(matches!(error, IdempotencyError::Operation("no")));
        let again: Outcome<u32> = idempotency.run("k", &2, || async { Ok(7) }).await;
        assert_eq!(again.unwrap(), 7);
    })
    .await;
}

#[tokio::test]
async fn the_dead_are_taken_over_from_when_they_must_be_dead() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let mut context = lambda_runtime::Context::default();
        context.deadline = 1_060_500;
        let idempotency = idempotency(bench, &clock).for_invocation(&context);
        {
            // Dropped while it is at work.
            let begun = Notify::new();
            let forever = idempotency.run("k", &1, async || -> Result<u32, &'static str> {
                begun.notify_one();
                std::future::pending().await
            });
            let first = select(Box::pin(forever), Box::pin(begun.notified())).await;
            assert!(matches!(first, Either::Right(_)), "it never ends");
        }
        let item = bench.get_json(TABLE, "CACHE#A", "REQ#k").await;
        assert_eq!(item["status"], json!({"S": "STARTED"}));
        assert_eq!(item["in_progress_until"], json!({"N": "1061"})); // whole seconds, not too early

        clock.set(1060);
        assert!(not_run(&idempotency, "k", 1).await.unwrap_err().is_in_progress());
        clock.set(1061);
        assert!(matches!(not_run(&idempotency, "k", 1).await, Err(IdempotencyError::TooLate)));
        context.deadline = 1_200_000;
        let next = idempotency.for_invocation(&context);
        // The dead one may have had its effect: another payload is another operation.
        assert!(matches!(not_run(&next, "k", 2).await, Err(IdempotencyError::PayloadMismatch)));
        let taken: Outcome<u32> = next.run("k", &1, || async { Ok(8) }).await;
        assert_eq!(taken.unwrap(), 8);
    })
    .await;
}

#[tokio::test]
async fn who_takes_too_long_is_superseded_and_told_so() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock).in_progress_for(Duration::from_secs(60));
        let slow: Outcome<u32> = idempotency
            .run("k", &1, || async {
                clock.set(1060);
                let fast: Outcome<u32> = idempotency.run("k", &1, || async { Ok(8) }).await;
                assert_eq!(fast.unwrap(), 8);
                Ok(7)
            })
            .await;
        let error = slow.unwrap_err();
        let IdempotencyError::Unrecorded(unrecorded) = &error else { panic!("{error:?}") };
        assert!(matches!(unrecorded.reason, UnrecordedReason::Superseded));
        assert_eq!(error.into_value().unwrap(), 7);
        assert_eq!(not_run(&idempotency, "k", 1).await.unwrap(), 8);

        // Nor does the slow one release what is not its own.
        let slow: Outcome<u32> = idempotency
            .run("l", &1, || async {
                clock.set(1120);
                let fast: Outcome<u32> = idempotency.run("l", &1, || async { Ok(8) }).await;
                assert_eq!(fast.unwrap(), 8);
                Err("no")
            })
            .await;
        assert!(matches!(slow, Err(IdempotencyError::Operation("no"))));
        assert_eq!(not_run(&idempotency, "l", 1).await.unwrap(), 8);
    })
    .await;
}

#[tokio::test]
async fn a_result_that_is_too_large_is_not_kept_and_the_operation_stays_done() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock);
        let large = "x".repeat(410 * 1024);
        let run: Outcome<String> = idempotency.run("k", &1, || async { Ok(large.clone()) }).await;
        let error = run.unwrap_err();
        let IdempotencyError::Unrecorded(unrecorded) = &error else { panic!("{error:?}") };
        assert!(matches!(unrecorded.reason, UnrecordedReason::ResultTooLarge));
        assert!(!format!("{error:?} {error}").contains("xxx"));
        assert_eq!(error.into_value().unwrap(), large);
        assert!(matches!(not_run(&idempotency, "k", 1).await, Err(IdempotencyError::ResultMissing)));
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_runs() {
    on_each_engine(async |bench| {
        for key in ["a", "b", "c", "d"] {
            let runs = Arc::new(AtomicU32::new(0));
            let barrier = Arc::new(Barrier::new(32));
            let idempotency = Idempotency::new(&bench.client);
            let calls = (0..32).map(|_| {
                let (idempotency, barrier) = (idempotency.clone(), Arc::clone(&barrier));
                let runs = Arc::clone(&runs);
                tokio::spawn(async move {
                    barrier.wait().await;
                    let outcome: Outcome<u32> = idempotency
                        .run(key, &1, || async {
                            tokio::task::yield_now().await;
                            Ok(runs.fetch_add(1, Ordering::SeqCst) + 7)
                        })
                        .await;
                    match outcome {
                        Ok(result) => assert_eq!(result, 7),
                        Err(error) => assert!(error.is_in_progress(), "{error:?}"),
                    }
                })
            });
            for call in calls.collect::<Vec<_>>() {
                call.await.unwrap();
            }
            assert_eq!(runs.load(Ordering::SeqCst), 1);
        }
    })
    .await;
}

/// The item that the other libraries of the family write.
fn vector() -> serde_json::Value {
    json!({
        "pk": {"S": "CACHE#A"}, "sk": {"S": "REQ#k1"}, "request_hash": {"S": "h"},
        "status": {"S": "COMPLETED"}, "ttl": {"N": "9000"},
    })
}

#[tokio::test]
async fn what_is_written_is_what_the_others_write() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock).ttl(Duration::from_secs(8000)).owners(|| "me".into());
        let run: Outcome<u32> = idempotency
            .run_hashed("k1", "h", || async {
                let mut expected = vector();
                expected["status"] = json!({"S": "STARTED"});
                expected["owner"] = json!({"S": "me"});
                expected["in_progress_until"] = json!({"N": "1900"});
                assert_eq!(bench.get_json(TABLE, "CACHE#A", "REQ#k1").await, expected);
                Ok(7)
            })
            .await;
        run.unwrap();
        let mut expected = vector();
        expected["owner"] = json!({"S": "me"});
        expected["result"] = json!({"S": "7"});
        assert_eq!(bench.get_json(TABLE, "CACHE#A", "REQ#k1").await, expected);
    })
    .await;
}

#[tokio::test]
async fn what_the_others_wrote_is_read() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let idempotency = idempotency(bench, &clock);
        let call = async |hash: &str| -> Outcome<u32> {
            idempotency.run_hashed("k1", hash, || async { Ok(7) }).await
        };
        let put = async |status: &str, ttl: &str| {
            let mut item = vector();
            item["status"] = json!({"S": status});
            item["ttl"] = json!({"N": ttl});
            bench.put_json(TABLE, item).await;
        };
        put("COMPLETED", "9000").await;
        assert!(matches!(call("h").await, Err(IdempotencyError::ResultMissing)));
        assert!(matches!(call("other").await, Err(IdempotencyError::PayloadMismatch)));
        put("STARTED", "9000").await;
        assert!(matches!(call("h").await, Err(IdempotencyError::InProgress { until: None })));
        for (status, ttl) in [("FAILED", "9000"), ("COMPLETED", "1000"), ("STARTED", "999")] {
            put(status, ttl).await;
            assert_eq!(call("other").await.unwrap(), 7);
        }
        // What is no record is left alone.
        let mut item = vector();
        item["status"] = json!({"S": "ELSE"});
        bench.put_json(TABLE, item).await;
        assert!(matches!(call("h").await, Err(IdempotencyError::Store(error)) if error.is_decode()));
    })
    .await;
}

/// Futures of an invocation may move between threads.
#[test]
fn a_run_is_send() {
    fn check(idempotency: Idempotency) -> impl Send {
        async move {
            let payload = String::from("p");
            idempotency.run("k", &payload, async || Ok::<_, std::io::Error>(payload.len())).await
        }
    }
    let _ = check;
}

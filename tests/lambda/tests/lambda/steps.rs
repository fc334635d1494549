//! Jobs whose steps are operations of every kind: never killed, and all steps together are the whole, exactly once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value as Json;
use theory::Table as _;
use theory_lambda::Chunk;
use theory_lambda::lease::LeaseRecord;
use theory_lambda_tests::work::{JOB, PARTS, STEPS, WRITTEN};
use theory_lambda_tests::{Operation, Part, Steps, Task, User};
use theory_testing::Treatment;
use theory_testing::lambda::{Function, Outcome};

use crate::support::{BUFFER, Stand, answer, event};

const DEADLINES: u32 = 100;

/// What a step reads or writes.
fn of_a_step(operation: Operation) -> u64 {
    match operation {
        Operation::Pages | Operation::Count | Operation::ScanSegments => PARTS,
        Operation::BatchGet
        | Operation::BatchGetStream
        | Operation::BatchWrite
        | Operation::BatchWriteStream => 30,
        Operation::TransactionGet => 2,
        _ => 1,
    }
}

/// Which parts of the job are there after it, and which were written.
async fn check_tables(operation: Operation, stand: &Stand) {
    let client = &stand.client;
    let parts = Part::query(JOB).all(client).await.unwrap();
    let written = Part::query(WRITTEN).all(client).await.unwrap();
    let steps_worked = |worked: u64| {
        let right = |part: &Part| part.worked == if part.number < STEPS { worked } else { 0 };
        parts.len() as u64 == PARTS && parts.iter().all(right)
    };
    let are_right = match operation {
        Operation::Delete => parts.iter().map(|part| part.number).eq(STEPS..PARTS),
        Operation::Replace
        | Operation::Add
        | Operation::ExactlyOnce
        | Operation::Save
        | Operation::Transaction => steps_worked(1),
        _ => steps_worked(0),
    };
    assert!(are_right, "{operation:?}: {parts:?}");
    let expected = match operation {
        Operation::Put
        | Operation::Create
        | Operation::Upsert
        | Operation::Transaction
        | Operation::Idempotent
        | Operation::Lease => STEPS,
        Operation::BatchWrite | Operation::BatchWriteStream => 30 * STEPS,
        _ => 0,
    };
    assert!(
        written.iter().map(|part| (part.number, part.worked)).eq((0..expected).map(|n| (n, 1))),
        "{operation:?}"
    );
    let users = User::scan().all(client).await.unwrap().len() as u64;
    assert_eq!(users, if matches!(operation, Operation::Unique | Operation::ReadingOld) { STEPS } else { 0 });
    assert_eq!(LeaseRecord::get("LEASE", "LOCK").send(client).await.unwrap(), None, "given back");
}

/// One job; with how many deadlines.
fn job(function: &Function, operation: Operation, dice: &mut Rng) -> u32 {
    let (mut state, mut deadlines) = (Steps::default(), 0);
    loop {
        // More each time: on a busy machine a step may take long.
        let time = BUFFER + Duration::from_millis(dice.u64(20..120) + 20 * u64::from(deadlines));
        deadlines += 1;
        let task = Task::Steps { operation, state: state.clone() };
        match function.invoke_within(event(&task), time).outcome {
            Outcome::Answer(answer) => match serde_json::from_slice(&answer).unwrap() {
                Chunk::Continue { state: next } => state = next,
                Chunk::Done { result } => {
                    let Steps { done, sum } = result;
                    assert_eq!((done, sum), (STEPS, STEPS * of_a_step(operation)), "{operation:?}");
                    return deadlines;
                }
            },
            // Not enough for a single step: again, as a state machine does.
            Outcome::Error(error) if String::from_utf8_lossy(&error).contains("a single step") => {}
            other => panic!("{operation:?}: {other:?}\n{}", function.log()),
        }
    }
}

#[test]
fn of_every_operation() {
    let mut dice = Rng::with_seed(13);
    let mut deadlines = 0;
    let jobs = Operation::ALL.iter().copied().cycle().enumerate();
    for (number, operation) in jobs {
        if number >= Operation::ALL.len() && deadlines >= DEADLINES {
            break;
        }
        let stand = Stand::with_parts(PARTS);
        stand.server.treat(|_| Treatment::AnswerLater(Duration::from_millis(5)));
        let function = stand.function().start().unwrap();
        deadlines += job(&function, operation, &mut dice);
        assert_eq!(function.starts(), 1, "{operation:?} was killed");
        stand.block_on(check_tables(operation, &stand));
    }
}

/// The work under a key ends when the time of the invocation's client is up. What is kept of the time is enough to record it, or to free the
/// key: also where one answer never comes.
#[test]
fn an_effect_at_the_buffer_is_recorded_and_had_once() {
    // Most of the time is waited: four functions wait at once.
    let failed: u32 = thread::scope(|scope| {
        let functions: Vec<_> = (0..4).map(|seed| scope.spawn(move || effects(seed))).collect();
        functions.into_iter().map(|function| function.join().unwrap()).sum()
    });
    assert!(failed > 10, "{failed}");
}

/// A quarter of the effects, of one function; how many failed at first.
fn effects(seed: u64) -> u32 {
    let count = u64::from(DEADLINES / 4);
    let stand = Stand::with_parts(count);
    let writes = AtomicU32::new(0);
    stand.server.treat(move |operation| match operation {
        // Of records alone.
        "PutItem" if writes.fetch_add(1, Ordering::SeqCst) % 25 == 4 => Treatment::Swallow,
        _ => Treatment::AnswerLater(Duration::from_millis(2)),
    });
    let function = stand.function().start().unwrap();
    let mut dice = Rng::with_seed(17 + seed);
    let mut failed = 0;
    for number in 0..count {
        let with_init = dice.bool();
        let mut fails = dice.u8(0..3) == 0;
        let done = serde_json::json!({"done": number});
        let mut late = 0;
        loop {
            let time = BUFFER + Duration::from_millis(dice.u64(5..80) + 20 * late);
            let task = event(&Task::Once { number, fails, with_init });
            let said: Json = answer(&function, &function.invoke_within(task, time));
            match said.as_str() {
                Some("too late") => late += 1,
                // Where the write that begins was cut off on its way, it can arrive after the one that frees the key.
                Some(text) if late > 0 && text.contains("in progress elsewhere") => {
                    thread::sleep(Duration::from_millis(200));
                }
                // The key is free, and the next one runs.
                Some("failed") if fails => (fails, failed) = (false, failed + 1),
                _ => {
                    assert_eq!(said, done, "{}", function.log());
                    break;
                }
            }
        }
        // Delivered again, it gets what is recorded.
        let again = event(&Task::Once { number, fails: true, with_init });
        assert_eq!(answer::<Json>(&function, &function.invoke(again)), done);
    }
    assert_eq!(function.starts(), 1, "killed");
    let parts = stand.block_on(Part::query(JOB).all(&stand.client)).unwrap();
    assert!(parts.iter().all(|part| part.worked == 1), "{parts:?}");
    failed
}

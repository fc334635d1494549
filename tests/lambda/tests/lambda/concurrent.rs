//! Many invocations at once in one process: each with its own deadline, and its own name in the logs.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value as Json;
use theory_lambda_tests::work::PARTS;
use theory_lambda_tests::{Operation, Overrun, Task};
use theory_testing::Treatment;
use theory_testing::lambda::Outcome;

use crate::support::{BUFFER, Stand, answer, event};

const AT_ONCE: u32 = 8;
const LONG: Duration = Duration::from_secs(60);

#[test]
fn each_has_its_own_answer_and_its_own_lines() {
    let stand = Stand::with_parts(PARTS);
    let function = stand.function().concurrency(AT_ONCE).env("TEST_LOGS", "yes").start().unwrap();
    // Slow enough that the others begin meanwhile.
    stand.server.treat(|_| Treatment::AnswerLater(Duration::from_millis(20)));
    let operations =
        [Operation::Get, Operation::Put, Operation::Idempotent, Operation::BatchGet, Operation::Transaction];
    let tasks = (0..10 * u64::from(AT_ONCE)).zip(operations.iter().cycle());
    let tasks =
        tasks.map(|(number, operation)| (event(&Task::Single { operation: *operation, number }), LONG));
    let invocations = function.invoke_at_once(tasks);
    assert_eq!(function.starts(), 1);
    assert!(stand.server.connections() > 1, "at once");

    let mut numbers = HashMap::new();
    for (number, invocation) in (0..).zip(&invocations) {
        let said: Json = answer(&function, invocation);
        assert_eq!(said["number"], number);
        numbers.insert(invocation.request_id.clone(), number);
    }
    // Written by another thread, which may be behind.
    let mut lines = Vec::new();
    while lines.len() < invocations.len() {
        let log = function.log();
        lines = log.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok()).collect();
        lines.retain(|line| line["message"] == "done");
    }
    assert_eq!(lines.len(), invocations.len());
    for line in &lines {
        let number: u64 = line["fields"]["number"].as_u64().unwrap();
        assert_eq!(numbers.remove(line["requestId"].as_str().unwrap()), Some(number), "{line}");
    }
}

#[test]
fn each_has_its_own_deadline() {
    let stand = Stand::with_parts(PARTS);
    let function = stand.function().concurrency(AT_ONCE).start().unwrap();
    stand.server.treat(|_| Treatment::AnswerLater(Duration::from_millis(5)));
    let times = [300, 1500, 600, 900, 1200, 300, 800, 400];
    let operations = [Operation::Get, Operation::ScanSegments, Operation::BatchWrite, Operation::Pages];
    let tasks = (0..).zip(times).zip(operations.iter().cycle());
    let tasks = tasks.map(|((run, millis), operation)| {
        let task = Task::Overrun { operation: *operation, run };
        (event(&task), BUFFER + Duration::from_millis(millis))
    });
    for invocation in function.invoke_at_once(tasks) {
        let overrun: Overrun = answer(&function, &invocation);
        assert_eq!(overrun.kind, "Deadline", "{}", function.log());
    }
    assert_eq!(function.starts(), 1, "killed");
}

#[test]
fn one_that_is_too_late_takes_the_others_with_it() {
    let stand = Stand::with_parts(1);
    let function = stand.function().concurrency(2).start().unwrap();
    let tasks = [(event(&Task::Hang), Duration::from_millis(300)), (event(&Task::Hang), LONG)];
    let ends: Vec<_> = function.invoke_at_once(tasks).into_iter().map(|ended| ended.outcome).collect();
    assert!(matches!(&ends[..], [Outcome::TimedOut, Outcome::Exited(_)]), "{ends:?}");
    assert_eq!(answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get))), Some(0));
    assert_eq!(function.starts(), 2);
}

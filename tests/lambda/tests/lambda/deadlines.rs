//! Functions that would never end: they are stopped by the client, and never by Lambda.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use theory_lambda_tests::work::{PARTS, UNRECORDED};
use theory_lambda_tests::{Operation, Overrun, Task};
use theory_testing::Treatment;

use crate::support::{BUFFER, Stand, answer, event};

/// For the work.
const TIME: Duration = Duration::from_millis(250);
/// For work of which a request must have been sent, however busy the machine is.
const LONG_TIME: Duration = Duration::from_secs(2);

/// What the engine does with the n-th request, which is of that operation. Where it refuses for longer than the buffer, what is done under a key cannot be recorded.
fn check(
    may_be_unrecorded: bool,
    treat: impl Fn(u32, &str) -> Treatment + Send + Sync + 'static,
) -> Vec<(Operation, Overrun)> {
    let stand = Stand::with_parts(PARTS);
    let function = stand.function().start().unwrap();
    // The first request of all is answered at once, and the process is warm.
    answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get)));
    let requests = AtomicU32::new(0);
    stand.server.treat(move |operation| treat(requests.fetch_add(1, Ordering::SeqCst), operation));

    let overruns = (0..).zip(Operation::ALL).map(|(run, operation)| {
        let task = event(&Task::Overrun { operation, run });
        let time = if operation == Operation::Add { LONG_TIME } else { TIME };
        let overrun: Overrun = answer(&function, &function.invoke_within(task, time + BUFFER));
        let is_end = overrun.kind == "Deadline" || may_be_unrecorded && overrun.kind == UNRECORDED;
        assert!(is_end, "{operation:?}: {}\n{}", overrun.kind, function.log());
        (operation, overrun)
    });
    let overruns = overruns.collect();
    assert_eq!(function.starts(), 1, "killed");
    overruns
}

#[test]
fn of_every_operation_with_slow_answers() {
    let overruns = check(false, |_, _| Treatment::AnswerLater(Duration::from_millis(10)));
    println!("{overruns:?}");
    assert!(overruns.iter().any(|(_, overrun)| overrun.done > 0));
}

#[test]
fn of_every_operation_with_answers_that_never_come() {
    // However few requests there is time for on a busy machine, each UpdateItem is one of them.
    let is_lost = |number: u32, operation: &str| number % 4 == 3 || operation == "UpdateItem";
    let overruns = check(false, move |number, operation| match is_lost(number, operation) {
        true => Treatment::Swallow,
        false => Treatment::Answer,
    });
    println!("{overruns:?}");
    // An update in flight when the time is up may have been done, and says so; a read never does.
    let of = |operation| &overruns.iter().find(|(of, _)| *of == operation).unwrap().1;
    assert!(of(Operation::Add).ambiguous && !of(Operation::Get).ambiguous);
}

#[test]
fn of_every_operation_with_throttling_and_pauses() {
    let overruns =
        check(true, |number, _| if number % 8 == 0 { Treatment::Answer } else { Treatment::Throttle });
    println!("{overruns:?}");
}

#[test]
fn of_every_operation_with_failures_and_pauses() {
    let overruns = check(true, |number, _| match number % 4 {
        0 => Treatment::AnswerLater(Duration::from_millis(30)),
        1 | 2 => Treatment::Throttle,
        _ => Treatment::Fail,
    });
    println!("{overruns:?}");
}

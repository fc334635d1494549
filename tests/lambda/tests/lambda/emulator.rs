//! What the imitation of Lambda does itself.

use std::time::Duration;

use theory_lambda_tests::Task;
use theory_testing::lambda::{Function, Outcome};

use crate::support::{Stand, answer, event};

#[test]
fn a_function_is_killed_at_its_deadline_and_started_again() {
    let stand = Stand::with_parts(1);
    let function = stand.function().start().unwrap();
    assert_eq!(answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get))), Some(0));
    assert_eq!(answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get))), Some(0));
    assert_eq!(function.starts(), 1);

    let hangs = function.invoke_within(event(&Task::Hang), Duration::from_millis(200));
    assert_eq!(hangs.outcome, Outcome::TimedOut);
    assert_eq!(answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get))), Some(0));
    assert_eq!(function.starts(), 2);

    let exits = function.invoke(event(&Task::Exit));
    assert!(matches!(&exits.outcome, Outcome::Exited(status) if status.contains('3')), "{exits:?}");
    assert!(matches!(function.invoke("{}").outcome, Outcome::Error(_)));
    assert_eq!(function.starts(), 3);
    function.freeze();
    assert_eq!(answer::<Option<u64>>(&function, &function.invoke(event(&Task::Get))), Some(0));
    assert_eq!(function.starts(), 3, "thawed");
}

#[test]
fn a_program_that_does_not_start_is_told() {
    let ends = Function::builder("false").start().unwrap();
    assert!(matches!(ends.invoke("{}").outcome, Outcome::Exited(_)));
    assert!(Function::builder("no-such-program-anywhere").start().is_err());
    // Without a region there is no client, and so no function.
    let stand = Stand::with_parts(0);
    let function = stand.function().env("AWS_REGION", "").env("AWS_DEFAULT_REGION", "").start().unwrap();
    assert!(matches!(function.invoke("{}").outcome, Outcome::Exited(_)));
    assert!(function.log().contains("AWS_REGION"), "{}", function.log());
}

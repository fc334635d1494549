//! A function that is frozen between invocations, while what it is connected to goes away.

use std::time::Duration;

use fastrand::Rng;
use theory_lambda_tests::Task;

use crate::support::{Stand, answer, event};

/// The function uses no connection that was idle for longer.
const MAX_IDLE: Duration = Duration::from_millis(20);
const INVOCATIONS: usize = 1000;

#[test]
fn no_invocation_fails_by_a_connection_that_is_gone() {
    let stand = Stand::with_parts(1);
    let max_idle = MAX_IDLE.as_millis().to_string();
    // Shorter than the time-out of an attempt: waiting for an answer that never comes is a failure here.
    let function =
        stand.function().env("TEST_MAX_IDLE", max_idle).timeout(Duration::from_secs(4)).start().unwrap();
    let (server, mut dice) = (&stand.server, Rng::with_seed(3));
    let get = event(&Task::Get);
    for number in 0..INVOCATIONS {
        let found: Option<u64> = answer(&function, &function.invoke(&*get));
        assert_eq!(found, Some(0), "invocation {number}");
        match dice.u8(0..10) {
            0..3 => server.close_connections(),
            3..6 => {
                function.freeze();
                server.close_connections();
            }
            6 => {
                function.freeze();
                server.abandon_connections();
                std::thread::sleep(2 * MAX_IDLE);
            }
            7 => {
                server.abandon_connections();
                std::thread::sleep(2 * MAX_IDLE);
            }
            8 => function.freeze(),
            _ => {}
        }
    }
    assert_eq!(function.starts(), 1);
    assert_eq!(server.requests(), INVOCATIONS as u64, "none was sent twice, and none was swallowed");
    assert!(server.connections() > INVOCATIONS as u64 / 2 && server.connections() <= 1 + INVOCATIONS as u64);
}

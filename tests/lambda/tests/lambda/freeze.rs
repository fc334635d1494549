//! A function that is frozen between invocations, while what it is connected to goes away.

use std::time::Duration;

use fastrand::Rng;
use serde_json::Value as Json;
use theory_lambda_tests::work::JOB;
use theory_lambda_tests::{Part, Task};
use theory_testing::lambda::Function;
use theory_tests::HttpsEndpoint;

use crate::proxy::Proxy;
use crate::support::{Stand, answer, event};

/// The function uses no connection that was idle for longer.
const MAX_IDLE: Duration = Duration::from_millis(20);
const INVOCATIONS: usize = 1000;

/// Invokes a function whose endpoint is on that port, and lets go of its connections in every way. How often it has added.
fn check(proxy: &Proxy, url: &str, authority: &str) -> u64 {
    let function = Function::builder(env!("CARGO_BIN_EXE_function"))
        .env("AWS_ENDPOINT_URL_DYNAMODB", url)
        .env("TEST_AUTHORITY", authority)
        .env("TEST_MAX_IDLE", MAX_IDLE.as_millis().to_string())
        // Shorter than the time-out of an attempt: waiting for an answer that never comes is a failure here.
        .env("TEST_ATTEMPT", "60000")
        .timeout(Duration::from_secs(20))
        .start()
        .unwrap();
    let mut dice = Rng::with_seed(3);
    let (get, add) = (event(&Task::Get), event(&Task::Increment { exactly_once: false }));
    let mut added = 0;
    for number in 0..INVOCATIONS {
        // Half of them write what must not be written twice, and so is never sent again where it may have been done.
        if dice.bool() {
            let said: Json = answer(&function, &function.invoke(&*add));
            assert_eq!(said, "done", "invocation {number}");
            added += 1;
        } else {
            let found: Option<u64> = answer(&function, &function.invoke(&*get));
            assert_eq!(found, Some(0), "invocation {number}");
        }
        match dice.u8(0..10) {
            0..3 => proxy.close(),
            3..6 => {
                function.freeze();
                proxy.close();
            }
            6 => {
                function.freeze();
                proxy.abandon();
                std::thread::sleep(2 * MAX_IDLE);
            }
            7 => {
                proxy.abandon();
                std::thread::sleep(2 * MAX_IDLE);
            }
            8 => function.freeze(),
            _ => {}
        }
    }
    assert_eq!(function.starts(), 1);
    // Not one for each invocation: that a connection that lives is used again is worth as much.
    assert!((INVOCATIONS / 2..=1 + INVOCATIONS).contains(&proxy.opened()), "{}", proxy.opened());
    added
}

#[test]
fn no_invocation_fails_by_a_connection_that_is_gone() {
    let stand = Stand::with_parts(1);
    let address = stand.server.url().strip_prefix("http://").unwrap();
    let proxy = Proxy::to(address.parse().unwrap());
    let added = check(&proxy, &format!("http://127.0.0.1:{}", proxy.port), "");
    let part = stand.block_on(Part::get(JOB, 0).send(&stand.client)).unwrap().unwrap();
    assert_eq!(part.worked, added, "each was added, once");
    assert_eq!(stand.server.requests(), INVOCATIONS as u64, "none was sent twice");
}

#[test]
fn nor_by_one_with_tls() {
    let item = br#"{"Item":{"job":{"S":"job"},"number":{"N":"0"},"worked":{"N":"0"}}}"#;
    let endpoint = HttpsEndpoint::serve(move |_| item.to_vec());
    let port: u16 = endpoint.url().rsplit(':').next().unwrap().parse().unwrap();
    let proxy = Proxy::to(([127, 0, 0, 1], port).into());
    check(&proxy, &format!("https://localhost:{}", proxy.port), endpoint.authority());
    assert_eq!(endpoint.requests(), INVOCATIONS, "none was sent twice");
}

/// The peer is gone without a word, and the connection is too young to be distrusted: nobody can know before a time-out. What may be sent
/// again is, on a new connection. What may not is ambiguous, and says so; with `exactly_once` it may.
#[test]
fn a_peer_that_vanished_just_now_costs_an_attempt() {
    let stand = Stand::with_parts(1);
    let address = stand.server.url().strip_prefix("http://").unwrap();
    let proxy = Proxy::to(address.parse().unwrap());
    let function = Function::builder(env!("CARGO_BIN_EXE_function"))
        .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://127.0.0.1:{}", proxy.port))
        .env("TEST_MAX_IDLE", "600000")
        .env("TEST_ATTEMPT", "300")
        .timeout(Duration::from_secs(30))
        .start()
        .unwrap();
    let invoke = |task: &Task| answer::<Json>(&function, &function.invoke(event(task)));
    for _ in 0..3 {
        assert_eq!(invoke(&Task::Get), 0);
        proxy.abandon();
        assert_eq!(invoke(&Task::Get), 0);
        proxy.abandon();
        assert_eq!(invoke(&Task::Increment { exactly_once: true }), "done");
        proxy.abandon();
        let said = invoke(&Task::Increment { exactly_once: false });
        assert_eq!(said["ambiguous"], true, "{said}");
        // The next one does not use that connection.
        assert_eq!(invoke(&Task::Increment { exactly_once: false }), "done");
    }
    let part = stand.block_on(Part::get(JOB, 0).send(&stand.client)).unwrap().unwrap();
    assert_eq!(part.worked, 6);
    assert_eq!(function.starts(), 1);
}

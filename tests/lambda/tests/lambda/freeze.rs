//! A function that is frozen between invocations, while what it is connected to goes away.

use std::time::Duration;

use fastrand::Rng;
use theory_lambda_tests::Task;
use theory_testing::lambda::Function;
use theory_tests::HttpsEndpoint;

use crate::proxy::Proxy;
use crate::support::{Stand, answer, event};

/// The function uses no connection that was idle for longer.
const MAX_IDLE: Duration = Duration::from_millis(20);
const INVOCATIONS: usize = 1000;

/// Invokes a function whose endpoint is on that port, and lets go of its connections in every way.
fn check(proxy: &Proxy, url: &str, authority: &str) {
    let function = Function::builder(env!("CARGO_BIN_EXE_function"))
        .env("AWS_ENDPOINT_URL_DYNAMODB", url)
        .env("TEST_AUTHORITY", authority)
        .env("TEST_MAX_IDLE", MAX_IDLE.as_millis().to_string())
        // Shorter than the time-out of an attempt: waiting for an answer that never comes is a failure here.
        .timeout(Duration::from_secs(4))
        .start()
        .unwrap();
    let mut dice = Rng::with_seed(3);
    let get = event(&Task::Get);
    for number in 0..INVOCATIONS {
        let found: Option<u64> = answer(&function, &function.invoke(&*get));
        assert_eq!(found, Some(0), "invocation {number}");
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
}

#[test]
fn no_invocation_fails_by_a_connection_that_is_gone() {
    let stand = Stand::with_parts(1);
    let address = stand.server.url().strip_prefix("http://").unwrap();
    let proxy = Proxy::to(address.parse().unwrap());
    check(&proxy, &format!("http://127.0.0.1:{}", proxy.port), "");
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

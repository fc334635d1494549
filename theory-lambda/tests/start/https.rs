//! A TLS endpoint on loopback.

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use theory_tests::{HttpRequest, HttpsEndpoint};

use crate::process::{Outcome, Script, run};

pub(crate) fn endpoint() -> HttpsEndpoint {
    HttpsEndpoint::serve(|_: &HttpRequest| br#"{"Item":{"id":{"S":"o-1"}}}"#.to_vec())
}

/// The variables of a function that is to use this endpoint.
pub(crate) fn variables(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_REGION", "eu-north-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_ENDPOINT_URL_DYNAMODB", url),
    ]
}

fn trusting(endpoint: &HttpsEndpoint) -> Script {
    Script { trust: Some(endpoint.authority().to_owned()), ..Script::default() }
}

pub(crate) fn found(outcome: &Outcome) -> usize {
    assert_eq!(outcome.error, None);
    assert!(outcome.items.iter().all(|item| item.as_deref() == Ok("o-1")), "{:?}", outcome.items);
    outcome.items.len()
}

#[test]
fn the_connection_is_there_before_the_first_request() {
    let endpoint = endpoint();
    let outcome = run(&trusting(&endpoint), &variables(endpoint.url()));
    assert_eq!(found(&outcome), 0);
    assert_eq!((endpoint.handshakes(1), endpoint.requests()), (1, 0), "nothing was asked");
    assert_eq!(outcome.steps, None, "there was no first answer");

    let script = Script { requests: 3, ..trusting(&endpoint) };
    let outcome = run(&script, &variables(endpoint.url()));
    assert_eq!(found(&outcome), 3);
    assert_eq!((endpoint.handshakes(2), endpoint.requests()), (2, 3), "one more connection for all of them");
    assert!(!outcome.installed, "the provider is nobody else's");
}

#[test]
fn every_step_is_reported() {
    let endpoint = endpoint();
    let script = Script { requests: 2, ..trusting(&endpoint) };
    let outcome = run(&script, &variables(endpoint.url()));
    let steps = ["process", "configuration", "connection", "tls", "init", "first_request"];
    assert_eq!(outcome.steps.unwrap(), steps);
}

#[test]
fn many_requests_at_once_on_one_thread() {
    let endpoint = endpoint();
    let script = Script { at_once: 20, ..trusting(&endpoint) };
    assert_eq!(found(&run(&script, &variables(endpoint.url()))), 20);
    assert_eq!(endpoint.requests(), 20);
}

#[test]
fn a_request_says_who_asks() {
    let (tell, heads) = channel();
    let tell = Mutex::new(tell);
    let endpoint = HttpsEndpoint::serve(move |request: &HttpRequest| {
        tell.lock().unwrap().send(request.head.clone()).unwrap();
        br#"{"Item":{"id":{"S":"o-1"}}}"#.to_vec()
    });
    let script = Script { requests: 1, ..trusting(&endpoint) };
    assert_eq!(found(&run(&script, &variables(endpoint.url()))), 1);
    let head = heads.recv().unwrap();
    let host = endpoint.url().strip_prefix("https://").unwrap();
    assert!(head.contains(&format!("host: {host}\r\n")), "{head}");
    assert!(head.contains("x-amz-security-token: token\r\n"), "{head}");
    assert!(head.contains("Credential=ASIAEXAMPLE/") && head.contains("/eu-north-1/dynamodb/"), "{head}");
}

#[test]
fn a_root_besides_the_embedded_ones() {
    let endpoint = endpoint();
    let script =
        Script { trust_too: Some(endpoint.authority().to_owned()), requests: 1, ..Script::default() };
    assert_eq!(found(&run(&script, &variables(endpoint.url()))), 1);
    assert_eq!(endpoint.handshakes(1), 1);
}

#[test]
fn who_is_not_trusted_is_told_nothing() {
    let endpoint = endpoint();
    let stranger = self::endpoint();
    for script in [Script { requests: 1, ..Script::default() }, Script { requests: 1, ..trusting(&stranger) }]
    {
        let mut variables = variables(endpoint.url());
        variables.push(("AWS_MAX_ATTEMPTS", "1"));
        let outcome = run(&script, &variables);
        assert_eq!(outcome.error, None, "a connection is no condition of the start");
        assert!(matches!(&outcome.items[..], [Err(_)]), "{outcome:?}");
        assert_eq!(endpoint.requests(), 0);
    }
}

#[test]
fn certificates_that_are_none() {
    for pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let script = Script { trust: Some(pem.to_owned()), ..Script::default() };
        let outcome = run(&script, &variables("https://localhost:1"));
        assert_eq!(outcome.error.unwrap().0, "Tls", "{pem:?}");
    }
}

#[test]
fn an_endpoint_that_is_not_there_does_not_keep_a_function_from_starting() {
    let outcome = run(&Script::default(), &variables("https://127.0.0.1:1"));
    assert_eq!(outcome.error, None);

    // It accepts, and says nothing: without a limit this would take for ever.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let script = Script { connect_timeout: Some(50), ..Script::default() };
    assert_eq!(run(&script, &variables(&url)).error, None);
    assert!(silent.accept().is_ok(), "it was tried");
}

//! Over true connections: what the SDK's own HTTP client reports when one is not made, breaks, or ends early.
//!
//! Whether a request never left is read from that client's errors, so this is where a change in them shows.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

use super::*;
use crate::error::ErrorKind;

/// A server that reads a little of each connection, writes `answer` and closes.
fn server(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { return };
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(answer);
        }
    });
    port
}

/// Where nobody listens: a port that was free a moment ago may be another test's by now, and this is never given to one.
const CLOSED_PORT: u16 = 1;

const PATIENCE: Duration = Duration::from_secs(60);

/// A write that is not idempotent, by way of the SDK's own HTTP client.
async fn write_to(endpoint: String) -> Error {
    // A machine that is busy with other things takes its time: no timeout is what these tests are about.
    let patient = TimeoutConfig::builder()
        .connect_timeout(PATIENCE)
        .operation_attempt_timeout(PATIENCE)
        .operation_timeout(PATIENCE * 3)
        .build();
    let mut config = Script::default().config().endpoint_url(endpoint).timeout_config(patient);
    config.set_http_client(None);
    refused(call(&Client::from_conf(config.build()), once(Operation::UpdateItem)).await)
}

#[tokio::test]
async fn a_connection_that_is_refused_carried_nothing() {
    let error = write_to(format!("http://127.0.0.1:{CLOSED_PORT}")).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 3), "{error:?}");
    assert!(!error.is_ambiguous());
}

/// What answers here does not speak TLS: the handshake fails before a request is written.
#[tokio::test]
async fn a_handshake_that_fails_carried_nothing() {
    let error = write_to(format!("https://127.0.0.1:{}", server(b"no TLS here"))).await;
    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
    assert!(!error.is_ambiguous());
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_outcome_open() {
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Attrib", b"HTTP/1.1 20"] {
        let error = write_to(format!("http://127.0.0.1:{}", server(answer))).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1), "{error:?}");
        assert!(error.is_ambiguous(), "{error:?}");
    }
}

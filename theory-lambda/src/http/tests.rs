//! The client against a server that misbehaves on request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::http::moment::Moment;

/// What the server does after an answer.
#[derive(Clone, Copy, PartialEq)]
enum After {
    KeepOpen,
    /// Without having said so.
    Close,
}

struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    /// The head of each request.
    requests: Mutex<Receiver<String>>,
}

fn serve(after: After) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let (tell, requests) = channel();
    let counter = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counter.fetch_add(1, Ordering::SeqCst);
            let tell = tell.clone();
            thread::spawn(move || answer(stream, after, &tell));
        }
    });
    Server { url, connections, requests: Mutex::new(requests) }
}

fn answer(stream: TcpStream, after: After, tell: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
        let mut body = vec![0; length.parse().expect("a length")];
        reader.read_exact(&mut body).expect("a body");
        write!(&stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).expect("a reader");
        (&stream).write_all(&body).expect("a reader");
        if after == After::Close {
            drop((reader, stream));
            let _ = tell.send(head);
            return;
        }
        let _ = tell.send(head);
    }
}

fn connector(http: &HttpClient) -> Connector {
    Connector { inner: Arc::clone(&http.inner), connect_timeout: None, read_timeout: None }
}

fn request(url: &str) -> Request<SdkBody> {
    Request::post(url).body(SdkBody::from("hello")).expect("a request")
}

/// Sends a request and reads its answer.
async fn exchange(http: &HttpClient, url: &str) -> Result<String, ConnectorError> {
    let response = connector(http).send(request(url)).await?;
    let mut body = response.into_body();
    let mut read = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|cx| http_body::Body::poll_frame(std::pin::Pin::new(&mut body), cx)).await
    {
        read.extend_from_slice(&frame.expect("a frame").into_data().unwrap_or_default());
    }
    Ok(String::from_utf8(read).expect("text"))
}

/// A client whose clock shows what the second says, in seconds since now.
fn with_clock() -> (HttpClient, Arc<AtomicU64>) {
    let passed = Arc::new(AtomicU64::new(0));
    let (start, shown) = (Moment::now(), Arc::clone(&passed));
    // The wall clock alone goes on, as in a freeze.
    let clock = Clock::from_fn(move || Moment {
        wall: start.wall + Duration::from_secs(shown.load(Ordering::SeqCst)),
        ..start
    });
    (HttpClient::builder().clock(clock).build(), passed)
}

#[tokio::test]
async fn a_connection_is_used_again_until_it_was_idle_for_too_long() {
    let server = serve(After::KeepOpen);
    let (http, passed) = with_clock();
    for (seconds, connections) in [(0, 1), (0, 1), (9, 1), (18, 1), (28, 2), (29, 2)] {
        passed.store(seconds, Ordering::SeqCst);
        assert_eq!(exchange(&http, &server.url).await.expect("an answer"), "hello");
        assert_eq!(server.connections.load(Ordering::SeqCst), connections, "at {seconds} s");
    }
}

#[tokio::test]
async fn a_connection_that_the_peer_closes_is_never_an_error() {
    let server = serve(After::Close);
    let http = HttpClient::default();
    for _ in 0..100 {
        assert_eq!(exchange(&http, &server.url).await.expect("an answer"), "hello");
        // The runtime stands still until the connection is closed, as it does in a freeze.
        server.requests.lock().expect("no panic").recv().expect("a request");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 100);
}

#[tokio::test]
async fn a_connection_can_be_opened_beforehand() {
    let server = serve(After::KeepOpen);
    let http = HttpClient::default();
    http.connect(&server.url).await.expect("a connection");
    exchange(&http, &server.url).await.expect("an answer");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_is_not_read_takes_its_connection_with_it() {
    let server = serve(After::KeepOpen);
    let http = HttpClient::default();
    drop(connector(&http).send(request(&server.url)).await.expect("an answer"));
    exchange(&http, &server.url).await.expect("an answer");
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn many_requests_at_once_have_a_connection_each() {
    let server = serve(After::KeepOpen);
    let http = HttpClient::default();
    let answers = futures_util::future::join_all((0..20).map(|_| exchange(&http, &server.url))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let opened = server.connections.load(Ordering::SeqCst);
    let answers = futures_util::future::join_all((0..20).map(|_| exchange(&http, &server.url))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(server.connections.load(Ordering::SeqCst) <= 20 && opened > 1);
}

#[tokio::test]
async fn a_request_as_it_is_written() {
    let server = serve(After::KeepOpen);
    let http = HttpClient::default();
    exchange(&http, &format!("{}/a?b=c", server.url)).await.expect("an answer");
    let head = server.requests.lock().expect("no panic").recv().expect("a request");
    let host = server.url.strip_prefix("http://").expect("plain");
    assert!(
        head.starts_with("POST /a?b=c HTTP/1.1\r\n") && head.contains(&format!("host: {host}\r\n")),
        "{head}"
    );
}

#[tokio::test]
async fn what_was_never_sent_is_known() {
    // A port that was free a moment ago may be another test's by now; this one is never given to anybody.
    let error = exchange(&HttpClient::default(), "http://127.0.0.1:1").await.expect_err("nobody listens");
    assert!(error.is_io());
    // The text by which `theory` knows it.
    assert_eq!(error.into_source().to_string(), "client error (Connect)");

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = format!("https://{}", listener.local_addr().expect("a bound address"));
    let connector =
        Connector { connect_timeout: Some(Duration::from_millis(1)), ..connector(&HttpClient::default()) };
    let error = connector.send(request(&silent)).await.expect_err("no handshake");
    assert!(error.is_timeout());
    assert_eq!(error.into_source().to_string(), "client error (Connect)");
}

#[tokio::test]
async fn a_peer_that_closes_instead_of_answering_is_a_passing_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 16]);
        }
    });
    let error = exchange(&HttpClient::default(), &url).await.expect_err("no answer");
    assert!(error.is_io() || error.as_other().is_some(), "{error:?}");
    assert_ne!(error.into_source().to_string(), "client error (Connect)");
}

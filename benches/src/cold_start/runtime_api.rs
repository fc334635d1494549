//! As much of Lambda's Runtime API as one invocation needs.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use theory_tests::HttpRequest;

/// Long enough for a program that runs under valgrind.
const LIMIT: Duration = Duration::from_secs(120);

/// A Runtime API that has one event, and then closes the connection, at which the function ends.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    answers: Receiver<String>,
}

impl RuntimeApi {
    /// Starts it. The event is JSON.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub fn start(event: String) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no port: {e}"))?;
        let address = listener.local_addr().map_err(|e| format!("no address: {e}"))?;
        let (tell, answers) = channel();
        let given = Arc::new(AtomicBool::new(false));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (event, tell, given) = (event.clone(), tell.clone(), Arc::clone(&given));
                thread::spawn(move || converse(&stream, &event, &tell, &given));
            }
        });
        Ok(Self { address, answers })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` has to be.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The function's answer.
    ///
    /// # Errors
    ///
    /// If there is none, or it is an error.
    pub fn answer(&self) -> Result<String, String> {
        self.answers.recv_timeout(LIMIT).map_err(|_| "the function does not answer".to_owned())
    }
}

fn converse(stream: &TcpStream, event: &str, tell: &Sender<String>, given: &AtomicBool) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let request = HttpRequest::read(&mut reader)?;
        let mut writer = stream;
        if request.head.starts_with("GET ") {
            if given.swap(true, Ordering::SeqCst) {
                return None;
            }
            let deadline = SystemTime::now() + LIMIT;
            let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis();
            let head = format!(
                "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                 lambda-runtime-deadline-ms: {deadline}\r\nlambda-runtime-invoked-function-arn: \
                 arn:aws:lambda:eu-north-1:123456789012:function:cold-start\r\nlambda-runtime-trace-id: \
                 Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{event}",
                event.len()
            );
            writer.write_all(head.as_bytes()).ok()?;
        } else {
            let is_error = !request.head.lines().next()?.contains("/response ");
            if is_error {
                eprintln!("the function failed: {}", String::from_utf8_lossy(&request.body));
            } else {
                let _ = tell.send(String::from_utf8(request.body).ok()?);
            }
            writer.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").ok()?;
        }
    }
}

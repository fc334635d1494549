//! Servers on loopback, for programs of other processes: a listener with a thread for each connection, and as much HTTP as they need.
//!
//! Blocking, so that they need no runtime and serve tests of any kind.

pub(crate) mod http;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Accepts connections until it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Calls `serve` with each connection, on a thread of its own.
    pub(crate) fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopped);
        let serve = Arc::new(serve);
        let thread = thread::Builder::new().name("loopback".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                // Small answers wait for nothing.
                let _ = stream.set_nodelay(true);
                let serve = Arc::clone(&serve);
                // A connection without a thread is closed; its peer tries again, or says so.
                let _ = thread::Builder::new().spawn(move || serve(stream));
            }
        })?;
        Ok(Self { address, stopped, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // It waits in `accept`: one more connection wakes it.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

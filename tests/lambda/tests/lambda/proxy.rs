//! What lies between a function and its endpoint: it passes bytes on, until it is told to let the connections go.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    links: Arc<Mutex<Vec<Arc<Link>>>>,
    opened: Arc<AtomicUsize>,
}

/// A connection, with that behind it.
struct Link {
    client: TcpStream,
    server: TcpStream,
    /// Nothing is passed on any more.
    is_silent: AtomicBool,
}

impl Proxy {
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (links, opened) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicUsize>::default());
        let (kept, counted) = (Arc::clone(&links), Arc::clone(&opened));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(server).unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let link = Arc::new(Link { client, server, is_silent: AtomicBool::new(false) });
                counted.fetch_add(1, Ordering::SeqCst);
                kept.lock().unwrap().push(Arc::clone(&link));
                let back = Arc::clone(&link);
                thread::spawn(move || link.pass(&link.client, &link.server));
                thread::spawn(move || back.pass(&back.server, &back.client));
            }
        });
        Self { port, links, opened }
    }

    /// Closes every connection, without a word of the endpoint's.
    pub(crate) fn close(&self) {
        for link in self.links.lock().unwrap().drain(..) {
            let _ = link.client.shutdown(Shutdown::Both);
            let _ = link.server.shutdown(Shutdown::Both);
        }
    }

    /// Leaves every connection open, and is deaf and dumb on it.
    pub(crate) fn abandon(&self) {
        for link in self.links.lock().unwrap().drain(..) {
            link.is_silent.store(true, Ordering::SeqCst);
        }
    }

    /// How many connections were opened.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

impl Link {
    fn pass(&self, mut from: &TcpStream, mut to: &TcpStream) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if !self.is_silent.load(Ordering::SeqCst) && to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        // The end of one side is that of the other, unless there is to be silence.
        if !self.is_silent.load(Ordering::SeqCst) {
            let _ = to.shutdown(Shutdown::Write);
        }
    }
}

//! One connection, which carries one request at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_smithy_runtime_api::client::connection::ConnectionMetadata;
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::SendRequest;

use super::origin::Origin;
use super::socket::{Idle, Socket};

/// How often the driver is given the chance to read what has arrived on an idle connection.
const LOOKS: usize = 8;

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) origin: Origin,
    sender: SendRequest<SdkBody>,
    socket: Socket,
    /// The SDK does not want it to be used again.
    poisoned: Arc<AtomicBool>,
}

impl Connection {
    pub(super) fn new(origin: Origin, sender: SendRequest<SdkBody>, socket: Socket) -> Self {
        Self { origin, sender, socket, poisoned: Arc::default() }
    }

    /// Sends a request. One that was not written comes back with the error.
    pub(super) async fn send(
        &mut self,
        request: Request<SdkBody>,
    ) -> Result<Response<Incoming>, TrySendError<Request<SdkBody>>> {
        self.sender.try_send_request(request).await
    }

    /// Whether it can still be of use, as far as can be told at once.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed() && !self.poisoned.load(Ordering::Relaxed)
    }

    /// Waits until an idle connection takes a request; `false` if it never will.
    ///
    /// A peer's farewell that arrived while the process was frozen lies in the socket, where the runtime has not
    /// looked yet: the kernel is asked. Where there is something to read, the driver is let to read it, because it can
    /// be a session ticket as well.
    pub(super) async fn becomes_ready(&mut self) -> bool {
        for _ in 0..LOOKS {
            if !self.is_open() {
                return false;
            }
            match self.socket.idle() {
                Idle::Quiet => return self.sender.ready().await.is_ok() && self.is_open(),
                Idle::Unread => tokio::task::yield_now().await,
                Idle::Gone => return false,
            }
        }
        false
    }

    /// What the SDK may know of the connection, and a way to say that it is not to be used again.
    pub(super) fn metadata(&self) -> impl Fn() -> Option<ConnectionMetadata> + Send + Sync + use<> {
        let stream = self.socket.stream();
        let (local, remote) = (stream.local_addr().ok(), stream.peer_addr().ok());
        let poisoned = Arc::clone(&self.poisoned);
        move || {
            let poisoned = Arc::clone(&poisoned);
            let mut metadata = ConnectionMetadata::builder();
            metadata.set_local_addr(local).set_remote_addr(remote);
            Some(metadata.proxied(false).poison_fn(move || poisoned.store(true, Ordering::Relaxed)).build())
        }
    }
}

//! A TCP stream that can be looked at while somebody else reads from it.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A shared TCP stream: one clone is read from and written to, another asks how it is.
#[derive(Debug, Clone)]
pub(crate) struct Socket(Arc<TcpStream>);

/// What the kernel knows of an idle connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// Nothing has arrived.
    Quiet,
    /// Something has arrived that was not read yet: a session ticket of TLS, or the news that the peer closes.
    Unread,
    /// The peer has closed it, or it is broken.
    Gone,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.0
    }

    /// Asks the kernel, not the runtime: after a freeze the runtime has not looked yet.
    pub(crate) fn idle(&self) -> Idle {
        let mut byte = [MaybeUninit::uninit()];
        match SockRef::from(&*self.0).peek(&mut byte) {
            Ok(0) => Idle::Gone,
            Ok(_) => Idle::Unread,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Idle::Quiet,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Idle::Unread,
            Err(_) => Idle::Gone,
        }
    }
}

/// Repeats a non-blocking call until it has something, or the stream is not ready for it.
macro_rules! poll_io {
    ($ready:expr, $attempt:expr) => {
        loop {
            ready!($ready)?;
            match $attempt {
                // The stream's readiness was out of date, and the attempt has corrected it.
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        poll_io!(self.0.poll_read_ready(cx), self.0.try_read_buf(buf).map(drop))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        poll_io!(self.0.poll_write_ready(cx), self.0.try_write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        poll_io!(self.0.poll_write_ready(cx), self.0.try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match SockRef::from(&*self.0).shutdown(std::net::Shutdown::Write) {
            Err(e) if e.kind() != io::ErrorKind::NotConnected => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(())),
        }
    }
}

//! The body of a response, which gives its connection back when it was read to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::connection::Connection;
use super::pool::Pool;

#[derive(Debug)]
pub(super) struct PooledBody {
    incoming: Incoming,
    /// Dropped, and so closed, with a body that was not read to its end.
    lease: Option<(Connection, Arc<Pool>)>,
}

impl PooledBody {
    pub(super) fn new(incoming: Incoming, connection: Connection, pool: Arc<Pool>) -> Self {
        let mut body = Self { incoming, lease: Some((connection, pool)) };
        body.release_at_end();
        body
    }

    fn release_at_end(&mut self) {
        if self.incoming.is_end_stream() {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some((connection, pool)) = self.lease.take() {
            pool.put(connection);
        }
    }
}

impl Body for PooledBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        match &frame {
            None => self.release(),
            Some(Ok(_)) => self.release_at_end(),
            Some(Err(_)) => self.lease = None,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

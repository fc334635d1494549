//! A body that is written down while it is read.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_types::body::{Error, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{Outcome, Recorder};

/// Passes a streaming body on as it comes.
pub(super) struct Tee {
    inner: SdkBody,
    recorder: Recorder,
    number: usize,
}

impl Tee {
    pub(super) fn new(inner: SdkBody, recorder: Recorder, number: usize) -> Self {
        Self { inner, recorder, number }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            this.recorder.update(this.number, |outcome| {
                if let Outcome::Answered(response) = outcome {
                    response.bytes.extend_from_slice(data);
                }
            });
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        Body::is_end_stream(&self.inner)
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.inner)
    }
}

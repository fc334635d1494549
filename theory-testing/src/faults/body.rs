//! Bodies that do not arrive as they were sent.

use std::collections::VecDeque;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep as _, SharedAsyncSleep, Sleep};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use http_body::{Body, Frame};

use super::random::Random;

/// Into how many pieces a slow body is cut.
const PIECES: usize = 8;

/// Takes the body from a response, whole, and makes sure that the response has its checksum.
///
/// A real connection gives the body as a stream, whose own failure is passed on.
pub(super) async fn take(response: &mut HttpResponse) -> Result<Bytes, ConnectorError> {
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    let bytes = ByteStream::new(body).collect().await.map_err(|e| ConnectorError::io(e.into()))?.into_bytes();
    if response.headers().get("x-amz-crc32").is_none() {
        response.headers_mut().insert("x-amz-crc32", crc32fast::hash(&bytes).to_string());
    }
    Ok(bytes)
}

/// The body without its end.
pub(super) fn truncated(whole: &Bytes, random: &mut Random) -> SdkBody {
    SdkBody::from(whole.slice(..random.below(whole.len())))
}

/// The body with another byte somewhere.
pub(super) fn corrupt(whole: &Bytes, random: &mut Random) -> SdkBody {
    let mut bytes = whole.to_vec();
    let place = random.below(bytes.len());
    // At least one bit, so that the byte is another.
    let flips = u8::try_from(random.below(255)).unwrap_or(0) + 1;
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= flips;
    }
    SdkBody::from(bytes)
}

/// The beginning of the body, and then a broken connection.
pub(super) fn broken(whole: &Bytes, random: &mut Random) -> SdkBody {
    let end = random.below(whole.len());
    stream(Script { pieces: [whole.slice(..end)].into(), end: End::Breaks, pause: None })
}

/// The first half of the body, and then nothing.
pub(super) fn stalled(whole: &Bytes) -> SdkBody {
    stream(Script { pieces: [whole.slice(..whole.len() / 2)].into(), end: End::Never, pause: None })
}

/// The body in pieces with pauses between them; without something to sleep with, in pieces.
pub(super) fn slow(whole: &Bytes, time: Duration, sleep: Option<SharedAsyncSleep>) -> SdkBody {
    let size = whole.len().div_ceil(PIECES).max(1);
    let mut rest = whole.clone();
    let mut pieces = VecDeque::new();
    while !rest.is_empty() {
        pieces.push_back(rest.split_to(size.min(rest.len())));
    }
    let each = time / u32::try_from(pieces.len().max(1)).unwrap_or(1);
    stream(Script { pieces, end: End::Whole, pause: sleep.map(|sleep| Pause { sleep, each, now: None }) })
}

fn stream(script: Script) -> SdkBody {
    SdkBody::from_body_1_x(script)
}

/// A body that follows a script.
struct Script {
    pieces: VecDeque<Bytes>,
    end: End,
    /// Before each piece.
    pause: Option<Pause>,
}

enum End {
    Whole,
    Breaks,
    Never,
}

struct Pause {
    sleep: SharedAsyncSleep,
    each: Duration,
    now: Option<Sleep>,
}

impl Pause {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let now = self.now.get_or_insert_with(|| self.sleep.sleep(self.each));
        ready!(Pin::new(now).poll(cx));
        self.now = None;
        Poll::Ready(())
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.pieces.is_empty() {
            return match this.end {
                End::Whole => Poll::Ready(None),
                End::Breaks => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
                // Whoever waits is woken by a timeout of its own.
                End::Never => Poll::Pending,
            };
        }
        if let Some(pause) = &mut this.pause {
            ready!(pause.poll(cx));
        }
        Poll::Ready(this.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

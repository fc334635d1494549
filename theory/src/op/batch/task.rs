//! Requests on several processors.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

/// The request as a task of its own where the runtime has several threads, so that one is written while another is read.
///
/// Dropping it ends the task.
pub(super) fn of<T: Send + 'static>(
    request: impl Future<Output = T> + Send + 'static,
) -> BoxFuture<'static, T> {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            Task(runtime.spawn(request.in_current_span().with_current_subscriber())).boxed()
        }
        _ => request.boxed(),
    }
}

struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(output) => Poll::Ready(output),
            Err(error) => match error.try_into_panic() {
                // In code of the user's: a codec, or a subscriber to the spans.
                Ok(panic) => resume_unwind(panic),
                // The runtime is shutting down, and whoever waits here with it.
                Err(_) => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn dropping_it_ends_it() {
        let shared = Arc::new(());
        let held = Arc::clone(&shared);
        let request = of(async move {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            drop(held);
        });
        assert_eq!(Arc::strong_count(&shared), 2);
        drop(request);
        while Arc::strong_count(&shared) == 2 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_runs_before_it_is_waited_for() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let request = of(async move { tell.send(()) });
        told.await.unwrap();
        assert_eq!(request.await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[should_panic(expected = "of the user's")]
    async fn a_panic_goes_on() {
        of(async { panic!("of the user's") }).await
    }
}

//! Puts and deletes from a source that need not fit in memory.

use super::policy::{Policy, settings};
use super::write::{BatchWrite, BatchWritten, OnProgress, Progress, finish};
use super::write_drive::Driver;
use super::write_error::BatchWriteError;
use crate::client::Client;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use std::fmt;

/// Puts and deletes from a source that need not fit in memory. Made by [`batch_write_iter`] and [`batch_write_stream`].
#[must_use = "a batch does nothing until it is sent"]
pub struct WriteStream<S> {
    source: S,
    policy: Policy,
    progress: Option<OnProgress>,
}

/// As [`batch_write`](crate::batch_write), from an iterator, in constant memory.
///
/// A write on an item that an earlier write is still under way for waits for it, so that the later one wins: unless the answer to an
/// attempt was lost, and the attempt reaches DynamoDB after all that followed. Writes on different items have no order.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "readings")]
/// # struct Reading { #[table(pk)] sensor: String, #[table(sk)] at: u64, value: f64 }
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// let million = (0..1_000_000).map(|at| Reading { sensor: "attic".into(), at, value: 20.0 }.put());
/// theory::batch_write_iter(million)
///     .concurrency(16)
///     .on_progress(|progress| println!("{} written", progress.written))
///     .send(client)
///     .await?;
/// # Ok(())
/// # }
/// ```
pub fn batch_write_iter<I>(writes: I) -> WriteStream<stream::Iter<I::IntoIter>>
where
    I: IntoIterator<Item: BatchWrite>,
{
    batch_write_stream(stream::iter(writes))
}

/// As [`batch_write_iter`], from a stream.
///
/// While the stream has nothing to give and nothing is under way, what it gave goes out, be it less than a request could hold.
pub fn batch_write_stream<S: Stream<Item: BatchWrite>>(writes: S) -> WriteStream<S> {
    WriteStream { source: writes, policy: Policy::default(), progress: None }
}

settings!(impl<S> WriteStream<S>);

impl<S> WriteStream<S> {
    /// Is told, after each request that came to an end, how far it has come.
    pub fn on_progress(mut self, tell: impl FnMut(Progress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }
}

impl<S> WriteStream<S>
where
    S: Stream<Item: BatchWrite> + Send,
{
    /// Writes all that the source gives.
    ///
    /// # Errors
    ///
    /// As [`WriteBatch::send`](crate::op::WriteBatch::send) has them; a write that is refused ends the batch when it is reached. What is left is a bounded number of
    /// writes, and what was not taken from the source: [`BatchWriteError::taken`] says where that begins.
    pub fn send(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<BatchWritten, BatchWriteError>> + Send + use<S> {
        let client = client.clone();
        async move {
            let mut driver = Driver::new(self.policy.start(&client), self.progress, true);
            let writes = self.source.map(|element| {
                let mut writes = Vec::new();
                element.push_onto(&mut writes);
                writes
            });
            driver.run(Vec::new(), writes).await;
            finish(driver.finish())
        }
    }
}

impl<S> fmt::Debug for WriteStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteStream").field("policy", &self.policy).finish_non_exhaustive()
    }
}

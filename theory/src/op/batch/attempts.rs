//! One request after another, until what they began with is done: the same for reads and writes.

use super::left::Stop;
use super::policy::{Came, Late, Runtime, late};
use crate::client::Operation;
use crate::error::{Error, ErrorKind};
use std::sync::Arc;

/// What requests do, and what has come of them so far.
pub(super) trait Work: Send {
    /// A read or a write.
    type One: Send;

    const OPERATION: Operation;

    /// Sends these as one request, and takes out of them what is done.
    fn send(
        &mut self,
        runtime: &Runtime,
        rest: &mut Vec<Self::One>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Notes why it is not done.
    fn fail(one: &mut Self::One, error: &Arc<Error>);

    /// The name of its Rust type.
    fn entity(one: &Self::One) -> &'static str;

    /// Whether anything is done.
    fn has_done_something(&self) -> bool;
}

/// What became of what was to be one request, and of its repetitions.
pub(super) struct Settled<W: Work> {
    pub(super) work: W,
    pub(super) left: Vec<W::One>,
    /// How many of those left were refused each for itself, and are in nobody's way.
    pub(super) refused: usize,
    pub(super) stop: Option<Stop>,
    pub(super) requests: u64,
}

/// Why something is still there after all attempts at it.
enum End {
    Stop(Stop),
    /// DynamoDB refused the request as invalid, which it does for a single read or write.
    Refused,
}

/// After so many refusals of single ones, and nothing that was taken, it is not they that are wrong.
const TELLING_REFUSALS: usize = 3;

/// With more of a batch refused than this it goes no further.
pub(super) const MOST_REFUSED: usize = 100;

/// Does all of these, which fit into one request and are on different items.
///
/// DynamoDB refuses a request as a whole if one of its reads or writes is invalid. Then each half of it is a request of its own, and so on:
/// the invalid ones are found, the others done, with less than twice as many requests as there are of them.
pub(super) async fn settle<W: Work>(runtime: Runtime, work: W, all: Vec<W::One>) -> Settled<W> {
    let mut settled = Settled { work, left: Vec::new(), refused: 0, stop: None, requests: 0 };
    let mut parts = vec![all];
    while let Some(mut part) = parts.pop() {
        match settled.attempt(&runtime, &mut part).await {
            Ok(()) => {}
            Err(End::Refused) if part.len() > 1 => {
                let behind = part.split_off(part.len().div_ceil(2));
                parts.extend([behind, part]);
                continue;
            }
            Err(End::Refused) => {
                settled.refused += 1;
                let is_telling = parts.is_empty() || settled.refused == TELLING_REFUSALS;
                if is_telling && !settled.work.has_done_something() {
                    settled.stop = Some(Stop::Failed);
                }
            }
            Err(End::Stop(stop)) => settled.stop = Some(stop),
        }
        settled.left.append(&mut part);
        if settled.stop.is_some() {
            break;
        }
    }
    settled.left.extend(parts.into_iter().flatten());
    settled
}

impl<W: Work> Settled<W> {
    /// Sends these, and what of them is unprocessed again. What is not done stays there.
    async fn attempt(&mut self, runtime: &Runtime, rest: &mut Vec<W::One>) -> Result<(), End> {
        for attempt in 1..=runtime.attempts {
            let asked = rest.len();
            let entity = rest.first().map_or("", W::entity);
            let outcome = match runtime.within(self.work.send(runtime, rest)).await {
                Ok(outcome) => outcome,
                Err(Late) => {
                    let error = late(entity, W::OPERATION.name()).with_attempts(1);
                    Err(error.with_ambiguous(W::OPERATION.is_write()))
                }
            };
            match outcome {
                Ok(()) => self.requests += 1,
                // Nothing became of it, and so what was said before still holds.
                Err(error) if error.attempts() == 0 && error.is_out_of_time() => {
                    return Err(End::Stop(Stop::Late));
                }
                Err(error) => {
                    self.requests += 1;
                    let (kind, is_late) = (error.kind(), error.is_out_of_time());
                    let error = Arc::new(error);
                    rest.iter_mut().for_each(|one| W::fail(one, &error));
                    match kind {
                        _ if is_late => return Err(End::Stop(Stop::Late)),
                        ErrorKind::Throttled => {}
                        ErrorKind::Validation | ErrorKind::ItemTooLarge => return Err(End::Refused),
                        _ => return Err(End::Stop(Stop::Failed)),
                    }
                }
            }
            if rest.is_empty() {
                return Ok(());
            }
            if attempt == runtime.attempts {
                break;
            }
            let came = if rest.len() < asked { Came::Forward } else { Came::ToNothing };
            runtime.pause(attempt, came).await.map_err(End::Stop)?;
        }
        Err(End::Stop(Stop::Failed))
    }
}

//! The stream of a query's pages.

use super::{Page, PageStream, Plan};
use crate::client::Client;
use crate::error::Error;
use crate::op::query::Parts;
use crate::table::FromItem;

/// The pages of a query; with `read_ahead` the next one is fetched while this one is consumed.
pub(crate) fn stream<O: FromItem + Send + 'static>(parts: Parts, client: Client) -> PageStream<O> {
    if parts.read_ahead {
        return Box::pin(futures_util::stream::try_unfold(
            Ahead::Start(Box::new((parts, client))),
            Ahead::next,
        ));
    }
    Box::pin(futures_util::stream::try_unfold((Some((parts, client)), None), async |(start, plan)| {
        let mut plan = match (start, plan) {
            (Some((parts, client)), _) => Plan::new(parts, client)?,
            (None, Some(plan)) => plan,
            (None, None) => return Ok(None),
        };
        Ok(plan.next().await?.map(|page| (page, (None, Some(plan)))))
    }))
}

type Fetched<O> = Result<(Option<Page<O>>, Plan), Error>;

/// Aborts the fetch when the stream is dropped.
struct Fetching<O>(tokio::task::JoinHandle<Fetched<O>>);

impl<O> Drop for Fetching<O> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

enum Ahead<O> {
    Start(Box<(Parts, Client)>),
    Fetching(Fetching<O>),
}

impl<O: FromItem + Send + 'static> Ahead<O> {
    fn fetch(mut plan: Plan) -> Self {
        Ahead::Fetching(Fetching(tokio::spawn(async move {
            let page = plan.next().await?;
            Ok((page, plan))
        })))
    }

    async fn next(self) -> Result<Option<(Page<O>, Self)>, Error> {
        let (page, plan) = match self {
            Ahead::Start(start) => {
                let (parts, client) = *start;
                let mut plan = Plan::new(parts, client)?;
                (plan.next().await?, plan)
            }
            Ahead::Fetching(mut fetching) => match (&mut fetching.0).await {
                Ok(fetched) => fetched?,
                Err(stopped) => match stopped.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is shutting down: nobody waits for another page.
                    Err(_) => return Ok(None),
                },
            },
        };
        Ok(page.map(|page| (page, Self::fetch(plan))))
    }
}

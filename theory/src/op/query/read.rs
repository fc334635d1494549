//! Reading what a query finds: a page, all pages, as far as the time goes, one item; and counting it.

use super::Query;
use crate::client::Client;
use crate::cursor::Cursor;
use crate::error::{Error, ErrorKind};
use crate::op::page::{self, ItemStream, Page, PageStream, Plan};
use crate::op::source::ReadFrom;
use futures_util::TryStreamExt as _;

/// How many items there are, as far as they were counted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Count {
    /// How many items were counted.
    pub count: u64,
    next: Option<Cursor>,
}

impl Count {
    /// Where the items begin that are not counted yet; `None` if all are.
    ///
    /// Hand it to [`start_after`](Query::start_after), in another process if need be, and add what is counted there.
    pub fn next_cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}

// What an index cannot give is a bound of each function, not of the block: so the compiler says why.
impl<E, I, S, O: Send + 'static> Query<E, I, S, O> {
    /// Reads one page.
    ///
    /// # Errors
    ///
    /// What is wrong with the request, DynamoDB's refusal, what happened on the way, or an item that cannot be read.
    pub fn page(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Page<O>, Error>> + Send + 'static + use<E, I, S, O>
    where
        O: ReadFrom<I>,
    {
        let client = client.clone();
        let parts = self.parts;
        async move { Plan::new(parts, client)?.next().await.map(Option::unwrap_or_default) }
    }

    /// Reads all pages into one `Vec`.
    ///
    /// It costs, and takes, what all items of the query cost and take; [`stream`](Self::stream) keeps one page in memory, and
    /// [`until_deadline`](Self::until_deadline) keeps what it has when the time is up.
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page).
    pub fn all(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Vec<O>, Error>> + Send + 'static + use<E, I, S, O>
    where
        O: ReadFrom<I>,
    {
        let client = client.clone();
        let parts = self.parts;
        async move {
            match Plan::new(parts, client)?.rest().await {
                (all, None) => Ok(all.items),
                // Whoever went on from there would miss what is dropped here.
                (all, Some(error)) if !all.items.is_empty() => Err(error.without_cursor()),
                (_, Some(error)) => Err(error),
            }
        }
    }

    /// Reads all pages, as [`all`](Self::all), and when the client's deadline comes first, gives what it has until then.
    ///
    /// All that was read comes as one page. Its [`next_cursor`](Page::next_cursor) is where to go on, with
    /// [`start_after`](Self::start_after), in the next invocation; `None` if it was all. With [`take`](Self::take) take as many fewer then.
    ///
    /// ```no_run
    /// # use theory::{Cursor, Table};
    /// # #[derive(Table)] #[table(name = "orders")]
    /// # struct Order { #[table(pk)] customer: String, #[table(sk)] id: String }
    /// # fn work_on(_: Order) {}
    /// # async fn example(client: &theory::Client, from: Option<Cursor>) -> theory::Result<Option<Cursor>> {
    /// let orders = Order::query("ada").start_after(from).until_deadline(client).await?;
    /// let next = orders.next_cursor().cloned(); // as text, in the next event: `cursor.to_string()`
    /// orders.items.into_iter().for_each(work_on);
    /// # Ok(next)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page). Of kind `Deadline` where nothing was read from the very beginning, so that there is no cursor yet.
    pub fn until_deadline(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Page<O>, Error>> + Send + 'static + use<E, I, S, O>
    where
        O: ReadFrom<I>,
    {
        let client = client.clone();
        let parts = self.parts;
        async move {
            let mut plan = Plan::new(parts, client)?;
            let (mut read, error) = plan.rest().await;
            if let Some(error) = error {
                read.next = Some(plan.interrupted(&error).ok_or_else(|| error.without_cursor())?);
            }
            Ok(read)
        }
    }

    /// The items, page by page as they are asked for.
    ///
    /// An error ends the stream, after the items of all pages before it; [`Error::cursor`] says where the page begins that failed.
    pub fn stream(self, client: &Client) -> ItemStream<O>
    where
        O: ReadFrom<I>,
    {
        let pages = self.pages(client);
        Box::pin(
            pages.map_ok(|page| futures_util::stream::iter(page.items.into_iter().map(Ok))).try_flatten(),
        )
    }

    /// The pages, each when it is asked for.
    pub fn pages(self, client: &Client) -> PageStream<O>
    where
        O: ReadFrom<I>,
    {
        page::stream(self.parts, client.clone())
    }

    /// The first item.
    ///
    /// Without a filter it reads one item; with one it reads on until an item meets it.
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page).
    pub fn first(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Option<O>, Error>> + Send + 'static + use<E, I, S, O>
    where
        O: ReadFrom<I>,
    {
        let items = self.take(1).all(client);
        async move { Ok(items.await?.pop()) }
    }

    /// The only item.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is none, `MoreThanOne` where there are several, and those of [`page`](Self::page).
    pub fn one(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<O, Error>> + Send + 'static + use<E, I, S, O>
    where
        O: ReadFrom<I>,
    {
        let entity = self.parts.entity;
        let operation = self.parts.operation().name();
        let items = self.take(2).all(client);
        async move {
            let mut items = items.await?;
            match (items.pop(), items.pop()) {
                (Some(only), None) => Ok(only),
                (None, _) => Err(Error::not_found(entity.name, operation)),
                (Some(_), Some(_)) => {
                    Err(Error::new(ErrorKind::MoreThanOne, entity.name).with_operation(operation))
                }
            }
        }
    }
}

impl<E, I, S, O> Query<E, I, S, O> {
    /// Counts the items, without reading them over the network.
    ///
    /// It goes through every page, and costs the same read units as [`all`](Self::all).
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page).
    pub fn count(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<u64, Error>> + Send + 'static + use<E, I, S, O> {
        let client = client.clone();
        let parts = self.parts.for_count();
        async move {
            match Plan::new(parts, client)?.count_rest().await {
                (count, None) => Ok(count),
                (_, Some(error)) => Err(error),
            }
        }
    }

    /// Counts the items, as [`count`](Self::count), and when the client's deadline comes first, gives what it has until then.
    ///
    /// # Errors
    ///
    /// Those of [`until_deadline`](Self::until_deadline).
    pub fn count_until_deadline(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Count, Error>> + Send + 'static + use<E, I, S, O> {
        let client = client.clone();
        let parts = self.parts.for_count();
        async move {
            let mut plan = Plan::new(parts, client)?;
            let (count, error) = plan.count_rest().await;
            let next = error.map(|error| plan.interrupted(&error).ok_or(error)).transpose()?;
            Ok(Count { count, next })
        }
    }
}

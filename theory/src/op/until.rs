//! Reading until a deadline, to go on in another invocation.

use super::page::{Page, Plan};
use super::query::{Parts, Query};
use super::source::ReadFrom;
use crate::client::Client;
use crate::cursor::Cursor;
use crate::error::Error;

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

impl Plan {
    /// The cursor to go on from, where nothing but the deadline ended the page that `error` is of.
    ///
    /// None at the very beginning: from there the caller starts as before.
    fn interrupted(&self, error: &Error) -> Option<Cursor> {
        self.cursor().filter(|_| error.is_out_of_time()).cloned()
    }
}

impl<E, I, S, O: Send + 'static> Query<E, I, S, O> {
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
            let mut all = Page::default();
            loop {
                match plan.next::<O>().await {
                    Ok(Some(page)) => all.extend(page),
                    Ok(None) => return Ok(all),
                    Err(error) => match plan.interrupted(&error) {
                        Some(cursor) => {
                            all.next = Some(cursor);
                            return Ok(all);
                        }
                        None => return Err(error.without_cursor()),
                    },
                }
            }
        }
    }
}

impl<E, I, S, O> Query<E, I, S, O> {
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
        let parts = Parts { projection: None, all_attributes: false, ..self.parts };
        async move {
            let mut plan = Plan::new(parts, client)?;
            let mut count = Count { count: 0, next: None };
            loop {
                match plan.count().await {
                    Ok(Some(more)) => count.count += more,
                    Ok(None) => return Ok(count),
                    Err(error) => match plan.interrupted(&error) {
                        Some(cursor) => {
                            count.next = Some(cursor);
                            return Ok(count);
                        }
                        None => return Err(error),
                    },
                }
            }
        }
    }
}

//! Reading many items: by a key, through an index, or all.

use super::page::{self, ItemStream, Page, PageStream, Plan};
use super::scan::ParallelScan;
use super::sort::{Sort, SortCondition, SortKey};
use super::source::{
    All, Consistent, Local, Partial, Primary, ReadFrom, Source, Whole, WholeIndex, WholeTable,
};
use crate::client::{Client, Overrides};
use crate::cursor::{Cursor, ScanCheckpoint};
use crate::error::{Error, ErrorKind};
use crate::expr::{Comparator, Condition, FilterOn, Node, Operand, PathNode, RenderError, Test};
use crate::key::{KeyArgs, key_condition_value};
use crate::lifecycle::Ttl;
use crate::table::{Projection, Scannable, Table};
use crate::wire::KeySide;
use futures_util::TryStreamExt as _;
use std::marker::PhantomData;
use theory_schema::{Entity, Index, KeyAttribute, limits};

/// Reads the items of one partition, of the table or of an index, in the order of the sort key: Query.
///
/// Made by the functions that the derive adds to the entity: `Order::query(&customer)`, `Order::by_status(&customer, Status::Paid)`.
/// `S` holds the sort-key attributes that are still open, `O` is what is read.
///
/// A query costs the read units of all the items that it evaluates, half a unit for each 4 KB (a whole one when read consistently):
/// a [`filter`](Self::filter) leaves items out of the answer, not out of the bill. DynamoDB evaluates at most 1 MB for a page;
/// [`page`](Self::page) asks for one, [`stream`](Self::stream) goes on as long as it is polled, and [`all`](Self::all) and
/// [`count`](Self::count) read every page.
#[must_use = "a request does nothing until it is sent"]
pub struct Query<E, I, S = (), O = E> {
    pub(super) parts: Parts,
    marker: PhantomData<fn() -> (E, I, S, O)>,
}

/// Reads the whole table, in no order: Scan. It costs the read units of everything in it.
///
/// One request after another, or in [segments](Query::segments), several at once.
pub type Scan<E, O = E> = Query<E, WholeTable, (), O>;

impl<E, I, S, O> std::fmt::Debug for Query<E, I, S, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Parts { entity, index, .. } = &self.parts;
        f.debug_struct("Query")
            .field("entity", &entity.name)
            .field("index", &index.map(|index| index.name))
            .finish_non_exhaustive()
    }
}

impl<E, I, S, O> Clone for Query<E, I, S, O> {
    fn clone(&self) -> Self {
        Query { parts: self.parts.clone(), marker: PhantomData }
    }
}

/// A query without its types.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) entity: &'static Entity,
    pub(crate) index: Option<&'static Index>,
    pub(crate) is_scan: bool,
    /// What is wrong with it; the first mistake counts.
    pub(crate) problem: Option<RenderError>,
    pub(crate) partition: Vec<(&'static str, Vec<u8>)>,
    pub(crate) sort: Vec<Test>,
    /// No item can meet the conditions.
    pub(crate) is_empty: bool,
    pub(crate) filter: Vec<Test>,
    /// Only items that have not expired.
    pub(crate) live: Option<&'static Ttl>,
    pub(crate) projection: Option<&'static [&'static str]>,
    pub(crate) all_attributes: bool,
    pub(crate) is_descending: bool,
    pub(crate) is_consistent: bool,
    pub(crate) page_size: Option<u32>,
    pub(crate) take: Option<usize>,
    pub(crate) start: Option<Cursor>,
    pub(crate) read_ahead: bool,
    pub(crate) overrides: Overrides,
}

/// The limits of a key condition's values. An index takes what its own key may hold.
fn side(limit: usize, index: Option<&'static Index>) -> KeySide {
    KeySide { limit: limit as u32, index: index.map(|index| index.name) }
}

impl Parts {
    fn new(entity: &'static Entity, index: Option<&'static Index>) -> Self {
        Parts {
            entity,
            index,
            is_scan: false,
            problem: None,
            partition: Vec::new(),
            sort: Vec::new(),
            is_empty: false,
            filter: Vec::new(),
            live: None,
            projection: None,
            all_attributes: false,
            is_descending: false,
            is_consistent: false,
            page_size: None,
            take: None,
            start: None,
            read_ahead: false,
            overrides: Overrides::new(),
        }
    }

    /// The key of what is read.
    pub(crate) fn key(&self) -> &'static theory_schema::Key {
        self.index.map_or(&self.entity.key, |index| &index.key)
    }

    fn refuse(&mut self, problem: RenderError) {
        self.problem.get_or_insert(problem);
    }

    fn value(&mut self, attribute: &KeyAttribute, value: Node, limit: usize) -> Option<Vec<u8>> {
        match key_condition_value(attribute, value, side(limit, self.index)) {
            Ok(json) => Some(json),
            Err(error) => {
                self.refuse(RenderError::Encode(error));
                None
            }
        }
    }

    fn partition(&mut self, values: impl Iterator<Item = Operand>) {
        for (attribute, Operand(value)) in self.key().partition.iter().zip(values) {
            if let Some(json) = self.value(attribute, value, limits::PARTITION_KEY_BYTES) {
                self.partition.push((attribute.name, json));
            }
        }
    }

    fn sort(&mut self, sort: Sort) {
        let Some(attribute) = self.key().sort.get(self.sort.len()) else { return };
        let path = PathNode::attribute(attribute.name);
        let mut value = |value| self.value(attribute, value, limits::SORT_KEY_BYTES).map(Node::Value);
        let test = match sort {
            Sort::Compare(comparator, operand) => {
                value(operand).map(|value| Test::Compare(Node::Path(path), comparator, value))
            }
            Sort::Between(low, high) => match (value(low), value(high)) {
                (Some(low), Some(high)) => Some(Test::Between(Node::Path(path), low, high)),
                _ => None,
            },
            Sort::BeginsWith(prefix) => value(prefix).map(|prefix| Test::BeginsWith(path, prefix)),
            Sort::Anything => None,
            Sort::Nothing => {
                self.is_empty = true;
                None
            }
        };
        self.sort.extend(test);
    }

    /// The condition on the key: every partition attribute, and what is asked of the sort key.
    pub(crate) fn key_condition(&self) -> Vec<Test> {
        let equal = |(name, json): &(&'static str, Vec<u8>)| {
            Test::Compare(Node::Path(PathNode::attribute(name)), Comparator::Eq, Node::Value(json.clone()))
        };
        self.partition.iter().map(equal).chain(self.sort.iter().cloned()).collect()
    }
}

impl<E: Table> Scan<E> {
    pub(crate) fn whole_table() -> Self {
        let parts = Parts { is_scan: true, ..Parts::new(E::SCHEMA, None) };
        Query { parts, marker: PhantomData }
    }
}

impl<E: Scannable, I: Source> Query<E, WholeIndex<I>> {
    /// The whole of an index. The derive calls it.
    #[doc(hidden)]
    pub fn whole_index() -> Self {
        let index = I::INDEX.and_then(|number| E::SCHEMA.indexes.get(number));
        let parts = Parts { is_scan: true, ..Parts::new(E::SCHEMA, index) };
        Query { parts, marker: PhantomData }
    }
}

impl<E, I, O> Query<E, I, (), O> {
    /// Divides what is scanned into this many segments, which are read several at once: up to 1,000,000.
    ///
    /// What the scan reads is said before: filter, projection, page size, consistency.
    pub fn segments(self, segments: u32) -> ParallelScan<E, I, O>
    where
        I: Whole,
    {
        ParallelScan::new(self.parts, segments)
    }

    /// Goes on with a scan in segments where it stopped, in as many segments as it had.
    ///
    /// The same as [`segments`](Self::segments) with the checkpoint's number and [`ParallelScan::resume`].
    pub fn resume(self, checkpoint: ScanCheckpoint) -> ParallelScan<E, I, O>
    where
        I: Whole,
    {
        self.segments(checkpoint.segments()).resume(checkpoint)
    }
}

impl<E: Table, I: Source, S> Query<E, I, S> {
    /// The items with this partition key: a value for each of its fields, as a tuple of the types `P`. The derive calls it.
    #[doc(hidden)]
    pub fn of<P>(values: impl KeyArgs<P>) -> Self {
        let mut parts = Parts::new(E::SCHEMA, I::INDEX.and_then(|number| E::SCHEMA.indexes.get(number)));
        parts.partition(values.operands());
        Query { parts, marker: PhantomData }
    }

    /// Reads only the attributes of the projection `P`.
    ///
    /// It costs the same read units as reading whole items, and less of network and decoding.
    pub fn project<P: Projection<Entity = E>>(mut self) -> Query<E, I, S, P> {
        self.parts.projection = Some(P::ATTRIBUTES);
        self.typed()
    }

    /// Returns items that cannot be read as [`Undecodable`](super::Undecodable) in their place, instead of failing the page.
    pub fn keep_undecodable(self) -> Query<E, I, S, Result<E, super::Undecodable>> {
        self.typed()
    }
}

impl<E, const N: usize, S, O> Query<E, Local<N, Partial>, S, O> {
    /// Reads the attributes that the index does not hold from the table.
    ///
    /// DynamoDB does it by itself, at the cost of another read of the whole item for each item.
    pub fn fetch_from_table(mut self) -> Query<E, Local<N, All>, S, O> {
        self.parts.all_attributes = true;
        self.typed()
    }
}

impl<E, I, S, O> Query<E, I, S, O> {
    /// The same, with other types.
    pub(super) fn typed<J, Q, P>(self) -> Query<E, J, Q, P> {
        Query { parts: self.parts, marker: PhantomData }
    }

    /// Narrows by the sort key: a value, after which the next attribute of the key may follow, or a range or prefix.
    ///
    /// | argument | key condition |
    /// |---|---|
    /// | `value` | `=` |
    /// | `a..`, `after(a)` | `>=`, `>` |
    /// | `..b`, `..=b` | `<`, `<=` |
    /// | `a..=b` | `BETWEEN` |
    /// | `a..b` | `BETWEEN a AND` the value before `b`, where the type has one |
    /// | `prefix(p)` | `begins_with` |
    ///
    /// An empty range sends nothing and yields nothing.
    // The attributes are parameters of their own so that a key without any left is a bound that explains itself.
    pub fn sort_key<V, First, Rest>(mut self, condition: V) -> Query<E, I, V::Left<Rest>, O>
    where
        S: SortKey<First = First, Rest = Rest>,
        V: SortCondition<First>,
    {
        self.parts.sort(condition.test().0);
        self.typed()
    }

    /// Returns only items that meet the condition; it is paid for all that are read. Several filters must all be met.
    pub fn filter<Q: FilterOn<I>>(mut self, condition: Condition<E, Q>) -> Self {
        self.parts.filter.push(condition.test);
        self
    }

    /// Sees every write that succeeded before, at twice the read units.
    pub fn consistent_read(mut self) -> Self
    where
        I: Consistent,
    {
        self.parts.is_consistent = true;
        self
    }

    /// How many items DynamoDB evaluates for one page, before the filter: its `Limit`.
    pub fn page_size(mut self, items: u32) -> Self {
        self.parts.page_size = Some(items);
        self
    }

    /// Ends after this many items were returned.
    pub fn take(mut self, items: usize) -> Self {
        self.parts.take = Some(items);
        self
    }

    /// Goes on behind the place that the cursor remembers: the same query, in the same direction.
    ///
    /// A cursor is checked before it is used; one of another query, or a forged one, is an `InvalidCursor` error.
    /// With `None` it starts at the beginning, so that what a caller did not send need not be a special case.
    pub fn start_after(mut self, cursor: impl StartAfter) -> Self {
        self.parts.start = cursor.cursor();
        self
    }

    /// Fetches the next page while the last one is still being consumed; for [`stream`](Self::stream) and [`pages`](Self::pages), on a
    /// Tokio runtime.
    ///
    /// A stream that is dropped early has then read, and paid for, up to one page too many.
    pub fn read_ahead(mut self) -> Self {
        self.parts.read_ahead = true;
        self
    }

    /// Sends the request to this table, by name or ARN, whatever the entity and the client say.
    pub fn table(self, name_or_arn: impl Into<String>) -> Self {
        self.overrides(Overrides::new().table(name_or_arn))
    }

    /// Settings for this request alone: timeouts, attempts, region, credentials, table.
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.parts.overrides = overrides.over(&self.parts.overrides);
        self
    }
}

impl<E, I, S, O> Query<E, I, S, O> {
    /// From the greatest sort key to the least.
    pub fn descending(mut self) -> Self
    where
        I: OrderedSource,
    {
        self.parts.is_descending = true;
        self
    }
}

/// Where a query may start: a [`Cursor`], a reference to one, or an `Option` of either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cursor",
    label = "expected a `Cursor`, or what `page.next_cursor()` returns",
    note = "a cursor that came as text is parsed: `text.parse::<theory::Cursor>()?`"
)]
pub trait StartAfter {
    #[doc(hidden)]
    fn cursor(self) -> Option<Cursor>;
}
#[diagnostic::do_not_recommend]
impl StartAfter for Cursor {
    fn cursor(self) -> Option<Cursor> {
        Some(self)
    }
}
#[diagnostic::do_not_recommend]
impl StartAfter for &Cursor {
    fn cursor(self) -> Option<Cursor> {
        Some(self.clone())
    }
}
#[diagnostic::do_not_recommend]
impl<C: StartAfter> StartAfter for Option<C> {
    fn cursor(self) -> Option<Cursor> {
        self.and_then(StartAfter::cursor)
    }
}

/// Has an order: everything but a scan.
#[diagnostic::on_unimplemented(
    message = "a scan has no order",
    label = "DynamoDB returns the items of a scan in no order",
    note = "query the table or an index by its key to get items in the order of the sort key"
)]
pub trait OrderedSource {}
#[diagnostic::do_not_recommend]
impl OrderedSource for Primary {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> OrderedSource for super::Global<N, P> {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> OrderedSource for super::Local<N, P> {}

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
            let mut plan = Plan::new(parts, client)?;
            let mut all = Page::default();
            loop {
                match plan.next::<O>().await {
                    Ok(Some(page)) => all.extend(page),
                    Ok(None) => return Ok(all.items),
                    // Whoever went on from there would miss what is dropped here.
                    Err(error) if !all.items.is_empty() => return Err(error.without_cursor()),
                    Err(error) => return Err(error),
                }
            }
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
        // DynamoDB takes one thing to select: the count, or attributes.
        let parts = Parts { projection: None, all_attributes: false, ..self.parts };
        async move {
            let mut plan = Plan::new(parts, client)?;
            let mut count = 0;
            while let Some(more) = plan.count().await? {
                count += more;
            }
            Ok(count)
        }
    }
}

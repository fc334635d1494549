//! Reading many items: by a key, through an index, or all.

mod parts;
mod read;
mod start;

use super::scan::ParallelScan;
use super::sort::{SortCondition, SortKey};
use super::source::{
    All, Consistent, Global, Local, Partial, Primary, Source, Whole, WholeIndex, WholeTable,
};
use crate::client::Overrides;
use crate::cursor::ScanCheckpoint;
use crate::expr::{Condition, FilterOn};
use crate::key::KeyArgs;
use crate::table::{Projection, Scannable, Table};
use std::marker::PhantomData;

pub(crate) use parts::Parts;
pub use read::Count;
pub use start::StartAfter;

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
impl<const N: usize, P> OrderedSource for Global<N, P> {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> OrderedSource for Local<N, P> {}

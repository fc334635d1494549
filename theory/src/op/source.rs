//! What a query reads: the table, or one of its indexes.

use crate::table::FromItem;
use std::marker::PhantomData;

/// The table, by its own key.
#[derive(Debug, Clone, Copy)]
pub enum Primary {}
/// The whole table, in no order.
#[derive(Debug, Clone, Copy)]
pub enum WholeTable {}
/// The whole of the index `I`, in no order.
#[derive(Debug, Clone, Copy)]
pub struct WholeIndex<I>(PhantomData<fn() -> I>);
/// The entity's index number `N`, a global one, which projects `P`.
#[derive(Debug, Clone, Copy)]
pub struct Global<const N: usize, P = All>(PhantomData<fn() -> P>);
/// The entity's index number `N`, a local one, which projects `P`.
#[derive(Debug, Clone, Copy)]
pub struct Local<const N: usize, P = All>(PhantomData<fn() -> P>);

/// The index holds every attribute.
#[derive(Debug, Clone, Copy)]
pub enum All {}
/// The index holds some attributes.
#[derive(Debug, Clone, Copy)]
pub enum Partial {}

/// One of [`Primary`], [`WholeTable`], [`Global`], [`Local`] and [`WholeIndex`].
pub trait Source {
    /// Which of the entity's indexes.
    #[doc(hidden)]
    const INDEX: Option<usize>;
}
impl Source for Primary {
    const INDEX: Option<usize> = None;
}
impl Source for WholeTable {
    const INDEX: Option<usize> = None;
}
impl<I: Source> Source for WholeIndex<I> {
    const INDEX: Option<usize> = I::INDEX;
}
impl<const N: usize, P> Source for Global<N, P> {
    const INDEX: Option<usize> = Some(N);
}
impl<const N: usize, P> Source for Local<N, P> {
    const INDEX: Option<usize> = Some(N);
}

/// Can be read with strong consistency.
#[diagnostic::on_unimplemented(
    message = "a global secondary index cannot be read consistently",
    label = "DynamoDB fills a global index after the write",
    note = "read the table, or a local secondary index"
)]
pub trait Consistent: Source {}
#[diagnostic::do_not_recommend]
impl Consistent for Primary {}
#[diagnostic::do_not_recommend]
impl Consistent for WholeTable {}
#[diagnostic::do_not_recommend]
impl<const N: usize, P> Consistent for Local<N, P> {}
#[diagnostic::do_not_recommend]
impl<I: Consistent> Consistent for WholeIndex<I> {}

/// Is read as a whole, and so in segments: what a scan reads.
#[diagnostic::on_unimplemented(
    message = "only a scan is read in segments",
    label = "a query reads one partition, in order",
    note = "`scan()` reads the whole table, and `scan_by_…()` the whole of an index, of an entity that says `#[table(scan)]`"
)]
pub trait Whole: Source {}
#[diagnostic::do_not_recommend]
impl Whole for WholeTable {}
#[diagnostic::do_not_recommend]
impl<I: Source> Whole for WholeIndex<I> {}

/// Can be read from the source `I`, because it holds every attribute that is read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from this index, which holds only some attributes",
    label = "the index does not project all of `{Self}`",
    note = "read a part: `.project::<P>()` with a `#[derive(Projection)]` struct that says `index = …`",
    note = "for a local index, `.fetch_from_table()` reads the rest from the table, at the cost of a read for each item"
)]
pub trait ReadFrom<I>: FromItem {}
#[diagnostic::do_not_recommend]
impl<O: FromItem> ReadFrom<Primary> for O {}
#[diagnostic::do_not_recommend]
impl<O: FromItem> ReadFrom<WholeTable> for O {}
#[diagnostic::do_not_recommend]
impl<O: FromItem, const N: usize> ReadFrom<Global<N, All>> for O {}
#[diagnostic::do_not_recommend]
impl<O: FromItem, const N: usize> ReadFrom<Local<N, All>> for O {}
#[diagnostic::do_not_recommend]
impl<O: ReadFrom<I>, I> ReadFrom<WholeIndex<I>> for O {}

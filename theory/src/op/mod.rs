//! Operations as values: described without a client, sent to one.
//!
//! A request owns everything it needs. Building it never waits, reads no clock and no environment; what is wrong with it is an error
//! when it is sent. [`send`](Get::send) borrows the client only for the call itself: the future can be spawned.

mod batch;
mod capacity;
mod check;
mod delete;
mod exactly_once;
mod get;
mod identity;
mod live;
mod loaded;
mod page;
pub(crate) mod parts;
mod put;
mod query;
mod response;
mod returned;
mod scan;
mod sort;
mod source;
mod transaction;
mod transaction_get;
pub(crate) mod unique;
mod update;

pub use batch::*;
pub use capacity::{CapacityUnits, ConsumedCapacity};
pub use check::Check;
pub use delete::Delete;
pub use exactly_once::ExactlyOnce;
pub use get::Get;
pub use loaded::{Loaded, Save};
pub use page::{ItemStream, Page, PageStream, Undecodable};
pub(crate) use put::Guard;
pub use put::{Put, PutReturn};
pub use query::{Count, Query, Scan, StartAfter};
pub use response::Response;
pub use returned::{New, Nothing, Old, Return, UpdatedNew, UpdatedOld};
pub use scan::{ParallelScan, ScanStream};
pub use sort::{After, BeginsWith, SortCondition, SortKey, after, prefix};
pub use source::{
    All, Consistent, Global, Local, Partial, Primary, ReadFrom, Source, Whole, WholeIndex, WholeTable,
};
pub use transaction::{TransactWrite, Transaction, transaction};
pub use transaction_get::{TransactGet, TransactionGet, transaction_get};
pub use update::Update;

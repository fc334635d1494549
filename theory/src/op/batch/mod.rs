//! Many items at once, each for itself: BatchWriteItem and BatchGetItem, as often as it takes.
//!
//! `policy` is how a batch is sent, `left` why a part of it was not done. Writes go from `write` through `write_drive`, which fills requests,
//! to `write_request`, which sends one until it is done, in a `task` where there are several threads; reads from `get` through `get_plan` to `get_request`, and those of `get_stream` a request at a time.

mod get;
mod get_error;
mod get_plan;
mod get_request;
mod get_stream;
mod left;
mod policy;
mod tables;
mod task;
mod write;
mod write_drive;
mod write_error;
mod write_request;

pub use get::{Answer, BatchGet, BatchResponse, GetBatch, batch_get};
pub use get_error::{BatchGetError, Unread};
pub use get_stream::{GetStream, ReadProgress, batch_get_iter, batch_get_stream};
pub use left::Reason;
pub use write::{
    BatchWrite, BatchWritten, Progress, WriteBatch, WriteStream, batch_write, batch_write_iter,
    batch_write_stream,
};
pub use write_error::{BatchWriteError, Unwritten};
pub(in crate::op) use write_request::same_table;

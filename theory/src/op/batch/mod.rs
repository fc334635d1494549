//! Many items at once, each for itself: BatchWriteItem and BatchGetItem, as often as it takes.
//!
//! `policy` is how a batch is sent, `left` why a part of it was not done, `attempts` how a request is repeated until it is, in a `task` of its own
//! where there are several threads. Writes go from `write` or `write_stream` through `write_drive`, which fills requests, to `write_request`; reads from
//! `get` through `get_plan`, which fills requests, to `get_request`, whose answer `get_page` decodes at once, and back into the order of
//! `get_answers`. Those of `get_stream` do so a request at a time.

mod attempts;
mod get;
mod get_answers;
mod get_error;
mod get_page;
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
mod write_stream;

pub use get::{Answer, BatchGet, BatchResponse, GetBatch, batch_get};
pub use get_error::{BatchGetError, Unread};
pub use get_stream::{GetStream, ReadProgress, batch_get_iter, batch_get_stream};
pub use left::Reason;
pub use write::{BatchWrite, BatchWritten, Progress, WriteBatch, batch_write};
pub use write_error::{BatchWriteError, Unwritten};
pub(in crate::op) use write_request::same_table;
pub use write_stream::{WriteStream, batch_write_iter, batch_write_stream};

//! DynamoDB JSON: reading and writing, without I/O.
//!
//! Nothing stands between a struct and the bytes: [`Writer`] appends an attribute value as the caller
//! describes it, [`Reader`] hands out what stands next in a response body, borrowed from it. Both are what
//! generated code calls; neither knows an entity, a table or a request.

pub mod number;
pub mod size;

mod compare;
mod decode_error;
mod encode_error;
mod escape;
mod key;
mod path;
mod reader;
pub(crate) mod scratch;
pub(crate) mod stamp;
mod text;
mod writer;

pub use compare::compare;
pub use decode_error::{AttributeType, DecodeError, DecodeErrorKind};
pub use encode_error::{EncodeError, EncodeErrorKind};
pub use key::KeySide;
pub(crate) use key::check as check_key;
pub use reader::{Elements, Mark, Members, ReadInteger, Reader, Result};
pub use writer::Writer;

/// How many maps and lists DynamoDB nests inside one attribute, the innermost value counted.
pub const MAX_NESTING: u8 = 32;

/// How deeply bare JSON may nest: an envelope, or a value that is skipped.
pub const MAX_DEPTH: u8 = 128;

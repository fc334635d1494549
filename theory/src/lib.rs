//! Theory: a type-safe DynamoDB ORM for Rust, made for AWS Lambda.

pub mod attribute;
pub mod client;
pub mod cursor;
pub mod error;
pub mod expr;
mod key;
pub mod op;
mod table;
mod timestamp;
pub mod value;
pub mod wire;

#[doc(hidden)]
pub mod __private;

pub use attribute::{Attribute, FromAttribute};
pub use client::Client;
pub use cursor::{Cursor, InvalidCursor};
pub use error::{CancellationReason, Error, ErrorKind, Result};
pub use expr::{Condition, Path};
pub use key::{Key, KeyArgs};
pub use op::{
    after, batch_get, batch_write, batch_write_iter, batch_write_stream, prefix, transaction, transaction_get,
};
pub use table::{FromItem, Projection, Scannable, Table};
#[cfg(feature = "derive")]
pub use theory_derive::{Attribute, Projection, Table};
pub use theory_schema as schema;
pub use timestamp::{Timestamp, TimestampError};
pub use value::{Item, Value};

/// The schemas of these entities: what creates their tables, and what is exported.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// # use theory::Table;
/// #[derive(Table)]
/// #[table(name = "notes")]
/// struct Note {
///     #[table(pk)]
///     id: String,
/// }
///
/// let entities = theory::schema![Note];
/// assert_eq!(entities[0].table, "notes");
/// # }
/// ```
#[macro_export]
macro_rules! schema {
    ($($entity:ty),* $(,)?) => {
        &[$(<$entity as $crate::Table>::SCHEMA),*]
    };
}

//! Theory: a type-safe DynamoDB ORM for Rust, made for AWS Lambda.
//!
//! Annotate a struct. From that one description come the wire codec, a typed query builder, and compile errors for what DynamoDB
//! would refuse. Requests are plain values: they are described without a client, and sent to one.
//!
//! # Example
//!
#![cfg_attr(feature = "derive", doc = "```no_run")]
#![cfg_attr(not(feature = "derive"), doc = "```ignore")]
//! use theory::{Attribute, Client, Table, Timestamp};
//!
//! #[derive(Debug, Clone, PartialEq, Table)]
//! #[table(name = "orders", gsi(name = "by_status", pk = (customer, status), sk = placed_at))]
//! struct Order {
//!     #[table(pk)]
//!     customer: String,
//!     #[table(sk)]
//!     order_id: String,
//!     status: Status,
//!     placed_at: Timestamp,
//!     address: Address,
//!     note: Option<String>,
//! }
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Attribute)]
//! enum Status { Open, Paid }
//!
//! #[derive(Debug, Clone, PartialEq, Attribute)]
//! struct Address { city: String }
//!
//! # async fn example(client: &Client, order: Order, yesterday: Timestamp) -> theory::Result<()> {
//! order.create().send(client).await?; // never overwrites
//!
//! Order::update("ada", "o-1")
//!     .set(Order::STATUS, Status::Paid)
//!     .set(Order::ADDRESS.then(Address::CITY), "Paris") // into a nested document
//!     .set(Order::NOTE, "paid by card") // an `Option` takes the value itself; `None` removes it
//!     .condition(Order::STATUS.eq(Status::Open))
//!     .send(client)
//!     .await?;
//!
//! let page = Order::by_status("ada", Status::Paid).sort_key(yesterday..).page_size(50).page(client).await?;
//! let next = Order::by_status("ada", Status::Paid).sort_key(yesterday..).start_after(page.next_cursor()).page(client).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! - **An entity** is a struct that derives [`Table`]. The derive adds a constant for each field (`Order::STATUS`, a [`Path`]), the
//!   functions `get`, `update`, `delete`, `check`, `key` and `query` over the fields of its key, and a function for each index.
//!   [`create`](Table::create), [`put`](Table::put), [`replace`](Table::replace) and [`scan`](Table::scan) are methods of the trait.
//! - **Its parts** derive [`Attribute`]: newtypes, nested structs and enums. What each Rust type is stored as is in [`attribute`].
//! - **A part of an item** is read by a struct that derives [`Projection`], which an index with fewer attributes needs.
//! - **Reading much** is a [`Query`](op::Query): `page`, `all`, `stream`, `first`, `one` and `count`, with [`Cursor`]s that go
//!   through text without loss.
//! - **Read, change, save**: what is read with `.loaded()` is a [`Loaded`] entity, whose [`save`](Loaded::save) writes what the program changed.
//! - **Writing several items** as one is a [`transaction`].
//! - **A failure** is one opaque [`Error`] with a [kind](ErrorKind). A write whose outcome is not known
//!   [says so](Error::is_ambiguous).
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `derive` (default) | the derive macros |
//! | `https` (default) | the SDK's HTTPS client |
//! | `env` | `Client::from_env`, by `aws-config` |
//! | `serde` | `#[table(serde)]`, `#[table(json)]`, and serde for the dynamic [`Value`] |
//! | `serde_json` | `serde_json::Value` as an attribute |
//! | `stream` | [`stream`]: records of DynamoDB Streams as typed changes |
//! | `aws_lambda_events` | the events of that crate become [`stream::StreamEvent`]s |
//! | `seal` | sealed cursors, for handing them to clients |
//! | `uuid`, `ulid`, `rust_decimal` | their types as attributes |
//! | `jiff_0_2`, `chrono_0_4`, `time_0_3` | their types as attributes |
//!
//! # What it is not
//!
//! Not a query language, and not a layer over several databases: the words are DynamoDB's, and so are the costs. There are no joins,
//! no lazy loading, no identity map and no hidden reads. PartiQL, backups and administration are the SDK's, which stays
//! [reachable](Client::sdk).
//!
//! # Modules
//!
//! | module | |
//! |---|---|
//! | [`client`] | the client, its settings, and creating tables |
//! | [`op`] | requests: get, put, update, delete, query, scan (in segments too), batches, transactions |
//! | [`expr`] | paths, conditions and what an update computes |
//! | [`attribute`] | what can be stored, and as what |
//! | [`cursor`] | where a query goes on, and a scan in segments |
//! | `stream` | what happened to items, from DynamoDB Streams (feature `stream`) |
//! | [`value`] | values and items without a Rust type of their own |
//! | [`mod@error`] | errors and their kinds |
//! | [`mod@schema`] | tables as data |
//! | [`wire`] | DynamoDB JSON, for those who implement `Attribute` by hand |

pub mod attribute;
pub mod client;
pub mod cursor;
pub mod error;
pub mod expr;
mod key;
mod lifecycle;
pub mod op;
#[cfg(feature = "stream")]
pub mod stream;
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
pub use lifecycle::{GetStamps, Stamps};
pub use op::{
    Loaded, after, batch_get, batch_get_iter, batch_get_stream, batch_write, batch_write_iter,
    batch_write_stream, prefix, transaction, transaction_get,
};
pub use table::{BatchWritable, Expiring, FromItem, Overwritable, Projection, Scannable, Table, Versioned};
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

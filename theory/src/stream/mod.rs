//! DynamoDB Streams: records of what happened to items, as typed changes.
//!
//! A [`StreamEvent`] is what Lambda hands to a function, or what the streams API answers to GetRecords. Its [`Record`]s say what happened to
//! one item each, and [`Record::change`] gives that in the entity's own type.
//!
#![cfg_attr(feature = "derive", doc = "```")]
#![cfg_attr(not(feature = "derive"), doc = "```ignore")]
//! use theory::Table;
//! use theory::stream::{Change, StreamEvent};
//!
//! #[derive(Debug, PartialEq, Table)]
//! #[table(name = "orders")]
//! struct Order {
//!     #[table(pk)]
//!     customer: String,
//!     #[table(sk)]
//!     order_id: u64,
//!     total: u32,
//! }
//!
//! let event = r#"{"Records":[{
//!     "eventID": "c4ca4238a0b923820dcc509a6f75849b", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
//!     "dynamodb": {
//!         "ApproximateCreationDateTime": 1479499740,
//!         "Keys": {"customer": {"S": "ada"}, "order_id": {"N": "7"}},
//!         "OldImage": {"customer": {"S": "ada"}, "order_id": {"N": "7"}, "total": {"N": "10"}},
//!         "NewImage": {"customer": {"S": "ada"}, "order_id": {"N": "7"}, "total": {"N": "25"}},
//!         "SequenceNumber": "111000000000000000000001", "SizeBytes": 59, "StreamViewType": "NEW_AND_OLD_IMAGES"
//!     },
//!     "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2016-11-18T20:09:00.000"
//! }]}"#;
//!
//! let event = StreamEvent::from_json(event)?;
//! for record in event.records() {
//!     let record = record?;
//!     match record.change::<Order>()? {
//!         Some(Change::Inserted { new }) => println!("{} ordered", new.customer),
//!         Some(Change::Modified { old, new }) => assert_eq!((old.total, new.total), (10, 25)),
//!         Some(Change::Removed { old }) => println!("{} is gone: {:?}", old.order_id, record.removal_cause()),
//!         None => {} // an item of another entity
//!     }
//! }
//! # Ok::<(), theory::Error>(())
//! ```
//!
//! # Which images there are
//!
//! The view type of the stream decides it, and the type that is asked for says what the code relies on. [`Keys`] stands for an image
//! that is not in the stream; an image that is asked for and is not there is an error of the kind
//! [`MissingImage`](crate::ErrorKind::MissingImage), which names the view type that is needed.
//!
//! | view type | ask for |
//! |---|---|
//! | `NEW_AND_OLD_IMAGES` | `Change<Order>` |
//! | `NEW_IMAGE` | `Change<Order, Keys<Order>>` |
//! | `OLD_IMAGE` | `Change<Keys<Order>, Order>` |
//! | `KEYS_ONLY` | `Change<Keys<Order>>` |
//!
//! # Several entities in one table
//!
//! `change::<Order>()` is `None` for a record of another entity. What tells them apart is what the struct declares:
//!
//! - the names and types of the key's attributes, and what is literal in them;
//! - an attribute that can hold one value only: a field whose type is an enum with a single unit variant. Where both images are there,
//!   each is looked at for itself: an item that became an order, by a write over another entity's item, is `Inserted`.
//!
//! An item that lacks such an attribute is taken for the entity, and is an error if it cannot be read. Where an image is not in the stream,
//! the other tells, and where neither is, only the key. For any other rule look at the record first: [`Record::text`] gives one attribute without reading the rest.
//!
//! # Older shapes
//!
//! An old image is as old as the item. It is read as an item of the table is: by way of `alias`, `default`, and the hook
//! `#[table(upgrade = …)]`:
//!
//! ```
//! # use theory::{Item, Table, wire::DecodeError};
//! #[derive(Table)]
//! #[table(name = "orders", upgrade = upgrade)]
//! struct Order {
//!     #[table(pk)]
//!     id: String,
//!     cents: u64,
//! }
//!
//! /// Items had `price` once, in whole units.
//! fn upgrade(item: &mut Item) -> Result<(), DecodeError> {
//!     if let Some(price) = item.remove("price") {
//!         item.insert("cents", price.to::<u64>()? * 100);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Order, and duplicates
//!
//! The records of one item come in the order in which it was changed. Lambda delivers a batch again after a failure, so that a record can
//! come more than once, and after later ones of the same batch were seen: [`Record::sequence_number`] grows with each change of an item.

mod builder;
mod change;
mod envelope;
mod event;
mod keys;
#[cfg(feature = "aws_lambda_events")]
mod lambda_events;
mod record;
mod rule;

pub use builder::RecordBuilder;
pub use change::{Change, FromRecord, Image};
pub use event::{StreamEvent, UndecodableRecord};
pub use keys::{FromKey, Keys};
pub use record::{EventKind, Record, RemovalCause, StreamView};

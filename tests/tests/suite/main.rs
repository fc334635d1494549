//! The integration tests: one program, because each program links the SDK again.

mod batch;
mod capabilities;
mod embedded;
mod engines;
mod errors;
mod exactly_once;
mod item;
mod lifecycle;
mod limits;
mod live;
mod loaded;
mod movies;
mod older;
mod query;
mod random;
mod spans;
mod streams;
mod support;
mod tables;
mod thing;
mod transactions;
mod unique;
mod unread;
mod upgrade;

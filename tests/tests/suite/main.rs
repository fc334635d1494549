//! The integration tests: one program, because each program links the SDK again.

mod capabilities;
mod embedded;
mod engines;
mod item;
mod query;
mod support;
mod tables;
mod thing;
mod transactions;

//! Theory: a type-safe DynamoDB ORM for Rust, made for AWS Lambda.

pub mod attribute;
pub mod client;
pub mod cursor;
pub mod error;
pub mod wire;

pub use client::Client;
pub use error::{Error, ErrorKind};

//! Theory: a type-safe DynamoDB ORM for Rust, made for AWS Lambda.

pub mod client;
pub mod error;
pub mod wire;

//! The compiler's messages about mistakes in a user's code: see `tests/ui.rs`, and `cases/` for the mistakes.
//!
//! Here stand the examples in the documentation of the derives, which cannot be run where they are written.

/// `derive(Table)`
#[doc = include_str!("../../../theory-derive/docs/table.md")]
pub struct Table;

/// `derive(Attribute)`
#[doc = include_str!("../../../theory-derive/docs/attribute.md")]
pub struct Attribute;

/// `derive(Projection)`
#[doc = include_str!("../../../theory-derive/docs/projection.md")]
pub struct Projection;

//! The first stage: attributes become what was written, each key with its span, nothing looked up yet.
//!
//! Mistakes of form are found here: unknown keys, keys given twice, values of the wrong kind, inputs that no derive is for.

mod attribute;
mod entry;
mod field;
mod keys;
mod projection;
mod table;

pub(crate) use attribute::{AttributeType, Content, Enum, Shape, Variant};
pub(crate) use field::{Field, FieldKeys};
pub(crate) use projection::{Projection, ProjectionField};
pub(crate) use table::{IndexKeys, Projection as IndexProjection, Table, UniqueKeys};

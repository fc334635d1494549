//! What Theory knows of a table, as constant data.
//!
//! One value describes an entity: the derive writes it, and the codec, the checks, the client and the exports read it. The crate
//! has no dependency, so whoever reads schemas compiles neither the AWS SDK nor an async runtime.
//!
//! | module | what |
//! |---|---|
//! | [`attribute`] | stored types, and one attribute of an entity |
//! | [`key_template`] | how the fields of an entity form one key attribute |
//! | [`flatten`] | the attributes of a struct together with those flattened into it |
//! | [`index`] | keys of tables and of secondary indexes, and what an index projects |
//! | [`entity`] | one Rust type as stored in one table |
//! | [`unique`] | attributes whose values no two items share |
//! | [`table`] | the table that entities share |
//! | [`limits`] | DynamoDB's limits, each with its source |

pub mod attribute;
pub mod entity;
pub mod flatten;
pub mod index;
pub mod key_template;
pub mod limits;
pub mod table;
pub mod unique;

pub use attribute::{Attribute, Document, Role, ScalarType, Type, Union};
pub use entity::Entity;
pub use index::{Index, IndexKind, Key, KeyAttribute, Projection};
pub use key_template::Segment;
pub use table::{Table, TableError};
pub use unique::Unique;

//! Attributes whose values no two items share, and the items that guard them.
//!
//! DynamoDB knows one unique thing: the key. So each value that must be unique is the key of an item of its own, in the same table: a
//! *guard*, which is written in the same transaction as the item that has the value. Whoever reads a table knows a guard by the
//! [beginning](GUARD_PREFIX) of its partition key.

/// How the partition key of a guard begins.
pub const GUARD_PREFIX: &str = "theory.unique#";

/// The sort key of a guard, where the table has one.
pub const GUARD_SORT_KEY: &str = "theory.unique";

/// The attribute of a guard that says whose the value is: the key of the item, as JSON.
///
/// No application calls an attribute so; a plainer name could be part of an index's key.
pub const GUARD_OWNER: &str = "theory.owner";

/// Attributes whose values, taken together, no two items share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// The name of the constraint, which is part of the keys of its guards. Entities of one table that call it the same share it.
    pub name: &'static str,
    /// The names of the attributes, in the order in which a guard has their values.
    pub attributes: &'static [&'static str],
}

impl Unique {
    /// A constraint of this name on these attributes.
    pub const fn new(name: &'static str, attributes: &'static [&'static str]) -> Self {
        Unique { name, attributes }
    }
}

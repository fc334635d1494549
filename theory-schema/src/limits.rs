//! DynamoDB's limits.
//!
//! Source: "Quotas in Amazon DynamoDB" and "Constraints in Amazon DynamoDB" of the Developer Guide, unless another is named.

/// Bytes of a partition key value.
pub const PARTITION_KEY_BYTES: usize = 2048;
/// Bytes of a sort key value.
pub const SORT_KEY_BYTES: usize = 1024;
/// Bytes of an item: attribute names and values together.
pub const ITEM_BYTES: usize = 400 * 1024;
/// Bytes of an expression string.
pub const EXPRESSION_BYTES: usize = 4 * 1024;
/// Operands on the right side of `IN`.
pub const IN_OPERANDS: usize = 100;
/// Operators and functions of one expression.
pub const EXPRESSION_OPERATORS: usize = 300;
/// Bytes of all substitution variables (names and values) of one expression.
pub const SUBSTITUTION_BYTES: usize = 2 * 1024 * 1024;
/// Levels of nested lists and maps.
pub const NESTING: usize = 32;
/// Significant digits of a number.
pub const NUMBER_DIGITS: usize = 38;
/// Attributes on one side of a global secondary index key.
///
/// Source: "Multi-attribute keys" of the Developer Guide's chapter on global secondary indexes.
pub const KEY_ATTRIBUTES: usize = 4;
/// Global secondary indexes of a table (default quota).
pub const GLOBAL_INDEXES: usize = 20;
/// Local secondary indexes of a table.
pub const LOCAL_INDEXES: usize = 5;
/// Attributes that all indexes of a table name in `INCLUDE` projections together.
pub const PROJECTED_ATTRIBUTES: usize = 100;
/// Writes, or reads, of one transaction.
pub const TRANSACTION_ITEMS: usize = 100;
/// Bytes of all items of one transaction.
pub const TRANSACTION_BYTES: usize = 4 * 1024 * 1024;
/// Writes of one BatchWriteItem.
pub const BATCH_WRITES: usize = 25;
/// Keys of one BatchGetItem.
pub const BATCH_KEYS: usize = 100;
/// Segments of a parallel scan.
pub const SCAN_SEGMENTS: u32 = 1_000_000;
/// Bytes of one BatchWriteItem, or of the answer to one BatchGetItem.
pub const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Shortest table or index name.
pub const NAME_MIN: usize = 3;
/// Longest table or index name.
pub const NAME_MAX: usize = 255;
/// Longest name of an attribute which is a key.
pub const KEY_NAME_MAX: usize = 255;
/// Longest attribute name, in bytes.
pub const ATTRIBUTE_NAME_BYTES: usize = 65_535;

//! DynamoDB's operations: their names, and what is recorded of each.

use tracing::Span;
use tracing::field::Empty;

/// The operations that go over the direct wire path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    GetItem,
    PutItem,
    UpdateItem,
    DeleteItem,
    Query,
    Scan,
    BatchGetItem,
    BatchWriteItem,
    TransactGetItems,
    TransactWriteItems,
}

/// Expands to one `match` over all operations, with the name of each.
macro_rules! for_each {
    ($operation:expr, $macro:ident) => {
        match $operation {
            Operation::GetItem => $macro!("GetItem"),
            Operation::PutItem => $macro!("PutItem"),
            Operation::UpdateItem => $macro!("UpdateItem"),
            Operation::DeleteItem => $macro!("DeleteItem"),
            Operation::Query => $macro!("Query"),
            Operation::Scan => $macro!("Scan"),
            Operation::BatchGetItem => $macro!("BatchGetItem"),
            Operation::BatchWriteItem => $macro!("BatchWriteItem"),
            Operation::TransactGetItems => $macro!("TransactGetItems"),
            Operation::TransactWriteItems => $macro!("TransactWriteItems"),
        }
    };
}

impl Operation {
    /// DynamoDB's name of the operation.
    pub(crate) fn name(self) -> &'static str {
        macro_rules! name {
            ($name:literal) => {
                $name
            };
        }
        for_each!(self, name)
    }

    /// The value of the header `x-amz-target`.
    pub(super) fn target(self) -> &'static str {
        macro_rules! target {
            ($name:literal) => {
                concat!("DynamoDB_20120810.", $name)
            };
        }
        for_each!(self, target)
    }

    /// Whether the operation changes items.
    pub(crate) fn is_write(self) -> bool {
        match self {
            Self::GetItem | Self::Query | Self::Scan | Self::BatchGetItem | Self::TransactGetItems => false,
            Self::PutItem
            | Self::UpdateItem
            | Self::DeleteItem
            | Self::BatchWriteItem
            | Self::TransactWriteItems => true,
        }
    }

    /// The span of one call, its name fixed where it is declared as `tracing` wants it.
    pub(super) fn span(self, entity: &'static str, table: &str, index: Option<&'static str>) -> Span {
        macro_rules! span {
            ($name:literal) => {
                tracing::info_span!(
                    target: "theory",
                    concat!("dynamodb.", $name),
                    operation = $name,
                    entity,
                    table,
                    index,
                    request_id = Empty,
                    attempts = Empty,
                    items = Empty,
                    consumed_capacity = Empty,
                    throttled_by = Empty,
                    error = Empty,
                    ambiguous = Empty,
                )
            };
        }
        for_each!(self, span)
    }
}

//! DynamoDB's operations, and for each the shell by which the SDK carries it.
//!
//! The request that the SDK is asked to send is a shell: it names the table, which the choice of an endpoint needs,
//! and nothing else that would make it valid. Should the SDK ever serialize the shell in place of our body, DynamoDB
//! refuses it: a scan of zero items in half a segment, a get without a key.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::Builder as SdkConfigBuilder;
use aws_sdk_dynamodb::operation as operations;
use aws_sdk_dynamodb::types::{Delete, Get, KeysAndAttributes, TransactGetItem, TransactWriteItem};
use aws_smithy_runtime_api::client::interceptors::context::Output;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_types::config_bag::FrozenLayer;
use aws_smithy_types::error::operation::BuildError;
use tracing::Span;
use tracing::field::Empty;

use super::Client;
use super::failure::Failure;

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

/// Expands to one `match` over all operations, with the SDK's module, operation type and output type of each.
macro_rules! for_each {
    ($operation:expr, $macro:ident) => {
        match $operation {
            Operation::GetItem => $macro!("GetItem", get_item, GetItem, GetItemOutput),
            Operation::PutItem => $macro!("PutItem", put_item, PutItem, PutItemOutput),
            Operation::UpdateItem => $macro!("UpdateItem", update_item, UpdateItem, UpdateItemOutput),
            Operation::DeleteItem => $macro!("DeleteItem", delete_item, DeleteItem, DeleteItemOutput),
            Operation::Query => $macro!("Query", query, Query, QueryOutput),
            Operation::Scan => $macro!("Scan", scan, Scan, ScanOutput),
            Operation::BatchGetItem => {
                $macro!("BatchGetItem", batch_get_item, BatchGetItem, BatchGetItemOutput)
            }
            Operation::BatchWriteItem => {
                $macro!("BatchWriteItem", batch_write_item, BatchWriteItem, BatchWriteItemOutput)
            }
            Operation::TransactGetItems => {
                $macro!("TransactGetItems", transact_get_items, TransactGetItems, TransactGetItemsOutput)
            }
            Operation::TransactWriteItems => {
                $macro!(
                    "TransactWriteItems",
                    transact_write_items,
                    TransactWriteItems,
                    TransactWriteItemsOutput
                )
            }
        }
    };
}

impl Operation {
    /// DynamoDB's name of the operation.
    pub(crate) fn name(self) -> &'static str {
        macro_rules! name {
            ($name:literal, $module:ident, $plugin:ident, $output:ident) => {
                $name
            };
        }
        for_each!(self, name)
    }

    /// The value of the header `x-amz-target`.
    pub(super) fn target(self) -> &'static str {
        macro_rules! target {
            ($name:literal, $module:ident, $plugin:ident, $output:ident) => {
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
            ($name:literal, $module:ident, $plugin:ident, $output:ident) => {
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

    /// The SDK's output type, which its pipeline insists on, with nothing in it.
    pub(super) fn empty_output(self) -> Output {
        macro_rules! output {
            ($name:literal, $module:ident, $plugin:ident, $output:ident) => {
                Output::erase(operations::$module::$output::builder().build())
            };
        }
        for_each!(self, output)
    }

    /// The layer that holds the SDK's own deserializer.
    pub(super) fn stock_layer(self) -> Option<FrozenLayer> {
        macro_rules! layer {
            ($name:literal, $module:ident, $plugin:ident, $output:ident) => {
                operations::$module::$plugin::new().config()
            };
        }
        for_each!(self, layer)
    }

    /// Sends the shell with `config` over the client's own.
    pub(super) async fn send(
        self,
        client: &Client,
        table: String,
        config: SdkConfigBuilder,
    ) -> Result<(), Failure> {
        macro_rules! send {
            ($shell:expr) => {{
                let call = $shell.customize().config_override(config);
                #[cfg(test)]
                let call = match client.saboteur() {
                    Some(saboteur) => call.interceptor(saboteur),
                    None => call,
                };
                match call.send().await {
                    Ok(_) => Ok(()),
                    Err(error) => Err(Failure::new(error)),
                }
            }};
        }
        let sdk = client.sdk();
        match self {
            Self::GetItem => send!(sdk.get_item().table_name(table)),
            Self::PutItem => send!(sdk.put_item().table_name(table)),
            Self::UpdateItem => send!(sdk.update_item().table_name(table)),
            Self::DeleteItem => send!(sdk.delete_item().table_name(table)),
            Self::Query => send!(sdk.query().table_name(table)),
            Self::Scan => send!(sdk.scan().table_name(table).limit(0).segment(0)),
            Self::BatchGetItem => {
                let none =
                    KeysAndAttributes::builder().set_keys(Some(Vec::new())).build().map_err(shell_failed)?;
                send!(sdk.batch_get_item().request_items(table, none))
            }
            Self::BatchWriteItem => send!(sdk.batch_write_item().request_items(table, Vec::new())),
            Self::TransactGetItems => {
                let get = Get::builder().table_name(table).set_key(Some(HashMap::new()));
                let item = TransactGetItem::builder().get(get.build().map_err(shell_failed)?).build();
                send!(sdk.transact_get_items().transact_items(item))
            }
            Self::TransactWriteItems => {
                let delete = Delete::builder().table_name(table).set_key(Some(HashMap::new()));
                let item = TransactWriteItem::builder().delete(delete.build().map_err(shell_failed)?).build();
                send!(sdk.transact_write_items().transact_items(item))
            }
        }
    }
}

/// A shell that the SDK's own builder refuses, which none does today, never leaves.
fn shell_failed(error: BuildError) -> Failure {
    Failure::new(SdkError::<operations::get_item::GetItemError, _>::construction_failure(error))
}

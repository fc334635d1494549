//! For each operation, the shell by which the SDK carries it.
//!
//! The request that the SDK is asked to send is a shell: it names the table, which the choice of an endpoint needs,
//! and nothing else that would make it valid. Should the SDK ever serialize the shell in place of our body, DynamoDB
//! refuses it: a scan of zero items in half a segment, a get without a key.
//!
//! A carrier is named by who uses its operation, and by nobody else: so a program holds the SDK's code of the operations that it
//! uses, and not of all.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::config::Builder as SdkConfigBuilder;
use aws_sdk_dynamodb::operation as operations;
use aws_sdk_dynamodb::types::{Delete, Get, KeysAndAttributes, TransactGetItem, TransactWriteItem};
use aws_smithy_runtime_api::client::interceptors::context::Output;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_types::config_bag::FrozenLayer;
use aws_smithy_types::error::operation::BuildError;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::Client;
use super::failure::Failure;
use super::operation::Operation;

/// A shell on its way.
///
/// In a box, because its type is another one for each operation, and it is large.
pub(super) type Sending = BoxFuture<'static, Result<(), Box<Failure>>>;

/// What the SDK has of an operation.
pub(crate) struct Carrier {
    pub(crate) operation: Operation,
    empty_output: fn() -> Output,
    stock_layer: fn() -> Option<FrozenLayer>,
    send: fn(&Client, String, SdkConfigBuilder) -> Result<Sending, Box<Failure>>,
}

/// Declares carriers: the operation, the SDK's names for it, and the shell.
macro_rules! carriers {
    ($(
        $constant:ident: $operation:ident, $module:ident, $output:ident,
        |$sdk:ident, $table:ident| $shell:expr;
    )*) => {
        impl Carrier {
            $(pub(crate) const $constant: &'static Self = &Self {
                operation: Operation::$operation,
                empty_output: || Output::erase(operations::$module::$output::builder().build()),
                stock_layer: || operations::$module::$operation::new().config(),
                send: |client, $table, config| {
                    let $sdk = client.sdk();
                    let call = $shell.customize().config_override(config);
                    #[cfg(test)]
                    let call = match client.saboteur() {
                        Some(saboteur) => call.interceptor(saboteur),
                        None => call,
                    };
                    // Not a block of `async`, which would hold the call twice: before it is sent, and after.
                    Ok(Box::pin(call.send().map(|sent| sent.map(drop).map_err(Failure::boxed))))
                },
            };)*

            /// The carrier of any operation.
            #[cfg(test)]
            pub(super) fn of(operation: Operation) -> &'static Self {
                match operation {
                    $(Operation::$operation => Self::$constant,)*
                }
            }
        }
    };
}

carriers! {
    GET_ITEM: GetItem, get_item, GetItemOutput, |sdk, table| sdk.get_item().table_name(table);
    PUT_ITEM: PutItem, put_item, PutItemOutput, |sdk, table| sdk.put_item().table_name(table);
    UPDATE_ITEM: UpdateItem, update_item, UpdateItemOutput, |sdk, table| sdk.update_item().table_name(table);
    DELETE_ITEM: DeleteItem, delete_item, DeleteItemOutput, |sdk, table| sdk.delete_item().table_name(table);
    QUERY: Query, query, QueryOutput, |sdk, table| sdk.query().table_name(table);
    SCAN: Scan, scan, ScanOutput, |sdk, table| sdk.scan().table_name(table).limit(0).segment(0);
    BATCH_GET_ITEM: BatchGetItem, batch_get_item, BatchGetItemOutput, |sdk, table| {
        let none = KeysAndAttributes::builder().set_keys(Some(Vec::new())).build().map_err(shell_failed)?;
        sdk.batch_get_item().request_items(table, none)
    };
    BATCH_WRITE_ITEM: BatchWriteItem, batch_write_item, BatchWriteItemOutput,
        |sdk, table| sdk.batch_write_item().request_items(table, Vec::new());
    TRANSACT_GET_ITEMS: TransactGetItems, transact_get_items, TransactGetItemsOutput, |sdk, table| {
        let get = Get::builder().table_name(table).set_key(Some(HashMap::new()));
        let item = TransactGetItem::builder().get(get.build().map_err(shell_failed)?).build();
        sdk.transact_get_items().transact_items(item)
    };
    TRANSACT_WRITE_ITEMS: TransactWriteItems, transact_write_items, TransactWriteItemsOutput, |sdk, table| {
        let delete = Delete::builder().table_name(table).set_key(Some(HashMap::new()));
        let item = TransactWriteItem::builder().delete(delete.build().map_err(shell_failed)?).build();
        sdk.transact_write_items().transact_items(item)
    };
}

impl Carrier {
    /// The SDK's output type, which its pipeline insists on, with nothing in it.
    pub(super) fn empty_output(&self) -> Output {
        (self.empty_output)()
    }

    /// The layer that holds the SDK's own deserializer.
    pub(super) fn stock_layer(&self) -> Option<FrozenLayer> {
        (self.stock_layer)()
    }

    /// Sends the shell with `config` over the client's own, once the future is polled.
    ///
    /// # Errors
    ///
    /// Where the SDK does not take the shell.
    pub(super) fn send(
        &self,
        client: &Client,
        table: String,
        config: SdkConfigBuilder,
    ) -> Result<Sending, Box<Failure>> {
        (self.send)(client, table, config)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Carrier").field(&self.operation).finish()
    }
}

/// A shell that the SDK's own builder refuses, which none does today, never leaves.
fn shell_failed(error: BuildError) -> Box<Failure> {
    Failure::boxed(SdkError::<operations::get_item::GetItemError, _>::construction_failure(error))
}

//! The SDK's own serializer and deserializer, without the call around them.
//!
//! An operation registers both in its configuration, and the SDK's client takes them from there. So what is measured
//! is what a call of the SDK runs, less the fixed cost of the call.

use aws_sdk_dynamodb::operation::get_item::{GetItem, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItem, PutItemInput};
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer};

use crate::items::Map;

/// What the SDK writes PutItem requests with.
#[derive(Debug)]
pub struct Serializer {
    inner: SharedRequestSerializer,
    config: ConfigBag,
}

impl Serializer {
    /// Takes the serializer from the operation.
    ///
    /// # Panics
    ///
    /// Where the SDK has moved it.
    pub fn new() -> Self {
        let layer = PutItem::new().config().expect("the operation has a configuration");
        let inner = layer.load::<SharedRequestSerializer>().expect("the operation has a serializer").clone();
        Self { inner, config: ConfigBag::base() }
    }

    /// Writes the request that puts `item`.
    ///
    /// # Panics
    ///
    /// Where the SDK refuses the request.
    pub fn put(&mut self, table: &str, item: Map) -> HttpRequest {
        let input = PutItemInput::builder().table_name(table).set_item(Some(item)).build();
        let input = Input::erase(input.expect("a table is named"));
        self.inner.serialize_input(input, &mut self.config).expect("the request can be written")
    }
}

impl Default for Serializer {
    fn default() -> Self {
        Self::new()
    }
}

/// What the SDK reads GetItem responses with.
#[derive(Debug)]
pub struct Deserializer {
    layer: FrozenLayer,
    config: ConfigBag,
}

impl Deserializer {
    /// Takes the deserializer from the operation.
    ///
    /// # Panics
    ///
    /// Where the operation has no configuration.
    pub fn new() -> Self {
        let layer = GetItem::new().config().expect("the operation has a configuration");
        Self { layer, config: ConfigBag::base() }
    }

    /// Reads the item from a response.
    ///
    /// # Panics
    ///
    /// Where it is no response to a GetItem that found one, or the SDK has moved its deserializer.
    pub fn item(&self, response: &HttpResponse) -> Map {
        let stock =
            self.layer.load::<SharedResponseDeserializer>().expect("the operation has a deserializer");
        let output = stock.deserialize_nonstreaming_with_config(response, &self.config);
        let output: GetItemOutput = output.expect("a response").downcast().expect("the operation's output");
        output.item.expect("an item")
    }
}

impl Default for Deserializer {
    fn default() -> Self {
        Self::new()
    }
}

/// A response as the SDK's deserializers take it: successful, its body read.
///
/// # Panics
///
/// Never: 200 is a status.
pub fn response(body: Vec<u8>) -> HttpResponse {
    HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(body))
}

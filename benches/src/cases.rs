//! What is measured: the same work, done in each of the ways that are compared.

use std::hint::black_box;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use theory::{Client, Table as _};
use tokio::runtime::Runtime;

use crate::items::{self, Catalogue, Counter, Item, Map, Order, User};
use crate::{fake, stock};

/// How many items a page holds.
pub const PAGE: usize = 100;

/// Some work, by name.
pub struct Case {
    /// What is done, to what, and in which way: `decode/b/theory`.
    pub name: String,
    /// Does it once.
    pub run: Box<dyn FnMut()>,
}

impl Case {
    fn new(what: &str, item: &str, way: &str, run: impl FnMut() + 'static) -> Self {
        Case { name: format!("{what}/{item}/{way}"), run: Box::new(run) }
    }
}

/// All work that a ratio or a figure needs. What is set against each other stands together.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(codec::<User>());
    cases.extend(codec::<Order>());
    cases.extend(codec::<Catalogue>());
    cases.extend(calls());
    cases.extend(get::<Order>());
    cases.extend(query::<Order>());
    cases
}

/// Writing, reading and cloning one item, without a call.
fn codec<T: Item>() -> Vec<Case> {
    let mut cases = encode::<T>();
    // What the SDK's serializer costs beside the item: the request with its headers.
    let mut serializer = stock::Serializer::new();
    cases.push(Case::new("encode", T::NAME, "sdk-without-item", move || {
        black_box(serializer.put(T::SCHEMA.table, Map::new()));
    }));
    cases.extend(decode::<T>());
    let item = T::sample();
    cases.push(Case::new("clone", T::NAME, "struct", move || {
        black_box(black_box(&item).clone());
    }));
    cases
}

/// Struct → PutItem body.
///
/// Of the SDK's, what its serializer makes: an HTTP request. Of this library's, what `put()` makes: the body, to which
/// sending adds the table's name.
pub fn encode<T: Item>() -> Vec<Case> {
    let table = T::SCHEMA.table;
    let (ours, serde, hand) = (T::sample(), T::sample(), T::sample());
    let (mut for_serde, mut for_hand) = (stock::Serializer::new(), stock::Serializer::new());
    vec![
        Case::new("encode", T::NAME, "theory", move || {
            drop(black_box(black_box(&ours).put()));
        }),
        Case::new("encode", T::NAME, "serde_dynamo", move || {
            let map = serde_dynamo::to_item(black_box(&serde)).expect("the item can be written");
            black_box(for_serde.put(table, map));
        }),
        Case::new("encode", T::NAME, "by-hand", move || {
            let map = black_box(&hand).to_map();
            black_box(for_hand.put(table, map));
        }),
    ]
}

/// Map → PutItem request, by the raw SDK. The map is used up.
pub fn encode_raw<T: Item>() -> impl FnMut(Map) {
    let mut serializer = stock::Serializer::new();
    move |map| {
        black_box(serializer.put(T::SCHEMA.table, map));
    }
}

/// GetItem body → struct; of the raw SDK, → its map.
pub fn decode<T: Item>() -> Vec<Case> {
    let body = items::get_response(&T::sample());
    let response = || stock::response(items::get_response(&T::sample()));
    let (for_serde, for_hand, for_raw) = (response(), response(), response());
    let (serde, hand, raw) =
        (stock::Deserializer::new(), stock::Deserializer::new(), stock::Deserializer::new());
    vec![
        Case::new("decode", T::NAME, "theory", move || {
            let item = items::decode::<T>(black_box(&body));
            black_box(item.expect("a response").expect("an item"));
        }),
        Case::new("decode", T::NAME, "serde_dynamo", move || {
            let item: T = serde_dynamo::from_item(serde.item(black_box(&for_serde))).expect("the item");
            black_box(item);
        }),
        Case::new("decode", T::NAME, "by-hand", move || {
            black_box(T::from_map(hand.item(black_box(&for_hand))).expect("the item"));
        }),
        Case::new("decode", T::NAME, "raw-sdk", move || {
            black_box(raw.item(black_box(&for_raw)));
        }),
    ]
}

/// A call that carries next to nothing.
///
/// `raw-sdk` is the least that the SDK can do. `raw-sdk-alike` does what this library does: it asks for the consumed capacity, and has
/// the same timeouts.
pub fn calls() -> Vec<Case> {
    let counter = Counter::sample();
    let with_capacity = || items::with_capacity(counter.response(), Counter::SCHEMA.table);
    let theory = Client::new(fake::client(with_capacity()));
    let sdk = fake::client(counter.response());
    let alike = fake::client_with_timeouts(with_capacity());
    let (for_theory, for_sdk, for_alike) = (runtime(), runtime(), runtime());
    let id = counter.id.clone();
    let raw = move |sdk: &aws_sdk_dynamodb::Client| {
        sdk.get_item().table_name(Counter::SCHEMA.table).key("id", AttributeValue::S(id.clone()))
    };
    let raw_alike = raw.clone();
    vec![
        Case::new("call", "tiny", "theory", move || {
            let found = for_theory.block_on(Counter::get(&counter.id).send(&theory));
            black_box(found.expect("an answer").expect("an item"));
        }),
        Case::new("call", "tiny", "raw-sdk", move || {
            let found = for_sdk.block_on(raw(&sdk).send());
            black_box(found.expect("an answer").item.expect("an item"));
        }),
        Case::new("call", "tiny", "raw-sdk-alike", move || {
            let get = raw_alike(&alike).return_consumed_capacity(ReturnConsumedCapacity::Total);
            let found = for_alike.block_on(get.send()).expect("an answer");
            black_box(found.consumed_capacity.expect("what it consumed"));
            black_box(found.item.expect("an item"));
        }),
    ]
}

/// A whole GetItem: request, call, answer.
///
/// This library asks for the consumed capacity in every request, so its answers are longer by that.
pub fn get<T: Item>() -> Vec<Case> {
    let item = T::sample();
    let answer = items::with_capacity(items::get_response(&item), T::SCHEMA.table);
    let (client, runtime) = (Client::new(fake::client(answer)), runtime());
    vec![
        Case::new("get", T::NAME, "theory", move || {
            let found = runtime.block_on(item.read().send(&client));
            black_box(found.expect("an answer").expect("an item"));
        }),
        sdk_get::<T>("serde_dynamo", |map| {
            black_box(serde_dynamo::from_item::<_, T>(map).expect("the item"));
        }),
        sdk_get::<T>("by-hand", |map| {
            black_box(T::from_map(map).expect("the item"));
        }),
        sdk_get::<T>("raw-sdk", |map| {
            black_box(map);
        }),
    ]
}

fn sdk_get<T: Item>(way: &str, convert: fn(Map)) -> Case {
    let item = T::sample();
    let (client, runtime) = (fake::client(items::get_response(&item)), runtime());
    Case::new("get", T::NAME, way, move || {
        let [partition, sort] = item.key().map(|(name, value)| (name, AttributeValue::S(value.to_owned())));
        let get =
            client.get_item().table_name(T::SCHEMA.table).key(partition.0, partition.1).key(sort.0, sort.1);
        convert(runtime.block_on(get.send()).expect("an answer").item.expect("an item"));
    })
}

/// A whole PutItem: request, call, answer.
pub fn put<T: Item>() -> Vec<Case> {
    let item = T::sample();
    let answer = items::with_capacity(b"{}".to_vec(), T::SCHEMA.table);
    let (client, runtime) = (Client::new(fake::client(answer)), runtime());
    vec![
        Case::new("put", T::NAME, "theory", move || {
            runtime.block_on(item.put().send(&client)).expect("an answer");
        }),
        sdk_put::<T>("serde_dynamo", |item| serde_dynamo::to_item(item).expect("the item can be written")),
        sdk_put::<T>("by-hand", T::to_map),
    ]
}

fn sdk_put<T: Item>(way: &str, convert: fn(&T) -> Map) -> Case {
    let item = T::sample();
    let mut put = put_raw::<T>();
    Case::new("put", T::NAME, way, move || put(convert(&item)))
}

/// A whole PutItem of a map, by the raw SDK. The map is used up.
pub fn put_raw<T: Item>() -> impl FnMut(Map) {
    let (client, runtime) = (fake::client(b"{}".to_vec()), runtime());
    move |map| {
        let put = client.put_item().table_name(T::SCHEMA.table).set_item(Some(map));
        black_box(runtime.block_on(put.send()).expect("an answer"));
    }
}

/// A whole Query that finds a page of [`PAGE`] items.
pub fn query<T: Item>() -> Vec<Case> {
    let item = T::sample();
    let answer = items::with_capacity(items::query_response(&item, PAGE), T::SCHEMA.table);
    let (client, runtime) = (Client::new(fake::client(answer)), runtime());
    vec![
        Case::new("query100", T::NAME, "theory", move || {
            let page = runtime.block_on(item.read_partition().page(&client));
            assert_eq!(black_box(page.expect("an answer")).items.len(), PAGE);
        }),
        sdk_query::<T>("serde_dynamo", |maps| {
            let items: Vec<T> = serde_dynamo::from_items(maps).expect("the items");
            assert_eq!(black_box(items).len(), PAGE);
        }),
        sdk_query::<T>("by-hand", |maps| {
            let items: Option<Vec<T>> = maps.into_iter().map(T::from_map).collect();
            assert_eq!(black_box(items.expect("the items")).len(), PAGE);
        }),
        sdk_query::<T>("raw-sdk", |maps| assert_eq!(black_box(maps).len(), PAGE)),
    ]
}

fn sdk_query<T: Item>(way: &str, convert: fn(Vec<Map>)) -> Case {
    let item = T::sample();
    let (client, runtime) = (fake::client(items::query_response(&item, PAGE)), runtime());
    Case::new("query100", T::NAME, way, move || {
        let [(name, value), _] = item.key();
        let query = client
            .query()
            .table_name(T::SCHEMA.table)
            .key_condition_expression("#p = :p")
            .expression_attribute_names("#p", name)
            .expression_attribute_values(":p", AttributeValue::S(value.to_owned()));
        convert(runtime.block_on(query.send()).expect("an answer").items.expect("items"));
    })
}

/// As in a Lambda function: one thread.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

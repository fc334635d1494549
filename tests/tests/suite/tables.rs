//! Tables from the schema, and the shells that stand in for requests: engines create the first and refuse the second.

use aws_sdk_dynamodb::types::{IndexStatus, KeyType, TableStatus, TimeToLiveStatus};
use serde_json::{Value, json};
use theory::Table;
use theory::client::{CreateTables, DeleteTables, Wait};
use theory_tests::{Capability, for_each_engine};

#[derive(Table)]
#[table(name = "shop", gsi(name = "by_status", pk = status, sk = customer, projection = keys_only))]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: String,
    status: String,
    #[table(ttl)]
    expires: Option<theory::Timestamp>,
}

#[derive(Table)]
#[table(name = "shop", lsi(name = "by_name", sk = name))]
struct Customer {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: String,
    name: String,
}

#[derive(Table)]
#[table(name = "places", gsi(name = "by_place", pk = (country, city), sk = (street, number)))]
struct Place {
    #[table(pk)]
    id: String,
    country: String,
    city: String,
    street: String,
    number: u32,
}

#[tokio::test]
async fn entities_of_one_table_make_it_together() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        let shop = theory::schema![Order, Customer];
        CreateTables::of(shop).send(&client).await.unwrap();

        let table = client.describe_table(Order::SCHEMA).await.unwrap().expect("it was created");
        assert_eq!(table.table_name(), Some(sandbox.table("shop").as_str()));
        assert_eq!(table.table_status(), Some(&TableStatus::Active));
        let keys: Vec<_> =
            table.key_schema().iter().map(|key| (key.attribute_name(), key.key_type())).collect();
        assert_eq!(keys, [("customer", &KeyType::Hash), ("id", &KeyType::Range)]);
        let [global] = table.global_secondary_indexes() else { panic!("one global index") };
        assert_eq!(
            (global.index_name(), global.index_status()),
            (Some("by_status"), Some(&IndexStatus::Active))
        );
        let [local] = table.local_secondary_indexes() else { panic!("one local index") };
        assert_eq!(local.index_name(), Some("by_name"));

        let ttl = sandbox
            .sdk_client()
            .describe_time_to_live()
            .table_name(sandbox.table("shop"))
            .send()
            .await
            .unwrap();
        let ttl = ttl.time_to_live_description().expect("it is described");
        assert_eq!(ttl.attribute_name(), Some("expires"));
        assert!(matches!(
            ttl.time_to_live_status(),
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        ));

        let error = CreateTables::of(shop).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), theory::ErrorKind::TableInUse);
        CreateTables::of(shop).skip_existing().send(&client).await.unwrap();

        DeleteTables::of(shop).wait(Wait::new()).send(&client).await.unwrap();
        assert!(client.describe_table(Order::SCHEMA).await.unwrap().is_none());
        assert!(DeleteTables::of(shop).send(&client).await.unwrap_err().is_table_not_found());
        DeleteTables::of(shop).skip_missing().send(&client).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_index_has_keys_of_several_attributes() {
    for_each_engine(async |sandbox| {
        if sandbox.lacks(Capability::MultiAttributeKeys) {
            return;
        }
        let client = sandbox.client();
        CreateTables::of(theory::schema![Place]).send(&client).await.unwrap();
        let table = client.describe_table(Place::SCHEMA).await.unwrap().expect("it was created");
        let [index] = table.global_secondary_indexes() else { panic!("one index") };
        let keys: Vec<_> =
            index.key_schema().iter().map(|key| (key.attribute_name(), key.key_type())).collect();
        let expected = [
            ("country", &KeyType::Hash),
            ("city", &KeyType::Hash),
            ("street", &KeyType::Range),
            ("number", &KeyType::Range),
        ];
        assert_eq!(keys, expected);
    })
    .await;
}

/// What the SDK would send in place of the library's request if it ignored the library: the same shells that the
/// library's own tests hold against what the SDK writes.
fn shells(table: &str) -> [(&'static str, Value); 10] {
    [
        ("GetItem", json!({ "TableName": table })),
        ("PutItem", json!({ "TableName": table })),
        ("UpdateItem", json!({ "TableName": table })),
        ("DeleteItem", json!({ "TableName": table })),
        ("Query", json!({ "TableName": table })),
        ("Scan", json!({ "TableName": table, "Limit": 0, "Segment": 0 })),
        ("BatchGetItem", json!({ "RequestItems": { table: { "Keys": [] } } })),
        ("BatchWriteItem", json!({ "RequestItems": { table: [] } })),
        ("TransactGetItems", json!({ "TransactItems": [{ "Get": { "Key": {}, "TableName": table } }] })),
        ("TransactWriteItems", json!({ "TransactItems": [{ "Delete": { "Key": {}, "TableName": table } }] })),
    ]
}

#[tokio::test]
async fn every_shell_is_refused() {
    for_each_engine(async |sandbox| {
        CreateTables::of(theory::schema![Order]).send(&sandbox.client()).await.unwrap();
        let table = sandbox.table("shop");
        let item = json!({ "customer": { "S": "a" }, "id": { "S": "1" }, "status": { "S": "open" } });
        sandbox.call("PutItem", &json!({ "TableName": table, "Item": item })).await.unwrap();

        for (operation, shell) in shells(&table) {
            let refusal = sandbox.call(operation, &shell).await.expect_err(operation);
            assert_eq!(refusal.status, 400, "{operation}: {refusal:?}");
        }
        let left = sandbox.call("Scan", &json!({ "TableName": table })).await.unwrap();
        assert_eq!(left["Items"], json!([item]));
    })
    .await;
}

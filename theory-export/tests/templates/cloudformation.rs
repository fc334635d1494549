//! CloudFormation: what could lose data, or would be refused only when it is deployed.

use crate::{GLOBAL, LEDGER, SHOP, changed, contract, json, refused};
use serde_json::json;
use theory_export::contract::deployment::Encryption;

#[test]
fn only_key_attributes_are_defined() {
    let template = json("cloudformation", &contract(SHOP));
    let defined = &template["Resources"]["CartsTable"]["Properties"]["AttributeDefinitions"];
    assert_eq!(*defined, json!([{ "AttributeName": "cartId", "AttributeType": "S" }]));
}

#[test]
fn data_outlives_the_stack_unless_the_contract_says_otherwise() {
    let template = json("cloudformation", &contract(SHOP));
    assert_eq!(template["Resources"]["ShopTable"]["DeletionPolicy"], "Retain");
    assert_eq!(template["Resources"]["ShopTable"]["UpdateReplacePolicy"], "Retain");
    let template = json("cloudformation", &contract(LEDGER));
    assert_eq!(template["Resources"]["LedgerEntriesTable"]["DeletionPolicy"], "Delete");
}

#[test]
fn keys_of_several_attributes_keep_their_order() {
    let template = json("cloudformation", &contract(SHOP));
    let keys = &template["Resources"]["ShopTable"]["Properties"]["GlobalSecondaryIndexes"][0]["KeySchema"];
    assert_eq!(
        *keys,
        json!([
            { "AttributeName": "country", "KeyType": "HASH" },
            { "AttributeName": "city", "KeyType": "HASH" },
            { "AttributeName": "placedAt", "KeyType": "RANGE" },
            { "AttributeName": "orderId", "KeyType": "RANGE" },
        ])
    );
}

#[test]
fn capacity_that_follows_the_use_has_a_target_and_a_policy() {
    let template = json("cloudformation", &contract(LEDGER));
    let target = &template["Resources"]["LedgerEntriesTableByBookingReadScaling"]["Properties"];
    assert_eq!(
        *target,
        json!({
            "ServiceNamespace": "dynamodb",
            "ResourceId": { "Fn::Sub": "table/${LedgerEntriesTable}/index/by-booking" },
            "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
            "MinCapacity": 5,
            "MaxCapacity": 50,
        })
    );
    // The index without a capacity of its own has the table's, in both directions.
    assert!(template["Resources"]["LedgerEntriesTableByDayWriteScalingPolicy"].is_object());
}

#[test]
fn every_replica_has_what_is_its_own() {
    let template = json("cloudformation", &contract(GLOBAL));
    let properties = &template["Resources"]["SessionsTable"]["Properties"];
    assert_eq!(template["Resources"]["SessionsTable"]["Type"], "AWS::DynamoDB::GlobalTable");
    let regions: Vec<_> =
        properties["Replicas"].as_array().unwrap().iter().map(|r| r["Region"].clone()).collect();
    assert_eq!(regions, [json!({ "Ref": "AWS::Region" }), json!("eu-west-1"), json!("us-east-1")]);
    assert_eq!(properties["SSESpecification"], json!({ "SSEEnabled": true, "SSEType": "KMS" }));
    assert!(properties["Replicas"][1]["SSESpecification"]["KMSMasterKeyId"].is_string());
}

#[test]
fn an_alias_names_the_key_of_every_region() {
    let mut contract = contract(GLOBAL);
    contract.tables[0].encryption = Encryption::CustomerManaged { kms_key: "alias/sessions".into() };
    contract.tables[0].replicas[0].kms_key = None;
    let template = json("cloudformation", &contract);
    let replica = &template["Resources"]["SessionsTable"]["Properties"]["Replicas"][1];
    assert_eq!(replica["SSESpecification"], json!({ "KMSMasterKeyId": "alias/sessions" }));
}

#[test]
fn what_cannot_be_deployed_is_refused() {
    refused("cloudformation", &changed(GLOBAL, "/tables/0/stream", json!("KEYS_ONLY")), "NEW_AND_OLD_IMAGES");
    refused("cloudformation", &changed(GLOBAL, "/tables/0/replicas/0/kmsKey", json!(null)), "eu-west-1");
    let billing = json!({ "mode": "onDemand" });
    refused("cloudformation", &changed(LEDGER, "/tables/0/indexes/0/billing", billing), "PAY_PER_REQUEST");
    let ttl = json!("{{resolve:ssm:x}}");
    refused("cloudformation", &changed(SHOP, "/tables/0/ttl", ttl), "dynamic reference");
}

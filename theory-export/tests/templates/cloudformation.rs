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

/// Of a logical name.
const LONGEST: usize = 255;

#[test]
fn the_longest_names_have_logical_names_that_are_taken() {
    let mut ledger = contract(LEDGER);
    ledger.tables[0].name = "a".repeat(255);
    ledger.tables[0].indexes[0].name = "b".repeat(255);
    let mut other = ledger.tables[0].clone();
    other.name = "a".repeat(254) + "c";
    other.indexes[0].name = "b".repeat(254) + "c";
    ledger.tables.push(other);
    for target in ["cloudformation", "sam"] {
        let template = json(target, &ledger);
        for part in ["Resources", "Outputs"] {
            let names: Vec<_> = template[part].as_object().unwrap().keys().collect();
            let long: Vec<_> = names.iter().filter(|name| name.len() > LONGEST).collect();
            assert!(long.is_empty(), "{target}: {long:?}");
        }
        let of_type = |ty: &str| {
            let all = template["Resources"].as_object().unwrap().values();
            all.filter(|resource| resource["Type"] == ty).count()
        };
        assert_eq!(of_type("AWS::DynamoDB::Table"), 2);
        assert_eq!(
            of_type("AWS::ApplicationAutoScaling::ScalableTarget"),
            of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        );
    }
}

#[test]
fn replication_has_a_stream_that_can_be_read() {
    let mut global = contract(GLOBAL);
    global.tables[0].stream = None;
    global.tables[0].replicas.truncate(1);
    let template = json("cloudformation", &global);
    assert!(template["Outputs"]["SessionsTableStreamArn"].is_object(), "{:#}", template["Outputs"]);
}

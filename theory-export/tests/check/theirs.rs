//! Templates as people, SAM and CDK write them.

use crate::{findings, is_fine, one, told, with_parameters};
use serde_json::json;
use std::collections::BTreeMap;
use theory_export::check::Deployed;

const BY_HAND: &str = r#"
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: { Type: String, Default: dev }
  Key: { Type: String }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  # The logical name says nothing.
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: RetainExceptOnCreate
    Properties:
      TableName: !If [IsProd, shop, !Sub '${Stage}-shop']
      AttributeDefinitions:
        - AttributeName: pk
          AttributeType: S
      KeySchema:
        - { AttributeName: pk, KeyType: HASH }
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: !If [IsProd, true, !Ref AWS::NoValue]
      SSESpecification: { SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !Ref Key }
  Other:
    Type: AWS::DynamoDB::Table
    Condition: IsProd
    Properties: { TableName: other }
"#;

#[test]
fn expressions_are_evaluated_as_far_as_they_can_be() {
    let prod = one(json!({
        "deletionProtection": true,
        "encryption": { "key": "customerManaged", "kmsKey": "arn:aws:kms:eu-west-1:1:key/1" },
    }));
    let as_deployed = [("Stage", "prod"), ("Key", "arn:aws:kms:eu-west-1:1:key/1")];
    let found = with_parameters(&prod, BY_HAND, &as_deployed);
    assert_eq!(told(&found), ["note Resources/Other"]);
    // A key whose value is not known is told, and is no difference.
    let found = with_parameters(&prod, BY_HAND, &[("Stage", "prod")]);
    assert_eq!(told(&found), ["note Resources/Other", "note tables/shop/encryption/kmsKey"]);
    assert!(found[1].what.contains(r#"{"Ref":"Key"}"#), "{found:?}");
    // With the default, it is the table of another stage.
    let found = findings(&prod, BY_HAND);
    assert_eq!(told(&found), ["error tables/shop", "note Resources/Table"]);
    assert!(found[0].remedy.contains("dev-shop"), "{found:?}");
}

#[test]
fn what_cdk_synthesizes_is_read() {
    let template = json!({
        "Resources": {
            "ShopTable4F2B1A9C": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
                    "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
                    "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 5 },
                },
                "UpdateReplacePolicy": "Retain",
                "DeletionPolicy": "Retain",
                "Metadata": { "aws:cdk:path": "Stack/ShopTable/Resource" },
            },
            "ShopTableReadScalingTarget1F": {
                "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
                "Properties": {
                    "MaxCapacity": 50,
                    "MinCapacity": 5,
                    "ResourceId": { "Fn::Join": ["", ["table/", { "Ref": "ShopTable4F2B1A9C" }]] },
                    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
                    "ServiceNamespace": "dynamodb",
                },
            },
            "ShopTableReadScalingTargetTracking2A": {
                "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
                "Properties": {
                    "PolicyType": "TargetTrackingScaling",
                    "ScalingTargetId": { "Ref": "ShopTableReadScalingTarget1F" },
                    "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 70 },
                },
            },
        },
    });
    let scaled = json!({ "units": 5, "autoscaling": { "min": 5, "max": 50, "targetPercent": 70 } });
    let contract =
        one(json!({ "billing": { "mode": "provisioned", "read": scaled, "write": { "units": 5 } } }));
    // Its name is given when it is deployed, and that is all there is to say.
    assert_eq!(told(&findings(&contract, &template.to_string())), ["note tables/shop/name"]);
}

#[test]
fn simple_tables_of_sam_are_read() {
    let template = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::SimpleTable
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      TableName: shop
      PrimaryKey: { Name: pk, Type: String }
      Tags: { team: shop }
";
    assert_eq!(told(&findings(&one(json!({ "tags": { "team": "shop" } })), template)), [""; 0]);
    let number =
        one(json!({ "tags": { "team": "shop" }, "key": { "partition": [{ "name": "pk", "type": "N" }] } }));
    assert_eq!(told(&findings(&number, template)), ["error tables/shop/key"]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let template = "
Resources:
  Nested: { Type: AWS::CloudFormation::Stack }
  'Fn::ForEach::Tables': [Name, [a, b], {}]
  Shop:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      TableName: shop
      KeySchema: !ImportValue keys
      BillingMode: [what]
      Tags: 7
";
    let found = findings(&one(json!({})), template);
    let expected = [
        "note Resources/Fn::ForEach::Tables",
        "note Resources/Nested",
        "note tables/shop/billing",
        "note tables/shop/key",
        "note tables/shop/tags",
    ];
    assert_eq!(told(&found), expected);
    assert!(is_fine(&found));
}

#[test]
fn what_is_no_template_is_refused() {
    for (text, because) in [
        ("", "neither `Resources`"),
        ("{\"a\": 1", "not a template"),
        ("a: [", "not a template"),
        ("[]", "neither `Resources`"),
        ("%", "not a template"),
    ] {
        let error = Deployed::from_template(text, &BTreeMap::new()).unwrap_err().to_string();
        assert!(error.contains(because), "{text}: {error}");
    }
    // Anything may stand where a table is expected.
    for resources in [
        json!([]),
        json!({ "a": 1 }),
        json!({ "a": { "Type": "AWS::DynamoDB::Table", "Properties": [] } }),
        json!({ "a": { "Type": "AWS::DynamoDB::GlobalTable", "Properties": { "Replicas": 5, "GlobalSecondaryIndexes": [null, 1, {}] } } }),
    ] {
        let template = json!({ "Resources": resources }).to_string();
        findings(&one(json!({})), &template);
    }
}

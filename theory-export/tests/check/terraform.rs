//! Plans of Terraform, as `terraform show -json` writes them.

use crate::{findings, one, told};
use serde_json::{Value, json};
use theory_export::Contract;

fn shop() -> Contract {
    one(json!({
        "key": { "partition": [{ "name": "pk", "type": "S" }], "sort": [{ "name": "sk", "type": "S" }] },
        "indexes": [
            { "name": "by_place", "kind": "global", "projection": { "type": "KEYS_ONLY" }, "key": {
                "partition": [{ "name": "country", "type": "S" }, { "name": "city", "type": "S" }], "sort": [{ "name": "sk", "type": "S" }] } },
            { "name": "by_total", "kind": "local", "projection": { "type": "INCLUDE", "attributes": ["city"] }, "key": {
                "partition": [{ "name": "pk", "type": "S" }], "sort": [{ "name": "total", "type": "N" }] } },
        ],
        "billing": { "mode": "provisioned", "read": { "units": 5, "autoscaling": { "min": 5, "max": 50, "targetPercent": 70 } }, "write": { "units": 5 } },
        "ttl": "expires",
        "stream": "NEW_AND_OLD_IMAGES",
        "encryption": { "key": "awsManaged" },
        "pointInTimeRecovery": { "days": 14 },
        "deletionProtection": true,
        "tags": { "team": "shop" },
        "replicas": [{ "region": "eu-west-1" }],
        "resourcePolicy": { "Version": "2012-10-17", "Statement": [] },
    }))
}

/// The plan that creates that table.
fn plan() -> Value {
    let attribute = |name: &str, ty: &str| json!({ "name": name, "type": ty });
    let table = json!({
        "name": "shop",
        "billing_mode": "PROVISIONED",
        "read_capacity": 5,
        "write_capacity": 5,
        "hash_key": "pk",
        "range_key": "sk",
        "attribute": [attribute("pk", "S"), attribute("sk", "S"), attribute("country", "S"), attribute("city", "S"), attribute("total", "N")],
        "global_secondary_index": [{
            "name": "by_place", "hash_key": null, "range_key": "", "projection_type": "KEYS_ONLY", "non_key_attributes": [],
            "read_capacity": 5, "write_capacity": 5,
            "key_schema": [
                { "attribute_name": "country", "key_type": "HASH" },
                { "attribute_name": "city", "key_type": "HASH" },
                { "attribute_name": "sk", "key_type": "RANGE" },
            ],
        }],
        "local_secondary_index": [{ "name": "by_total", "range_key": "total", "projection_type": "INCLUDE", "non_key_attributes": ["city"] }],
        "ttl": [{ "attribute_name": "expires", "enabled": true }],
        "stream_enabled": true,
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "server_side_encryption": [{ "enabled": true, "kms_key_arn": "" }],
        "point_in_time_recovery": [{ "enabled": true, "recovery_period_in_days": 14 }],
        "deletion_protection_enabled": true,
        "table_class": null,
        "tags": { "team": "shop" },
        "replica": [{ "region_name": "eu-west-1", "kms_key_arn": "" }],
    });
    let change = |address: &str, ty: &str, after: Value, after_unknown: Value| {
        let name = address.rsplit('.').next().unwrap();
        json!({ "address": address, "mode": "managed", "type": ty, "name": name,
                "change": { "actions": ["create"], "before": null, "after": after, "after_unknown": after_unknown } })
    };
    let dimension = "dynamodb:table:ReadCapacityUnits";
    let index_dimension = "dynamodb:index:ReadCapacityUnits";
    let target = |address: &str, id: &str, dimension: &str| {
        change(
            address,
            "aws_appautoscaling_target",
            json!({ "resource_id": id, "scalable_dimension": dimension, "min_capacity": 5, "max_capacity": 50 }),
            json!({}),
        )
    };
    let policy = |address: &str, id: &str, dimension: &str| {
        let tracking = json!([{ "target_value": 70 }]);
        change(
            address,
            "aws_appautoscaling_policy",
            json!({ "resource_id": id, "scalable_dimension": dimension, "target_tracking_scaling_policy_configuration": tracking }),
            json!({}),
        )
    };
    json!({
        "format_version": "1.2",
        "resource_changes": [
            change("aws_dynamodb_table.shop", "aws_dynamodb_table", table, json!({ "arn": true, "id": true, "tags": {}, "tags_all": true })),
            target("aws_appautoscaling_target.reads", "table/shop", dimension),
            policy("aws_appautoscaling_policy.reads", "table/shop", dimension),
            target("aws_appautoscaling_target.index_reads", "table/shop/index/by_place", index_dimension),
            policy("aws_appautoscaling_policy.index_reads", "table/shop/index/by_place", index_dimension),
            change("aws_dynamodb_resource_policy.shop", "aws_dynamodb_resource_policy",
                json!({ "policy": "{\"Statement\":[],\"Version\":\"2012-10-17\"}" }), json!({ "resource_arn": true })),
            // What is destroyed is not there afterwards.
            change("aws_dynamodb_table.old", "aws_dynamodb_table", Value::Null, json!({})),
        ],
        "configuration": { "root_module": { "resources": [{
            "address": "aws_dynamodb_resource_policy.shop",
            "expressions": { "resource_arn": { "references": ["aws_dynamodb_table.shop.arn", "aws_dynamodb_table.shop"] } },
        }] } },
    })
}

#[test]
fn a_plan_of_the_same_table_has_no_difference() {
    assert_eq!(findings(&shop(), &plan().to_string()), []);
}

#[test]
fn each_difference_of_a_plan_is_found() {
    for (pointer, value, expected) in [
        ("name", json!("shop2"), "error tables/shop/name"),
        ("hash_key", json!("sk"), "error tables/shop/key"),
        (
            "global_secondary_index/0/key_schema/1/attribute_name",
            json!("pk"),
            "error tables/shop/indexes/by_place/key",
        ),
        ("local_secondary_index/0/range_key", json!("sk"), "error tables/shop/indexes/by_total/key"),
        (
            "local_secondary_index/0/non_key_attributes",
            json!([]),
            "error tables/shop/indexes/by_total/projection",
        ),
        ("ttl/0/enabled", json!(false), "error tables/shop/ttl"),
        ("stream_enabled", json!(false), "error tables/shop/stream"),
        ("server_side_encryption", json!([]), "error tables/shop/encryption"),
        ("point_in_time_recovery/0/enabled", json!(false), "error tables/shop/pointInTimeRecovery"),
        ("deletion_protection_enabled", json!(false), "error tables/shop/deletionProtection"),
        ("billing_mode", json!("PAY_PER_REQUEST"), "warning tables/shop/billing/mode"),
        ("write_capacity", json!(6), "warning tables/shop/billing/write"),
        ("table_class", json!("STANDARD_INFREQUENT_ACCESS"), "warning tables/shop/class"),
        ("tags/team", json!("x"), "warning tables/shop/tags/team"),
        ("replica", json!([]), "error tables/shop/replicas/eu-west-1"),
    ] {
        let mut plan = plan();
        *plan.pointer_mut(&format!("/resource_changes/0/change/after/{pointer}")).unwrap() = value;
        let told = told(&findings(&shop(), &plan.to_string()));
        assert!(told.contains(&expected.to_owned()), "{pointer}: {told:?}");
    }
    let mut plan = plan();
    plan["resource_changes"][5]["change"]["after"]["policy"] = json!("{}");
    assert_eq!(told(&findings(&shop(), &plan.to_string())), ["error tables/shop/resourcePolicy"]);
    plan["resource_changes"][1]["change"]["after"]["max_capacity"] = json!(60);
    assert!(
        told(&findings(&shop(), &plan.to_string())).contains(&"warning tables/shop/billing/read".to_owned())
    );
}

#[test]
fn what_is_known_only_after_it_was_applied_is_a_note() {
    let mut plan = plan();
    plan["resource_changes"][0]["change"]["after_unknown"]["billing_mode"] = json!(true);
    let told = told(&findings(&shop(), &plan.to_string()));
    assert_eq!(told, ["note tables/shop/billing"]);
}

#[test]
fn a_state_is_read_with_its_modules() {
    let table = plan()["resource_changes"][0]["change"]["after"].clone();
    let state = json!({ "values": { "root_module": { "child_modules": [{ "resources": [
        { "address": "module.a.aws_dynamodb_table.shop", "mode": "managed", "type": "aws_dynamodb_table", "name": "shop", "values": table },
    ] }] } } });
    let told = told(&findings(&shop(), &state.to_string()));
    // The policy and the autoscaling are resources of their own, which this state does not have.
    let expected = [
        "error tables/shop/resourcePolicy",
        "warning tables/shop/billing/read",
        "warning tables/shop/indexes/by_place/billing/read",
    ];
    assert_eq!(told, expected);
}

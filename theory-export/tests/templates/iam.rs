//! IAM: limits that hold, and refusals where they would not.

use crate::{LEDGER, SHOP, changed, contract, json, refused};
use serde_json::{Value, json};

#[test]
fn a_tenant_is_compared_wherever_the_key_is_known_and_never_absent() {
    let policy = json("iam", &contract(SHOP));
    let items = &policy["Statement"][1];
    assert_eq!(items["Sid"], "ShopItems");
    assert_eq!(
        items["Condition"],
        json!({
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["CUSTOMER#${aws:PrincipalTag/customer}"] },
            "Null": { "dynamodb:LeadingKeys": "false" },
        })
    );
    let index = &policy["Statement"][2];
    assert_eq!(index["Resource"], json!(["arn:aws:dynamodb:*:*:table/shop/index/by_status"]));
    assert_eq!(
        index["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"],
        json!(["CUSTOMER#${aws:PrincipalTag/customer}#*"])
    );
}

#[test]
fn limited_attributes_must_be_selected() {
    let policy = json("iam", &contract(LEDGER));
    let reads = &policy["Statement"][0];
    assert_eq!(reads["Condition"]["StringEquals"], json!({ "dynamodb:Select": "SPECIFIC_ATTRIBUTES" }));
    assert_eq!(
        reads["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"],
        json!(["account", "amount", "sequence"])
    );
}

#[test]
fn text_of_a_key_is_never_a_wildcard_or_a_variable() {
    let contract =
        changed(SHOP, "/tables/1/entities/1/keys/statusKey", json!("a*?${{x}}{customer}#{status}"));
    let policy = json("iam", &contract);
    let like = &policy["Statement"][2]["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
    assert_eq!(*like, json!(["a${*}${?}${$}{x}${aws:PrincipalTag/customer}#*"]));
}

#[test]
fn limits_that_would_not_hold_are_refused() {
    let order = "/tables/1/entities/1";
    let with = |place: &str, value| changed(SHOP, &format!("{order}{place}"), value);
    refused("iam", &with("/access/operations", json!(["scan"])), "a scan names no partition");
    // The partition key of this index is the country.
    refused("iam", &with("/access/indexes", json!({ "by_place": ["query"] })), "several attributes");
    for (template, because) in [
        ("STATUS#{status}", "does not begin with the tenant"),
        ("{status}#{customer}", "does not begin with the tenant"),
        ("{customer}{status}", "nothing separates"),
        ("{customer}:{status}", "separate it with `#`"),
    ] {
        refused("iam", &with("/keys/statusKey", json!(template)), because);
    }
    let tag = changed(SHOP, "/tables/1/tenant/principalTag", json!("a}${aws:username"));
    refused("iam", &tag, "characters that no tag has");
}

#[test]
fn a_limit_that_another_entity_undoes_is_refused() {
    let limited = changed(
        SHOP,
        "/tables/1/entities/0/access",
        json!({ "operations": ["get"], "attributes": ["email"] }),
    );
    refused("iam", &limited, "the limit would be none");
    let unknown = changed(LEDGER, "/tables/0/entities/0/access/attributes", json!(["amont"]));
    refused("iam", &unknown, "amont");
}

#[test]
fn whoever_writes_unique_values_writes_their_guards() {
    let with = |text: &str, entity: &str| {
        let mut file: serde_json::Value = serde_json::from_str(text).unwrap();
        file.pointer_mut(entity).unwrap()["uniques"] = json!({ "Entry.booking": ["booking"] });
        contract(&file.to_string())
    };
    let policy = json("iam", &with(LEDGER, "/tables/0/entities/0")).to_string();
    for needed in ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "theory.owner"] {
        assert!(policy.contains(needed), "{needed}: {policy}");
        let without = json("iam", &contract(LEDGER)).to_string();
        assert_eq!(without.contains(needed), needed == "dynamodb:PutItem", "{needed}");
    }
    refused("iam", &with(SHOP, "/tables/1/entities/1"), "partitions that are no tenant's");
}

#[test]
fn a_key_of_the_account_s_own_is_used_through_dynamodb_for_its_table_alone() {
    let arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    for (key, resource, aliases) in [
        (arn, arn, Value::Null),
        ("11111111", "arn:aws:kms:*:*:key/11111111", Value::Null),
        ("alias/ledger", "arn:aws:kms:*:*:key/*", json!(["alias/ledger"])),
        ("arn:aws:kms:eu-central-1:1:alias/ledger", "arn:aws:kms:*:*:key/*", json!(["alias/ledger"])),
    ] {
        let policy = json("iam", &changed(LEDGER, "/tables/0/encryption/kmsKey", key.into()));
        let statement = policy["Statement"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&statement["Action"], &statement["Resource"]),
            (&json!(["kms:Decrypt"]), &json!([resource]))
        );
        let condition = &statement["Condition"];
        assert_eq!(condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"], aliases, "{key}");
        assert_eq!(
            condition["StringEquals"]["kms:EncryptionContext:aws:dynamodb:tableName"],
            "ledger.entries"
        );
        assert_eq!(condition["StringLike"]["kms:ViaService"], "dynamodb.*.amazonaws.com");
    }
    refused("iam", &changed(LEDGER, "/tables/0/encryption/kmsKey", "key/*".into()), "would be a pattern");
    let managed = changed(LEDGER, "/tables/0/encryption", json!({ "key": "awsManaged" }));
    assert!(!json("iam", &managed).to_string().contains("kms:"), "AWS's keys need no permission");
}

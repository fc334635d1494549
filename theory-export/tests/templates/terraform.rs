//! Terraform: what could lose data, and what the provider wants to have in another way.

use crate::{GLOBAL, LEDGER, SHOP, changed, contract, json, refused, render};
use serde_json::{Value, json};
use theory_export::{Contract, Format, Options};

/// What Terraform reads of the tables named, as JSON.
fn of_tables(contract: &Contract, tables: &[&str]) -> Value {
    let tables = tables.iter().map(|name| (*name).to_owned()).collect();
    let options = Options { format: Some(Format::Json), tables, ..Options::default() };
    serde_json::from_str(&render("terraform", contract, &options).unwrap()).unwrap()
}

#[test]
fn data_is_kept_unless_the_contract_says_otherwise() {
    let shop = json("terraform", &contract(SHOP));
    assert_eq!(shop["resource"]["aws_dynamodb_table"]["shop"]["lifecycle"]["prevent_destroy"], true);
    let ledger = json("terraform", &contract(LEDGER));
    let lifecycle = &ledger["resource"]["aws_dynamodb_table"]["ledger_entries"]["lifecycle"];
    assert_eq!(*lifecycle, json!({ "ignore_changes": ["read_capacity", "write_capacity"] }));
}

#[test]
fn an_alias_is_looked_up_where_its_table_is() {
    let ledger = json("terraform", &contract(LEDGER));
    assert_eq!(ledger["data"]["aws_kms_alias"]["ledger_entries"], json!({ "name": "alias/ledger" }));
    let table = &ledger["resource"]["aws_dynamodb_table"]["ledger_entries"];
    assert_eq!(
        table["server_side_encryption"]["kms_key_arn"],
        "${data.aws_kms_alias.ledger_entries.target_key_arn}"
    );
    let mut sessions = changed(GLOBAL, "/tables/0/encryption/kmsKey", json!("alias/sessions"));
    sessions.tables[0].replicas[0].kms_key = None;
    let sessions = of_tables(&sessions, &["sessions"]);
    assert_eq!(
        sessions["data"]["aws_kms_alias"]["sessions_eu_west_1"],
        json!({ "name": "alias/sessions", "region": "eu-west-1" })
    );
}

#[test]
fn a_policy_stands_in_every_region() {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "${x}%{y}" }] });
    let mut contract = contract(GLOBAL);
    contract.tables[0].resource_policy = Some(policy);
    let policies = &of_tables(&contract, &["sessions"])["resource"]["aws_dynamodb_resource_policy"];
    assert_eq!(policies["sessions"]["resource_arn"], "${aws_dynamodb_table.sessions.arn}");
    assert_eq!(policies["sessions_eu_west_1"]["region"], "eu-west-1");
    let arn = policies["sessions_eu_west_1"]["resource_arn"].as_str().unwrap();
    assert!(arn.contains(r#"if replica.region_name == "eu-west-1""#), "{arn}");
    let text = policies["sessions"]["policy"].as_str().unwrap();
    assert!(text.contains("$${x}%%{y}"), "{text}");
}

#[test]
fn replicas_are_where_the_contract_has_them() {
    let sessions = of_tables(&contract(GLOBAL), &["sessions"]);
    let table = &sessions["resource"]["aws_dynamodb_table"]["sessions"];
    assert_eq!(table["replica"][1]["region_name"], "us-east-1");
    assert_eq!(table["stream_view_type"], "NEW_AND_OLD_IMAGES");
    refused("terraform", &contract(GLOBAL), "replicas and provisioned capacity");
    refused("terraform", &changed(GLOBAL, "/tables/0/stream", json!("KEYS_ONLY")), "NEW_AND_OLD_IMAGES");
}

#[test]
fn a_table_has_its_name_whichever_are_asked_for() {
    let mut contract = contract(SHOP);
    // Both become `shop_carts`.
    contract.tables[0].name = "shop.carts".into();
    contract.tables[1].name = "shop-carts".into();
    let all = json("terraform", &contract);
    let one = of_tables(&contract, &["shop.carts"]);
    let name = |value: &Value| value["resource"]["aws_dynamodb_table"]["shop_carts_2"]["name"].clone();
    assert_eq!((name(&all), name(&one)), (json!("shop.carts"), json!("shop.carts")));
}

/// Another table beside a provisioned one.
fn beside(mut contract: Contract, name: &str) -> Contract {
    let mut other = contract.tables[0].clone();
    other.name = name.into();
    contract.tables.push(other);
    contract
}

#[test]
fn nothing_of_a_table_takes_the_name_of_another() {
    let mut ledger = contract(LEDGER);
    ledger.tables[0].name = "ledger".into();
    let both = beside(ledger, "ledger-read");
    let (all, one) = (json("terraform", &both), of_tables(&both, &["ledger-read"]));
    // The scaling of the one is called so too, and is of another type.
    for document in [&all, &one] {
        assert_eq!(document["resource"]["aws_dynamodb_table"]["ledger_read"]["name"], "ledger-read");
        assert_eq!(document["output"]["ledger_read_name"]["value"], "${aws_dynamodb_table.ledger_read.name}");
    }
    assert!(all["resource"]["aws_appautoscaling_target"]["ledger_read"].is_object());
}

#[test]
fn no_two_outputs_have_one_name() {
    let mut shop = contract(SHOP);
    // `shop_stream_arn` is the ARN of the stream of the one, and the ARN of the other.
    shop.tables[0].name = "shop-stream".into();
    let hcl = render("terraform", &shop, &Options::default()).unwrap();
    assert_eq!(hcl.matches("output \"shop_stream_arn\"").count(), 1, "{hcl}");
    let outputs = &json("terraform", &shop)["output"];
    assert_eq!(outputs["shop_stream_arn"]["value"], "${aws_dynamodb_table.shop.stream_arn}");
    assert_eq!(outputs["shop_stream_arn_2"]["value"], "${aws_dynamodb_table.shop_stream.arn}");
    let one = of_tables(&shop, &["shop-stream"]);
    assert_eq!(one["output"]["shop_stream_arn_2"], outputs["shop_stream_arn_2"]);
}

#[test]
fn what_is_of_a_region_has_a_name_of_its_own() {
    let mut sessions = changed(GLOBAL, "/tables/0/encryption/kmsKey", json!("alias/sessions"));
    sessions.tables[0].replicas[0].kms_key = None;
    sessions.tables[0].resource_policy = Some(json!({ "Version": "2012-10-17", "Statement": [] }));
    let mut both = beside(sessions, "sessions-eu-west-1");
    both.tables.last_mut().unwrap().replicas.clear();
    let hcl = Options { tables: vec!["sessions".into(), "sessions-eu-west-1".into()], ..Options::default() };
    let hcl = render("terraform", &both, &hcl).unwrap();
    for block in ["data \"aws_kms_alias\"", "resource \"aws_dynamodb_resource_policy\""] {
        assert_eq!(hcl.matches(&format!("{block} \"sessions_eu_west_1\"")).count(), 1, "{hcl}");
        assert_eq!(hcl.matches(&format!("{block} \"sessions_eu_west_1_2\"")).count(), 1, "{hcl}");
    }
}

//! SAM: which records reach a function, and what happens to those that fail.

use crate::{GLOBAL, SHOP, changed, contract, json, refused, render};
use serde_json::{Value, json};
use theory_export::{Contract, Format, Options};

fn patterns(contract: &Contract, function: &str) -> Vec<Value> {
    let template = json("sam", contract);
    let event = &template["Resources"][function]["Properties"]["Events"]["ShopTable"]["Properties"];
    let filters = event["FilterCriteria"]["Filters"].as_array();
    let pattern = |filter: &Value| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap();
    filters.map(|filters| filters.iter().map(pattern).collect()).unwrap_or_default()
}

/// The shop, with what its first consumer wants.
fn wanting(entities: Value, changes: Value) -> Contract {
    let mut shop = changed(SHOP, "/tables/1/consumers/0/entities", entities);
    shop.tables[1].consumers[1].changes = serde_json::from_value(changes).unwrap();
    shop
}

#[test]
fn a_filter_takes_the_records_of_the_entity() {
    assert_eq!(
        patterns(&contract(SHOP), "OrderProjector"),
        [json!({
            "eventName": ["INSERT", "MODIFY"],
            "dynamodb": { "Keys": { "pk": { "S": [{ "prefix": "CUSTOMER#" }] }, "sk": { "S": [{ "prefix": "ORDER#" }] } } },
        })]
    );
    assert!(patterns(&contract(SHOP), "Audit").is_empty());
    let all = patterns(&wanting(json!(["Order", "Customer"]), json!([])), "OrderProjector");
    assert_eq!(all[1]["dynamodb"]["Keys"]["sk"]["S"], json!(["PROFILE"]));
    refused("sam", &wanting(json!(["Ordre"]), json!([])), "no entity `Ordre`; known: Customer, Order");
}

#[test]
fn an_entity_that_its_key_does_not_tell_makes_filters_of_keys_useless() {
    let keys = "/tables/1/entities/0/keys";
    let shop = changed(SHOP, keys, json!({ "pk": "{customer}", "sk": "{email}" }));
    let mut file = shop.clone();
    file.tables[1].consumers[1].entities = vec!["Customer".into(), "Order".into()];
    assert_eq!(patterns(&file, "OrderProjector"), [json!({ "eventName": ["INSERT", "MODIFY"] })]);
    file.tables[1].consumers[1].changes.clear();
    assert!(patterns(&file, "OrderProjector").is_empty());
}

#[test]
fn what_fails_is_reported_split_retried_and_kept() {
    let template = json("sam", &contract(SHOP));
    let event = &template["Resources"]["OrderProjector"]["Properties"]["Events"]["ShopTable"]["Properties"];
    assert_eq!(event["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(event["BisectBatchOnFunctionError"], true);
    assert_eq!(event["MaximumRetryAttempts"], 3);
    assert_eq!(
        event["DestinationConfig"]["OnFailure"],
        json!({ "Type": "SQS", "Destination": "arn:aws:sqs:eu-central-1:123456789012:order-failures" })
    );
    let lost = changed(SHOP, "/tables/1/consumers/0/onFailure", json!("order-failures"));
    refused("sam", &lost, "no ARN of a queue, a topic or a bucket");
}

#[test]
fn a_function_of_another_template_is_a_parameter() {
    let settings = [("functions".into(), "elsewhere".into())].into();
    let options = Options { format: Some(Format::Json), settings, ..Options::default() };
    let template: Value = serde_json::from_str(&render("sam", &contract(SHOP), &options).unwrap()).unwrap();
    assert_eq!(template["Parameters"]["AuditName"]["Type"], "String");
    let mapping = &template["Resources"]["AuditOfShopTable"]["Properties"];
    assert_eq!(mapping["FunctionName"], json!({ "Ref": "AuditName" }));
    assert_eq!(mapping["EventSourceArn"], json!({ "Fn::GetAtt": ["ShopTable", "StreamArn"] }));
}

#[test]
fn a_consumer_without_a_stream_is_refused() {
    refused("sam", &changed(SHOP, "/tables/1/stream", json!(null)), "which has none");
    let mut global = contract(GLOBAL);
    // Replication brings its own.
    global.tables[1].consumers = vec![theory_export::contract::deployment::Consumer::new("tally")];
    assert!(json("sam", &global)["Resources"]["Tally"].is_object());
}

#[test]
fn what_sam_makes_of_an_event_takes_the_name_of_no_table() {
    // SAM calls the mapping by the names of the function and of its event.
    let mut shop = contract(SHOP);
    shop.tables[0].name = "audit-shop".into();
    let template = json("sam", &shop);
    assert_eq!(template["Resources"]["AuditShopTable"]["Type"], "AWS::DynamoDB::Table");
    let functions = template["Resources"].as_object().unwrap().iter();
    for (name, function) in functions.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
    {
        for event in function["Properties"]["Events"].as_object().unwrap().keys() {
            let made = format!("{name}{event}");
            assert!(template["Resources"][&made].is_null(), "`{made}` is a resource already");
        }
    }
}

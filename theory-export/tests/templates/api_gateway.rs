//! API Gateway: what is served, and that nothing of a name means anything to the template language.
//!
//! That hostile requests stay data is checked with the real Velocity by `scripts/check-templates.sh`.

use crate::{LEDGER, SHOP, changed, contract, json, refused, render};
use serde_json::{Value, json};
use theory_export::contract::{KeyTemplate, Segment};
use theory_export::{Contract, Format, Options};

fn of_entity(contract: &Contract, entity: &str) -> Result<Value, String> {
    let settings = [("entity".into(), entity.into())].into();
    let options = Options { format: Some(Format::Json), settings, ..Options::default() };
    let text = render("api-gateway", contract, &options).map_err(|error| error.to_string())?;
    Ok(serde_json::from_str(&text).unwrap())
}

/// The request template of a method.
fn template(document: &Value, api: &str, path: &str, method: &str) -> String {
    let method = &document["Resources"][api]["Properties"]["Body"]["paths"][path][method];
    let templates = &method["x-amazon-apigateway-integration"]["requestTemplates"];
    templates["application/json"].as_str().unwrap().to_owned()
}

fn shop_of_one_tenant() -> Contract {
    let mut shop = contract(SHOP);
    shop.tables[1].tenant = None;
    shop
}

#[test]
fn every_method_has_a_role_of_one_action() {
    let document = json("api-gateway", &contract(SHOP));
    for (role, action) in [
        ("CartCreateRole", "dynamodb:PutItem"),
        ("CartGetRole", "dynamodb:GetItem"),
        ("CartDeleteRole", "dynamodb:DeleteItem"),
    ] {
        let policies = &document["Resources"][role]["Properties"]["Policies"];
        assert_eq!(policies.as_array().unwrap().len(), 1);
        assert_eq!(policies[0]["PolicyDocument"]["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(policies[0]["PolicyDocument"]["Statement"][0]["Action"], action);
    }
    let body = &document["Resources"]["CartApi"]["Properties"]["Body"];
    assert_eq!(body["paths"]["/cart"]["post"]["security"], json!([{ "sigv4": [] }]));
    let integration = &body["paths"]["/cart"]["post"]["x-amazon-apigateway-integration"];
    assert_eq!(integration["passthroughBehavior"], "never");
}

#[test]
fn a_key_is_made_of_its_pieces() {
    let document = of_entity(&shop_of_one_tenant(), "Order").unwrap();
    let get = template(&document, "OrderApi", "/order/{customer}/{placedAt}/{orderId}", "get");
    let keys = r#""pk": {"S": "CUSTOMER\u0023${k_customer}"}, "sk": {"S": "ORDER\u0023${k_placedAt}\u0023${k_orderId}"}"#;
    assert!(get.contains(keys), "{get}");
    let create = template(&document, "OrderApi", "/order", "post");
    assert!(
        create.contains(r#""statusKey": {"S": "CUSTOMER\u0023${k_customer}\u0023${k_status}"}"#),
        "{create}"
    );
    assert!(create.contains(r#"{"\u0023k": "pk"}"#), "{create}");
}

#[test]
fn text_of_a_key_means_nothing_to_the_template() {
    let mut shop = shop_of_one_tenant();
    let hostile = "#set($x)#end${k_sk}\"}, \\ 'é😀\n";
    let key = [Segment::Literal(hostile.into()), Segment::Attribute("customer".into())];
    shop.tables[1].entities[1].keys.insert("pk".into(), KeyTemplate::new(key));
    let document = of_entity(&shop, "Order").unwrap();
    let get = template(&document, "OrderApi", "/order/{customer}/{placedAt}/{orderId}", "get");
    let value = get.split_once("\"pk\": {\"S\": ").unwrap().1.split_once("${k_customer}").unwrap().0;
    assert!(!value.contains(['#', '$', '\'', '\n']), "{value}");
    assert_eq!(serde_json::from_str::<String>(&format!("{value}\"")).unwrap(), hostile);
}

#[test]
fn what_cannot_be_served_safely_is_refused() {
    let order = of_entity(&contract(SHOP), "Order").unwrap_err();
    assert!(order.contains("does not know whose request it is"), "{order}");
    refused(
        "api-gateway",
        &changed(LEDGER, "/tables/0/entities/0/access/operations", json!([])),
        "neither `create`",
    );
    let mut shop = contract(SHOP);
    shop.tables.remove(1);
    shop.tables[0].entities[0].attributes[3].name = "cust'omer".into();
    refused("api-gateway", &shop, "characters that no name");
    // What the library writes itself has a name, too.
    for role in ["version", "createdAt", "updatedAt"] {
        let mut shop = contract(SHOP);
        let attributes = &mut shop.tables[0].entities[0].attributes;
        let mut managed = attributes[0].clone();
        managed.name = "a\": 1}}#set($x = 1)".into();
        managed.role = serde_json::from_value(json!(role)).unwrap();
        managed.shape.ty = serde_json::from_value(json!(if role == "version" { "N" } else { "S" })).unwrap();
        attributes.push(managed);
        let hostile = of_entity(&shop, "Cart").err().unwrap_or_default();
        assert!(hostile.contains("characters that no name"), "{role}: {hostile}");
    }
    let any = changed(SHOP, "/tables/0/entities/0/attributes/1/type", json!("*"));
    let any = of_entity(&any, "Cart").err().unwrap_or_default();
    assert!(any.contains("no template can check"), "{any}");
    let mut shop = contract(SHOP);
    shop.tables[0].entities[0].uniques.insert("customer".into(), vec!["customer".into()]);
    let unique = of_entity(&shop, "Cart").err().unwrap_or_default();
    assert!(unique.contains("takes a transaction"), "{unique}");
    // A number within a key would have to be written as the library writes it.
    let mut shop = shop_of_one_tenant();
    shop.tables[1].entities[1].keys.insert("sk".into(), KeyTemplate::parse("ORDER#{total}").unwrap());
    let number = of_entity(&shop, "Order").err().unwrap_or_default();
    assert!(number.contains("which is no text"), "{number}");
}

#[test]
fn what_is_optional_and_cannot_be_checked_is_not_accepted() {
    let mut shop = contract(SHOP);
    let note = shop.tables[0].entities[0].attributes.iter_mut().find(|attribute| attribute.name == "note");
    note.unwrap().shape.ty = theory_export::contract::StoredType::Any;
    let document = of_entity(&shop, "Cart").unwrap();
    let schema = &document["Resources"]["CartApi"]["Properties"]["Body"]["components"]["schemas"]["Cart"];
    assert!(schema["properties"]["note"].is_null());
    assert_eq!(schema["additionalProperties"], false);
    assert!(!template(&document, "CartApi", "/cart", "post").contains("note"));
}

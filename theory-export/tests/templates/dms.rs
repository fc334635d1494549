//! DMS documents: written, read, and read again as they were written.

use crate::{SHOP, contract, refused, render};
use proptest::prelude::*;
use serde_json::json;
use theory_export::contract::{Role, StoredType};
use theory_export::documents::dms::{contract_or_dms, from_dms};
use theory_export::{Contract, Options};

/// Everything that a document may say.
const NOTE: &str = r#"
dms_version: "0.2"
namespace: "demo"
models:
  - name: "Note"
    table: { name: "notes" }
    naming: { convention: "camelCase" }
    keys:
      partition: { attribute: "PK", type: "S" }
      sort: { attribute: "SK", type: "S" }
    write_policy: { write_once: true, protected: ["PK"] }
    attributes:
      - { attribute: "PK", type: "S", required: true, roles: ["pk"] }
      - { attribute: "SK", type: "S", required: true, roles: ["sk"] }
      - { attribute: "blob", type: "B", binary: true }
      - { attribute: "createdAt", type: "S", format: "rfc3339nano", roles: ["created_at"] }
      - { attribute: "emailHash", type: "S", optional: true, roles: ["index_pk:gsi-email"] }
      - { attribute: "meta", type: "S", json: true, omit_empty: true }
      - { attribute: "secret", type: "S", optional: true, encryption: { v: 1 } }
      - { attribute: "tags", type: "SS" }
      - { attribute: "ttl", type: "N", format: "unix_seconds", roles: ["ttl"], optional: true, omit_empty: true }
      - { attribute: "version", type: "N", format: "int", roles: ["version"] }
    indexes:
      - name: "gsi-email"
        type: "GSI"
        partition: { attribute: "emailHash", type: "S" }
        projection: { type: "INCLUDE", fields: ["createdAt"] }
"#;

fn written(contract: &Contract) -> String {
    render("dms", contract, &Options::default()).unwrap()
}

#[test]
fn a_document_is_a_contract() {
    let contract = contract_or_dms(NOTE).unwrap();
    let (table, note) = contract.entity("Note").unwrap();
    assert_eq!((table.name.as_str(), table.ttl.as_deref()), ("notes", Some("ttl")));
    assert_eq!(note.role(Role::Version).unwrap().name, "version");
    assert_eq!(note.attribute("tags").unwrap().shape.ty, StoredType::SS);
    assert_eq!(note.keys["emailHash"].to_string(), "{emailHash}");
    // The file of the contract is one like any other.
    assert_eq!(contract_or_dms(&contract.to_json()).unwrap(), contract);
}

#[test]
fn nothing_is_lost_between_a_document_and_its_contract() {
    let again = written(&from_dms(NOTE).unwrap());
    let value = |text: &str| serde_saphyr::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&again), value(NOTE));
    let from_json = contract_or_dms(&value(NOTE).to_string()).unwrap();
    assert_eq!(written(&from_json), again);
}

#[test]
fn what_is_stored_of_a_contract_is_in_its_document() {
    let document = from_dms(&written(&contract(SHOP))).unwrap();
    let order = document.entity("Order").unwrap().1;
    // Made of a template, and stored.
    assert!(order.attribute("statusKey").is_some() && order.attribute("pk").is_some());
    assert_eq!(order.indexes, ["by_status", "by_total"]);
    assert!(
        written(&contract(SHOP))
            .starts_with("# Without the indexes whose keys have several attributes: shop.by_place\n")
    );
    assert_eq!(written(&document), written(&from_dms(&written(&document)).unwrap()));
}

#[test]
fn what_contradicts_itself_is_refused() {
    for (from, to, because) in [
        ("\"0.2\"", "\"0.3\"", "format DMS 0.3"),
        ("dms_version: \"0.2\"", "dms_version: 1", "format DMS 1"),
        (
            "\"SK\", type: \"S\", required: true, roles: [\"sk\"]",
            "\"X\", type: \"S\"",
            "`SK` is none of its attributes",
        ),
        (
            "{ attribute: \"tags\", type: \"SS\" }",
            "{ attribute: \"blob\", type: \"SS\" }",
            "`blob` stands there twice",
        ),
        (
            "required: true, roles: [\"pk\"]",
            "required: true, optional: true, roles: [\"pk\"]",
            "required and optional",
        ),
        ("json: true", "json: true, binary: true", "is JSON and bytes"),
        ("type: \"SS\"", "type: \"SS\", binary: true", "not of type B"),
        ("type: \"SS\"", "type: \"X\"", "of type `X`"),
        ("\"version\"]", "\"wersion\"]", "the role `wersion`"),
        ("[\"index_pk:gsi-email\"]", "[\"index_sk:gsi-email\"]", "which it cannot have"),
        ("format: \"int\"", "format: \"float\"", "the format `float`"),
        ("type: \"GSI\"", "type: \"XSI\"", "GSI or LSI"),
        ("sort: { attribute: \"SK\"", "sort: { attribute: \"PK\"", "its keys have `PK` twice"),
        (
            "        projection",
            "        sort: { attribute: \"emailHash\", type: \"S\" }\n        projection",
            "the keys of index `gsi-email` have `emailHash` twice",
        ),
        (", fields: [\"createdAt\"]", "", "INCLUDE with fields"),
        ("camelCase", "kebab-case", "camelCase or snake_case"),
        ("namespace", "name_space", "unknown field `name_space`"),
    ] {
        let text = NOTE.replacen(from, to, 1);
        assert_ne!(text, NOTE, "{from}");
        let error = from_dms(&text).unwrap_err().to_string();
        assert!(error.contains(because), "{because}: {error}");
    }
    let any = crate::changed(SHOP, "/tables/0/entities/0/attributes/3/type", json!("*"));
    refused("dms", &any, "DMS has no word");
}

#[test]
fn models_of_one_table_share_it() {
    let model = NOTE.split_once("models:\n").unwrap().1;
    let two = |other: &str| from_dms(&format!("{NOTE}{other}"));
    let contract = two(&model.replace("\"Note\"", "\"Memo\"")).unwrap();
    assert_eq!((contract.tables.len(), contract.tables[0].entities.len()), (1, 2));
    assert!(two(model).unwrap_err().to_string().contains("stands there twice"));
    let other = model.replace("\"Note\"", "\"Memo\"");
    let other_index = other.replace("INCLUDE\", fields: [\"createdAt\"]", "ALL\"");
    assert!(two(&other_index).unwrap_err().to_string().contains("is another in another model"));
    let other_key = other.replace("\"SK\", type: \"S\"", "\"SK\", type: \"N\"");
    assert!(two(&other_key).unwrap_err().to_string().contains("another key"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_it_panic_and_no_name_breaks_it(name in "(?s)[^{}]{1,12}", text in "(?s).{0,40}") {
        let _ = from_dms(&text);
        let _ = from_dms(&NOTE.replace("createdAt", &text));
        let mut contract = contract(SHOP);
        contract.tables[0].entities[0].name = name.clone();
        contract.tables[0].entities[0].attributes[3].name = name.clone();
        let document = from_dms(&written(&contract));
        // It may have become the name of another attribute.
        let twice = contract.tables[0].entities[0].attributes.iter().filter(|a| a.name == name).count() > 1;
        prop_assert!(twice || document.unwrap().entity(&name).unwrap().1.attribute(&name).is_some());
    }
}

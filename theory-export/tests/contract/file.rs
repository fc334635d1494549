//! The file.

use crate::shop::{COUPON, CUSTOMER, ORDER, schema};
use serde_json::{Value, json};
use theory_export::{Contract, ExportError, Schema, contract::JSON_SCHEMA};

fn contract() -> Contract {
    schema().contract().expect("the schema is right")
}

fn value() -> Value {
    serde_json::from_str(&contract().to_json()).expect("a contract is JSON")
}

#[test]
fn reading_what_was_written_gives_the_same_bytes() {
    let text = contract().to_json();
    let read = Contract::from_json(&text).expect("what was written can be read");
    assert_eq!(read, contract());
    assert_eq!(read.to_json(), text);
}

#[test]
fn the_order_in_which_types_are_listed_does_not_matter() {
    let one = Schema::new(&[&CUSTOMER, &ORDER, &COUPON]).contract().unwrap();
    let other = Schema::new(&[&COUPON, &ORDER, &CUSTOMER]).contract().unwrap();
    assert_eq!(one.to_json(), other.to_json());
}

#[test]
fn the_json_schema_admits_it() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).expect("the schema is one");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(&value()).map(|error| error.to_string()).collect();
    assert_eq!(faults, [""; 0]);
    let mut unknown = value();
    unknown["tables"][1]["surprise"] = json!(1);
    assert!(!validator.is_valid(&unknown));
}

#[test]
fn another_major_version_is_refused_naming_both() {
    let mut newer = value();
    newer["format"] = json!("2.3");
    newer["whatever"] = json!(1);
    let error = Contract::from_json(&newer.to_string()).unwrap_err();
    assert!(matches!(error, ExportError::Format { .. }));
    assert_eq!(
        error.to_string(),
        "the contract has format 2.3, and this program reads format 1.0: use a newer `theory`"
    );
    let none = Contract::from_json("{}").unwrap_err().to_string();
    assert_eq!(none, "not a contract: it has no member `format`, such as \"1.0\"");
}

#[test]
fn members_of_other_tools_are_kept_wherever_they_stand() {
    let mut marked = value();
    let note = json!({ "anything": [1, { "x": null }] });
    for path in
        ["", "/tables/1", "/tables/1/entities/1", "/tables/1/entities/1/attributes/0", "/tables/1/indexes/0"]
    {
        marked.pointer_mut(path).unwrap()["x-note"] = note.clone();
    }
    marked["profiles"]["dev"]["x-note"] = note.clone();
    marked["tables"][1]["consumers"][0]["x-note"] = note.clone();
    let read = Contract::from_json(&marked.to_string()).expect("they are no part of the digest");
    assert_eq!(serde_json::from_str::<Value>(&read.to_json()).unwrap(), marked);
    assert_eq!(read.digest, contract().digest);
}

#[test]
fn unknown_members_are_refused_with_their_paths() {
    let mut wrong = value();
    wrong["tables"][1]["entities"][1]["atributes"] = json!([]);
    wrong["tables"][0]["key"]["x-here"] = json!(1);
    let error = Contract::from_json(&wrong.to_string()).unwrap_err().to_string();
    assert!(error.contains("/tables/1/entities/1/atributes"), "{error}");
    assert!(error.contains("/tables/0/key/x-here"), "a key has no place for it: {error}");
    assert!(error.contains("have a place in tables, indexes, "), "it says where they stand: {error}");
}

/// The pointers of every object in a document.
fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(path.to_owned());
            for (name, member) in members {
                objects(member, &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(elements) => {
            for (place, element) in elements.iter().enumerate() {
                objects(element, &format!("{path}/{place}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_member_is_read_and_then_forgotten() {
    let mut full: Value = serde_json::from_str(include_str!("../diff/full.json")).unwrap();
    full.as_object_mut().unwrap().remove("digest");
    let mut paths = Vec::new();
    objects(&full, "", &mut paths);
    assert!(paths.len() > 90, "{}", paths.len());
    for path in paths {
        for (name, member) in [("x-note", json!({ "a": 1 })), ("unkown", json!(1))] {
            let mut marked = full.clone();
            marked.pointer_mut(&path).unwrap()[name] = member;
            // A place that has names of any kind may take it for one; elsewhere it is kept, or refused.
            if let Ok(read) = Contract::from_json(&marked.to_string()) {
                assert!(read.to_json().contains(&format!("\"{name}\"")), "{path}/{name} was dropped");
            }
        }
    }
}

#[test]
fn an_edit_shows_in_the_digest() {
    let mut edited = value();
    edited["tables"][1]["tags"]["x-cost"] = json!("8");
    let error = Contract::from_json(&edited.to_string()).unwrap_err();
    assert!(matches!(error, ExportError::Digest { .. }), "{error}");
    edited.as_object_mut().unwrap().remove("digest");
    assert!(Contract::from_json(&edited.to_string()).is_ok());
}

#[test]
fn profiles_differ_in_nothing_but_what_they_may() {
    let contract = contract();
    let (dev, prod) = (contract.in_profile("dev").unwrap(), contract.in_profile("prod").unwrap());
    for (dev, prod) in dev.tables.iter().zip(&prod.tables) {
        assert_eq!(dev.declared_name(), prod.declared_name());
        let mut same = dev.clone();
        same.name.clone_from(&prod.name);
        same.declared_name.clone_from(&prod.declared_name);
        same.deletion_protection = prod.deletion_protection;
        same.point_in_time_recovery.clone_from(&prod.point_in_time_recovery);
        same.billing = prod.billing.clone();
        same.warm_throughput.clone_from(&prod.warm_throughput);
        same.retention = prod.retention.clone();
        for (same, prod) in same.indexes.iter_mut().zip(&prod.indexes) {
            same.billing.clone_from(&prod.billing);
            same.warm_throughput.clone_from(&prod.warm_throughput);
        }
        assert!(dev.warm_throughput.is_none(), "what can be thrown away is not paid for beforehand");
        assert_eq!(same, *prod);
        assert_ne!(dev, prod);
    }
    assert_eq!(dev.table("shop").map(|table| &*table.name), Some("dev-shop"));
    let error = contract.in_profile("stage").unwrap_err().to_string();
    assert_eq!(error, "no profile `stage`; profiles: dev, prod");
}

#[test]
fn mistakes_in_a_schema_are_reported_together() {
    let error = schema()
        .table("shops", |t| t)
        .table("shop", |t| t.index("by_date", |i| i))
        .entity("Order", |e| e.only([]).query_index("by_date").attributes(["tota"]))
        .profile("dev", |p| p.table("carts", |t| t))
        .contract()
        .unwrap_err();
    insta::assert_snapshot!(error, @"
    5 faults:
      no table `shops`; known: coupons, shop
      table `shop` has no index `by_date`
      access of entity `Order` names an index `by_date`, which it does not have
      tables/shop/entities/Order/access/attributes/tota: the entity has no such attribute; remove it
      profiles/dev/tables/carts: the contract has no such table; name one of: coupons, shop
    ");
}

#[test]
fn a_table_that_dynamodb_would_refuse_is_refused_by_name() {
    use theory_schema::{Attribute, Entity, Key, KeyAttribute, ScalarType, Segment, Type};
    const ID: KeyAttribute =
        KeyAttribute { name: "id", ty: ScalarType::String, template: &[Segment::Field("id")] };
    static SHORT: Entity = Entity::new(
        "Short",
        "ab",
        Key { partition: &[ID], sort: &[] },
        &[Attribute::new("id", "id", &Type::String)],
    );
    let error = Schema::new(&[&SHORT]).contract().unwrap_err();
    assert!(matches!(error, ExportError::Invalid(_)));
    insta::assert_snapshot!(error, @"tables/ab/name: a table cannot be called `ab`: it has 2 characters, and 3 to 255 are allowed; choose another name");
}

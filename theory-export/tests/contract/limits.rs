//! Files that are larger, deeper or longer than a contract is.

use serde_json::{Value, json};
use theory_export::Contract;
use theory_export::diff::Diff;

fn table(name: &str) -> Value {
    json!({ "name": name, "key": { "partition": [{ "name": "pk", "type": "S" }] } })
}

fn refused(text: &str, because: &str) {
    let error = Contract::from_json(text).unwrap_err().to_string();
    assert!(error.contains(because), "{error}");
}

#[test]
fn what_is_too_large_is_refused() {
    refused(&format!("{}{{}}", " ".repeat((64 << 20) + 1)), "bytes");
    refused(&"[".repeat(1_000_000), "recursion limit");
    let deep = format!("{}{}", r#"{"x-a":"#.repeat(100_000), "1");
    refused(&deep, "recursion limit");
    let tables: Vec<_> = (0..10_001).map(|number| table(&format!("t{number}"))).collect();
    refused(&json!({ "format": "1.0", "tables": tables }).to_string(), "10001 parts");
    let policy: Vec<_> = (0..10_001).map(|_| json!({})).collect();
    let mut with_policy = table("t");
    with_policy["resourcePolicy"] = json!({ "Statement": policy });
    refused(&json!({ "format": "1.0", "tables": [with_policy] }).to_string(), "10001 parts");
}

/// A list of lists of lists, so deep.
fn nested(levels: usize) -> String {
    let mut shape = json!({ "type": "S" });
    for _ in 0..levels {
        shape = json!({ "type": "L", "element": shape });
    }
    shape["name"] = json!("a");
    let mut deep = table("t");
    deep["entities"] = json!([{ "name": "E", "keys": { "pk": "{pk}" }, "attributes": [shape] }]);
    json!({ "format": "1.0", "tables": [deep] }).to_string()
}

#[test]
fn shapes_within_shapes_end_somewhere() {
    // Deeper than serde_json reads: refused, and not a stack that overflows.
    refused(&nested(128), "recursion limit");
    let (deep, other) =
        (Contract::from_json(&nested(110)).unwrap(), Contract::from_json(&nested(109)).unwrap());
    assert_eq!(Contract::from_json(&deep.to_json()).unwrap(), deep);
    assert_eq!(Diff::between(&deep, &other).unwrap().changes().len(), 1);
}

#[test]
fn the_longest_lists_are_compared_in_time() {
    let contract = |prefix: &str| {
        let attributes: Vec<_> =
            (0..10_000).map(|number| json!({ "name": format!("{prefix}{number}"), "type": "S" })).collect();
        let mut wide = table("wide");
        wide["entities"] = json!([{ "name": "E", "keys": { "pk": "{pk}" }, "attributes": attributes }]);
        let mut tables = vec![wide];
        tables.extend((0..9_999).map(|number| table(&format!("{prefix}{number}"))));
        Contract::from_json(&json!({ "format": "1.0", "tables": tables }).to_string()).unwrap()
    };
    let (a, b) = (contract("a"), contract("b"));
    assert!(Diff::between(&a, &a).unwrap().changes().is_empty());
    // Nothing is the same: every table and every attribute is gone, and as many are new.
    assert_eq!(Diff::between(&a, &b).unwrap().changes().len(), 2 * 9_999 + 2 * 10_000);
}

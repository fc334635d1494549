//! What no target can deploy is refused by each, with what is wrong.

use super::{LEDGER, SHOP, changed, refused, render};
use serde_json::json;
use theory_export::Options;

const TARGETS: [&str; 6] = ["cloudformation", "sam", "cdk", "terraform", "aws-cli", "iam"];

#[test]
fn a_table_that_dynamodb_would_refuse() {
    let attribute = |name: &str| json!({ "name": name, "type": "S" });
    let five = ["a", "b", "c", "d", "e"].map(attribute);
    let five = json!({ "partition": five });
    let index = |name: &str, projection| json!({ "name": name, "kind": "global", "key": { "partition": [attribute("a")] }, "projection": projection });
    let all = || json!({ "type": "ALL" });
    let many: Vec<_> = (0..21).map(|n| index(&format!("by_{n:02}"), all())).collect();
    for (pointer, value, because) in [
        ("/tables/1/name", json!("ab"), "2 characters"),
        ("/tables/1/indexes/0/key", five, "key/partition: 5 attributes"),
        ("/tables/1/key/sort/0/name", json!("pk"), "key/pk: two attributes of the key"),
        (
            "/tables/1/indexes/0/projection",
            json!({ "type": "INCLUDE", "attributes": [] }),
            "includes no attribute",
        ),
        (
            "/tables/1/indexes",
            json!([index("twice", all()), index("twice", all())]),
            "indexes/twice: two indexes",
        ),
        (
            "/tables/1/indexes/0/key",
            json!({ "partition": [{ "name": "sk", "type": "N" }] }),
            "it is N here, and S in `key`",
        ),
    ] {
        for target in TARGETS {
            refused(target, &changed(SHOP, pointer, value.clone()), because);
        }
    }
    // AWS raises this quota on request.
    assert!(
        render("cloudformation", &changed(SHOP, "/tables/1/indexes", json!(many)), &Options::default())
            .is_ok()
    );
    for target in TARGETS {
        let local = "/tables/0/indexes/0/kind";
        refused(target, &changed(LEDGER, local, json!("local")), "local index");
    }
}

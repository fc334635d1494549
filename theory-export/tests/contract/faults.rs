//! What is wrong with a contract is found wherever it comes from, all of it at once.

use serde_json::{Value, json};
use theory_export::contract::Fault;
use theory_export::{Contract, ExportError, Schema};

use crate::shop::{COUPON, schema};

fn key(partition: &str, sort: Option<&str>) -> Value {
    let attribute = |name: &str| json!({ "name": name, "type": "S" });
    json!({ "partition": [attribute(partition)], "sort": sort.map(attribute).into_iter().collect::<Vec<_>>() })
}

fn index(name: &str, kind: &str, key: Value) -> Value {
    json!({ "name": name, "kind": kind, "key": key, "projection": { "type": "ALL" } })
}

fn entity() -> Value {
    json!({
        "name": "Order",
        "keys": { "pk": "CUSTOMER#{customer}", "sk": "{sk}" },
        "attributes": [{ "name": "customer", "type": "S" }, { "name": "sk", "type": "S" }],
    })
}

/// A contract of one table with these members beside its key.
fn contract(members: &Value) -> Value {
    let mut table = json!({ "name": "shop", "key": key("pk", Some("sk")), "entities": [entity()] });
    for (name, value) in members.as_object().unwrap() {
        table[name] = value.clone();
    }
    json!({ "format": "1.0", "tables": [table] })
}

fn faults(contract: &Value) -> Vec<Fault> {
    Contract::from_json(&contract.to_string()).expect("it can be read, and compared").faults()
}

#[test]
fn each_fault_is_found_with_its_path() {
    let many = |count: usize, kind: &str| -> Vec<_> {
        (0..count).map(|number| index(&format!("index{number}"), kind, key("pk", Some("sk")))).collect()
    };
    let twice = [many(1, "global"), many(1, "global")].concat();
    let five: Vec<_> = (0..5).map(|number| json!({ "name": format!("a{number}"), "type": "S" })).collect();
    let provisioned = |autoscaling: Value| json!({ "billing": { "mode": "provisioned", "read": { "units": 1, "autoscaling": autoscaling }, "write": { "units": 1 } } });
    let consumer = |members: Value| {
        let mut consumer = json!({ "function": "f" });
        consumer.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        json!({ "stream": "NEW_IMAGE", "consumers": [consumer] })
    };
    let tags: serde_json::Map<_, _> = (0..60).map(|number| (format!("t{number}"), json!("x"))).collect();
    let mut number_key = index("by_pk", "global", key("pk", None));
    number_key["key"]["partition"][0]["type"] = json!("N");
    let mut included = index("by_pk", "global", key("pk", None));
    included["projection"] = json!({ "type": "INCLUDE", "attributes": [] });
    let mut other = entity();
    other["access"] = json!({ "indexes": { "none": ["query"] }, "attributes": ["none"] });
    other["uniques"] = json!({ "mail": ["none"] });
    other["indexes"] = json!(["gone"]);
    let mut unkeyed = entity();
    unkeyed["keys"] = json!({ "pk": "{pk}" });
    unkeyed["attributes"] = json!([{ "name": "pk", "type": "N" }, { "name": "pk", "type": "N" }]);

    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &[]),
        (json!({ "indexes": many(20, "global") }), &[]),
        (json!({ "indexes": many(32, "global") }), &["tables/shop/indexes: 32 global indexes"]),
        (json!({ "indexes": many(7, "local") }), &["tables/shop/indexes: 7 local indexes"]),
        (json!({ "indexes": twice }), &["tables/shop/indexes/index0: two indexes have this name"]),
        (
            json!({ "indexes": [index("lsi", "local", key("other", Some("sk")))] }),
            &["tables/shop/indexes/lsi/key/partition: a local index has the partition key of its table"],
        ),
        (
            json!({ "indexes": [index("lsi", "local", key("pk", None))] }),
            &["tables/shop/indexes/lsi/key/sort: a local index has a sort key"],
        ),
        (
            json!({ "indexes": [index("wide", "global", json!({ "partition": five }))] }),
            &["tables/shop/indexes/wide/key/partition: 5 attributes; up to 4"],
        ),
        (
            json!({ "indexes": [included] }),
            &["tables/shop/indexes/by_pk/projection: it includes no attribute"],
        ),
        (
            json!({ "indexes": [number_key] }),
            &["tables/shop/indexes/by_pk/key/pk: it is N here, and S in `key`"],
        ),
        (
            json!({ "key": { "partition": [] }, "entities": [] }),
            &["tables/shop/key/partition: there is no partition key"],
        ),
        (
            json!({ "key": { "partition": five[..2] }, "entities": [] }),
            &["tables/shop/key/partition: 2 attributes; one is allowed"],
        ),
        (
            json!({ "pointInTimeRecovery": { "days": 0 } }),
            &["tables/shop/pointInTimeRecovery/days: it is 0; 1 to 35"],
        ),
        (
            json!({ "pointInTimeRecovery": { "days": 99 } }),
            &["tables/shop/pointInTimeRecovery/days: it is 99; 1 to 35"],
        ),
        (consumer(json!({ "batchSize": 0 })), &["tables/shop/consumers/f/batchSize: it is 0; 1 to 10000"]),
        (
            consumer(
                json!({ "batchSeconds": 301, "parallelBatches": 11, "retries": 10001, "maxAgeSeconds": 59 }),
            ),
            &[
                "tables/shop/consumers/f/batchSeconds: it is 301",
                "tables/shop/consumers/f/parallelBatches: it is 11",
                "tables/shop/consumers/f/retries: it is 10001",
                "tables/shop/consumers/f/maxAgeSeconds: it is 59",
            ],
        ),
        (
            consumer(json!({ "entities": ["None"] })),
            &["tables/shop/consumers/f/entities/None: the table has no such entity"],
        ),
        (json!({ "consumers": [{ "function": "f" }] }), &["tables/shop/consumers: the table has no stream"]),
        (
            provisioned(json!({ "min": 9, "max": 3, "targetPercent": 70 })),
            &["tables/shop/billing/read/autoscaling: the least is 9, and the most is 3"],
        ),
        (
            provisioned(json!({ "min": 1, "max": 3, "targetPercent": 200 })),
            &["tables/shop/billing/read/autoscaling/targetPercent: it is 200; 20 to 90"],
        ),
        (json!({ "resourcePolicy": "x" }), &["tables/shop/resourcePolicy: it is no policy"]),
        (json!({ "tags": tags }), &["tables/shop/tags: 60 tags; up to 50"]),
        (json!({ "tags": { "AWS:x": "" } }), &["tables/shop/tags/AWS:x: names that begin with `aws:`"]),
        (
            json!({ "tenant": { "attribute": "none", "principalTag": "t" } }),
            &["tables/shop/tenant/attribute: `none` is neither the partition key nor part of it"],
        ),
        (json!({ "tenant": { "attribute": "customer", "principalTag": "t" } }), &[]),
        (json!({ "ttl": "customer" }), &["tables/shop/ttl: `customer` of entity `Order` is S"]),
        (
            json!({ "name": "a b/c" }),
            &["tables/a b/c/name: a table cannot be called `a b/c`: ' ' is not allowed"],
        ),
        (json!({ "replicas": [{ "region": "Mars" }] }), &["tables/shop/replicas/Mars: it is no region"]),
        (
            json!({ "entities": [other] }),
            &[
                "tables/shop/entities/Order/indexes/gone: the table has no such index",
                "tables/shop/entities/Order/access/indexes/none: the entity is not in such an index",
                "tables/shop/entities/Order/access/attributes/none: the entity has no such attribute",
                "tables/shop/entities/Order/uniques/mail/none: the entity has no such attribute",
            ],
        ),
        (
            json!({ "entities": [unkeyed] }),
            &[
                "tables/shop/entities/Order/keys/sk: the entity does not say how it fills the key",
                "tables/shop/entities/Order/attributes/pk: it is N, and as part of a key S",
                "tables/shop/entities/Order/attributes/pk: two attributes have this name",
            ],
        ),
    ];
    for (members, expected) in cases {
        let found: Vec<_> = faults(&contract(&members)).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{members}: {found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}, and not {expected}");
        }
    }
    let long = "n".repeat(300);
    let found = faults(&contract(&json!({ "name": long })));
    assert!(found[0].what.ends_with("it has 300 characters, and 3 to 255 are allowed"), "{found:?}");
    let mut twice = contract(&json!({}));
    twice["tables"] = json!([twice["tables"][0], twice["tables"][0]]);
    assert_eq!(
        faults(&twice)[0].to_string(),
        "tables/shop: two tables have this name; give each a name of its own"
    );
}

#[test]
fn profiles_are_looked_at_too() {
    let mut file = contract(&json!({}));
    file["profiles"] = json!({
        "a b": { "tablePrefix": "a b-" },
        "dev": { "all": { "pointInTimeRecovery": { "days": 99 } }, "tables": { "carts": {}, "shop": { "name": "x" } } },
    });
    let found: Vec<_> = faults(&file).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "profiles/a b/tables/shop: the table would be called `a b-shop`: ' ' is not allowed, but letters a–z and A–Z, digits, `_`, \
             `-` and `.` are; choose another prefix, suffix or name",
            "profiles/dev/all/pointInTimeRecovery/days: it is 99; 1 to 35 are allowed",
            "profiles/dev/tables/carts: the contract has no such table; name one of: shop",
            "profiles/dev/tables/shop: the table would be called `x`: it has 1 characters, and 3 to 255 are allowed; choose another prefix, \
             suffix or name",
        ]
    );
}

#[test]
fn a_quota_that_can_be_raised_is_no_refusal() {
    let indexes: Vec<_> =
        (0..32).map(|number| index(&format!("index{number}"), "global", key("pk", None))).collect();
    let contract = Contract::from_json(&contract(&json!({ "indexes": indexes })).to_string()).unwrap();
    assert!(contract.validate().is_ok());
    assert!(!contract.faults()[0].refused);
}

#[test]
fn builders_are_told_the_same_with_all_else() {
    let error = Schema::new(&[&COUPON])
        .table("coupons", |t| {
            t.point_in_time_recovery_days(99)
                .consumer("f", |c| c.batch_size(0))
                .tenant("none", "tag")
                .index("none", |i| i)
        })
        .contract()
        .unwrap_err();
    assert!(matches!(&error, ExportError::Invalid(faults) if faults.len() == 4), "{error}");
    insta::assert_snapshot!(error, @"
    4 faults:
      table `coupons` has no index `none`
      tables/coupons/pointInTimeRecovery/days: it is 99; 1 to 35 are allowed
      tables/coupons/consumers/f/batchSize: it is 0; 1 to 10000 are allowed
      tables/coupons/tenant/attribute: `none` is neither the partition key nor part of it; name what stands in the partition key
    ");
    assert_eq!(schema().contract().unwrap().faults(), []);
}

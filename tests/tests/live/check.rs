//! Every difference of a table that is deployed is found.

use crate::{apply, contract, findings, shop, told, with};
use serde_json::json;
use theory::Table;
use theory::client::{CreateTables, Verify};
use theory_export::Schema;
use theory_tests::for_each_engine;

#[tokio::test]
async fn each_difference_is_found() {
    for_each_engine(async |sandbox| {
        apply(&sandbox, &contract(&shop(&sandbox)), |apply| apply).await.unwrap();
        let changed = |pointer: &str, value: serde_json::Value| {
            let mut table = shop(&sandbox);
            *table.pointer_mut(pointer).unwrap() = value;
            contract(&table)
        };
        for (pointer, value, expected) in [
            ("/key/partition/0/name", json!("id"), "error key"),
            ("/key/sort/0/type", json!("N"), "error key"),
            ("/indexes/0/key/partition/0/name", json!("state"), "error indexes/by_status/key"),
            ("/indexes/0/projection", json!({ "type": "ALL" }), "error indexes/by_status/projection"),
            ("/indexes/0/projection", json!({ "type": "KEYS_ONLY" }), "warning indexes/by_status/projection"),
            ("/indexes/1/name", json!("by_moment"), "error indexes/by_moment"),
            ("/ttl", json!("until"), "error ttl"),
            ("/ttl", json!(null), "error ttl"),
            ("/stream", json!("KEYS_ONLY"), "error stream"),
            ("/stream", json!(null), "warning stream"),
        ] {
            let told = told(&findings(&sandbox, &changed(pointer, value.clone())).await);
            assert!(told.contains(&expected.to_owned()), "{pointer} {value}: {told:?}");
        }
        let declared = with(
            shop(&sandbox),
            "billing",
            json!({ "mode": "provisioned", "read": { "units": 1 }, "write": { "units": 1 } }),
        );
        let told = told(&findings(&sandbox, &contract(&declared)).await);
        assert!(told.contains(&"warning billing/mode".to_owned()), "{told:?}");
    })
    .await;
}

#[derive(Table)]
#[table(name = "orders", gsi(name = "by_status", pk = status, sk = customer, projection = keys_only))]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    id: String,
    status: String,
    #[table(ttl)]
    expires: Option<theory::Timestamp>,
}

/// The same table, as an older or newer version of the code has it.
mod other {
    #[derive(theory::Table)]
    #[table(name = "orders",
        gsi(name = "by_status", pk = status, sk = customer, projection = all),
        gsi(name = "by_total", pk = total))]
    pub(super) struct Order {
        #[table(pk)]
        pub(super) customer: String,
        #[table(sk)]
        pub(super) id: u64,
        pub(super) status: String,
        pub(super) total: u64,
    }
}

#[tokio::test]
async fn a_client_verifies_its_tables_and_of_what_they_were_made() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        let missing = client.verify(theory::schema![Order]).await.unwrap_err();
        assert_eq!(missing.kind(), theory::ErrorKind::SchemaMismatch);
        assert!(missing.to_string().contains("there is no such table"), "{missing}");

        CreateTables::of(theory::schema![Order]).send(&client).await.unwrap();
        client.verify(theory::schema![Order]).await.unwrap();
        let verified = Verify::of(theory::schema![other::Order]).send(&client).await.unwrap();
        let differences: Vec<_> = verified.differences().iter().map(ToString::to_string).collect();
        let of_table = |what: &str| format!("table `{}`: {what}", sandbox.table("orders"));
        assert_eq!(
            differences,
            [
                of_table("the key is `customer: S, id: S`, not `customer: S, id: N`"),
                of_table("the index `by_status` lacks attributes that the code reads from it"),
                of_table("there is no index `by_total`"),
                of_table("items expire by `expires`, and the code has none expire"),
            ]
        );
        assert!(client.verify(theory::schema![other::Order]).await.is_err());
        drop(Order { customer: String::new(), id: String::new(), status: String::new(), expires: None });
        drop(other::Order { customer: String::new(), id: 0, status: String::new(), total: 0 });
    })
    .await;
}

#[tokio::test]
async fn tables_know_of_which_contract_they_were_made() {
    for_each_engine(async |sandbox| {
        let mut contract = Schema::new(theory::schema![Order]).contract().unwrap();
        contract.tables[0].name = sandbox.table("orders");
        contract.seal();
        apply(&sandbox, &contract, |apply| apply).await.unwrap();
        let digest = contract.digest.clone().unwrap();
        let client = sandbox.client();
        let stamped = Verify::of(theory::schema![Order]).stamp(&digest).send(&client).await.unwrap();
        if stamped.stamps().is_empty() {
            // The engine has no tags, and that is a difference of its own.
            assert!(!stamped.is_ok());
            return;
        }
        assert!(stamped.is_ok(), "{stamped:?}");
        let other = Verify::of(theory::schema![Order]).stamp("sha256:other").send(&client).await.unwrap();
        let [difference] = other.differences() else { panic!("{other:?}") };
        assert!(difference.to_string().contains(&digest), "{difference}");
    })
    .await;
}

//! Tables are made, changed one step after the other, and never emptied.

use crate::{apply, contract, findings, index, plan, shop, told, with};
use serde_json::json;
use theory_export::Contract;
use theory_export::live::{self, Apply, Event};
use theory_tests::{Capability, Engine, for_each_engine};

#[tokio::test]
async fn what_is_missing_is_created_and_nothing_is_done_twice() {
    for_each_engine(async |sandbox| {
        let contract = contract(&shop(&sandbox));
        assert_eq!(
            told(&findings(&sandbox, &contract).await),
            ["error tables/".to_owned() + &sandbox.table("shop")]
        );
        apply(&sandbox, &contract, |apply| apply).await.unwrap();
        let found = findings(&sandbox, &contract).await;
        assert_eq!(told(&found), [""; 0], "{found:?}");

        let again = plan(&sandbox, &contract).await;
        assert!(again.is_empty() && again.left().is_empty(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn indexes_are_added_one_at_a_time_and_removed_only_where_that_is_allowed() {
    for_each_engine(async |sandbox| {
        apply(&sandbox, &contract(&shop(&sandbox)), |apply| apply).await.unwrap();
        let item = json!({ "pk": { "S": "a" }, "sk": { "B": "AQ==" }, "kind": { "S": "x" }, "status": { "N": "1" } });
        sandbox.call("PutItem", &json!({ "TableName": sandbox.table("shop"), "Item": item })).await.unwrap();

        let indexes = json!([
            index("by_kind", "global", "kind", "S"),
            index("by_other", "global", "other", "S"),
            shop(&sandbox)["indexes"][0],
            shop(&sandbox)["indexes"][1],
        ]);
        let more = contract(&with(shop(&sandbox), "indexes", indexes));
        let events = apply(&sandbox, &more, |apply| apply).await.unwrap();
        let begun: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Begun { what, .. } if what.starts_with("add") => Some(what.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(begun, ["add the index `by_kind`, and wait for it", "add the index `by_other`, and wait for it"]);
        assert_eq!(told(&findings(&sandbox, &more).await), [""; 0]);
        // The index has what the table had.
        let query = json!({ "TableName": sandbox.table("shop"), "IndexName": "by_kind", "KeyConditionExpression": "kind = :k", "ExpressionAttributeValues": { ":k": { "S": "x" } } });
        assert_eq!(sandbox.call("Query", &query).await.unwrap()["Count"], 1);

        let fewer = contract(&shop(&sandbox));
        apply(&sandbox, &fewer, |apply| apply).await.unwrap();
        assert_eq!(told(&findings(&sandbox, &fewer).await), ["warning indexes/by_kind", "warning indexes/by_other"]);
        apply(&sandbox, &fewer, |apply| apply.allow_destructive()).await.unwrap();
        assert_eq!(told(&findings(&sandbox, &fewer).await), [""; 0]);
        let scan = json!({ "TableName": sandbox.table("shop"), "Select": "COUNT" });
        assert_eq!(sandbox.call("Scan", &scan).await.unwrap()["Count"], 1, "items stay");
    })
    .await;
}

#[tokio::test]
async fn what_dynamodb_refuses_in_place_is_left_to_a_person() {
    for_each_engine(async |sandbox| {
        apply(&sandbox, &contract(&shop(&sandbox)), |apply| apply).await.unwrap();
        let mut other = shop(&sandbox);
        other["key"]["partition"][0]["type"] = json!("N");
        other["indexes"][0]["projection"] = json!({ "type": "ALL" });
        other["indexes"][1]["name"] = json!("by_moment");
        other["indexes"][1]["key"]["partition"][0]["type"] = json!("N");
        let other = contract(&other);
        let plan = plan(&sandbox, &other).await;
        assert!(plan.steps().iter().all(|step| step.what.contains("tag")), "{plan:?}");
        let left: Vec<_> = plan.left().iter().map(|left| left.what.as_str()).collect();
        for part in [
            "the key is",
            "projection of the index `by_status`",
            "no index `by_moment`",
            "an index `by_time`",
        ] {
            assert!(left.iter().any(|left| left.contains(part)), "{part}: {left:?}");
        }
        let before = findings(&sandbox, &other).await;
        apply(&sandbox, &other, |apply| apply.allow_destructive()).await.unwrap();
        let after = findings(&sandbox, &other).await;
        let without_digest = |found: Vec<theory_export::check::Finding>| {
            found.into_iter().filter(|finding| finding.path != "digest").collect::<Vec<_>>()
        };
        assert_eq!(without_digest(before), without_digest(after));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_refused_keeps_no_other_from_being_done() {
    for_each_engine(async |sandbox| {
        let named = |name: &str| with(shop(&sandbox), "name", json!(sandbox.table(name)));
        let tables = json!([named("wrong"), named("right")]);
        let contract =
            Contract::from_json(&json!({ "format": "1.0", "tables": tables }).to_string()).unwrap();
        let plan = plan(&sandbox, &contract).await;
        // Somebody makes it after the plan was made.
        let key = json!({ "partition": [{ "name": "other", "type": "N" }] });
        apply(&sandbox, &self::contract(&json!({ "name": sandbox.table("wrong"), "key": key })), |apply| {
            apply
        })
        .await
        .unwrap();
        let mut events = Vec::new();
        let applied =
            Apply::new(&contract).send(&sandbox.sdk_client(), &plan, |event| events.push(event)).await;
        let error = applied.unwrap_err().to_string();
        assert!(error.contains("CreateTable") && error.contains(&sandbox.table("wrong")), "{error}");
        let refused = events.iter().filter(|event| matches!(event, Event::Refused { .. })).count();
        assert_eq!(refused, 1, "{events:?}");
        let found = findings(&sandbox, &contract).await;
        let right = format!("tables/{}", sandbox.table("right"));
        assert!(found.iter().all(|finding| !finding.path.starts_with(&right)), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_there_ends_it_at_once_and_says_where_to_look() {
    let nobody = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new("eu-north-1"))
        .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("a", "b", None, None, "test"))
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .endpoint_url("http://127.0.0.1:9")
        .build();
    let table = json!({ "name": "shop", "key": { "partition": [{ "name": "pk", "type": "S" }] } });
    let client = aws_sdk_dynamodb::Client::from_conf(nobody);
    let error = live::describe(&client, &contract(&table)).await.unwrap_err().to_string();
    assert!(error.contains("DescribeTable of `shop`") && error.contains("--endpoint"), "{error}");
    assert!(!error.contains('{') && !error.contains("Failure("), "{error}");
}

#[tokio::test]
async fn settings_are_changed_in_place() {
    for_each_engine(async |sandbox| {
        let mut plain =
            json!({ "name": sandbox.table("shop"), "key": { "partition": [{ "name": "pk", "type": "S" }] } });
        // The embedded engine forgets the capacity of an index where the billing mode changes.
        if *sandbox.engine() != Engine::Embedded {
            plain["indexes"] = json!([index("by_x", "global", "x", "S")]);
        }
        apply(&sandbox, &contract(&plain), |apply| apply).await.unwrap();
        let capacity = |units: u64| json!({ "mode": "provisioned", "read": { "units": units }, "write": { "units": 7 } });
        for (member, value) in [
            ("ttl", json!("expires")),
            ("stream", json!("KEYS_ONLY")),
            ("billing", capacity(5)),
            ("billing", capacity(6)),
            ("billing", json!({ "mode": "onDemand" })),
        ] {
            let changed = contract(&with(plain.clone(), member, value.clone()));
            assert_ne!(told(&findings(&sandbox, &changed).await), [""; 0], "{member}");
            apply(&sandbox, &changed, |apply| apply).await.unwrap();
            if member == "ttl" {
                // Items that are past it would be deleted.
                assert!(told(&findings(&sandbox, &changed).await).contains(&"error ttl".to_owned()));
                apply(&sandbox, &changed, |apply| apply.allow_destructive()).await.unwrap();
            }
            let found = findings(&sandbox, &changed).await;
            let about: Vec<_> = told(&found).into_iter().filter(|told| told.contains(member)).collect();
            assert_eq!(about, [""; 0], "{member} {value}: {found:?}");
        }
        // The stream is not ended unless that is allowed.
        let ended = contract(&plain);
        apply(&sandbox, &ended, |apply| apply).await.unwrap();
        assert!(told(&findings(&sandbox, &ended).await).contains(&"warning stream".to_owned()));
        apply(&sandbox, &ended, |apply| apply.allow_destructive()).await.unwrap();
        assert!(!told(&findings(&sandbox, &ended).await).contains(&"warning stream".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn settings_that_only_some_engines_have() {
    for_each_engine(async |sandbox| {
        let plain =
            json!({ "name": sandbox.table("shop"), "key": { "partition": [{ "name": "pk", "type": "S" }] } });
        for (capability, member, value) in [
            (
                Capability::OnDemandMaximum,
                "billing",
                json!({ "mode": "onDemand", "maxReadUnits": 10, "maxWriteUnits": 5 }),
            ),
            (Capability::Tags, "tags", json!({ "team": "shop" })),
            (Capability::TableClass, "class", json!("STANDARD_INFREQUENT_ACCESS")),
            (Capability::TableClass, "deletionProtection", json!(true)),
            (Capability::ServerSideEncryption, "encryption", json!({ "key": "awsManaged" })),
        ] {
            if sandbox.lacks(capability) {
                continue;
            }
            let name = sandbox.table(&format!("made-with-{}", member.to_ascii_lowercase()));
            let made = contract(&with(with(plain.clone(), member, value.clone()), "name", json!(name)));
            apply(&sandbox, &made, |apply| apply).await.unwrap();
            let found = findings(&sandbox, &made).await;
            assert_eq!(told(&found), [""; 0], "made with {member}: {found:?}");

            // The embedded engine refuses an UpdateTable of nothing else.
            if member != "tags" {
                continue;
            }
            apply(&sandbox, &contract(&plain), |apply| apply.allow_destructive()).await.unwrap();
            let changed = contract(&with(plain.clone(), member, value));
            apply(&sandbox, &changed, |apply| apply).await.unwrap();
            let found = findings(&sandbox, &changed).await;
            assert!(!told(&found).iter().any(|told| told.contains(member)), "changed {member}: {found:?}");
        }
    })
    .await;
}

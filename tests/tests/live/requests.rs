//! What `apply` asks for, to the letter, and in which order.

use crate::account::Account;
use crate::{contract, index, told, with};
use serde_json::{Value, json};
use theory_export::check::{Check, CheckOptions, Finding};
use theory_export::live::{self, Apply, Event, Plan};
use theory_export::{Contract, ExportError};

fn plain() -> Value {
    json!({ "name": "shop", "key": { "partition": [{ "name": "pk", "type": "S" }] } })
}

async fn plan(account: &Account, contract: &Contract) -> Plan {
    Plan::of(contract, &live::describe(&account.client(), contract).await.unwrap())
}

async fn apply(
    account: &Account,
    contract: &Contract,
    how: impl FnOnce(Apply<'_>) -> Apply<'_>,
) -> Result<Vec<Event>, ExportError> {
    let plan = plan(account, contract).await;
    let mut events = Vec::new();
    how(Apply::new(contract)).send(&account.client(), &plan, |event| events.push(event)).await?;
    Ok(events)
}

async fn findings(account: &Account, contract: &Contract) -> Vec<Finding> {
    let deployed = live::describe(&account.client(), contract).await.unwrap();
    Check::of(contract, &deployed, &CheckOptions::default()).unwrap().findings().to_vec()
}

/// What was asked for, but for the stamp.
fn sent(account: &Account) -> Vec<(String, Value)> {
    let mut sent = account.take();
    sent.retain(|(operation, body)| {
        operation != "TagResource" || body["Tags"][0]["Key"] != "theory:contract"
    });
    sent
}

/// Properties that no engine has all of: each is set in place by the one request that AWS documents for it, and then it is as declared.
#[tokio::test(start_paused = true)]
async fn each_setting_is_one_request() {
    let update = |members: Value| {
        let mut body = json!({ "TableName": "shop" });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        ("UpdateTable".to_owned(), body)
    };
    let of = |operation: &str, body: Value| (operation.to_owned(), body);
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop";
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    let policy = json!({ "Version": "2012-10-17", "Statement": [] });
    for (member, value, expected) in [
        (
            "encryption",
            json!({ "key": "awsManaged" }),
            update(json!({ "SSESpecification": { "Enabled": true, "SSEType": "KMS" } })),
        ),
        (
            "encryption",
            json!({ "key": "customerManaged", "kmsKey": key }),
            update(
                json!({ "SSESpecification": { "Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": key } }),
            ),
        ),
        (
            "class",
            json!("STANDARD_INFREQUENT_ACCESS"),
            update(json!({ "TableClass": "STANDARD_INFREQUENT_ACCESS" })),
        ),
        ("deletionProtection", json!(true), update(json!({ "DeletionProtectionEnabled": true }))),
        (
            "billing",
            json!({ "mode": "onDemand", "maxReadUnits": 10 }),
            update(
                json!({ "OnDemandThroughput": { "MaxReadRequestUnits": 10, "MaxWriteRequestUnits": -1 } }),
            ),
        ),
        (
            "billing",
            json!({ "mode": "provisioned", "read": { "units": 5 }, "write": { "units": 6 } }),
            update(json!({
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 6 },
            })),
        ),
        (
            "warmThroughput",
            json!({ "readUnits": 13_000, "writeUnits": 5_000 }),
            update(
                json!({ "WarmThroughput": { "ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000 } }),
            ),
        ),
        (
            "stream",
            json!("NEW_IMAGE"),
            update(
                json!({ "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" } }),
            ),
        ),
        (
            "ttl",
            json!("expires"),
            of(
                "UpdateTimeToLive",
                json!({ "TableName": "shop", "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "expires" } }),
            ),
        ),
        (
            "pointInTimeRecovery",
            json!({ "days": 7 }),
            of(
                "UpdateContinuousBackups",
                json!({ "TableName": "shop", "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7 } }),
            ),
        ),
        (
            "tags",
            json!({ "team": "shop" }),
            of("TagResource", json!({ "ResourceArn": arn, "Tags": [{ "Key": "team", "Value": "shop" }] })),
        ),
        (
            "resourcePolicy",
            policy.clone(),
            of("PutResourcePolicy", json!({ "ResourceArn": arn, "Policy": policy.to_string() })),
        ),
    ] {
        let account = Account::default();
        apply(&account, &contract(&plain()), |apply| apply).await.unwrap();
        let made = sent(&account);
        assert!(matches!(&made[..], [(operation, _)] if operation == "CreateTable"), "{made:?}");

        let changed = contract(&with(plain(), member, value.clone()));
        assert!(
            told(&findings(&account, &changed).await).iter().any(|told| told.contains(member)),
            "{member}"
        );
        if member == "ttl" {
            // Items that are past it would be deleted.
            apply(&account, &changed, |apply| apply).await.unwrap();
            assert_eq!(sent(&account), [], "{member}");
        }
        apply(&account, &changed, |apply| apply.allow_destructive()).await.unwrap();
        assert_eq!(sent(&account), [expected], "{member}");
        assert_eq!(told(&findings(&account, &changed).await), [""; 0], "{member}: {value}");
        assert!(plan(&account, &changed).await.is_empty(), "{member}");
    }
}

/// What loses something is not asked for unless that is allowed; then it is.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_unless_that_is_allowed() {
    let disabled = json!({ "PointInTimeRecoveryEnabled": false });
    let shorter = json!({ "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 3 });
    for (member, before, after, destructive) in [
        (
            "stream",
            json!("NEW_IMAGE"),
            Value::Null,
            Some(("StreamSpecification", json!({ "StreamEnabled": false }))),
        ),
        (
            "pointInTimeRecovery",
            json!({ "days": 7 }),
            Value::Null,
            Some(("PointInTimeRecoverySpecification", disabled)),
        ),
        (
            "pointInTimeRecovery",
            json!({ "days": 7 }),
            json!({ "days": 3 }),
            Some(("PointInTimeRecoverySpecification", shorter)),
        ),
        ("deletionProtection", json!(true), json!(false), Some(("DeletionProtectionEnabled", json!(false)))),
        (
            "resourcePolicy",
            json!({ "Statement": [] }),
            Value::Null,
            Some(("ResourceArn", json!("arn:aws:dynamodb:eu-central-1:123456789012:table/shop"))),
        ),
        (
            "indexes",
            json!([index("by_x", "global", "x", "S")]),
            json!([]),
            Some(("GlobalSecondaryIndexUpdates", json!([{ "Delete": { "IndexName": "by_x" } }]))),
        ),
        // Limits and class lose nothing.
        ("class", json!("STANDARD_INFREQUENT_ACCESS"), json!("STANDARD"), None),
        ("encryption", json!({ "key": "awsManaged" }), json!({ "key": "awsOwned" }), None),
    ] {
        let set = |value: &Value| match value {
            Value::Null => contract(&plain()),
            value => contract(&with(plain(), member, value.clone())),
        };
        let account = Account::default();
        apply(&account, &set(&before), |apply| apply).await.unwrap();
        account.take();
        let wanted = set(&after);
        apply(&account, &wanted, |apply| apply).await.unwrap();
        let without = sent(&account);
        let Some((name, value)) = destructive else {
            assert_eq!(without.len(), 1, "{member}: {without:?}");
            assert_eq!(told(&findings(&account, &wanted).await), [""; 0], "{member}");
            continue;
        };
        assert_eq!(without, [], "{member}");
        let steps = plan(&account, &wanted).await;
        assert!(steps.steps().iter().all(|step| step.destructive), "{steps:?}");
        assert!(steps.without_destructive().is_empty());
        apply(&account, &wanted, |apply| apply.allow_destructive()).await.unwrap();
        let with = sent(&account);
        let [(_, body)] = &with[..] else { panic!("{member}: {with:?}") };
        assert_eq!(body[name], value, "{member}");
        assert!(plan(&account, &wanted).await.is_empty(), "{member}");
    }
}

/// One index at a time, each waited for: CREATING to ACTIVE, through every look.
#[tokio::test(start_paused = true)]
async fn indexes_are_added_one_after_the_other() {
    let account = Account::default();
    apply(&account, &contract(&plain()), |apply| apply).await.unwrap();
    account.take();
    let three = ["by_a", "by_b", "by_c"].map(|name| index(name, "global", &name[3..], "S"));
    let more = contract(&with(with(plain(), "indexes", json!(three)), "deletionProtection", json!(true)));
    let events = apply(&account, &more, |apply| apply).await.unwrap();
    let sent = sent(&account);
    let made: Vec<_> = sent
        .iter()
        .map(|(_, body)| {
            body["GlobalSecondaryIndexUpdates"][0]["Create"]["IndexName"].as_str().unwrap_or("-")
        })
        .collect();
    assert_eq!(made, ["-", "by_a", "by_b", "by_c"]);
    // The definitions of all that there are, and of the new one only.
    let names: Vec<_> = sent[1].1["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|definition| definition["AttributeName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["pk", "a"]);

    let words: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::Begun { what, .. } => format!("> {what}"),
            Event::Waiting { of, status, .. } => format!("{of} {status}"),
            other => other.to_string(),
        })
        .collect();
    for name in ["by_a", "by_b", "by_c"] {
        let begun =
            words.iter().position(|word| *word == format!("> add the index `{name}`, and wait for it"));
        let after = &words[begun.unwrap() + 1..];
        let waits = after.iter().take_while(|word| **word == format!("the index {name} CREATING")).count();
        assert_eq!(waits, 2, "{words:?}");
    }
    assert_eq!(told(&findings(&account, &more).await), [""; 0]);
}

/// An index that is still made when the time is over: the plan made again goes on, and asks for nothing twice.
#[tokio::test(start_paused = true)]
async fn what_is_not_done_in_time_is_gone_on_with() {
    let account = Account::default();
    apply(&account, &contract(&plain()), |apply| apply).await.unwrap();
    account.take();
    let more = contract(&with(plain(), "indexes", json!([index("by_a", "global", "a", "S")])));
    let none = std::time::Duration::ZERO;
    let error = apply(&account, &more, |apply| apply.timeout(none)).await.unwrap_err().to_string();
    assert!(error.contains("the index by_a is still CREATING after 0 s: apply again"), "{error}");
    let again = apply(&account, &more, |apply| apply).await.unwrap();
    assert!(again.iter().all(|event| !event.to_string().contains("add the index")), "{again:?}");
    let asked: Vec<_> = sent(&account).into_iter().map(|(operation, _)| operation).collect();
    assert_eq!(asked, ["UpdateTable"]);
}

#[tokio::test(start_paused = true)]
async fn autoscaling_is_told_not_to_be_compared() {
    let account = Account::default();
    let scaled = |units: u64| {
        json!({ "mode": "provisioned", "write": { "units": 5 },
            "read": { "units": units, "autoscaling": { "min": 5, "max": 100, "targetPercent": 70 } } })
    };
    let contract = contract(&with(plain(), "billing", scaled(5)));
    apply(&account, &contract, |apply| apply).await.unwrap();
    let found = findings(&account, &contract).await;
    assert_eq!(told(&found), ["note billing/read/autoscaling"], "{found:?}");
    assert!(
        found[0].what.contains("is not compared, only that its 5 units lie within 5 to 100"),
        "{found:?}"
    );
    // A note is nothing to be done.
    let again = plan(&account, &contract).await;
    assert!(again.is_empty() && again.left().is_empty(), "{again:?}");
}

/// DynamoDB cannot keep backups of a table in its first moments, though it is ACTIVE.
#[tokio::test(start_paused = true)]
async fn backups_of_a_new_table_are_waited_for() {
    let account = Account::late_with_backups(3);
    let kept = contract(&with(plain(), "pointInTimeRecovery", json!({ "days": 7 })));
    let events = apply(&account, &kept, |apply| apply).await.unwrap();
    let waits =
        events.iter().filter(|event| event.to_string().contains("the keeping of backups is ")).count();
    assert_eq!(waits, 3, "{events:?}");
    assert_eq!(told(&findings(&account, &kept).await), [""; 0]);
    // Not for ever.
    let account = Account::late_with_backups(30);
    let short = std::time::Duration::from_millis(200);
    let error = apply(&account, &kept, |apply| apply.timeout(short)).await.unwrap_err().to_string();
    assert!(error.contains("ContinuousBackupsUnavailableException"), "{error}");
}

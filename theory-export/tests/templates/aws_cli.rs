//! The AWS CLI: which calls are made, and in which order.

use crate::{GLOBAL, LEDGER, SHOP, contract, json, render};
use serde_json::{Value, json};
use theory_export::{Format, Options};

fn with(settings: &[(&str, &str)], tables: &[&str]) -> Options {
    Options {
        format: Some(Format::Json),
        tables: tables.iter().map(|name| (*name).to_owned()).collect(),
        settings: settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        ..Options::default()
    }
}

fn abouts(calls: &Value) -> Vec<String> {
    let about =
        |call: &Value| format!("{} {}", call["table"].as_str().unwrap(), call["about"].as_str().unwrap());
    calls.as_array().unwrap().iter().map(about).collect()
}

#[test]
fn a_table_is_made_before_what_is_set_on_it() {
    let calls = json("aws-cli", &contract(SHOP));
    assert_eq!(abouts(&calls), ["carts table", "carts ttl", "shop table", "shop ttl", "shop recovery"]);
    let calls = json("aws-cli", &contract(LEDGER));
    assert_eq!(abouts(&calls)[2..4], ["ledger.entries scaling Read", "ledger.entries scalingPolicy Read"]);
}

#[test]
fn one_input_stands_alone_for_a_pipe() {
    let input = render("aws-cli", &contract(SHOP), &with(&[("only", "table")], &["carts"])).unwrap();
    let input: Value = serde_json::from_str(&input).unwrap();
    assert_eq!(input["TableName"], "carts");
    assert_eq!(input["BillingMode"], "PAY_PER_REQUEST");
    let several = render("aws-cli", &contract(SHOP), &with(&[("only", "ttl")], &[])).unwrap_err();
    assert!(several.to_string().contains("--table"), "{several}");
    let none = render("aws-cli", &contract(SHOP), &with(&[("only", "x")], &["carts"])).unwrap_err();
    assert_eq!(none.to_string(), "no call `x`; known: table, ttl");
}

#[test]
fn an_index_is_added_alone() {
    let settings = [("for", "index"), ("index", "by_status"), ("only", "index by_status")];
    let input = render("aws-cli", &contract(SHOP), &with(&settings, &[])).unwrap();
    let input: Value = serde_json::from_str(&input).unwrap();
    let names: Vec<_> = input["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["AttributeName"].clone())
        .collect();
    assert_eq!(names, ["pk", "placedAt", "sk", "statusKey"]);
    assert_eq!(input["GlobalSecondaryIndexUpdates"][0]["Create"]["IndexName"], "by_status");
    // A local index is made with its table or never.
    let local = with(&[("for", "index"), ("index", "by_total")], &[]);
    let error = render("aws-cli", &contract(SHOP), &local).unwrap_err().to_string();
    assert_eq!(error, "no global index `by_total`; known: by_place, by_status");
}

#[test]
fn an_arn_holds_the_account_and_a_script_asks_for_it() {
    let mut script = with(&[("for", "update")], &["shop"]);
    script.format = Some(Format::Shell);
    let script = render("aws-cli", &contract(SHOP), &script).unwrap();
    let tags = "--resource-arn 'arn:aws:dynamodb:'\"$region\"':'\"$account\"':table/shop' --cli-input-json";
    // The region of the calls: the environment's before that of the files.
    let region = "\nregion=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}\n";
    assert!(script.contains(region), "{script}");
    assert!(script.contains("\naccount=$(aws sts ") && script.contains(tags), "{script}");
    let update = [("for", "update"), ("account", "123456789012"), ("region", "eu-west-1"), ("only", "tags")];
    let tags = render("aws-cli", &contract(SHOP), &with(&update, &["shop"])).unwrap();
    let tags: Value = serde_json::from_str(&tags).unwrap();
    assert_eq!(tags["ResourceArn"], "arn:aws:dynamodb:eu-west-1:123456789012:table/shop");
}

#[test]
fn a_replica_has_what_is_not_replicated() {
    let options = with(&[("account", "123456789012")], &["sessions"]);
    let calls: Value =
        serde_json::from_str(&render("aws-cli", &contract(GLOBAL), &options).unwrap()).unwrap();
    let first = ["replica eu-west-1", "recovery eu-west-1", "protection eu-west-1", "tags eu-west-1"];
    assert_eq!(abouts(&calls)[3..7], first.map(|about| format!("sessions {about}")));
    assert_eq!(calls[4]["region"], "eu-west-1");
    let replica = &calls[3]["input"]["ReplicaUpdates"][0]["Create"];
    assert_eq!(replica["RegionName"], "eu-west-1");
    // Fixed writes are none that DynamoDB replicates.
    let calls = json("aws-cli", &{
        let mut contract = contract(GLOBAL);
        contract.tables.retain(|table| table.name == "tallies");
        contract
    });
    let scaling = &calls[1];
    assert_eq!(scaling["input"]["MinCapacity"], json!(2));
}

#[test]
fn the_longest_names_have_policies_that_are_taken() {
    let mut ledger = contract(LEDGER);
    ledger.tables[0].name = "a".repeat(255);
    for index in &mut ledger.tables[0].indexes {
        index.name = format!("{}{}", "b".repeat(255 - index.name.len()), index.name);
    }
    let calls = json("aws-cli", &ledger);
    let policies = calls.as_array().unwrap().iter().filter_map(|call| call["input"]["PolicyName"].as_str());
    let mut policies: Vec<_> = policies.map(str::to_owned).collect();
    let terraform = json("terraform", &ledger);
    let others = terraform["resource"]["aws_appautoscaling_policy"].as_object().unwrap().values();
    for policy in others.map(|policy| policy["name"].as_str().unwrap()) {
        let table = "${aws_dynamodb_table.".to_owned() + &"a".repeat(255) + ".name}";
        policies.push("terraform ".to_owned() + &policy.replace(&table, &"a".repeat(255)));
    }
    let count = policies.len();
    policies.dedup();
    assert!(count >= 10 && policies.len() == count, "{policies:?}");
    let long: Vec<_> =
        policies.iter().filter(|name| name.trim_start_matches("terraform ").len() > 256).collect();
    assert!(long.is_empty(), "{long:?}");
}

/// The script, run by a shell with an `aws` that writes down what it is asked and answers as told; how it ended, what was asked, and what it said.
#[cfg(unix)]
fn run(answer: &str) -> (bool, Vec<String>, String) {
    let options = Options { format: Some(Format::Shell), tables: vec!["shop".into()], ..Options::default() };
    let script = render("aws-cli", &contract(SHOP), &options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let program = |name: &str, text: String| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    program("aws", format!("#!/bin/sh\necho \"$1 $2\" >>{0}\n{answer}\n", asked.display()));
    program("sleep", format!("#!/bin/sh\necho sleep \"$1\" >>{}\n", asked.display()));
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let ended = std::process::Command::new("sh").args(["-c", &script]).env("PATH", path).output().unwrap();
    let asked = std::fs::read_to_string(asked).unwrap();
    let asked = asked.lines().map(|line| line.strip_prefix("dynamodb ").unwrap_or(line).to_owned()).collect();
    (ended.status.success(), asked, String::from_utf8(ended.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn a_script_waits_for_the_backups_of_a_new_table() {
    const MADE: [&str; 3] = ["create-table", "wait table-exists", "update-time-to-live"];
    const TRY: &str = "update-continuous-backups";
    let expected = |rest: &[&str]| {
        let made = MADE.iter().map(|call| call.split(' ').next().unwrap());
        made.chain(rest.iter().copied()).map(str::to_owned).collect::<Vec<_>>()
    };
    let not_yet = "echo ContinuousBackupsUnavailableException >&2; exit 254";
    let unless_asked = |times: u32| {
        format!(
            "[ \"$2\" = {TRY} ] && [ $(grep -c {TRY} \"${{0%aws}}asked\") -le {times} ] && {{ {not_yet}; }}; exit 0"
        )
    };
    assert_eq!(run("exit 0"), (true, expected(&[TRY]), String::new()));
    let (ended_well, asked, said) = run(&unless_asked(2));
    assert!(ended_well && said.is_empty(), "{said}");
    assert_eq!(asked, expected(&[TRY, "sleep 5", TRY, "sleep 5", TRY]));
    // Not for ever, and not after any other answer.
    let (ended_well, asked, said) = run(&unless_asked(1_000));
    assert!(!ended_well && said.contains("ContinuousBackupsUnavailableException"), "{said}");
    assert_eq!(asked.iter().filter(|call| *call == TRY).count(), 24);
    let denied = format!("[ \"$2\" = {TRY} ] && {{ echo AccessDenied >&2; exit 254; }}; exit 0");
    assert_eq!(run(&denied), (false, expected(&[TRY]), "AccessDenied\n".into()));
}

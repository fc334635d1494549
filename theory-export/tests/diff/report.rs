//! The plan, the reports and the exit codes.

#[path = "../cli/session.rs"]
#[allow(dead_code, reason = "shared")]
mod session;

use serde_json::{Value, json};
use session::theory;
use theory_export::Contract;
use theory_export::diff::{Class, Diff, Phase, report};

fn table(members: Value) -> Value {
    let mut table = json!({
        "name": "shop",
        "key": { "partition": [{ "name": "pk", "type": "S" }] },
        "entities": [{ "name": "Order", "keys": { "pk": "{pk}" }, "attributes": [{ "name": "pk", "type": "S", "required": true }] }],
    });
    for (name, value) in members.as_object().unwrap() {
        table[name] = value.clone();
    }
    table
}

fn file(members: Value) -> String {
    json!({ "format": "1.0", "tables": [table(members)] }).to_string()
}

pub(crate) fn diff(old: Value, new: Value) -> Diff {
    let read = |members| Contract::from_json(&file(members)).unwrap();
    Diff::between(&read(old), &read(new)).unwrap()
}

pub(crate) fn index(name: &str) -> Value {
    json!({ "name": name, "kind": "global", "key": { "partition": [{ "name": "pk", "type": "S" }] }, "projection": { "type": "ALL" } })
}

#[test]
fn each_index_is_a_deployment_of_its_own() {
    let old = json!({ "indexes": [index("gone1"), index("gone2")] });
    let new = json!({ "indexes": [index("new1"), index("new2")], "deletionProtection": true });
    let diff = diff(old, new);
    let phases: Vec<_> = diff.plan().groups().iter().map(|group| (group.phase, group.steps.len())).collect();
    assert_eq!(
        phases,
        [
            (Phase::Deploy, 1),
            (Phase::AddIndex, 1),
            (Phase::AddIndex, 1),
            (Phase::Rely, 4),
            (Phase::Remove, 1),
            (Phase::Remove, 1),
        ]
    );
    assert_eq!(diff.worst(), Some(Class::BreaksReaders));
    assert!(diff.changes().is_sorted_by(|a, b| a.class >= b.class), "the worst first");
}

#[test]
fn the_plan_goes_from_what_must_exist_to_what_cannot_be_taken_back() {
    let old = json!({ "pointInTimeRecovery": { "days": 35 }, "ttl": "expires" });
    let attributes = json!([{ "name": "pk", "type": "S", "required": true }, { "name": "state", "type": "S", "required": true }]);
    let new = json!({ "indexes": [index("by_pk")], "entities": [{ "name": "Order", "keys": { "pk": "{pk}" }, "attributes": attributes }] });
    let plan = diff(old, new).plan();
    let phases: Vec<_> = plan.groups().iter().map(|group| group.phase).collect();
    assert!(phases.is_sorted(), "{phases:?}");
    assert_eq!((phases.first(), phases.last()), (Some(&Phase::Decide), Some(&Phase::Destroy)));
    assert!(!plan.is_empty() && diff(json!({}), json!({})).plan().is_empty());
}

#[test]
fn people_programs_and_github_are_told_the_same() {
    let diff = diff(
        json!({ "deletionProtection": true }),
        json!({ "stream": "NEW_IMAGE", "key": { "partition": [{ "name": "pk", "type": "N" }] } }),
    );
    let human = report::human(&diff, |text, _| text.to_owned());
    assert!(human.starts_with("needs replacement: the key of the table: "), "{human}");
    assert!(human.contains("\nPlan\n1. decide\n"), "{human}");
    let value: Value = serde_json::from_str(&report::json(&diff)).unwrap();
    assert_eq!(value["worst"], "replacement");
    let paths: Vec<_> =
        value["changes"].as_array().unwrap().iter().map(|change| change["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["tables/shop/key/partition", "tables/shop/deletionProtection", "tables/shop/stream"]);
    let github = report::github(&diff, "a,b:c.json");
    let lines: Vec<_> = github.lines().collect();
    assert_eq!(lines.len(), 3, "{github}");
    assert!(
        lines[0].starts_with(
            "::error file=a%2Cb%3Ac.json,title=tables/shop/key/partition (needs replacement)::the key"
        ),
        "{github}"
    );
    assert!(lines[1].starts_with("::notice "), "{github}");
}

#[test]
fn nothing_in_a_name_ends_a_line_or_an_annotation() {
    let old = json!({ "tags": { "a\n::error::x": "1" } });
    let diff = diff(old, json!({ "tags": { "a\u{1b}[31m%": "2" } }));
    let github = report::github(&diff, "x");
    assert_eq!(github.lines().count(), 2, "{github}");
    assert!(github.contains("%0A") && github.contains("%25"), "{github}");
    let human = report::human(&diff, |text, _| text.to_owned());
    assert!(!human.contains('\u{1b}') && human.contains("\\u{1b}") && human.contains("\\n"), "{human}");
}

#[test]
fn the_exit_code_is_that_of_the_worst_which_is_not_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, members: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, file(members)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let plain = write("plain.json", json!({}));
    let optional = json!([{ "name": "pk", "type": "S", "required": true }, { "name": "state", "type": "S", "values": ["a"] }]);
    let entity = |attributes: &Value| json!({ "entities": [{ "name": "Order", "keys": { "pk": "{pk}" }, "attributes": attributes }] });
    let mut more = optional.clone();
    more[1]["values"] = json!(["a", "b"]);
    let mut aliased = optional.clone();
    aliased[1]["aliases"] = json!(["old"]);
    let (one, two) = (write("one.json", entity(&optional)), write("two.json", entity(&more)));
    let alias = write("alias.json", entity(&aliased));
    let other_key = write("key.json", json!({ "key": { "partition": [{ "name": "id", "type": "S" }] } }));
    let recovery = write("recovery.json", json!({ "pointInTimeRecovery": { "days": 35 } }));
    let cases = [
        (&plain, &plain, 0),
        (&plain, &recovery, 0),
        (&alias, &one, 4),
        (&one, &two, 5),
        (&two, &one, 6),
        (&plain, &other_key, 7),
        (&recovery, &plain, 8),
    ];
    for (old, new, code) in cases {
        for format in ["human", "json", "github"] {
            let ran = theory(&["diff", old, new, "--format", format], "");
            assert_eq!(ran.code, code, "{old} {new}: {} {}", ran.out, ran.err);
        }
    }
    assert_eq!(theory(&["diff", &recovery, &plain, "--allow", "destructive"], "").code, 0);
    assert_eq!(theory(&["diff", &two, &one, "--allow", "destructive,backfill"], "").code, 6);
    assert_eq!(theory(&["diff", &two, &one, "--allow", "no"], "").code, 2);
    let both = theory(&["diff", "-", "-"], "");
    assert_eq!((both.code, both.err.contains("only one of the two")), (3, true));
}

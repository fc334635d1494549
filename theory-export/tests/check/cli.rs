//! `check`, as a user types it.

#[path = "../cli/session.rs"]
mod session;
#[path = "../common/shop.rs"]
#[allow(dead_code, reason = "shared")]
mod shop;

use session::{schema, theory};
use std::fs;

#[test]
fn findings_decide_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        fs::write(&path, text).unwrap();
        path
    };
    let ran = schema(&shop::schema(), &["cloudformation", "--profile", "prod"]);
    let template = file("template.yaml", &ran.out);
    let contract = file("contract.json", &schema(&shop::schema(), &["contract"]).out);

    let same = schema(&shop::schema(), &["check", "--template", &template, "--profile", "prod"]);
    assert_eq!((same.code, &*same.out, &*same.err), (0, "no difference\n", ""));
    let same = theory(&["check", &contract, "--template", "-", "--profile", "prod"], &ran.out);
    assert_eq!((same.code, &*same.out), (0, "no difference\n"));

    let without = ran.out.replace("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: false");
    let args = ["check", &contract, "--template", "-", "--profile", "prod"];
    let found = theory(&args, &without);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.out.contains("error: the table is not protected from deletion\n  at tables/coupons/deletionProtection, Resources/CouponsTable\n  protect it\n"), "{}", found.out);
    assert!(found.out.ends_with("\n2 errors\n"), "{}", found.out);

    let json = theory(&[&args[..], &["--format", "json"]].concat(), &without);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&value["worst"], &value["findings"][0]["severity"]), (&"error".into(), &"error".into()));
    let one = theory(&[&args[..], &["--format", "github", "--table", "shop"]].concat(), &without);
    assert_eq!(
        one.out,
        "::error file=-,title=tables/shop/deletionProtection::the table is not protected from deletion: protect it\n"
    );

    // A note alone is no reason to stop a pipeline, unless it is asked for.
    let another =
        "\n  Another:\n    Type: AWS::DynamoDB::Table\n    Properties: { TableName: another }\nOutputs:";
    let noted = ran.out.replace("\nOutputs:", another);
    let fine = theory(&args, &noted);
    assert_eq!(fine.code, 0, "{fine:?}");
    assert!(fine.out.contains("note: the contract has no table `another`"), "{}", fine.out);
    assert_eq!(theory(&[&args[..], &["--fail-on", "note"]].concat(), &noted).code, 1);
}

#[test]
fn mistakes_say_what_to_do() {
    let contract = schema(&shop::schema(), &["contract"]).out;
    let template = schema(&shop::schema(), &["cloudformation"]).out;
    let both = theory(&["check", "-", "--template", "-"], &contract);
    assert_eq!(
        (both.code, &*both.err),
        (3, "error: standard input can be only one of the contract and the template\n")
    );
    let none = schema(&shop::schema(), &["check"]);
    assert_eq!(none.code, 2);
    let parameter = session::session(
        Some(&shop::schema()),
        &["check", "--template", "-", "--param", "Stage"],
        &template,
        false,
    );
    assert_eq!((parameter.code, parameter.err.contains("--param NAME=VALUE")), (3, true), "{parameter:?}");
    let matched = session::session(
        Some(&shop::schema()),
        &["check", "--template", "-", "--match", "shop=Nothing"],
        &template,
        false,
    );
    assert_eq!((matched.code, matched.err.contains("no resource `Nothing`")), (3, true), "{matched:?}");
    let garbage = session::session(Some(&shop::schema()), &["check", "--template", "-"], "a: [", false);
    assert_eq!((garbage.code, garbage.err.contains("not a template")), (3, true), "{garbage:?}");
}

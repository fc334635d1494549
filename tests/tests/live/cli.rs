//! The commands, as a user types them, on an engine that listens at a URL.

use crate::{contract, shop, with};
use serde_json::{Value, json};
use std::io::Cursor;
use theory_export::cli::{Io, run};
use theory_tests::{Engine, for_each_engine};

struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn theory(args: &[&str], stdin: &str) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("theory").chain(args.iter().copied()).map(Into::into);
    let mut stdin = Cursor::new(stdin.as_bytes().to_vec());
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut out,
        stderr: &mut err,
        colour: false,
        error_colour: false,
        error_terminal: false,
    };
    let code = run(None, args, &mut io);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

#[tokio::test]
async fn a_plan_is_shown_confirmed_and_applied() {
    for_each_engine(async |sandbox| {
        let Engine::DynamoDbLocal { url, .. } = sandbox.engine().clone() else { return };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contract.json");
        std::fs::write(&path, contract(&shop(&sandbox)).to_json()).unwrap();
        let path = path.to_str().unwrap();
        let at = ["--endpoint", url.as_str(), "--region", "eu-central-1"];
        let called = |command: &[&str], answer: &str| theory(&[command, &at].concat(), answer);

        let missing = called(&["check", path, "--live"], "");
        assert_eq!(missing.code, 1, "{} {}", missing.out, missing.err);
        assert!(missing.out.contains("DynamoDB has no table"), "{}", missing.out);
        let shown = called(&["apply", path, "--dry-run"], "");
        assert_eq!(shown.code, 1, "{}", shown.err);
        assert!(shown.out.contains("create the table with 2 indexes\n"), "{}", shown.out);
        let refused = called(&["apply", path], "n\n");
        assert_eq!((refused.code, refused.err.contains("nothing was done")), (1, true), "{}", refused.err);
        let applied = called(&["apply", path], "y\n");
        assert_eq!(applied.code, 0, "{} {}", applied.out, applied.err);
        assert!(applied.err.contains("create the table"), "{}", applied.err);
        let fine = called(&["check", path, "--live"], "");
        assert_eq!(fine.code, 0, "{} {}", fine.out, fine.err);

        let mut other = shop(&sandbox);
        other["indexes"].as_array_mut().unwrap().remove(0);
        std::fs::write(path, contract(&with(other, "stream", json!(null))).to_json()).unwrap();
        let kept = called(&["apply", path, "--yes", "--format", "json"], "");
        let plan: Value = serde_json::from_str(&kept.out).unwrap();
        assert_eq!((kept.code, &plan["steps"][0]["destructive"]), (1, &json!(true)), "{}", kept.out);
        assert_eq!(called(&["apply", path, "--yes", "--allow-destructive"], "").code, 0);
        assert_eq!(called(&["check", path, "--live"], "").code, 0);
    })
    .await;
}

#[test]
fn what_does_not_answer_is_told() {
    let table = json!({ "name": "shop", "key": { "partition": [{ "name": "pk", "type": "S" }] } });
    let contract = contract(&table).to_json();
    let ran = theory(&["check", "-", "--live", "--endpoint", "http://127.0.0.1:1"], &contract);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.err.starts_with("error: DescribeTable of `shop` failed: "), "{}", ran.err);
}

#[test]
fn an_endpoint_is_a_url() {
    let contract =
        contract(&json!({ "name": "shop", "key": { "partition": [{ "name": "pk", "type": "S" }] } }));
    for endpoint in ["localhost:8000", "nonsense", "", "ftp://localhost", "http://"] {
        for command in [&["apply", "-", "--yes"][..], &["check", "-", "--live"]] {
            let ran = theory(&[command, &["--endpoint", endpoint]].concat(), &contract.to_json());
            assert_eq!((ran.code, &*ran.out), (2, ""), "`{endpoint}`: {}", ran.err);
            assert!(ran.err.contains("write it as in http://localhost:8000"), "{}", ran.err);
        }
    }
}

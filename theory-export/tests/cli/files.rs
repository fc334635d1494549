//! What is read, what is overwritten, and what of a file reaches the terminal.

use crate::session::{Ran, schema, theory};
use crate::shop;
use std::fs;
use std::path::Path;

fn contract(path: &Path) -> Ran {
    schema(&shop::schema(), &["contract", "-o", path.to_str().unwrap()])
}

/// A committed contract in which another tool noted its owner.
fn noted(path: &Path) -> String {
    assert_eq!(contract(path).code, 0, "a file that is not there is new");
    let written = fs::read_to_string(path).unwrap();
    let noted = written.replacen("\"tables\": [", "\"x-owner\": \"ops\",\n  \"tables\": [", 1);
    fs::write(path, &noted).unwrap();
    noted
}

#[test]
fn what_others_noted_outlives_an_edit_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theory.contract.json");
    let edited = noted(&path).replacen("\"team\": \"shop\"", "\"team\": \"cart\"", 1);
    fs::write(&path, edited).unwrap();
    assert_eq!(contract(&path).code, 0);
    let written = fs::read_to_string(&path).unwrap();
    assert!(written.contains("x-owner") && written.contains("\"team\": \"shop\""), "{written}");
    // `mktemp` makes an empty file, in which there is nothing to lose.
    fs::write(&path, "\n").unwrap();
    assert_eq!(contract(&path).code, 0);
}

#[test]
fn a_file_that_cannot_be_read_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theory.contract.json");
    let noted = noted(&path);
    let cases = [
        (format!("<<<<<<< HEAD\n{noted}"), "in the middle of a merge"),
        (
            noted.replacen("\"format\": \"1.0\"", "\"format\": \"2.0\"", 1),
            "format 2.0, and this program reads format 1.0",
        ),
        ("not a contract at all".into(), "not a contract"),
    ];
    for (text, because) in cases {
        fs::write(&path, &text).unwrap();
        let refused = contract(&path);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(
            refused.err.contains("is not overwritten") && refused.err.contains(because),
            "{}",
            refused.err
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is as it was");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(contract(&path).code, 3);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_written_and_not_read() {
    assert_eq!(contract(Path::new("/dev/null")).code, 0);
    if Path::new("/dev/full").exists() {
        let full = contract(Path::new("/dev/full"));
        assert_eq!(
            (full.code, full.err.starts_with("error: cannot write `/dev/full`")),
            (3, true),
            "{full:?}"
        );
    }
    let endless = theory(&["contract", "/dev/zero"], "");
    assert_eq!((endless.code, endless.err.contains("more than 67108864 bytes")), (3, true), "{endless:?}");
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if made.is_ok_and(|status| status.success()) {
        let read = {
            let fifo = fifo.clone();
            std::thread::spawn(move || fs::read_to_string(fifo).unwrap())
        };
        assert_eq!(contract(&fifo).code, 0);
        assert!(read.join().unwrap().contains("\"format\": \"1.0\""));
    }
}

#[test]
fn a_name_of_a_file_does_not_steer_the_terminal() {
    let hostile = r#"{"format":"1.0","tables":[],"profiles":{"a\u001b[31mb\nerror: forged\u202e":{}}}"#;
    let ran = theory(&["contract", "-", "--profile", "none"], hostile);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains(r"a\u{1b}[31mb\nerror"), "{}", ran.err);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'), "{}", ran.err);
    for text in [
        r#"{"format":"1\u001b[31m","tables":[]}"#,
        r#"{"format":"1.0","x\u001b[31m":[],"tables":[]}"#,
        "\u{1b}[31m",
    ] {
        let ran = theory(&["contract", "-"], text);
        assert_eq!((ran.code, ran.err.contains('\u{1b}')), (3, false), "{}", ran.err);
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_a_contract() {
    let contract = schema(&shop::schema(), &["contract"]).out;
    let marked = theory(&["contract", "-"], &format!("\u{feff}{contract}"));
    assert_eq!((marked.code, marked.out), (0, contract), "{}", marked.err);
}

#[test]
fn nothing_that_is_said_is_ignored() {
    let contract = schema(&shop::schema(), &["contract", "--profile", "dev"]).out;
    let template = theory(&["cloudformation", "-", "--table", "coupons"], &contract).out;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.yaml");
    fs::write(&file, template).unwrap();
    let file = file.to_str().unwrap();
    let cases: [(&[&str], &str); 8] = [
        (
            &["cloudformation", "-", "--set", "global=maybe"],
            "the setting `global` is `true` or `false`, not `maybe`",
        ),
        (&["sam", "-", "--set", "global=1"], "`true` or `false`"),
        (
            &["cloudformation", "-", "--set", "global"],
            "`--set global` has no value: write `--set global=VALUE`",
        ),
        (&["dms", "-", "--set", "namespace="], "`--set namespace=` has no value"),
        (
            &["aws-cli", "-", "--table", "coupons", "--set", "only=table", "--format", "shell"],
            "as `--format json`",
        ),
        (
            &["check", "-", "--template", file, "--param", "Stagee=prod"],
            "no parameter `Stagee`; there is none",
        ),
        (&["check", "-", "--template", file, "--param", "Stagee"], "has no `=`"),
        (
            &["check", "-", "--template", file, "--param", "AWS::Region=eu-west-1", "--table", "x"],
            "no table `x`",
        ),
    ];
    for (args, because) in cases {
        let ran = theory(args, &contract);
        assert_eq!((ran.code, ran.err.contains(because)), (3, true), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_diff_names_the_file_that_lacks_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    contract(&old);
    fs::write(&new, r#"{"format":"1.0","tables":[]}"#).unwrap();
    let ran = theory(&["diff", old.to_str().unwrap(), new.to_str().unwrap(), "--profile", "dev"], "");
    assert_eq!((ran.code, ran.err.contains("new.json`: no profile `dev`")), (3, true), "{ran:?}");
    let piped = fs::read_to_string(&new).unwrap();
    let github = theory(&["diff", old.to_str().unwrap(), "-", "--format", "github"], &piped);
    assert!(github.out.contains(" file=theory.contract.json,"), "{}", github.out);
}

#[test]
fn what_would_be_refused_is_refused_by_every_output() {
    let wrong = r#"{"format":"1.0","tables":[{"name":"a b","key":{"partition":[]}}],"profiles":{"dev":{"tables":{"x":{}}}}}"#;
    for command in
        ["contract", "cloudformation", "sam", "cdk", "terraform", "aws-cli", "iam", "docs", "workbench"]
    {
        for profile in [&[][..], &["--profile", "dev"]] {
            let args = [&[command, "-"], profile].concat();
            let ran = theory(&args, wrong);
            assert_eq!((ran.code, &*ran.out), (3, ""), "{args:?}");
            assert!(
                ran.err.starts_with("error: standard input: 3 faults:\n  tables/a b/name: "),
                "{}",
                ran.err
            );
        }
    }
    let index = |number: usize| {
        format!(
            r#"{{"name":"index{number}","kind":"global","key":{{"partition":[{{"name":"pk","type":"S"}}]}},"projection":{{"type":"ALL"}}}}"#
        )
    };
    let indexes: Vec<_> = (0..21).map(index).collect();
    let many = format!(
        r#"{{"format":"1.0","tables":[{{"name":"shop","key":{{"partition":[{{"name":"pk","type":"S"}}]}},"indexes":[{}]}}]}}"#,
        indexes.join(",")
    );
    let warned = theory(&["cloudformation", "-"], &many);
    assert_eq!(warned.code, 0, "{}", warned.err);
    assert!(warned.err.starts_with("warning: tables/shop/indexes: 21 global indexes; "), "{}", warned.err);
}

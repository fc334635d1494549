//! `contract`, and its check in CI.

use crate::session::{schema, theory};
use crate::shop;
use std::fs;

#[test]
fn a_committed_file_is_checked_and_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theory.contract.json");
    let path = path.to_str().unwrap();
    let missing = schema(&shop::schema(), &["contract", "--check", path]);
    assert_eq!((missing.code, missing.err.contains("cannot read")), (3, true), "{missing:?}");

    assert_eq!(schema(&shop::schema(), &["contract", "-o", path]).code, 0);
    let fresh = schema(&shop::schema(), &["contract", "--check", path]);
    assert_eq!((fresh.code, &*fresh.err), (0, ""));

    let changed = shop::schema().table("coupons", |t| t.deletion_protection());
    let stale = schema(&changed, &["contract", "--check", path]);
    assert_eq!(stale.code, 1);
    assert!(stale.err.contains("is stale: it has sha256:"), "{}", stale.err);
    assert!(stale.err.contains("write it again with `schema contract -o "), "{}", stale.err);

    // What another tool noted stays, and does not make the file stale.
    let noted =
        fs::read_to_string(path).unwrap().replacen("\"tables\": [", "\"x-note\": 1,\n  \"tables\": [", 1);
    fs::write(path, noted).unwrap();
    assert_eq!(schema(&changed, &["contract", "-o", path]).code, 0);
    assert!(fs::read_to_string(path).unwrap().contains("x-note"));
    assert_eq!(schema(&changed, &["contract", "--check", path]).code, 0);

    // Spelled otherwise, it is stale: what is committed is what is written.
    let compact: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    fs::write(path, compact.to_string()).unwrap();
    assert_eq!(schema(&changed, &["contract", "--check", path]).code, 1);
}

#[test]
fn pipes_carry_a_contract_through_the_other_program() {
    let contract = schema(&shop::schema(), &["contract"]);
    let passed = theory(&["contract", "-"], &contract.out);
    assert_eq!((passed.code, passed.out), (0, contract.out.clone()));
    let dev = theory(&["contract", "-", "--profile", "dev"], &contract.out);
    assert!(dev.out.contains("\"dev-shop\""));
    let none = theory(&["contract", "-", "--profile", "stage"], &contract.out);
    assert_eq!((none.code, &*none.err), (3, "error: no profile `stage`; profiles: dev, prod\n"));
}

#[test]
fn what_cannot_be_read_is_told_with_its_file() {
    let garbage = theory(&["contract", "-"], "{");
    assert_eq!(garbage.code, 3);
    assert!(garbage.err.starts_with("error: standard input: not a contract: "), "{}", garbage.err);
}

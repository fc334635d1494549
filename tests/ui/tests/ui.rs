//! What the compiler says of mistakes: a file for each attribute, the messages reviewed as prose.
//!
//! Messages change with the compiler, so they are compared on one toolchain only. After a change run
//! `TRYBUILD=overwrite cargo test -p theory-ui-tests` and read the difference.

use std::process::Command;

/// The toolchain whose messages are on file.
const TOOLCHAIN: &str = "rustc 1.95.";

#[test]
fn messages() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version =
        Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(TOOLCHAIN) {
        println!("skipped: the messages are those of {TOOLCHAIN}x, this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*/*.rs");
}

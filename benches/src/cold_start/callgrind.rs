//! Instructions of a whole program, from its first to its last, as callgrind counts them.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::{fs, io};

/// A count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All instructions.
    pub total: u64,
    /// Of these, what AWS-LC spent on gathering entropy from jitter.
    pub jitter: u64,
}

/// Counts what `program` executes. `None` where valgrind is missing.
///
/// # Errors
///
/// If valgrind fails, or what it wrote cannot be read.
pub fn count(program: &Command, folder: &std::path::Path) -> Result<Option<Count>, String> {
    let out = folder.join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--quiet"]).arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(program.get_program()).args(program.get_args()).env_clear();
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    // It is looked for in this path, and finds its tools by itself.
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(format!("valgrind does not start: {e}")),
    }
    let profile = fs::read_to_string(&out).map_err(|e| format!("callgrind wrote nothing: {e}"))?;
    fs::remove_file(&out).map_err(|e| format!("cannot remove: {e}"))?;
    read(&profile).map(Some).ok_or_else(|| "callgrind's count cannot be read".to_owned())
}

/// The entropy of AWS-LC is Stephan Müller's, all of whose functions have this in their names.
const JITTER: &str = "jent_";

/// Reads a profile: `fn=` begins a function, whose lines `position cost` are its own; a line after `calls=` is what
/// the function named by `cfn=` took, callees included.
fn read(profile: &str) -> Option<Count> {
    let mut names = HashMap::new();
    let mut count = Count::default();
    let (mut in_jitter, mut calls_jitter, mut is_call) = (false, false, false);
    for line in profile.lines() {
        if let Some(total) = line.strip_prefix("totals:") {
            count.total = total.trim().parse().ok()?;
        } else if let Some(name) = line.strip_prefix("fn=") {
            in_jitter = is_jitter(name, &mut names);
        } else if let Some(name) = line.strip_prefix("cfn=") {
            calls_jitter = is_jitter(name, &mut names);
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            let cost: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            // What it calls of its own kind is counted there.
            if in_jitter && !(is_call && calls_jitter) {
                count.jitter += cost;
            }
            is_call = false;
        }
    }
    (count.total > 0).then_some(count)
}

/// A name is `(7) jent_measure` when it first comes, and `(7)` later.
fn is_jitter<'a>(name: &'a str, names: &mut HashMap<&'a str, bool>) -> bool {
    match name.split_once(' ') {
        Some((id, name)) => *names.entry(id).or_insert(name.contains(JITTER)),
        None => names.get(name).copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile() {
        let profile = "version: 1\npositions: line\nevents: Ir\nfl=(1) a.c\nfn=(1) main\n0 10\ncfn=(2) x_jent_init\n\
             calls=1 0\n0 300\n\nfn=(2)\n0 50\n+1 20\ncfn=(3) x_jent_loop\ncalls=4 0\n* 200\ncfn=(4) memset\n\
             calls=1 0\n0 30\n\nfn=(3)\n0 200\n\nfn=(4)\n0 30\n\ntotals: 310\n";
        assert_eq!(read(profile), Some(Count { total: 310, jitter: 300 }));
        assert_eq!(read("nothing"), None);
    }
}

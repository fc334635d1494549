//! Instructions, counted by callgrind in a copy of the process.
//!
//! The copy runs every case in `collected`, the only function inside which callgrind counts, and that in `counted`:
//! callgrind writes what it has counted each time that it is left. One file a case, in their order.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use super::Figures;
use crate::cases::Case;

/// The argument with which the copy is started.
pub const CHILD: &str = "--under-callgrind";

/// Hash maps are seeded at random, so that no two repetitions of the SDK's cost quite the same.
const REPEATS: u32 = 10;

const WARM_UP: u32 = 3;

/// What the copy does: every case, or those that the command line names.
pub fn run_child(cases: &mut [Case], arguments: &[String]) {
    let named: Vec<_> = arguments.iter().filter(|argument| *argument != CHILD).collect();
    for case in cases.iter_mut().filter(|case| named.is_empty() || named.contains(&&case.name)) {
        for _ in 0..WARM_UP {
            (case.run)();
        }
        counted(&mut *case.run);
    }
}

/// Found by its name; valgrind does not do both for one function.
#[inline(never)]
fn counted(run: &mut dyn FnMut()) {
    collected(run);
    // Not a tail call, which would leave this function before the other one.
    black_box(());
}

/// Found by its name.
#[inline(never)]
fn collected(run: &mut dyn FnMut()) {
    for _ in 0..REPEATS {
        run();
    }
}

/// Instructions of one repetition of each case.
///
/// # Errors
///
/// Where valgrind is missing, or fails.
pub fn measure(names: &[String]) -> Result<Figures, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
    let executable = env::current_exe().map_err(|e| format!("no path to this program: {e}"))?;
    let this = module_path!();
    let status = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", folder.path().join("out").display()))
        .args(["--collect-atstart=no", "--quiet"])
        .arg(format!("--toggle-collect={this}::collected*"))
        .arg(format!("--dump-after={this}::counted*"))
        .arg(executable)
        .arg(CHILD)
        .args(names)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("valgrind failed: {status}")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err("valgrind is missing".into()),
        Err(e) => return Err(format!("valgrind does not start: {e}")),
    }
    read(folder.path(), names)
}

fn read(folder: &Path, names: &[String]) -> Result<Figures, String> {
    let mut figures = Figures::new();
    for (place, name) in names.iter().enumerate() {
        let path = folder.join(format!("out.{}", place + 1));
        let dump =
            fs::read_to_string(&path).map_err(|e| format!("callgrind wrote no count of {name}: {e}"))?;
        let count = total(&dump).ok_or_else(|| format!("callgrind's count of {name} cannot be read"))?;
        figures.insert(name.clone(), count / f64::from(REPEATS));
    }
    Ok(figures)
}

/// The line `totals: 1234` of a dump.
fn total(dump: &str) -> Option<f64> {
    dump.lines().find_map(|line| line.strip_prefix("totals:"))?.trim().parse().ok()
}

/// Whether this process is the copy.
pub fn is_child(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == CHILD)
}

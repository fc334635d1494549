//! Allocations, counted by the allocator of the bin `allocations` and of the test of the same name.

use std::alloc::System;
use std::env;
use std::path::Path;
use std::process::Command;

use stats_alloc::StatsAlloc;

use super::Figures;
use crate::cases::Case;

const REPEATS: usize = 5;

/// Allocations of one repetition of each case; what grows is allocated again, and counts again.
///
/// `allocator` must be the process's, and nothing else may run in it.
pub fn count(allocator: &StatsAlloc<System>, cases: &mut [Case]) -> Figures {
    let so_far = || {
        let stats = allocator.stats();
        stats.allocations + stats.reallocations
    };
    let figure = |case: &mut Case| {
        for _ in 0..REPEATS {
            (case.run)();
        }
        let before = so_far();
        for _ in 0..REPEATS {
            (case.run)();
        }
        (so_far() - before) as f64 / REPEATS as f64
    };
    cases.iter_mut().map(|case| (case.name.clone(), figure(case))).collect()
}

/// The same figures, from the bin `allocations`, which cargo builds if it must.
///
/// # Errors
///
/// Where it cannot be built, or fails.
pub fn measure() -> Result<Figures, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", env!("CARGO_PKG_NAME"), "--bin", "allocations"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    if !output.status.success() {
        return Err(format!("the bin `allocations` failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("the bin `allocations` printed something else: {e}"))
}

//! The most memory in use while many items are written, counted by the allocator of the bin `batch_heap`.
//!
//! SQLite, beneath the embedded engine, allocates by itself, so that the data written do not count.

use std::alloc::System;
use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stats_alloc::StatsAlloc;

use crate::batches::by_hand::{self, Error, Tasks};
use crate::batches::engines::Engine;
use crate::batches::ours;

/// How often the sampler looks.
const INTERVAL: Duration = Duration::from_micros(100);

/// What one way took beyond what was in use before, in bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HighWater {
    /// Which way.
    pub name: String,
    /// For a tenth of the items.
    pub tenth: usize,
    /// For all of them.
    pub all: usize,
}

/// The high-water of each way, for a tenth of the items and for all.
///
/// `allocator` must be the process's, and nothing else may run in it.
///
/// # Errors
///
/// Where the engine refuses what is written.
pub fn high_waters(allocator: &StatsAlloc<System>, items: u64) -> Result<Vec<HighWater>, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let engine = runtime.block_on(Engine::embedded())?;
    let Engine { client, sdk, table, .. } = &engine;
    let ours = |count| Ok(runtime.block_on(ours::write_made(client, count))?);
    let by_hand = |count| runtime.block_on(by_hand::write_made(sdk, table, count, Tasks::One));
    let ways: [(_, &dyn Fn(u64) -> Result<usize, Error>); 2] = [("ours", &ours), ("by hand", &by_hand)];

    let mut high_waters = Vec::new();
    for (name, write) in ways {
        // What is made once and kept, connections and caches, is made here.
        write(items / 10)?;
        let [tenth, all] = [items / 10, items].map(|count| high_water(allocator, || write(count)));
        high_waters.push(HighWater { name: name.to_owned(), tenth: tenth?, all: all? });
    }
    Ok(high_waters)
}

/// The most in use at once while `work` runs, beyond what was in use before.
fn high_water(
    allocator: &StatsAlloc<System>,
    work: impl FnOnce() -> Result<usize, Error>,
) -> Result<usize, Error> {
    let in_use = || {
        let stats = allocator.stats();
        stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
    };
    let before = in_use();
    let is_done = AtomicBool::new(false);
    let (most, done) = thread::scope(|scope| {
        let sampler = scope.spawn(|| {
            let mut most = in_use();
            while !is_done.load(Ordering::Relaxed) {
                most = most.max(in_use());
                thread::sleep(INTERVAL);
            }
            most
        });
        let done = work();
        is_done.store(true, Ordering::Relaxed);
        (sampler.join(), done)
    });
    done?;
    let most = most.map_err(|_| "the sampler panicked")?;
    Ok(most.saturating_sub(before))
}

/// The same, from the bin `batch_heap`, which cargo builds if it must.
///
/// # Errors
///
/// Where it cannot be built, or fails.
pub fn measure(items: u64) -> Result<Vec<HighWater>, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", env!("CARGO_PKG_NAME"), "--bin", "batch_heap"])
        .args(["--", &items.to_string()])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()?;
    if !output.status.success() {
        return Err(
            format!("the bin `batch_heap` failed:\n{}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

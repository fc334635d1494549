//! The most memory in use while many items are written or read, counted by the allocator of the bin `batch_heap`.
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

/// What one way took beyond what was in use before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HighWater {
    /// Which way.
    pub name: String,
    /// For each number of items the bytes, ascending.
    pub bytes: Vec<(u64, usize)>,
}

impl HighWater {
    /// What the most items took, in terms of what the fewest did.
    pub fn growth(&self) -> f64 {
        let bytes = |size: Option<&(u64, usize)>| size.map_or(f64::NAN, |(_, bytes)| *bytes as f64);
        bytes(self.bytes.last()) / bytes(self.bytes.first())
    }
}

/// The high-water of each way, for a tenth of the items, for all, and for ten times as many.
///
/// `allocator` must be the process's, and nothing else may run in it.
///
/// # Errors
///
/// Where the engine refuses what is asked.
pub fn high_waters(allocator: &StatsAlloc<System>, items: u64) -> Result<Vec<HighWater>, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let engine = runtime.block_on(Engine::embedded())?;
    let Engine { client, sdk, table, .. } = &engine;
    let write = |count| Ok(runtime.block_on(ours::write_made(client, count))?);
    let read = |count| Ok(runtime.block_on(ours::read_made(client, count))?);
    let write_by_hand = |count| runtime.block_on(by_hand::write_made(sdk, table, count, Tasks::One));
    let read_by_hand = |count| runtime.block_on(by_hand::read_made(sdk, table, count, Tasks::One));
    type Way<'w> = (&'w str, &'w dyn Fn(u64) -> Result<usize, Error>);
    // What is read was written before, by either.
    let ways: [Way<'_>; 4] = [
        ("batch_write.ours", &write),
        ("batch_write.by hand", &write_by_hand),
        ("batch_get.ours", &read),
        ("batch_get.by hand", &read_by_hand),
    ];
    let sizes = [items / 10, items, items.saturating_mul(10)];

    let mut high_waters = Vec::new();
    for (name, way) in ways {
        // What is made once and kept, connections and caches, is made here.
        way(items / 10)?;
        let mut bytes = Vec::new();
        for size in sizes {
            let work = || match way(size)? {
                done if done as u64 == size => Ok(done),
                done => Err(format!("{name}: {done} of {size} items").into()),
            };
            bytes.push((size, high_water(allocator, work)?));
        }
        high_waters.push(HighWater { name: name.to_owned(), bytes });
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

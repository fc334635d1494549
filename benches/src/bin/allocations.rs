//! Prints how often each case allocates, as JSON; `ratios` reads it.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use theory_benches::{cases, measure};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), serde_json::Error> {
    let figures = measure::allocations::count(ALLOCATOR, &mut cases::all());
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}

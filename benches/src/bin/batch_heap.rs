//! Prints how much memory is in use at most while batches are written from an iterator and read as a stream, as JSON; `batches` reads it.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use theory_benches::batches::by_hand::Error;
use theory_benches::measure;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Error> {
    let items = std::env::args().nth(1).ok_or("usage: batch_heap ITEMS")?.parse()?;
    println!("{}", serde_json::to_string_pretty(&measure::heap::high_waters(ALLOCATOR, items)?)?);
    Ok(())
}

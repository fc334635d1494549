//! A regression guard: how often this library allocates, which no machine and no load changes.
//!
//! One test, so that nothing else runs in the process while it counts.

use std::alloc::System;
use std::collections::BTreeMap;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use theory_benches::{cases, measure};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn nothing_allocates_more_than_it_did() {
    let mut cases = cases::all();
    cases.retain(|case| case.name.ends_with("/theory") || case.name.ends_with("tiny/raw-sdk"));
    // The fewest of several: the test's own thread may have something to do meanwhile.
    let mut fewest: BTreeMap<String, f64> = BTreeMap::new();
    for _ in 0..3 {
        for (name, count) in measure::allocations::count(ALLOCATOR, &mut cases) {
            let so_far = fewest.entry(name).or_insert(count);
            *so_far = so_far.min(count);
        }
    }
    // A call is the SDK's for the most part, and its versions differ.
    let call = fewest["call/tiny/raw-sdk"];
    // Nothing may grow unnoticed; the gates of `ratios` leave more room.
    let accepted = [
        ("encode/a/theory", 1.0),
        ("encode/b/theory", 1.0),
        ("encode/c/theory", 1.0),
        ("decode/a/theory", 4.0),
        ("decode/b/theory", 80.0),
        ("decode/c/theory", 809.0),
        ("call/tiny/theory", call * 1.05),
        ("get/b/theory", 80.0 + call * 1.05),
        ("query100/b/theory", 80.0 * cases::PAGE as f64 + call * 1.1),
    ];
    let grown: Vec<String> = accepted
        .iter()
        .filter(|(name, accepted)| fewest[*name] > *accepted)
        .map(|(name, accepted)| format!("{name}: {} instead of {accepted}", fewest[*name]))
        .collect();
    assert!(grown.is_empty(), "{grown:#?}");
}

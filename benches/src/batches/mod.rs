//! Batches of any size: this library's, and the loop that one would write over the SDK, against a real engine.
//!
//! The bin `batches` takes their throughput, and the bin `batch_heap`, whose allocator counts, their memory.

pub mod by_hand;
pub mod engines;
pub mod ours;

use std::iter::repeat_n;

use theory::Table;

/// How many requests are under way at once, on either side.
pub const CONCURRENCY: usize = 8;

/// A small item.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
pub struct Reading {
    /// One of a thousand sensors.
    #[table(pk)]
    pub sensor: String,
    /// The reading's number.
    #[table(sk)]
    pub at: u64,
    /// What was read.
    pub value: f64,
    /// What somebody thought about it.
    pub note: String,
}

/// The reading of this number: never two with one key.
pub fn reading(at: u64) -> Reading {
    let note = repeat_n(if at.is_multiple_of(2) { "even " } else { "odd " }, 4).collect();
    Reading { sensor: sensor(at), at, value: at as f64 / 4.0, note }
}

fn sensor(at: u64) -> String {
    format!("sensor-{}", at % 1000)
}

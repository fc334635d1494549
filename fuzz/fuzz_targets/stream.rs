//! Any bytes at all, read as the event of a stream.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/stream.rs"]
mod stream;

fuzz_target!(|data: &[u8]| stream::check(data));

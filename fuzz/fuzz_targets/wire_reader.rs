//! Any bytes at all, read as a response body.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/value.rs"]
mod value;
#[path = "../src/wire_reader.rs"]
mod wire_reader;

fuzz_target!(|data: &[u8]| wire_reader::check(data));

//! Any bytes at all, read as a cursor that a client sent.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/cursor.rs"]
mod cursor;

fuzz_target!(|data: &[u8]| cursor::check(data));

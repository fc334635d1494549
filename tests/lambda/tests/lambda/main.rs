//! A compiled function, run as Lambda runs it: one program, because each program links the SDK again.

mod chunks;
mod concurrent;
mod deadlines;
mod emulator;
mod freeze;
mod proxy;
mod steps;
mod stream;
mod support;

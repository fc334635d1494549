//! A compiled function, run as Lambda runs it: one program, because each program links the SDK again.

mod chunks;
mod deadlines;
mod emulator;
mod freeze;
mod proxy;
mod stream;
mod support;

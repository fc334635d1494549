//! Faults: that each is what it says it is, and that the library keeps its word under all of them.
//!
//! `cargo test --release -p theory-tests --test faults -- --nocapture` tries every operation with every fault on 200 seeds, and prints
//! a table of the cases tried. Without `--release` it is a few seeds. `THEORY_FAULT_SEEDS` sets another number, and `THEORY_FAULT_SUBJECTS`
//! names the operations to try (`Add,Withdraw`). `scripts/fault-mutants.sh` shows that the matrix would notice a broken rule.

mod account;
mod conflicts;
mod exactly_once;
mod kit;
mod matrix;
mod recorder;
mod tables;
mod throttling;
mod unique;

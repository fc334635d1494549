//! The meters: time, instructions, allocations, and memory in use.
//!
//! Time is measured in the process that asks. Instructions are counted by callgrind in a copy of it, and allocations in
//! the bins `allocations` and `batch_heap`, so that neither meter slows what another one measures.

pub mod allocations;
pub mod heap;
pub mod instructions;
pub mod spent;
pub mod time;

/// A figure of each case, by its name.
pub type Figures = std::collections::BTreeMap<String, f64>;

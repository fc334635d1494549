//! The three meters: time, instructions, allocations.
//!
//! Time is measured in the process that asks. Instructions are counted by callgrind in a copy of it, and allocations in
//! the bin `allocations`, so that neither meter slows what another one measures.

pub mod allocations;
pub mod instructions;
pub mod time;

/// A figure of each case, by its name.
pub type Figures = std::collections::BTreeMap<String, f64>;

//! What the library costs, next to the SDK on which it runs.
//!
//! Four ways to do the same, in [`cases`]: the raw SDK (its maps and nothing else), the SDK with conversions written
//! by hand, the SDK with `serde_dynamo`, and this library. [`measure`] takes their time, their instructions and their
//! allocations; the bin `ratios` sets them against the gates, and the benches in `benches/` show them to criterion.

pub mod arguments;
pub mod batches;
pub mod by_hand;
pub mod cases;
pub mod cold_start;
pub mod fake;
pub mod items;
pub mod measure;
pub mod ratio;
pub mod stock;

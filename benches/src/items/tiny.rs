//! An item so small that a call costs what a call costs.

use theory::Table;

/// A counter.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "counters")]
pub struct Counter {
    /// Partition key.
    #[table(pk)]
    pub id: String,
    /// How many.
    pub count: u64,
}

impl Counter {
    /// The value that is measured.
    pub fn sample() -> Self {
        Counter { id: "visits".into(), count: 17 }
    }

    /// The response to a GetItem that found the counter.
    pub fn response(&self) -> Vec<u8> {
        format!("{{\"Item\":{{\"count\":{{\"N\":\"{}\"}},\"id\":{{\"S\":\"{}\"}}}}}}", self.count, self.id)
            .into_bytes()
    }
}

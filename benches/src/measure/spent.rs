//! Processor time of the programs that this one has started.

use std::fs;
use std::time::Instant;

/// What this process's children have used.
#[derive(Debug)]
pub enum Spent {
    /// Seconds of processor time, where the system tells.
    Processor(f64),
    /// The time of day.
    Wall(Instant),
}

impl Spent {
    /// Until now.
    pub fn so_far() -> Self {
        children_seconds().map_or_else(|| Spent::Wall(Instant::now()), Spent::Processor)
    }

    /// How many seconds more it is now.
    pub fn since(self) -> f64 {
        match self {
            Spent::Processor(before) => children_seconds().unwrap_or(before) - before,
            Spent::Wall(before) => before.elapsed().as_secs_f64(),
        }
    }
}

/// `cutime` of `/proc/self/stat`, in hundredths of a second on every Linux there is.
fn children_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let fields = stat.rsplit_once(')')?.1;
    let ticks: f64 = fields.split_whitespace().nth(13)?.parse().ok()?;
    Some(ticks / 100.0)
}

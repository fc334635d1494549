//! What all programs have in common: what they ask for, and how they say what it took.

use std::fmt::Write as _;
use std::time::{Duration, Instant};
use std::{env, fs};

use rustix::time::{ClockId, clock_gettime};

/// The key of the item that is asked for.
pub const ID: &str = "o-1";

/// The certificate of the authority that signed for the endpoint, in PEM.
///
/// # Errors
///
/// If the variable with its path is not set, or the file cannot be read.
pub fn authority() -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(fs::read(env::var("COLD_START_CA")?)?)
}

/// How long the steps took, and what was used when the item was there.
#[derive(Debug, Clone)]
pub struct Report {
    last: Instant,
    steps: Vec<(&'static str, Duration)>,
}

impl Report {
    /// Call it first of all.
    pub fn start() -> Self {
        Self { last: Instant::now(), steps: Vec::new() }
    }

    /// A step ends here, which began where the last one ended.
    pub fn step(&mut self, name: &'static str) {
        let now = Instant::now();
        self.steps.push((name, now - self.last));
        self.last = now;
    }

    /// A step that was measured otherwise.
    pub fn measured(&mut self, name: &'static str, duration: Duration) {
        self.steps.push((name, duration));
    }

    /// The report as JSON, and what the process used until now; nothing if nobody asked for it.
    pub fn text(&self) -> String {
        if env::var_os("COLD_START_REPORT").is_none() {
            return String::new();
        }
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let cpu = cpu.tv_sec as f64 * 1e3 + cpu.tv_nsec as f64 / 1e6;
        let mut text = format!(r#"{{"cpu_ms":{cpu},"resident_kb":{},"steps":["#, resident().unwrap_or(0));
        for (place, (name, duration)) in self.steps.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let _ = write!(text, r#"{comma}["{name}",{}]"#, duration.as_secs_f64() * 1e3);
        }
        text.push_str("]}");
        text
    }
}

/// The most memory that was resident, in KB.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

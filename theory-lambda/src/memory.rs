//! How much memory the process uses, and may use.

use std::fs;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// A cgroup without a limit says a number near the largest there is.
const UNLIMITED: u64 = 1 << 60;

/// The memory of this process, in bytes.
///
/// # Example
///
/// ```
/// let memory = theory_lambda::Memory::read();
/// if let (Some(resident), Some(limit)) = (memory.resident, memory.limit) {
///     println!("{} of {} MB", resident >> 20, limit >> 20);
/// }
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// What is resident now.
    pub resident: Option<u64>,
    /// The most that was ever resident.
    pub peak: Option<u64>,
    /// What the process may use: the function's memory size in Lambda, otherwise the limit of its cgroup, otherwise what
    /// the machine has.
    pub limit: Option<u64>,
}

impl Memory {
    /// Reads it from the system. What the system does not say is `None`, as everything is where there is no `/proc`.
    pub fn read() -> Self {
        let file = |path: &str| fs::read_to_string(path).ok();
        Self::from_sources(file, |name| std::env::var(name).ok())
    }

    fn from_sources(
        file: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let status = file("/proc/self/status").unwrap_or_default();
        let function =
            || variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")?.trim().parse::<u64>().ok()?.checked_mul(MIB);
        let cgroup = |path: &str| file(path)?.trim().parse().ok().filter(|limit| *limit < UNLIMITED);
        let machine = || kilobytes(&file("/proc/meminfo")?, "MemTotal:");
        Self {
            resident: kilobytes(&status, "VmRSS:"),
            peak: kilobytes(&status, "VmHWM:"),
            limit: function()
                .or_else(|| cgroup("/sys/fs/cgroup/memory.max"))
                .or_else(|| cgroup("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
                .or_else(machine),
        }
    }
}

/// The bytes of a line such as `VmRSS:     5120 kB`.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(KIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\tx\nVmPeak:\t9 kB\nVmHWM:\t    7000 kB\nVmRSS:\t    5120 kB\n";

    fn read(files: &[(&str, &str)], function: Option<&str>) -> Memory {
        let file =
            |path: &str| files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).to_owned());
        Memory::from_sources(file, |_| function.map(str::to_owned))
    }

    #[test]
    fn the_nearest_limit_counts() {
        let files = [
            ("/proc/self/status", STATUS),
            ("/sys/fs/cgroup/memory.max", "1000000\n"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("/proc/meminfo", "MemTotal:       8 kB\n"),
        ];
        let memory = read(&files, Some("256"));
        assert_eq!(
            memory,
            Memory { resident: Some(5120 * KIB), peak: Some(7000 * KIB), limit: Some(256 * MIB) }
        );
        assert_eq!(read(&files, None).limit, Some(1_000_000));
        assert_eq!(read(&files[2..], None).limit, Some(8 * KIB));
        assert_eq!(read(&[("/sys/fs/cgroup/memory.max", "max\n")], Some("")), Memory::default());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory() {
        let memory = Memory::read();
        assert!(
            memory.resident > Some(0) && memory.peak >= memory.resident && memory.limit > Some(0),
            "{memory:?}"
        );
    }
}

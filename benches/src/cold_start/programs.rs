//! The programs, and how they are built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A way to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// `aws_config::load_defaults`, and the SDK's default features.
    Default,
    /// The same SDK, by hand: no aws-config, `ring`, a root that is given.
    Ring,
    /// `theory_lambda::init()`.
    Theory,
}

/// A program that is built.
#[derive(Debug, Clone)]
pub struct Built {
    /// Gets the item and ends.
    pub alone: PathBuf,
    /// Gets the item for an event.
    pub in_loop: PathBuf,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Ring, Self::Theory];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Ring => "ring",
            Self::Theory => "theory",
        }
    }

    /// How much of the program is optimized as a whole: the default as cargo-lambda builds every function, the others as one asks for who
    /// cares about the start.
    fn lto(self) -> &'static str {
        match self {
            Self::Default => "thin",
            Self::Ring | Self::Theory => "fat",
        }
    }

    /// The program that was built into this folder at another time.
    pub fn in_folder(self, folder: &Path) -> Built {
        let file = |suffix: &str| folder.join(format!("{}{suffix}", self.name()));
        Built { alone: file(""), in_loop: file("-loop") }
    }

    /// Builds it in `target`.
    ///
    /// # Errors
    ///
    /// If cargo does not start, or fails.
    pub fn build(self, target: &Path) -> Result<Built, String> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--release", "--features=loop", "--message-format=json-render-diagnostics"])
            .arg("--manifest-path")
            .arg(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("cold-start").join(self.name()).join("Cargo.toml"),
            )
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_PROFILE_RELEASE_LTO", self.lto())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("cargo does not start: {e}"))?;
        if !output.status.success() {
            return Err(format!("`{}` is not built", self.name()));
        }
        let executable = |wanted: &str| {
            let messages = output.stdout.split(|byte| *byte == b'\n');
            let mut messages = messages.filter_map(|m| serde_json::from_slice::<serde_json::Value>(m).ok());
            messages
                .find(|message| message["target"]["name"] == wanted && message["executable"].is_string())
                .and_then(|message| message["executable"].as_str().map(PathBuf::from))
                .ok_or_else(|| format!("cargo built no `{wanted}`"))
        };
        Ok(Built { alone: executable(self.name())?, in_loop: executable(&format!("{}-loop", self.name()))? })
    }
}

/// The size of a program without its symbols, which cargo-lambda takes out; with them where `strip` is missing.
///
/// # Errors
///
/// If it cannot be read.
pub fn size(program: &Path, folder: &Path) -> Result<u64, String> {
    let stripped = folder.join("stripped");
    let status = Command::new("strip").arg("-o").arg(&stripped).arg(program).stderr(Stdio::null()).status();
    let measured = if status.is_ok_and(|status| status.success()) { &stripped } else { program };
    Ok(fs::metadata(measured).map_err(|e| format!("no size: {e}"))?.len())
}

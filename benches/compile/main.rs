//! What a derive costs the compiler, beside serde's two.
//!
//! ```text
//! cargo run -p theory-benches --bin compile [-- ENTITIES]
//! ```
//!
//! Generates a crate of entities with 20 fields each, three times: with standard derives only, with `Table` besides, and
//! with `Serialize` and `Deserialize` besides. Compiles each by calling `rustc` alone, so that dependencies, cargo and
//! the linker do not count, and prints the processor time an entity over the crate with standard derives only.

mod generate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use generate::Derives;
use theory_benches::measure::spent::Spent;

const ENTITIES: u32 = 50;
const ROUNDS: u32 = 3;

/// What is asked of the compiler.
const MODES: [(&str, &[&str]); 3] = [
    ("check", &["--emit=metadata"]),
    ("debug", &["--emit=obj", "-Cdebuginfo=0"]),
    ("release", &["--emit=obj", "-Copt-level=3", "-Ccodegen-units=16"]),
];

/// The crates that the generated ones use.
const EXTERNS: [&str; 4] = ["theory", "serde", "serde_dynamo", "aws_sdk_dynamodb"];

fn main() -> ExitCode {
    let entities = match env::args().nth(1).map(|argument| argument.parse()) {
        None => ENTITIES,
        Some(Ok(entities)) if entities > 0 => entities,
        Some(_) => {
            eprintln!("usage: compile [ENTITIES]");
            return ExitCode::from(2);
        }
    };
    match run(entities) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(entities: u32) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
    let compiler = Compiler { externs: externs()?, folder: folder.path().to_owned() };
    for derives in Derives::ALL {
        let source = generate::source(derives, entities);
        fs::write(compiler.source(derives), source).map_err(|e| format!("cannot write: {e}"))?;
    }
    println!("{entities} entities of 20 fields; milliseconds of processor time an entity");
    println!("{:<8} {:>7} {:>7} {:>7} {:>6}", "", "plain", "Table", "serde", "ratio");
    for (mode, arguments) in MODES {
        let mut best = BTreeMap::from(Derives::ALL.map(|derives| (derives, f64::INFINITY)));
        for _ in 0..ROUNDS {
            for (derives, best) in &mut best {
                *best = best.min(compiler.compile(*derives, arguments)?);
            }
        }
        let each = |derives| best[&derives] * 1e3 / f64::from(entities);
        let plain = each(Derives::Standard);
        let (table, serde) = (each(Derives::Table) - plain, each(Derives::Serde) - plain);
        println!("{mode:<8} {plain:>7.2} {table:>+7.2} {serde:>+7.2} {:>6.2}", table / serde);
    }
    Ok(())
}

struct Compiler {
    externs: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

impl Compiler {
    fn source(&self, derives: Derives) -> PathBuf {
        self.folder.join(format!("{}.rs", derives.name()))
    }

    /// Seconds of processor time.
    fn compile(&self, derives: Derives, arguments: &[&str]) -> Result<f64, String> {
        let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        command.args(["--edition=2024", "--crate-type=lib", "--cap-lints=allow", "--out-dir"]);
        command.arg(&self.folder).args(arguments).arg(self.source(derives));
        for (name, path) in &self.externs {
            command.arg("--extern").arg(format!("{name}={}", path.display()));
            if let Some(folder) = path.parent() {
                command.arg("-L").arg(format!("dependency={}", folder.display()));
                command.arg("-L").arg(format!("dependency={}", folder.join("deps").display()));
            }
        }
        let before = Spent::so_far();
        let status =
            command.stdin(Stdio::null()).status().map_err(|e| format!("rustc does not start: {e}"))?;
        if !status.success() {
            return Err(format!("the crate with {} does not compile", derives.name()));
        }
        Ok(before.since())
    }
}

/// Builds the crates that are used, as for development, and finds them.
fn externs() -> Result<BTreeMap<String, PathBuf>, String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--lib", "--package", env!("CARGO_PKG_NAME"), "--message-format=json"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    let mut found = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<serde_json::Value>(line) else { continue };
        let Some(name) = message["target"]["name"].as_str().filter(|name| EXTERNS.contains(name)) else {
            continue;
        };
        let files = message["filenames"].as_array().into_iter().flatten();
        let library = files.filter_map(|file| file.as_str()).find(|file| file.ends_with(".rlib"));
        if let Some(library) = library {
            found.insert(name.to_owned(), PathBuf::from(library));
        }
    }
    match EXTERNS.iter().find(|name| !found.contains_key(**name)) {
        Some(missing) => Err(format!("cargo built no library `{missing}`")),
        None => Ok(found),
    }
}

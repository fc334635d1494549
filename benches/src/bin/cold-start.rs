//! Sets the start of a function against the SDK's, and prints one line a ratio: name, value, gate.
//!
//! ```text
//! cargo run --release -p theory-benches --bin cold-start [-- --check] [--rounds N] [--clean-builds]
//!     [--programs FOLDER]
//! ```
//!
//! With `--check` it fails where a gate is missed. With `--clean-builds` it also builds each program from nothing, and
//! sets the processor time of that against another. With `--programs` it builds nothing, and measures what is in a folder. What each name means stands in `benches/README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use theory_benches::cold_start::callgrind::Count;
use theory_benches::cold_start::programs::{self, Built, Program};
use theory_benches::cold_start::stage::{Stage, Used, Way};
use theory_benches::measure::spent::Spent;
use theory_benches::measure::time::Rounds;
use theory_benches::ratio::{Gate, Ratio};

const USAGE: &str = "usage: cold-start [--check] [--rounds N] [--clean-builds] [--programs FOLDER]";

struct Options {
    check: bool,
    rounds: usize,
    clean_builds: bool,
    programs: Option<PathBuf>,
}

/// What was measured of one program, run in one way.
struct Measured {
    cpu: Rounds,
    resident: Rounds,
    count: Option<Count>,
    size: u64,
    /// Names, and the median of each.
    steps: Vec<(String, f64)>,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(missed) if missed && options.check => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { check: false, rounds: 21, clean_builds: false, programs: None };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => options.check = true,
            "--clean-builds" => options.clean_builds = true,
            "--programs" => options.programs = Some(arguments.next()?.into()),
            "--rounds" => options.rounds = arguments.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
            _ => return None,
        }
    }
    Some(options)
}

/// Measures and prints; says whether a gate was missed.
fn run(options: &Options) -> Result<bool, String> {
    let stage = Stage::set()?;
    let mut built = BTreeMap::new();
    for program in Program::ALL {
        let of_program = match &options.programs {
            Some(folder) => program.in_folder(folder),
            None => program.build(&target()?)?,
        };
        built.insert(program, of_program);
    }
    let mut ratios = Vec::new();
    for (way, name) in [(Way::Alone, "cold-start"), (Way::InLoop, "cold-start.loop")] {
        let measured = measure(&stage, &built, way, options.rounds)?;
        print(name, &measured);
        ratios.extend(compare(name, &measured, way));
    }
    if options.clean_builds {
        ratios.extend(clean_builds(&stage)?);
    }
    println!();
    for ratio in &ratios {
        println!("{ratio}");
    }
    let mut missed = false;
    for ratio in ratios.iter().filter(|ratio| ratio.is_missed()) {
        eprintln!("missed: {ratio}");
        missed = true;
    }
    Ok(missed)
}

/// The folder in which cargo has built this program, and builds the others too.
fn target() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|e| format!("no path to this program: {e}"))?;
    let target = this.parent().and_then(Path::parent).ok_or("this program is in no folder of cargo's")?;
    Ok(target.to_owned())
}

fn measure(
    stage: &Stage,
    built: &BTreeMap<Program, Built>,
    way: Way,
    rounds: usize,
) -> Result<BTreeMap<Program, Measured>, String> {
    let mut used: BTreeMap<Program, Vec<Used>> = BTreeMap::new();
    for program in built.values() {
        // Reads the program from the disk.
        stage.run(program, way)?;
    }
    for _ in 0..rounds {
        for (program, built) in built {
            used.entry(*program).or_default().push(stage.run(built, way)?);
        }
    }
    let mut measured = BTreeMap::new();
    for (program, used) in used {
        let built = &built[&program];
        let file = if way == Way::Alone { &built.alone } else { &built.in_loop };
        let of_program = Measured {
            cpu: used.iter().map(|used| used.cpu_ms).collect(),
            resident: used.iter().map(|used| used.resident_kb).collect(),
            count: stage.instructions(built, way)?,
            size: programs::size(file, stage.folder())?,
            steps: steps(&used),
        };
        measured.insert(program, of_program);
    }
    Ok(measured)
}

fn steps(used: &[Used]) -> Vec<(String, f64)> {
    let names = used.first().into_iter().flat_map(|used| &used.steps).map(|(name, _)| name);
    let median = |name: &String| {
        let all = used.iter().flat_map(|used| &used.steps).filter(|(step, _)| step == name);
        all.map(|(_, duration)| *duration).collect::<Rounds>().median()
    };
    names.map(|name| (name.clone(), median(name))).collect()
}

fn print(name: &str, measured: &BTreeMap<Program, Measured>) {
    println!(
        "\n{name:<20} {:>14} {:>8} {:>12} {:>10}",
        "M instructions", "CPU ms", "resident MB", "binary MB"
    );
    for (program, measured) in measured {
        let count = match measured.count {
            Some(count) => format!("{:.2}", count.total as f64 / 1e6),
            None => "-".to_owned(),
        };
        println!(
            "  {:<18} {count:>14} {:>8.2} {:>12.2} {:>10.2}",
            program.name(),
            measured.cpu.median(),
            measured.resident.median() / 1024.0,
            measured.size as f64 / 1e6,
        );
        if let Some(count) = measured.count.filter(|count| count.jitter > 0) {
            println!("    of which jitter    {:>13.2}", count.jitter as f64 / 1e6);
        }
    }
    for (program, measured) in measured {
        println!("  steps of {}, ms:", program.name());
        for (step, duration) in &measured.steps {
            println!("    {step:<40} {duration:>8.2}");
        }
    }
}

fn compare(name: &str, measured: &BTreeMap<Program, Measured>, way: Way) -> Vec<Ratio> {
    let ours = &measured[&Program::Theory];
    let mut ratios = Vec::new();
    for (program, versus) in [(Program::Default, ""), (Program::Ring, ".versus-ring")] {
        let theirs = &measured[&program];
        let mut add = |what: &str, value: Option<f64>, most: f64| {
            let is_gate = program == Program::Default && way == Way::Alone;
            let gate = if is_gate { Gate::AtMost(most) } else { Gate::None };
            ratios.push(Ratio { name: format!("{name}.{what}{versus}"), value, gate });
        };
        let counts = ours.count.zip(theirs.count);
        add("instructions", counts.map(|(ours, theirs)| quotient(ours.total, theirs.total)), 0.012);
        if program == Program::Default {
            let value = counts.map(|(ours, theirs)| quotient(ours.total, theirs.total - theirs.jitter));
            add("instructions.without-jitter", value, 0.30);
        }
        add("cpu", Some(ours.cpu.ratio_to(&theirs.cpu)), 0.12);
        add("binary", Some(quotient(ours.size, theirs.size)), 0.35);
        add("resident", Some(ours.resident.ratio_to(&theirs.resident)), 0.55);
    }
    ratios
}

fn quotient(ours: u64, theirs: u64) -> f64 {
    ours as f64 / theirs as f64
}

/// Builds every program from nothing.
fn clean_builds(stage: &Stage) -> Result<Vec<Ratio>, String> {
    let mut seconds = BTreeMap::new();
    println!("\nclean release builds, processor time");
    for program in Program::ALL {
        let target = stage.folder().join("target");
        let before = Spent::so_far();
        program.build(&target)?;
        seconds.insert(program, before.since());
        println!("  {:<18} {:>8.0} s", program.name(), seconds[&program]);
        std::fs::remove_dir_all(&target).map_err(|e| format!("cannot remove: {e}"))?;
    }
    let against = |program| Some(seconds[&Program::Theory] / seconds[&program]);
    let ratio = |name: &str, program, gate| Ratio { name: name.to_owned(), value: against(program), gate };
    Ok(vec![
        ratio("cold-start.build", Program::Default, Gate::AtMost(0.60)),
        ratio("cold-start.build.versus-ring", Program::Ring, Gate::None),
    ])
}

//! Measures everything in one run, and prints one line a ratio: name, value, gate.
//!
//! ```text
//! cargo run --release -p theory-benches --bin ratios [-- --json] [--check] [--rounds N] [--time-only] [--only CASES]
//! ```
//!
//! With `--check` it fails where a gate is missed, with `--only` it measures only the cases whose names contain the text.
//! What each name means stands in `benches/README.md`.

mod gates;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use gates::Measured;
use serde_json::{Value, json};
use theory_benches::arguments::Arguments;
use theory_benches::ratio::{Gate, Ratio};
use theory_benches::{cases, measure};

/// How long a case runs in one round.
const SLICE: Duration = Duration::from_millis(3);

const USAGE: &str = "usage: ratios [--json] [--check] [--rounds N] [--time-only] [--only CASES]";

/// What the command line asks for.
struct Options {
    json: bool,
    time_only: bool,
    common: Arguments,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if measure::instructions::is_child(&arguments) {
        measure::instructions::run_child(&mut cases::all(), &arguments);
        return ExitCode::SUCCESS;
    }
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if cfg!(debug_assertions) {
        eprintln!("without optimization the ratios mean nothing: run with `--release`");
        return ExitCode::from(2);
    }
    match run(&options) {
        Ok(missed) if missed && options.common.check => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: Vec<String>) -> Option<Options> {
    let (mut json, mut time_only) = (false, false);
    let common = Arguments::parse(arguments.into_iter(), 101, |option, _| {
        match option {
            "--json" => json = true,
            "--time-only" => time_only = true,
            _ => return None,
        }
        Some(())
    })?;
    Some(Options { json, time_only, common })
}

/// Measures and prints; says whether a gate was missed.
fn run(options: &Options) -> Result<bool, String> {
    let measured = measured(options)?;
    let mut ratios = gates::ratios(&measured);
    if options.time_only || !options.common.only.is_empty() {
        // What was left out on purpose was not skipped.
        ratios.retain(|ratio| ratio.value.is_some());
    }
    if options.json {
        println!("{:#}", json(&ratios, &measured));
    } else {
        for ratio in &ratios {
            println!("{ratio}");
        }
    }
    let mut missed = false;
    for ratio in ratios.iter().filter(|ratio| ratio.is_missed()) {
        eprintln!("missed: {ratio}");
        missed = true;
    }
    Ok(missed)
}

fn measured(options: &Options) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let mut cases = cases::all();
    cases.retain(|case| case.name.contains(&options.common.only));
    let names: Vec<String> = cases.iter().map(|case| case.name.clone()).collect();
    let rounds = measure::time::measure(&mut cases, options.common.rounds, SLICE);
    measured.time = names.iter().cloned().zip(rounds).collect();
    if options.time_only {
        return Ok(measured);
    }
    measured.allocations = measure::allocations::measure()?;
    measured.allocations.retain(|name, _| name.contains(&options.common.only));
    match measure::instructions::measure(&names) {
        Ok(figures) => measured.instructions = figures,
        Err(why) => eprintln!("the instruction ratios are skipped: {why}"),
    }
    Ok(measured)
}

fn json(ratios: &[Ratio], measured: &Measured) -> Value {
    let ratios: Vec<Value> = ratios.iter().map(ratio_json).collect();
    let cases: BTreeMap<&String, Value> = measured
        .time
        .iter()
        .map(|(name, time)| {
            let figures = json!({
                "nanoseconds": time.median(),
                "instructions": measured.instructions.get(name),
                "allocations": measured.allocations.get(name),
            });
            (name, figures)
        })
        .collect();
    json!({ "ratios": ratios, "cases": cases })
}

fn ratio_json(ratio: &Ratio) -> Value {
    let (at_least, at_most) = match ratio.gate {
        Gate::AtLeast(least) => (Some(least), None),
        Gate::AtMost(most) => (None, Some(most)),
        Gate::None => (None, None),
    };
    json!({
        "name": ratio.name,
        "value": ratio.value,
        "at_least": at_least,
        "at_most": at_most,
        "met": ratio.value.filter(|_| ratio.gate != Gate::None).map(|value| ratio.gate.is_met(value)),
    })
}

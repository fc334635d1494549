//! Sets batches against the fastest loop over the SDK, and prints one line a ratio: name, value, gate.
//!
//! ```text
//! cargo run --release -p theory-benches --bin batches [-- --check] [--items N] [--rounds N]
//! ```
//!
//! With `--check` it fails where a gate is missed. What each name means stands in `benches/README.md`.

use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use theory_benches::batches::by_hand::{self, Error, Tasks};
use theory_benches::batches::engines::Engine;
use theory_benches::batches::{Reading, ours, reading};
use theory_benches::measure::heap;

const USAGE: &str = "usage: batches [--check] [--items N] [--rounds N]";

/// Of the throughput of the loop.
const LEAST_THROUGHPUT: f64 = 0.9;
/// Of the high-water at a tenth of the items.
const MOST_GROWTH: f64 = 1.25;

struct Options {
    check: bool,
    items: u64,
    rounds: usize,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if cfg!(debug_assertions) {
        eprintln!("without optimization the ratios mean nothing: run with `--release`");
        return ExitCode::from(2);
    }
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
    let mut options = Options { check: false, items: 100_000, rounds: 5 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => options.check = true,
            "--items" => options.items = arguments.next()?.parse().ok().filter(|items| *items >= 10)?,
            "--rounds" => options.rounds = arguments.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
            _ => return None,
        }
    }
    Some(options)
}

/// Measures everything; says whether a gate is missed.
fn run(options: &Options) -> Result<bool, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let readings: Vec<Reading> = (0..options.items).map(reading).collect();
    let mut missed = runtime.block_on(async {
        let mut missed = false;
        let embedded = Engine::embedded().await?;
        missed |= throughput(&embedded, &readings, options.rounds).await?;
        match Engine::local().await? {
            Some(local) => {
                missed |= throughput(&local, &readings, options.rounds).await?;
                local.clean_up().await?;
            }
            None => println!("local: skipped (start it with scripts/dynamodb-local.sh run COMMAND…)"),
        }
        Ok::<_, Error>(missed)
    })?;
    for high_water in heap::measure(options.items)? {
        let growth = high_water.all as f64 / high_water.tenth as f64;
        let is_gated = high_water.name == "ours";
        missed |= is_gated && growth > MOST_GROWTH;
        let gate = if is_gated { format!("≤ {MOST_GROWTH}") } else { "-".to_owned() };
        println!("heap.{:<26} {growth:>6.2}  {gate}", high_water.name);
        println!("  {:>9} items {:>9} bytes at most", options.items / 10, high_water.tenth);
        println!("  {:>9} items {:>9} bytes at most", options.items, high_water.all);
    }
    Ok(missed)
}

type Way<'a> = (&'static str, Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<usize, Error>> + 'a>> + 'a>);

async fn throughput(engine: &Engine, readings: &[Reading], rounds: usize) -> Result<bool, Error> {
    let Engine { client, sdk, table, .. } = engine;
    let write_by = |tasks| {
        move || Box::pin(by_hand::write(sdk, table, readings, tasks)) as Pin<Box<dyn Future<Output = _>>>
    };
    let read_by = |tasks| {
        move || {
            Box::pin(async move { Ok(by_hand::read(sdk, table, readings, tasks).await?.len()) })
                as Pin<Box<dyn Future<Output = _>>>
        }
    };
    let writes: [Way<'_>; 3] = [
        ("ours", Box::new(|| Box::pin(async { Ok(ours::write(client, readings).await?) }))),
        ("by hand, one task", Box::new(write_by(Tasks::One))),
        ("by hand, many tasks", Box::new(write_by(Tasks::Many))),
    ];
    let reads: [Way<'_>; 3] = [
        ("ours", Box::new(|| Box::pin(async { Ok(ours::read(client, readings).await?.len()) }))),
        ("by hand, one task", Box::new(read_by(Tasks::One))),
        ("by hand, many tasks", Box::new(read_by(Tasks::Many))),
    ];
    let mut missed = false;
    for (name, ways) in [("batch_write", &writes), ("batch_get", &reads)] {
        let seconds = interleaved(ways, readings.len(), rounds).await?;
        let [ours, one, many] = seconds.each_ref().map(|seconds| median(seconds.clone()));
        // Of each round, so that what disturbs a round disturbs both sides; against the faster of the two loops.
        let best = if one <= many { &seconds[1] } else { &seconds[2] };
        let ratio = median(best.iter().zip(&seconds[0]).map(|(theirs, ours)| theirs / ours).collect());
        missed |= ratio < LEAST_THROUGHPUT;
        println!("{:<31} {ratio:>6.2}  ≥ {LEAST_THROUGHPUT}", format!("{name}.{}", engine.name));
        for ((way, _), seconds) in ways.iter().zip([ours, one, many]) {
            println!("  {way:<20} {:>9.0} items a second", readings.len() as f64 / seconds);
        }
    }
    Ok(missed)
}

/// The seconds of each way in each round; all ways run in turns, every other round backwards, after one that does not count.
async fn interleaved(ways: &[Way<'_>; 3], items: usize, rounds: usize) -> Result<[Vec<f64>; 3], Error> {
    let mut seconds = [const { Vec::new() }; 3];
    for round in 0..=rounds {
        let mut turns: Vec<_> = ways.iter().zip(&mut seconds).collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for ((way, call), seconds) in turns {
            let start = Instant::now();
            let done = call().await?;
            if done != items {
                return Err(format!("{way}: {done} of {items} items").into());
            }
            if round > 0 {
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    Ok(seconds)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

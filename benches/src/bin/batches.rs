//! Sets batches against the fastest loop over the SDK, and prints one line a ratio: name, value, gate.
//!
//! ```text
//! cargo run --release -p theory-benches --bin batches [-- --check] [--items N] [--rounds N] [--only NAMES]
//! ```
//!
//! With `--check` it fails where a gate is missed, with `--only` it measures only what has the text in its name. What each name means stands in `benches/README.md`.

use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use theory_benches::arguments::Arguments;
use theory_benches::batches::by_hand::{self, Error, Tasks};
use theory_benches::batches::engines::Engine;
use theory_benches::batches::{Reading, ours, reading};
use theory_benches::measure::heap;

const USAGE: &str = "usage: batches [--check] [--items N] [--rounds N] [--only NAMES]";

/// Of the throughput of the loop.
const LEAST_THROUGHPUT: f64 = 0.9;
/// Of the high-water at a tenth of the items, for ten times as many.
const MOST_GROWTH: f64 = 1.25;

struct Options {
    items: u64,
    common: Arguments,
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
        Ok(missed) if missed && options.common.check => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut items = 100_000;
    let common = Arguments::parse(arguments, 5, |option, rest| match option {
        "--items" => {
            items = rest.next()?.parse().ok().filter(|items| *items >= 10)?;
            Some(())
        }
        _ => None,
    })?;
    Some(Options { items, common })
}

/// Measures everything; says whether a gate is missed.
fn run(options: &Options) -> Result<bool, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let readings: Vec<Reading> = (0..options.items).map(reading).collect();
    let mut missed = runtime.block_on(async {
        let mut missed = false;
        let embedded = Engine::embedded().await?;
        missed |= throughput(&embedded, &readings, &options.common).await?;
        match Engine::local().await? {
            Some(local) => {
                missed |= throughput(&local, &readings, &options.common).await?;
                local.clean_up().await?;
            }
            None => println!("local: skipped (start it with scripts/dynamodb-local.sh run COMMAND…)"),
        }
        Ok::<_, Error>(missed)
    })?;
    if !"heap".contains(&options.common.only) {
        return Ok(missed);
    }
    for high_water in heap::measure(options.items)? {
        let growth = high_water.growth();
        let is_gated = high_water.name.ends_with("ours");
        missed |= is_gated && growth > MOST_GROWTH;
        let gate = if is_gated { format!("≤ {MOST_GROWTH}") } else { "-".to_owned() };
        println!("heap.{:<26} {growth:>6.2}  {gate}", high_water.name);
        for (items, bytes) in high_water.bytes {
            println!("  {items:>9} items {bytes:>9} bytes at most");
        }
    }
    Ok(missed)
}

type Way<'a> = (&'static str, Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<usize, Error>> + 'a>> + 'a>);

async fn throughput(engine: &Engine, readings: &[Reading], options: &Arguments) -> Result<bool, Error> {
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
        let name = format!("{name}.{}", engine.name);
        if !name.contains(&options.only) {
            continue;
        }
        if name.starts_with("batch_get") {
            ours::write(client, readings).await?;
        }
        let spent = interleaved(ways, readings.len(), options.rounds).await?;
        let median_of = |spent: &[Spent], what: fn(&Spent) -> f64| median(spent.iter().map(what).collect());
        let [_, one, many] = spent.each_ref().map(|spent| median_of(spent, |spent| spent.elapsed));
        // Of each round, so that what disturbs a round disturbs both sides; against the faster of the two loops.
        let best = if one <= many { &spent[1] } else { &spent[2] };
        let ratio =
            median(best.iter().zip(&spent[0]).map(|(theirs, ours)| theirs.elapsed / ours.elapsed).collect());
        missed |= ratio < LEAST_THROUGHPUT;
        println!("{name:<31} {ratio:>6.2}  ≥ {LEAST_THROUGHPUT}");
        for ((way, _), spent) in ways.iter().zip(&spent) {
            let items = readings.len() as f64;
            let a_second = items / median_of(spent, |spent| spent.elapsed);
            let micros = median_of(spent, |spent| spent.processor) * 1e6 / items;
            println!(
                "  {way:<20} {a_second:>9.0} items a second, {micros:>5.1} µs of processor time for each"
            );
        }
    }
    Ok(missed)
}

/// What one way took in one round, in seconds.
#[derive(Debug, Clone, Copy)]
struct Spent {
    elapsed: f64,
    /// Of this process, which is also the embedded engine's.
    processor: f64,
}

/// What each way took in each round; all ways run in turns, every other round backwards, after one that does not count.
async fn interleaved(ways: &[Way<'_>; 3], items: usize, rounds: usize) -> Result<[Vec<Spent>; 3], Error> {
    let mut spent = [const { Vec::new() }; 3];
    for round in 0..=rounds {
        let mut turns: Vec<_> = ways.iter().zip(&mut spent).collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for ((way, call), spent) in turns {
            let (start, processor) = (Instant::now(), processor_time());
            let done = call().await?;
            if done != items {
                return Err(format!("{way}: {done} of {items} items").into());
            }
            let elapsed = start.elapsed().as_secs_f64();
            if round > 0 {
                spent.push(Spent { elapsed, processor: processor_time() - processor });
            }
        }
    }
    Ok(spent)
}

/// The seconds that this process has been running, on all processors together.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

//! Real, messy data: loads a file of movies, and answers five questions through indexes.
//!
//! `cargo run --release --example movies -- FILE`, where FILE is a JSON array as `movies.json` of the npm package `vega-datasets`.
//! Without an argument a small file of our own is loaded.

mod record;

use futures_util::{StreamExt as _, TryStreamExt as _};
use indicatif::{ProgressBar, ProgressStyle};
use record::{Earnings, Movie, Record};
use std::error::Error;
use theory::client::CreateTables;
use theory::op::{ConsumedCapacity, PageStream};
use theory::{Client, Table as _};
use theory_testing::EmbeddedDynamoDb;

/// Requests in flight at once.
const CONCURRENCY: usize = 16;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?,
        None => include_str!("small.json").to_owned(),
    };
    let records: Vec<Record> = serde_json::from_str(&text)?;
    let movies: Vec<Movie> =
        (0..).zip(records).map(|(number, record)| Movie::from_record(number, record)).collect();

    let client = EmbeddedDynamoDb::new().client();
    CreateTables::of(theory::schema![Movie]).send(&client).await?;
    load(&client, &movies).await?;

    let best = Movie::by_genre("Comedy").sort_key(8.0..).descending();
    let best = answer("Which comedies are rated 8 or better?", best.pages(&client)).await?;
    show(best.iter().map(|movie| format!("{:>4} {}", movie.imdb.unwrap_or_default(), movie.title)));

    let nineties = Movie::by_director("Steven Spielberg").sort_key("1990-01-01"..="1999-12-31");
    let nineties =
        answer("What did Steven Spielberg release in the nineties?", nineties.pages(&client)).await?;
    show(nineties.iter().map(|movie| format!("{} {}", movie.released, movie.title)));

    let earnings = Movie::by_distributor("Walt Disney Pictures").project::<Earnings>().descending().take(5);
    let earnings = answer("Which five movies earned Disney most?", earnings.pages(&client)).await?;
    show(
        earnings
            .iter()
            .map(|movie| format!("{:>13} {}", movie.worldwide_gross.unwrap_or_default(), movie.title)),
    );

    let long = Movie::by_genre("Drama")
        .filter(Movie::MINUTES.ge(170) & Movie::VOTES.gt(50_000) & !Movie::RATING.eq("R"))
        .page_size(100);
    let long =
        answer("Which well-known dramas take almost three hours and are not rated R?", long.pages(&client))
            .await?;
    show(long.iter().map(|movie| format!("{} min {}", movie.minutes.unwrap_or_default(), movie.title)));

    let remakes = Movie::query("The Alamo");
    let remakes = answer("How often was The Alamo filmed?", remakes.pages(&client)).await?;
    show(remakes.iter().map(|movie| format!("{} {}", movie.released, movie.title)));
    Ok(())
}

/// Writes all movies, several at a time.
async fn load(client: &Client, movies: &[Movie]) -> theory::Result<()> {
    let bar = ProgressBar::new(movies.len() as u64).with_style(
        ProgressStyle::with_template("{msg:12} {bar:40} {pos:>5}/{len} {per_sec}")
            .expect("the template is valid"),
    );
    bar.set_message("loading");
    let writes = movies.iter().map(|movie| movie.create().send_response(client));
    let units: f64 = futures_util::stream::iter(writes)
        .buffer_unordered(CONCURRENCY)
        .inspect_ok(|_| bar.inc(1))
        .map_ok(|written| written.consumed_capacity.map_or(0.0, |capacity| capacity.units()))
        .try_fold(0.0, async |sum, units| Ok(sum + units))
        .await?;
    bar.finish_and_clear();
    println!("{} movies written, {units} write units with those of the indexes", movies.len());
    Ok(())
}

/// Reads every page of a query, and says what it took.
async fn answer<T>(question: &str, mut pages: PageStream<T>) -> theory::Result<Vec<T>> {
    let (mut items, mut count, mut scanned) = (Vec::new(), 0, 0);
    let mut consumed = ConsumedCapacity::default();
    while let Some(page) = pages.try_next().await? {
        count += 1;
        scanned += page.scanned_count;
        if let Some(capacity) = &page.consumed_capacity {
            consumed.add(capacity);
        }
        items.extend(page.items);
    }
    println!(
        "\n{question}\n  {} items of {scanned} evaluated, {count} pages, {} read units",
        items.len(),
        consumed.units()
    );
    Ok(items)
}

fn show(lines: impl ExactSizeIterator<Item = String>) {
    const SHOWN: usize = 5;
    let more = lines.len().saturating_sub(SHOWN);
    lines.take(SHOWN).for_each(|line| println!("    {line}"));
    if more > 0 {
        println!("    … and {more} more");
    }
}

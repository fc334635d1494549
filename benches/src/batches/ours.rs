//! By this library, with the same requests as the loops by hand: they do not ask for the consumed capacity.

use futures_util::TryStreamExt as _;
use theory::{Client, Error, Table as _, batch_get, batch_get_iter, batch_write, batch_write_iter};

use super::{CONCURRENCY, Reading, reading, sensor};

/// Writes these; returns how many were written.
///
/// # Errors
///
/// Where not all were.
pub async fn write(client: &Client, readings: &[Reading]) -> Result<usize, Error> {
    let puts: Vec<_> = readings.iter().map(Reading::put).collect();
    Ok(batch_write(puts).concurrency(CONCURRENCY).without_consumed_capacity().send(client).await?.written)
}

/// Writes this many that exist only while they are on their way; returns how many were written.
///
/// # Errors
///
/// Where not all were.
pub async fn write_made(client: &Client, count: u64) -> Result<usize, Error> {
    let puts = (0..count).map(|at| reading(at).put());
    Ok(batch_write_iter(puts)
        .concurrency(CONCURRENCY)
        .without_consumed_capacity()
        .send(client)
        .await?
        .written)
}

/// Reads these again; returns those that exist.
///
/// # Errors
///
/// Where not all could be read.
pub async fn read(client: &Client, readings: &[Reading]) -> Result<Vec<Reading>, Error> {
    let gets: Vec<_> = readings.iter().map(|reading| Reading::get(&reading.sensor, reading.at)).collect();
    let found = batch_get(gets).concurrency(CONCURRENCY).without_consumed_capacity().send(client).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Reads this many again, and keeps none; returns how many exist.
///
/// # Errors
///
/// Where one could not be read.
pub async fn read_made(client: &Client, count: u64) -> Result<usize, Error> {
    let gets = (0..count).map(|at| Reading::get(sensor(at), at));
    batch_get_iter(gets)
        .concurrency(CONCURRENCY)
        .without_consumed_capacity()
        .stream(client)
        .try_fold(0, async |sum, found| Ok(sum + usize::from(found.is_some())))
        .await
}

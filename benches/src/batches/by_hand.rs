//! By hand over the plain SDK, as fast as it goes: no look for duplicate keys, no order of what was read, no account of
//! what is left after an error, no capacity asked for.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, PutRequest, WriteRequest};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{CONCURRENCY, Reading, reading, sensor};

type Map = HashMap<String, AttributeValue>;

/// What goes wrong ends the measurement.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Who drives the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tasks {
    /// All of them the one task that calls.
    One,
    /// Each a task of its own, so that several processors build and read them.
    Many,
}

/// Writes these; returns how many were written.
///
/// # Errors
///
/// The first.
pub async fn write(client: &Client, table: &str, readings: &[Reading], tasks: Tasks) -> Result<usize, Error> {
    let requests = readings.chunks(25).map(|chunk| chunk.iter().map(to_put).collect());
    write_all(client, table, stream::iter(requests), tasks).await
}

/// Writes this many that exist only while they are on their way; returns how many were written.
///
/// # Errors
///
/// The first.
pub async fn write_made(client: &Client, table: &str, count: u64, tasks: Tasks) -> Result<usize, Error> {
    let puts = (0..count).map(|at| to_put(&reading(at)));
    write_all(client, table, stream::iter(puts).chunks(25), tasks).await
}

async fn write_all(
    client: &Client,
    table: &str,
    requests: impl Stream<Item = Vec<WriteRequest>>,
    tasks: Tasks,
) -> Result<usize, Error> {
    requests
        .map(|puts| driven(write_some(client.clone(), table.to_owned(), puts), tasks))
        .buffer_unordered(CONCURRENCY)
        .try_fold(0, async |sum, written| Ok(sum + written))
        .await
}

async fn write_some(client: Client, table: String, puts: Vec<WriteRequest>) -> Result<usize, Error> {
    let written = puts.len();
    let mut rest = HashMap::from([(table, puts)]);
    let mut attempt = 0;
    loop {
        let output = client.batch_write_item().set_request_items(Some(rest)).send().await?;
        rest = output.unprocessed_items.unwrap_or_default();
        if rest.is_empty() {
            return Ok(written);
        }
        pause(&mut attempt).await?;
    }
}

/// Reads these again; returns those that exist, in any order.
///
/// # Errors
///
/// The first.
pub async fn read(
    client: &Client,
    table: &str,
    readings: &[Reading],
    tasks: Tasks,
) -> Result<Vec<Reading>, Error> {
    stream::iter(readings.chunks(100))
        .map(|chunk| {
            let keys = chunk.iter().map(to_key).collect();
            driven(read_some(client.clone(), table.to_owned(), keys), tasks)
        })
        .buffer_unordered(CONCURRENCY)
        .try_fold(Vec::with_capacity(readings.len()), async |mut all, found| {
            all.extend(found);
            Ok(all)
        })
        .await
}

/// Reads this many again, and keeps none; returns how many exist.
///
/// # Errors
///
/// The first.
pub async fn read_made(client: &Client, table: &str, count: u64, tasks: Tasks) -> Result<usize, Error> {
    stream::iter((0..count).map(|at| key_of(&sensor(at), at)))
        .chunks(100)
        .map(|keys| driven(read_some(client.clone(), table.to_owned(), keys), tasks))
        .buffer_unordered(CONCURRENCY)
        .try_fold(0, async |sum, found| Ok(sum + found.len()))
        .await
}

async fn read_some(client: Client, table: String, keys: Vec<Map>) -> Result<Vec<Reading>, Error> {
    let mut found = Vec::with_capacity(keys.len());
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
    let mut rest = HashMap::from([(table, keys)]);
    let mut attempt = 0;
    loop {
        let output = client.batch_get_item().set_request_items(Some(rest)).send().await?;
        for item in output.responses.unwrap_or_default().into_values().flatten() {
            found.push(from_item(item).ok_or("an item is not a reading")?);
        }
        rest = output.unprocessed_keys.unwrap_or_default();
        if rest.is_empty() {
            return Ok(found);
        }
        pause(&mut attempt).await?;
    }
}

fn driven<T: Send + 'static>(
    request: impl Future<Output = Result<T, Error>> + Send + 'static,
    tasks: Tasks,
) -> BoxFuture<'static, Result<T, Error>> {
    match tasks {
        Tasks::One => request.boxed(),
        Tasks::Many => {
            let task = tokio::spawn(request);
            async move { task.await? }.boxed()
        }
    }
}

async fn pause(attempt: &mut u32) -> Result<(), Error> {
    *attempt += 1;
    if *attempt == 10 {
        return Err("unprocessed ten times".into());
    }
    let longest = Duration::from_millis(50 << *attempt).min(Duration::from_secs(5));
    tokio::time::sleep(longest.mul_f64(fastrand::f64())).await;
    Ok(())
}

fn to_put(reading: &Reading) -> WriteRequest {
    let mut item = to_key(reading);
    item.insert("value".to_owned(), AttributeValue::N(reading.value.to_string()));
    item.insert("note".to_owned(), AttributeValue::S(reading.note.clone()));
    let put = PutRequest::builder().set_item(Some(item)).build();
    WriteRequest::builder().set_put_request(put.ok()).build()
}

fn to_key(reading: &Reading) -> Map {
    key_of(&reading.sensor, reading.at)
}

fn key_of(sensor: &str, at: u64) -> Map {
    let mut key = Map::with_capacity(4);
    key.insert("sensor".to_owned(), AttributeValue::S(sensor.to_owned()));
    key.insert("at".to_owned(), AttributeValue::N(at.to_string()));
    key
}

fn from_item(mut item: Map) -> Option<Reading> {
    let mut string = |name| match item.remove(name)? {
        AttributeValue::S(text) | AttributeValue::N(text) => Some(text),
        _ => None,
    };
    Some(Reading {
        sensor: string("sensor")?,
        at: string("at")?.parse().ok()?,
        value: string("value")?.parse().ok()?,
        note: string("note")?,
    })
}

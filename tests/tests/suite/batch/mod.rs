//! Any number of writes and reads, each for itself.

mod both;
mod reads;
mod writes;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::client::{CreateTables, Overrides};
use theory::op::{Answer, BatchWriteError, Reason};
use theory::{
    Client, ErrorKind, Projection, Table, batch_get, batch_get_iter, batch_get_stream, batch_write,
    batch_write_iter, batch_write_stream,
};
use theory_testing::{Fault, Faults, Layer as _, Operation, Recorder, Throttle};
use theory_tests::{Sandbox, for_each_engine};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
struct Reading {
    #[table(pk)]
    sensor: String,
    #[table(sk)]
    at: i64,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "sensors")]
struct Sensor {
    #[table(pk)]
    id: f64,
    name: String,
}

/// Without the keys: the request asks for them all the same.
#[derive(Debug, PartialEq, Projection)]
#[projection(of = Reading)]
struct Text {
    text: String,
}

/// An item of `readings` as another program thinks of it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
struct Strict {
    #[table(pk)]
    sensor: String,
    #[table(sk)]
    at: i64,
    missing: u32,
}

/// An item of `readings` by a program that takes the sensor for a number: DynamoDB refuses its keys.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "readings")]
struct Numbered {
    #[table(pk)]
    sensor: u32,
    #[table(sk)]
    at: i64,
}

/// Of no table: nothing with it is sent.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "pages")]
struct Page {
    #[table(pk)]
    site: String,
    #[table(sk)]
    path: String,
}

/// Its index wants a string in `tag`.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "notes", gsi(name = "by_tag", pk = tag))]
struct Note {
    #[table(pk)]
    id: u32,
    tag: String,
}

/// An item of `notes` by a program that does not know of the index.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "notes")]
struct Unindexed {
    #[table(pk)]
    id: u32,
    tag: u32,
}

/// The note, which DynamoDB refuses where it is `bad`.
fn note(id: u32, bad: bool) -> (Option<theory::op::Put<Note>>, Option<theory::op::Put<Unindexed>>) {
    match bad {
        true => (None, Some(Unindexed { id, tag: 1 }.put())),
        false => (Some(Note { id, tag: format!("tag {id}") }.put()), None),
    }
}

fn reading(at: i64) -> Reading {
    Reading { sensor: format!("s{}", at % 7), at, text: format!("reading {at}") }
}

fn key(at: i64) -> (String, i64) {
    (format!("s{}", at % 7), at)
}

fn get(at: i64) -> theory::op::Get<Reading> {
    let (sensor, at) = key(at);
    Reading::get(sensor, at)
}

fn sensor(id: f64) -> Sensor {
    Sensor { id, name: format!("sensor {id}") }
}

/// An engine with faults, and a record of what was sent into them.
struct Bench {
    client: Client,
    faults: Faults,
    recorder: Recorder,
    naps: Naps,
}

impl Bench {
    async fn new(sandbox: &Sandbox) -> Self {
        CreateTables::of(theory::schema![Reading, Sensor, Note]).send(&sandbox.client()).await.unwrap();
        let (faults, recorder) = (Faults::seed(7), Recorder::new());
        let config = sandbox.sdk_config();
        let http_client = recorder.around(faults.around(config.http_client().unwrap()));
        let config = config.to_builder().http_client(http_client).build();
        let client = Client::builder(aws_sdk_dynamodb::Client::from_conf(config))
            .table_prefix(sandbox.prefix())
            // What is to be repeated is repeated by the batch.
            .max_attempts(1)
            .build()
            .unwrap();
        Bench { client, faults, recorder, naps: Naps::default() }
    }

    /// How many entries each request had, in the order in which they were sent.
    fn sizes(&self) -> Vec<usize> {
        self.recorder.requests().iter().map(|request| request.len()).collect()
    }
}

/// A sleep that takes no time and remembers how long it was to be.
#[derive(Debug, Clone, Default)]
struct Naps(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for Naps {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(std::future::ready(()))
    }
}

fn positions(error: &BatchWriteError) -> Vec<usize> {
    error.unwritten().iter().map(|left| left.position()).collect()
}

//! An entity with a sort key of every type, by its indexes.

use std::fmt::Debug;

use theory::op::{Query, ReadFrom};
use theory::value::Number;
use theory::{Client, Projection, Table, Timestamp};

use crate::support::Bench;

/// Something that happened somewhere.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "events",
    scan,
    gsi(name = "by_kind", pk = kind, sk = rank),
    gsi(name = "by_amount", pk = kind, sk = amount, projection = keys_only),
    gsi(name = "by_group", pk = group),
    lsi(name = "by_title", sk = title, projection = include(rank, note)),
    lsi(name = "by_hash", sk = hash),
    lsi(name = "by_time", sk = time, projection = keys_only),
    lsi(name = "by_level", sk = level)
)]
pub(super) struct Event {
    #[table(pk)]
    pub(super) place: String,
    #[table(sk)]
    pub(super) id: u64,
    pub(super) kind: String,
    /// Few values for many events.
    pub(super) rank: i64,
    /// Numbers with more digits than a double.
    pub(super) amount: Number,
    /// Not every event is in a group.
    pub(super) group: Option<u32>,
    pub(super) title: String,
    pub(super) hash: Vec<u8>,
    pub(super) time: Timestamp,
    /// Not every event has a level.
    pub(super) level: Option<i32>,
    pub(super) note: Option<String>,
}

/// The beginnings that titles have.
const TITLES: [&str; 5] = ["alpha", "alphabet", "béta", "béta 🎬", "z"];

impl Event {
    pub(super) fn new(place: &str, id: u64) -> Self {
        let n = i64::try_from(id).unwrap();
        Self {
            place: place.to_owned(),
            id,
            kind: ["a", "b"][usize::from(id.is_multiple_of(3))].to_owned(),
            rank: n % 4 - 2,
            amount: format!("{}.{id:03}", "9".repeat(30)).parse().unwrap(),
            group: id.is_multiple_of(2).then_some(7),
            title: format!("{}-{id}", TITLES[usize::try_from(id).unwrap() % TITLES.len()]),
            hash: vec![u8::try_from(id * 37 % 256).unwrap(), 255, u8::try_from(id).unwrap()],
            time: Timestamp::from_unix_nanos(i128::from(n - 10) * 1_000_000_007).unwrap(),
            level: (!id.is_multiple_of(4)).then_some(i32::try_from(n * 7 % 10).unwrap() - 5),
            note: id.is_multiple_of(5).then(|| "five".to_owned()),
        }
    }
}

/// How many events [`fill`] makes in the place `here`.
pub(super) const HERE: u64 = 23;

/// Puts events into two places, and returns those of the place `here`.
pub(super) async fn fill(bench: &Bench) -> Vec<Event> {
    let here: Vec<Event> = (0..HERE).map(|id| Event::new("here", id)).collect();
    let there: Vec<Event> = (0..5).map(|id| Event::new("there", id)).collect();
    for event in here.iter().chain(&there) {
        event.create().send(&bench.client).await.unwrap();
    }
    bench.wire.clear();
    here
}

/// What the index by amount holds.
#[derive(Debug, Clone, PartialEq, Projection)]
#[projection(of = Event, index = by_amount)]
pub(super) struct Amount {
    pub(super) id: u64,
    pub(super) amount: Number,
}

/// What the index by title holds.
#[derive(Debug, Clone, PartialEq, Projection)]
#[projection(of = Event, index = by_title)]
pub(super) struct Titled {
    pub(super) title: String,
    pub(super) note: Option<String>,
    pub(super) rank: i64,
}

/// What the index by time holds.
#[derive(Debug, Clone, PartialEq, Projection)]
#[projection(of = Event, index = by_time)]
pub(super) struct Timed {
    #[projection(from = id)]
    pub(super) number: u64,
    pub(super) time: Timestamp,
}

/// A part that is read from the table.
#[derive(Debug, Clone, PartialEq, Projection)]
#[projection(of = Event)]
pub(super) struct Note {
    pub(super) note: Option<String>,
}

/// Everything that a query yields.
pub(super) async fn all<E, I, S, O>(client: &Client, query: Query<E, I, S, O>) -> Vec<O>
where
    E: Table,
    O: ReadFrom<I> + Debug + Send + 'static,
{
    match query.all(client).await {
        Ok(items) => items,
        Err(error) => panic!("{error}: {:?}", error.service_message()),
    }
}

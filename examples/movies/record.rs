//! The records as they are in the file, and as they are stored.

use serde::Deserialize;
use serde_json::Value as Json;
use theory::Table;

/// One line of the file. It is real data: titles that are numbers, nulls everywhere.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "Title")]
    title: Json,
    #[serde(rename = "Worldwide Gross")]
    worldwide_gross: Option<u64>,
    #[serde(rename = "Production Budget")]
    budget: Option<u64>,
    #[serde(rename = "Release Date")]
    released: String,
    #[serde(rename = "MPAA Rating")]
    rating: Option<String>,
    #[serde(rename = "Running Time min")]
    minutes: Option<u32>,
    #[serde(rename = "Distributor")]
    distributor: Option<String>,
    #[serde(rename = "Major Genre")]
    genre: Option<String>,
    #[serde(rename = "Director")]
    director: Option<String>,
    #[serde(rename = "IMDB Rating")]
    imdb: Option<f64>,
    #[serde(rename = "IMDB Votes")]
    votes: Option<u32>,
}

/// A movie, found by title, by genre, by director and by distributor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "movies",
    gsi(name = "by_genre", pk = genre, sk = imdb),
    gsi(name = "by_director", pk = director, sk = released),
    gsi(name = "by_distributor", pk = distributor, sk = worldwide_gross, projection = include(rating)),
)]
pub(crate) struct Movie {
    #[table(pk)]
    pub(crate) title: String,
    /// Where the file has it: titles are not unique, not even with their date.
    #[table(sk)]
    pub(crate) number: u32,
    /// `YYYY-MM-DD`, so that it sorts.
    pub(crate) released: String,
    pub(crate) genre: Option<String>,
    pub(crate) director: Option<String>,
    pub(crate) distributor: Option<String>,
    pub(crate) rating: Option<String>,
    pub(crate) minutes: Option<u32>,
    pub(crate) worldwide_gross: Option<u64>,
    pub(crate) budget: Option<u64>,
    pub(crate) imdb: Option<f64>,
    pub(crate) votes: Option<u32>,
}

/// What the index by distributor holds.
#[derive(Debug, Clone, PartialEq, theory::Projection)]
#[projection(of = Movie, index = by_distributor)]
pub(crate) struct Earnings {
    pub(crate) title: String,
    pub(crate) rating: Option<String>,
    pub(crate) worldwide_gross: Option<u64>,
}

impl Movie {
    /// The movie of a record; `number` is its place in the file.
    pub(crate) fn from_record(number: u32, record: Record) -> Movie {
        let title = match record.title {
            Json::String(title) if !title.is_empty() => title,
            Json::Number(title) => title.to_string(),
            _ => "(untitled)".to_owned(),
        };
        Movie {
            title,
            number,
            released: sortable_date(&record.released).unwrap_or(record.released),
            genre: record.genre,
            director: record.director,
            distributor: record.distributor,
            rating: record.rating,
            minutes: record.minutes,
            worldwide_gross: record.worldwide_gross,
            budget: record.budget,
            imdb: record.imdb,
            votes: record.votes,
        }
    }
}

/// `Jun 12 1998` as `1998-06-12`.
fn sortable_date(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split(' ');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Some(format!("{year}-{month:02}-{day}"))
}

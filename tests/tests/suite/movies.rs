//! Real and messy records: all of them written, read back, and asked through indexes.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use theory::{Item, Projection, Table};

use crate::support::{Bench, with_tables};

/// Most titles are words; some movies are called `1776`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Title {
    Text(String),
    Whole(i64),
    Fraction(f64),
}

/// A record under the file's own names, spaces and all, with what the table's key needs.
#[derive(Debug, Clone, PartialEq, Deserialize, Table)]
#[table(
    name = "movies",
    scan,
    gsi(name = "by_genre", pk = genre, sk = imdb),
    gsi(name = "by_director", pk = director, sk = released),
    gsi(name = "by_rating", pk = rating, sk = us_gross, projection = keys_only),
    gsi(name = "by_distributor", pk = distributor, sk = worldwide_gross, projection = include(title, budget)),
    lsi(name = "by_votes", sk = votes, projection = include(title))
)]
struct Movie {
    #[serde(default)]
    #[table(pk)]
    year: u16,
    #[serde(default)]
    #[table(sk)]
    number: u32,
    #[serde(default)]
    released: String,
    #[serde(rename = "Title")]
    #[table(rename = "Title", serde)]
    title: Option<Title>,
    #[serde(rename = "US Gross")]
    #[table(rename = "US Gross")]
    us_gross: Option<u64>,
    #[serde(rename = "Worldwide Gross")]
    #[table(rename = "Worldwide Gross")]
    worldwide_gross: Option<u64>,
    #[serde(rename = "US DVD Sales")]
    #[table(rename = "US DVD Sales")]
    dvd_sales: Option<u64>,
    #[serde(rename = "Production Budget")]
    #[table(rename = "Production Budget")]
    budget: Option<u64>,
    #[serde(rename = "Release Date")]
    #[table(rename = "Release Date")]
    date: String,
    #[serde(rename = "MPAA Rating")]
    #[table(rename = "MPAA Rating")]
    rating: Option<String>,
    #[serde(rename = "Running Time min")]
    #[table(rename = "Running Time min")]
    minutes: Option<u32>,
    #[serde(rename = "Distributor")]
    #[table(rename = "Distributor")]
    distributor: Option<String>,
    #[serde(rename = "Source")]
    #[table(rename = "Source")]
    source: Option<String>,
    #[serde(rename = "Major Genre")]
    #[table(rename = "Major Genre")]
    genre: Option<String>,
    #[serde(rename = "Creative Type")]
    #[table(rename = "Creative Type")]
    creative_type: Option<String>,
    #[serde(rename = "Director")]
    #[table(rename = "Director")]
    director: Option<String>,
    #[serde(rename = "Rotten Tomatoes Rating")]
    #[table(rename = "Rotten Tomatoes Rating")]
    tomatoes: Option<u8>,
    #[serde(rename = "IMDB Rating")]
    #[table(rename = "IMDB Rating")]
    imdb: Option<f64>,
    #[serde(rename = "IMDB Votes")]
    #[table(rename = "IMDB Votes")]
    votes: Option<u32>,
}

/// What the index by distributor holds.
#[derive(Debug, Projection)]
#[projection(of = Movie, index = by_distributor)]
struct Earnings {
    number: u32,
    title: Option<Title>,
    worldwide_gross: Option<u64>,
    budget: Option<u64>,
}

/// What the index by votes holds.
#[derive(Debug, PartialEq, Projection)]
#[projection(of = Movie, index = by_votes)]
struct Voted {
    title: Option<Title>,
    votes: Option<u32>,
}

fn movies() -> Vec<Movie> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let records = theory_tests::movies();
    let movies = (0..).zip(records).map(|(number, record)| {
        let movie: Movie = serde_json::from_value(record.into()).unwrap();
        let words: Vec<&str> = movie.date.split(' ').collect();
        let [month, day, year] = words[..] else { panic!("{}", movie.date) };
        let month = MONTHS.iter().position(|name| *name == month).unwrap() + 1;
        let (year, released) = (year.parse().unwrap(), format!("{year}-{month:02}-{day}"));
        Movie { number, year, released, ..movie }
    });
    movies.collect()
}

/// Writes them all, some at once.
async fn load(bench: &Bench, movies: &[Movie]) {
    let client = &bench.client;
    let puts = futures_util::stream::iter(movies).map(|movie| movie.create().send(client));
    puts.buffer_unordered(32).try_collect::<Vec<()>>().await.unwrap();
}

#[tokio::test]
async fn every_record_comes_back_and_answers() {
    let movies = movies();
    assert_eq!(movies.len(), 3201);
    with_tables(&[Movie::SCHEMA], async |bench| {
        load(bench, &movies).await;
        all_come_back(bench, &movies).await;
        best_dramas(bench, &movies).await;
        the_busiest_director(bench, &movies).await;
        blockbusters_by_rating(bench, &movies).await;
        earnings_of_a_distributor(bench, &movies).await;
        a_year(bench, &movies).await;
    })
    .await;
}

async fn all_come_back(bench: &Bench, movies: &[Movie]) {
    let client = &bench.client;
    let mut scanned: Vec<Movie> = Movie::scan().stream(client).try_collect().await.unwrap();
    scanned.sort_by_key(|movie| movie.number);
    assert_eq!(scanned, movies);
    // One by one, and as what they are without their type.
    for movie in movies.iter().step_by(100) {
        let key = || Movie::get(movie.year, movie.number).consistent_read();
        assert_eq!(key().send(client).await.unwrap().as_ref(), Some(movie));
        assert_eq!(Item::of(movie).unwrap().to::<Movie>().unwrap(), *movie);
    }
    assert_eq!(Movie::scan().count(client).await.unwrap(), 3201);
    let numbers = movies.iter().filter(|movie| matches!(movie.title, Some(Title::Whole(_))));
    let is_number = Movie::TITLE.attribute_type(theory::wire::AttributeType::N)
        & !Movie::TITLE.attribute_type(theory::wire::AttributeType::S);
    let fractions = movies.iter().filter(|movie| matches!(movie.title, Some(Title::Fraction(_))));
    let found = Movie::scan().filter(is_number).count(client).await.unwrap();
    assert_eq!(found, (numbers.count() + fractions.count()) as u64);
}

async fn best_dramas(bench: &Bench, movies: &[Movie]) {
    let client = &bench.client;
    let best = Movie::by_genre("Drama").descending().take(25).page_size(10).all(client).await.unwrap();
    let mut expected: Vec<f64> = movies
        .iter()
        .filter(|movie| movie.genre.as_deref() == Some("Drama"))
        .filter_map(|movie| movie.imdb)
        .collect();
    expected.sort_by(|a, b| b.total_cmp(a));
    let ratings: Vec<f64> = best.iter().filter_map(|movie| movie.imdb).collect();
    assert_eq!(ratings, expected[..25]);
    let good = Movie::by_genre("Drama").sort_key(8.0..=8.5).count(client).await.unwrap();
    assert_eq!(good, expected.iter().filter(|rating| (8.0..=8.5).contains(*rating)).count() as u64);
}

async fn the_busiest_director(bench: &Bench, movies: &[Movie]) {
    let mut directors: BTreeMap<&str, Vec<&Movie>> = BTreeMap::new();
    for movie in movies {
        if let Some(director) = &movie.director {
            directors.entry(director).or_default().push(movie);
        }
    }
    let (name, mut expected) = directors.into_iter().max_by_key(|(_, movies)| movies.len()).unwrap();
    expected.sort_by_key(|movie| (&movie.released, movie.number));
    let mut found = Movie::by_director(name).page_size(7).all(&bench.client).await.unwrap();
    assert!(found.is_sorted_by_key(|movie| &movie.released));
    found.sort_by_key(|movie| (movie.released.clone(), movie.number));
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    let first = Movie::by_director(name).first(&bench.client).await.unwrap().unwrap();
    assert_eq!(first.released, expected[0].released);
}

async fn blockbusters_by_rating(bench: &Bench, movies: &[Movie]) {
    for rating in ["R", "PG-13", "Not Rated", "no such rating"] {
        for least in [0, 1_000_000, 200_000_000] {
            let found = Movie::by_rating(rating).sort_key(least..).count(&bench.client).await.unwrap();
            let expected = movies.iter().filter(|movie| {
                movie.rating.as_deref() == Some(rating) && movie.us_gross.is_some_and(|gross| gross >= least)
            });
            assert_eq!(found, expected.count() as u64, "{rating}, {least}");
        }
    }
}

async fn earnings_of_a_distributor(bench: &Bench, movies: &[Movie]) {
    let name = "Paramount Pictures";
    let query = Movie::by_distributor(name).project::<Earnings>().filter(Movie::BUDGET.gt(1_000_000));
    let found: Vec<Earnings> =
        query.page_size(50).read_ahead().stream(&bench.client).try_collect().await.unwrap();
    let mut expected: Vec<&Movie> = movies
        .iter()
        .filter(|movie| movie.distributor.as_deref() == Some(name) && movie.worldwide_gross.is_some())
        .filter(|movie| movie.budget.is_some_and(|budget| budget > 1_000_000))
        .collect();
    expected.sort_by_key(|movie| movie.worldwide_gross);
    assert!(expected.len() > 100);
    let gross = |row: &Earnings| row.worldwide_gross;
    assert!(found.iter().map(gross).eq(expected.iter().map(|movie| movie.worldwide_gross)));
    for row in &found {
        let movie = &movies[row.number as usize];
        assert_eq!((&row.title, row.budget), (&movie.title, movie.budget));
    }
}

async fn a_year(bench: &Bench, movies: &[Movie]) {
    let client = &bench.client;
    let mut years: BTreeMap<u16, Vec<&Movie>> = BTreeMap::new();
    for movie in movies {
        years.entry(movie.year).or_default().push(movie);
    }
    let with_votes = |movies: &[&Movie]| movies.iter().filter(|movie| movie.votes.is_some()).count();
    let (year, of_year) = years.into_iter().max_by_key(|(_, movies)| with_votes(movies)).unwrap();
    assert!(with_votes(&of_year) >= 3);
    let long = Movie::query(year).filter(Movie::MINUTES.gt(120) | Movie::TOMATOES.between(90, 100));
    let expected: Vec<&Movie> = of_year
        .iter()
        .copied()
        .filter(|movie| {
            movie.minutes.is_some_and(|minutes| minutes > 120) || movie.tomatoes.is_some_and(|n| n >= 90)
        })
        .collect();
    assert_eq!(long.all(client).await.unwrap().iter().collect::<Vec<_>>(), expected);

    let voted = Movie::by_votes(year).project::<Voted>().descending().take(3).all(client).await.unwrap();
    let mut votes: Vec<Option<u32>> =
        of_year.iter().map(|movie| movie.votes).filter(Option::is_some).collect();
    votes.sort();
    votes.reverse();
    assert_eq!(voted.iter().map(|row| row.votes).collect::<Vec<_>>(), votes[..3]);
    assert!(
        voted
            .iter()
            .all(|row| of_year.iter().any(|movie| movie.title == row.title && movie.votes == row.votes))
    );
}

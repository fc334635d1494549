//! Real and messy records for tests that load much.

use serde_json::{Value, json};

/// The movie records: those of the file in `THEORY_MOVIES_JSON` if it is set, and otherwise as many of our own.
///
/// Either way they are messy: absent and null fields, titles that are numbers, names in many scripts, duplicates.
///
/// # Panics
///
/// When the file cannot be read or is no array of objects.
pub fn movies() -> Vec<serde_json::Map<String, Value>> {
    match std::env::var("THEORY_MOVIES_JSON").ok().filter(|path| !path.is_empty()) {
        Some(path) => {
            let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
        }
        None => (0..COUNT).map(movie).collect(),
    }
}

/// As many as the real file has.
const COUNT: usize = 3201;

const GENRES: [Option<&str>; 5] =
    [Some("Drama"), Some("Comedy"), Some("Thriller/Suspense"), None, Some("Horror")];
const TITLES: [&str; 7] = [
    "The Land Girls",
    "Amélie",
    "千と千尋の神隠し",
    "Brother \"Blue\" Sky",
    "Зеркало",
    "",
    "A\u{7}\tBell 🎬",
];

/// The movie of a number, with the members and the faults of the real ones.
fn movie(number: usize) -> serde_json::Map<String, Value> {
    let pick = |salt: usize, of: usize| (number.wrapping_mul(2_654_435_761) >> salt) % of;
    let title = match pick(3, 40) {
        0 => json!(number),
        1 => Value::Null,
        2 => json!(number as f64 + 0.5),
        title => json!(format!("{} {}", TITLES[title % TITLES.len()], number % 2000)),
    };
    let sometimes = |salt: usize, value: Value| if pick(salt, 3) == 0 { Value::Null } else { value };
    let movie = json!({
        "Title": title,
        "US Gross": pick(5, 700_000_000),
        "Worldwide Gross": sometimes(6, json!(pick(7, 2_000_000_000))),
        "US DVD Sales": sometimes(8, json!(pick(9, 100_000_000))),
        "Production Budget": sometimes(4, json!(pick(11, 300_000_000))),
        "Release Date": format!("{} {:02} {}", ["Jun", "Feb", "Dec"][number % 3], number % 28 + 1, 1930 + pick(6, 81)),
        "MPAA Rating": ([Some("R"), Some("PG-13"), None, Some("Not Rated")])[pick(10, 4)],
        "Running Time min": sometimes(2, json!(pick(4, 220) + 40)),
        "Distributor": sometimes(7, json!("Paramount Pictures")),
        "Source": null,
        "Major Genre": GENRES[pick(5, GENRES.len())],
        "Creative Type": sometimes(3, json!("Contemporary Fiction")),
        "Director": sometimes(9, json!(format!("Director {}", pick(6, 500)))),
        "Rotten Tomatoes Rating": sometimes(5, json!(pick(8, 101))),
        "IMDB Rating": sometimes(6, json!(pick(7, 100) as f64 / 10.0)),
        "IMDB Votes": sometimes(6, json!(pick(9, 500_000))),
    });
    match movie {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_as_many_and_as_messy_as_they_should_be() {
        let movies = movies();
        assert_eq!(movies.len(), COUNT);
        let titles = || movies.iter().map(|movie| &movie["Title"]);
        assert!(
            titles().any(Value::is_number) && titles().any(Value::is_null) && titles().any(Value::is_string)
        );
        assert!(movies.iter().any(|movie| movie["Major Genre"].is_null()));
    }
}

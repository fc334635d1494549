//! Names: from fields and variants to attributes, constants and functions, and the nearest known name to a misspelt one.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

/// A rule of `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// The rules as they are written.
pub(crate) const CASES: &[(&str, Case)] = &[
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn find(rule: &str) -> Option<Case> {
        CASES.iter().find(|(name, _)| *name == rule).map(|(_, case)| *case)
    }

    /// The name of a field, which Rust writes in snake case.
    ///
    /// The rules are those of serde, so that items which were written with its help keep their names.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Case::Lower | Case::Snake => name.to_owned(),
            Case::Upper | Case::ScreamingSnake => name.to_ascii_uppercase(),
            Case::Kebab => name.replace('_', "-"),
            Case::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
            Case::Pascal => name.split('_').map(|word| first(word, char::to_ascii_uppercase)).collect(),
            Case::Camel => first(&Case::Pascal.field(name), char::to_ascii_lowercase),
        }
    }

    /// The name of a variant, which Rust writes in Pascal case: every capital begins a word, acronyms are not guessed.
    pub(crate) fn variant(self, name: &str) -> String {
        match self {
            Case::Pascal => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            Case::Camel => first(name, char::to_ascii_lowercase),
            Case::Kebab => Case::Snake.variant(name).replace('_', "-"),
            Case::ScreamingSnake => Case::Snake.variant(name).to_ascii_uppercase(),
            Case::ScreamingKebab => Case::Kebab.variant(name).to_ascii_uppercase(),
            Case::Snake => {
                let mut snake = String::new();
                for c in name.chars() {
                    if c.is_uppercase() && !snake.is_empty() {
                        snake.push('_');
                    }
                    snake.push(c.to_ascii_lowercase());
                }
                snake
            }
        }
    }
}

/// The word with its first letter changed.
fn first(word: &str, change: impl Fn(&char) -> char) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| change(&c)).into_iter().chain(chars).collect()
}

/// The function that scans the index which this one queries.
pub(crate) fn scan(method: &Ident) -> Ident {
    Ident::new(&format!("scan_{}", plain(method)), method.span())
}

/// The name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// `placed_at` → `PLACED_AT`.
pub(crate) fn constant(field: &Ident) -> Ident {
    Ident::new(&plain(field).to_uppercase(), field.span())
}

/// The function that queries an index: `by_status` for the index `by_status`, `ByStatus` or `by-status`.
pub(crate) fn function(index: &str, span: Span) -> Option<Ident> {
    let mut name = String::new();
    let mut before = '_';
    for c in index.chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            name.push('_');
        }
        if c == '-' || c == '.' {
            name.push('_');
        } else {
            name.extend(c.to_lowercase());
        }
        before = c;
    }
    identifier(&name, span)
}

/// The text as an identifier, raw where it is a keyword.
fn identifier(name: &str, span: Span) -> Option<Ident> {
    let parse = |text: &str| syn::parse_str::<Ident>(text).ok();
    let mut ident = parse(name).or_else(|| parse(&format!("r#{name}")))?;
    ident.set_span(span);
    Some(ident)
}

/// The known name that was probably meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may differ; more is another word.
    let limit = (written.chars().count().max(3)) / 3;
    known
        .into_iter()
        .map(|name| (distance(&written.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters to insert, delete, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_take_every_case() {
        let all: Vec<String> = CASES.iter().map(|(_, case)| case.field("placed_at_utc")).collect();
        let expected = [
            "placed_at_utc",
            "PLACED_AT_UTC",
            "PlacedAtUtc",
            "placedAtUtc",
            "placed_at_utc",
            "PLACED_AT_UTC",
            "placed-at-utc",
            "PLACED-AT-UTC",
        ];
        assert_eq!(all, expected);
        assert_eq!(Case::Camel.field("_id"), "id");
        assert_eq!(Case::Camel.field("__"), "");
    }

    #[test]
    fn variants_take_every_case() {
        let all: Vec<String> = CASES.iter().map(|(_, case)| case.variant("SentByUPS2")).collect();
        let expected = [
            "sentbyups2",
            "SENTBYUPS2",
            "SentByUPS2",
            "sentByUPS2",
            "sent_by_u_p_s2",
            "SENT_BY_U_P_S2",
            "sent-by-u-p-s2",
            "SENT-BY-U-P-S2",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn functions_of_indexes() {
        let name = |index| function(index, Span::call_site()).map(|ident| ident.to_string());
        assert_eq!(name("by_status").as_deref(), Some("by_status"));
        assert_eq!(name("ByStatus").as_deref(), Some("by_status"));
        assert_eq!(name("GSI1-byEmail.v2").as_deref(), Some("gsi1_by_email_v2"));
        assert_eq!(name("type").as_deref(), Some("r#type"));
        assert_eq!(name("1st"), None);
        assert_eq!(name("self"), None);
    }

    #[test]
    fn misspelt_names_find_their_neighbour() {
        let known = ["status", "customer", "placed_at", "ok"];
        assert_eq!(nearest("staus", known), Some("status"));
        assert_eq!(nearest("cutsomer", known), Some("customer"));
        assert_eq!(nearest("placedAt", known), Some("placed_at"));
        assert_eq!(nearest("ko", known), Some("ok"));
        assert_eq!(nearest("price", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list([]), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}

//! Identifiers of other languages, made from the names of tables, indexes and entities.
//!
//! A name in DynamoDB may hold what an identifier may not, and two names may become one identifier. Everything here is a function of
//! the names alone, so that the same contract always gives the same identifiers.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The words of a name: what stands between characters that are no ASCII letters or digits, and what begins with a capital.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii_alphanumeric() {
            before = None;
            continue;
        }
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let begins = match before {
            None => true,
            // `orderId` has two words, and so has `HTTPServer`.
            Some(last) => c.is_ascii_uppercase() && (!last.is_ascii_uppercase() || next_is_lower),
        };
        match words.last_mut() {
            Some(word) if !begins => word.push(c.to_ascii_lowercase()),
            _ => words.push(c.to_ascii_lowercase().to_string()),
        }
        before = Some(c);
    }
    words
}

/// `OrderLines`; `T` before what would begin with a digit, or be empty.
pub(crate) fn pascal(name: &str) -> String {
    let joined: String = words(name).iter().map(|word| capitalized(word)).collect();
    lettered(joined, "T")
}

/// `orderLines`; `t` before what would begin with a digit, or be empty.
pub(crate) fn camel(name: &str) -> String {
    let words = words(name);
    let joined = words
        .iter()
        .enumerate()
        .map(|(place, word)| if place == 0 { word.clone() } else { capitalized(word) });
    lettered(joined.collect(), "t")
}

/// `order_lines`; `t` before what would begin with a digit, or be empty.
pub(crate) fn snake(name: &str) -> String {
    lettered(words(name).join("_"), "t")
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

fn lettered(name: String, prefix: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("{prefix}{name}") }
}

/// An identifier of at most so many characters: what is longer is cut, and ends with a digest of the whole.
pub(crate) fn fitted(name: String, most: usize) -> String {
    /// Characters of a digest.
    const DIGEST: usize = 10;
    if name.len() <= most {
        return name;
    }
    let digest = Sha256::digest(name.as_bytes());
    let cut = name.chars().take(most.saturating_sub(DIGEST)).collect();
    digest.iter().take(DIGEST / 2).fold(cut, |mut text: String, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Whether a reader of source text would not see a character, or would see what follows in another order.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Identifiers of one scope, each given once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// The identifier itself where it is free, otherwise with the first number that makes it so.
    pub(crate) fn give(&mut self, wanted: String, separator: &str) -> String {
        let numbered = (2_u32..).map(|number| format!("{wanted}{separator}{number}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|name| !self.taken.contains(name));
        let free = free.unwrap_or(wanted);
        self.taken.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, expected) in [
            ("orders", "Orders"),
            ("order-lines.v2", "OrderLinesV2"),
            ("orderLines", "OrderLines"),
            ("HTTPServerLog", "HttpServerLog"),
            ("S3Objects", "S3Objects"),
            ("2fa", "T2fa"),
            ("äöü", "T"),
            ("", "T"),
            ("a\"); drop", "ADrop"),
        ] {
            assert_eq!(pascal(name), expected, "{name}");
        }
        for (name, expected) in
            [("order-lines.v2", "order_lines_v2"), ("orderId", "order_id"), ("2fa", "t2fa")]
        {
            assert_eq!(snake(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_stays_itself() {
        assert_eq!(fitted("Orders".into(), 6), "Orders");
        let (one, other) = (fitted("a".repeat(300) + "b", 255), fitted("a".repeat(300) + "c", 255));
        assert_eq!((one.len(), other.len()), (255, 255));
        assert_ne!(one, other);
    }

    #[test]
    fn a_scope_gives_each_identifier_once() {
        let mut scope = Scope::default();
        assert_eq!(scope.give("orders".into(), "_"), "orders");
        assert_eq!(scope.give("orders".into(), "_"), "orders_2");
    }
}

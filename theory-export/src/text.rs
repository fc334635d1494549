//! Text of files, made fit for a terminal.

/// On one line, without what would move a terminal's cursor, colour it, or turn the direction of what follows.
pub(crate) fn line(text: &str) -> String {
    escaped(text, hostile)
}

/// As [`line`], but lines stay lines: for text of ours that quotes names of others.
pub(crate) fn lines(text: &str) -> String {
    escaped(text, |c| c != '\n' && hostile(c))
}

fn hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, hostile: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if hostile(c) { written.extend(c.escape_default()) } else { written.push(c) }
    }
    written
}

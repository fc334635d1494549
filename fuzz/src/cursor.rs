//! What must hold for any text that a client sends as a cursor: the body of the fuzz target, and of its bounded run in the tests.

use theory::cursor::{Cursor, InvalidCursorReason};

/// Reads the bytes as the text of a cursor, and as the JSON inside one.
pub(crate) fn check(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        check_text(text);
    }
    let encoded = encode(data);
    match encoded.parse::<Cursor>() {
        Ok(cursor) => lossless(&cursor),
        Err(refused) => assert!(
            refused.reason() != InvalidCursorReason::Encoding,
            "base64url is refused for what it holds, not for being none"
        ),
    }
}

fn check_text(text: &str) {
    assert_eq!(Cursor::parse_optional(text).is_ok_and(|cursor| cursor.is_none()), text.is_empty());
    if let Ok(cursor) = text.parse::<Cursor>() {
        lossless(&cursor);
        assert_eq!(text.trim_ascii().trim_end_matches('=').parse::<Cursor>().as_ref(), Ok(&cursor));
    }
}

/// A cursor is what its text says, and has one text.
fn lossless(cursor: &Cursor) {
    let text = cursor.to_string();
    assert_eq!(text.parse::<Cursor>().as_ref(), Ok(cursor));
    let again = text.parse::<Cursor>().map(|cursor| cursor.to_string());
    assert_eq!(again.as_ref(), Ok(&text));
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)));
}

/// Base64url without padding, by the book: a second opinion on the library's.
pub(crate) fn encode(data: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in data.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(*chunk.get(i).unwrap_or(&0)));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

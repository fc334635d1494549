//! JSON's escapes: the cold half of reading and writing strings.

/// Why a string that holds an escape cannot be read, and where.
#[derive(Debug)]
pub(super) struct BadString {
    /// Offset from the start of the string's contents.
    pub(super) offset: usize,
    pub(super) expected: &'static str,
}

/// Checks a string's contents, which start at `text`'s first byte, and returns the length up to its quote.
///
/// Only the grammar: a lone surrogate passes, because nobody has asked for the text.
pub(super) fn string_length(text: &str) -> Result<usize, BadString> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += super::text::plain_prefix(bytes.get(at..).unwrap_or_default());
        match bytes.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => match bytes.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                Some(b'u') => {
                    code_unit(bytes, at + 2)?;
                    at += 6;
                }
                _ => return Err(BadString { offset: at + 1, expected: "a JSON escape" }),
            },
            Some(_) => return Err(BadString { offset: at, expected: "no control character in a string" }),
            None => return Err(BadString { offset: at, expected: "the end of the string" }),
        }
    }
}

/// Resolves the escapes of a string whose contents start at `text`'s first byte.
///
/// Returns the string, and the length of the contents up to the quote.
pub(super) fn unescape(text: &str) -> Result<(String, usize), BadString> {
    let length = string_length(text)?;
    let contents = text.get(..length).unwrap_or_default();
    let bytes = contents.as_bytes();
    // An escape is never shorter than what it stands for.
    let mut out = String::with_capacity(length);
    let mut plain = 0;
    while let Some(found) = memchr::memchr(b'\\', bytes.get(plain..).unwrap_or_default()) {
        let at = plain + found;
        out.push_str(contents.get(plain..at).unwrap_or_default());
        let (character, width) = match bytes.get(at + 1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => code_point(bytes, at)?,
            Some(itself) => (char::from(*itself), 2),
            None => return Err(BadString { offset: at + 1, expected: "a JSON escape" }),
        };
        out.push(character);
        plain = at + width;
    }
    out.push_str(contents.get(plain..).unwrap_or_default());
    Ok((out, length))
}

/// Reads `\uXXXX`, or the two of them that make a character outside the basic plane.
fn code_point(bytes: &[u8], at: usize) -> Result<(char, usize), BadString> {
    let lone = BadString { offset: at, expected: "a pair of surrogates" };
    let high = code_unit(bytes, at + 2)?;
    let (code, width) = match high {
        0xD800..=0xDBFF => {
            if bytes.get(at + 6..at + 8) != Some(br"\u") {
                return Err(lone);
            }
            let low = code_unit(bytes, at + 8)?;
            if !(0xDC00..=0xDFFF).contains(&low) {
                return Err(lone);
            }
            (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 12)
        }
        _ => (high, 6),
    };
    char::from_u32(code).map(|character| (character, width)).ok_or(lone)
}

/// Reads the four digits of `\uXXXX`.
fn code_unit(bytes: &[u8], at: usize) -> Result<u32, BadString> {
    let bad = BadString { offset: at, expected: "four hexadecimal digits" };
    let Some(digits) = bytes.get(at..at + 4) else { return Err(bad) };
    let mut unit = 0;
    for digit in digits {
        match char::from(*digit).to_digit(16) {
            Some(value) => unit = unit * 16 + value,
            None => return Err(bad),
        }
    }
    Ok(unit)
}

/// The escape of a byte that cannot stand plainly, and how many of its bytes count.
pub(super) fn escaped(byte: u8) -> ([u8; 6], usize) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    let short = |letter| ([b'\\', letter, 0, 0, 0, 0], 2);
    match byte {
        b'"' | b'\\' => short(byte),
        0x08 => short(b'b'),
        0x0c => short(b'f'),
        b'\n' => short(b'n'),
        b'\r' => short(b'r'),
        b'\t' => short(b't'),
        _ => ([b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]], 6),
    }
}

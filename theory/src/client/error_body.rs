//! Reads the few members of an error's body that the library needs, and nothing else.
//!
//! An error's body comes from outside and is not validated first: whatever it holds, the scanner stops where it does
//! not understand, and never recurses.

/// The members of the JSON object that `json` holds, as raw slices: the name without its quotes, and the value.
pub(crate) fn members(json: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = open(json, b'{');
    std::iter::from_fn(move || {
        let name = string(rest?)?;
        let after = trim(rest?.get(name.len()..)?).strip_prefix(b":")?;
        let value = value(trim(after))?;
        rest = next(trim(after).get(value.len()..)?, b'}');
        Some((name.get(1..name.len() - 1)?, value))
    })
}

/// The elements of the JSON array that `json` holds, as raw slices.
pub(crate) fn elements(json: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = open(json, b'[');
    std::iter::from_fn(move || {
        let value = value(rest?)?;
        rest = next(rest?.get(value.len()..)?, b']');
        Some(value)
    })
}

/// The value of the first member of `json` that has one of these names.
pub(crate) fn member<'a>(json: &'a [u8], names: &[&str]) -> Option<&'a [u8]> {
    members(json)
        .find(|(name, _)| names.iter().any(|wanted| wanted.as_bytes() == *name))
        .map(|(_, value)| value)
}

/// The text of a JSON string without escapes, which codes, reasons and ARNs are.
pub(crate) fn text(json: &[u8]) -> Option<&str> {
    let inner = json.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if inner.contains(&b'\\') { None } else { std::str::from_utf8(inner).ok() }
}

fn trim(json: &[u8]) -> &[u8] {
    let blank = json.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    json.get(blank..).unwrap_or_default()
}

fn open(json: &[u8], bracket: u8) -> Option<&[u8]> {
    Some(trim(trim(json).strip_prefix(&[bracket])?))
}

/// What follows the comma, or nothing after the closing bracket.
fn next(json: &[u8], bracket: u8) -> Option<&[u8]> {
    match trim(json).split_first()? {
        (b',', rest) => Some(trim(rest)),
        (byte, _) if *byte == bracket => None,
        _ => None,
    }
}

/// The string at the start of `json`, with its quotes.
fn string(json: &[u8]) -> Option<&[u8]> {
    let mut at = 1;
    if json.first() != Some(&b'"') {
        return None;
    }
    loop {
        match json.get(at)? {
            b'"' => return json.get(..=at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The value at the start of `json`: a string, a bracketed value, or a bare word or number.
fn value(json: &[u8]) -> Option<&[u8]> {
    match json.first()? {
        b'"' => string(json),
        b'{' | b'[' => bracketed(json),
        _ => {
            let length = json
                .iter()
                .take_while(|byte| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace())
                .count();
            if length == 0 { None } else { json.get(..length) }
        }
    }
}

/// A bracketed value, by counting brackets outside strings.
fn bracketed(json: &[u8]) -> Option<&[u8]> {
    let (mut at, mut depth) = (0_usize, 0_usize);
    loop {
        match json.get(at)? {
            b'"' => {
                at += string(json.get(at..)?)?.len();
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return json.get(..=at);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{elements, member, members, text};

    #[test]
    fn finds_members_whatever_their_order_and_spacing() {
        let body =
            br#" { "__type" : "a#B" , "Item":{"pk":{"S":"}\"]"},"n":{"N":"1"}}, "x":[1,[2]], "y":null } "#;
        let names: Vec<_> = members(body).map(|(name, _)| std::str::from_utf8(name).unwrap()).collect();
        assert_eq!(names, ["__type", "Item", "x", "y"]);
        assert_eq!(member(body, &["Item"]).unwrap(), br#"{"pk":{"S":"}\"]"},"n":{"N":"1"}}"#);
        assert_eq!(member(body, &["y"]).unwrap(), b"null");
        assert_eq!(member(body, &["none"]), None);
        assert_eq!(text(member(body, &["__type"]).unwrap()), Some("a#B"));
    }

    #[test]
    fn finds_elements() {
        let parts: Vec<_> = elements(br#"[ {"Code":"None"} , {"Code":"X","Item":{}},3 ]"#).collect();
        assert_eq!(parts, [&br#"{"Code":"None"}"#[..], br#"{"Code":"X","Item":{}}"#, b"3"]);
        assert_eq!(elements(b"[]").count(), 0);
    }

    #[test]
    fn survives_every_truncation_and_any_byte() {
        let body = br#"{"__type":"x","Item":{"pk":{"S":"a\\"}},"CancellationReasons":[{"Code":"None"}]}"#;
        for end in 0..body.len() {
            for (_, value) in members(&body[..end]) {
                let _ = elements(value).count();
            }
        }
        let mut hostile = body.to_vec();
        for at in 0..body.len() {
            for byte in [b'"', b'{', b'}', b'[', b']', b',', b'\\', 0, 0xff] {
                hostile[at] = byte;
                let _ = members(&hostile).map(|(_, value)| elements(value).count()).sum::<usize>();
            }
            hostile[at] = body[at];
        }
        let _ = members(&[b'['; 100_000]).count();
        let _ = elements(&[b'['; 100_000]).count();
    }
}

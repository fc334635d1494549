//! Which attribute a writer was in when something failed.

use super::escape;

/// The path of the attribute in which `json`, an object that is being written, breaks off.
///
/// It is worked out from the text only when something failed, so that success pays nothing for it.
pub(super) fn attribute_path(json: &[u8]) -> String {
    /// One bracket that is open: how many members it has seen, and the last member's name.
    struct Open {
        array: bool,
        index: usize,
        name: String,
    }
    let Ok(json) = std::str::from_utf8(json) else { return String::new() };
    let bytes = json.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => open.push(Open { array: *byte == b'[', index: 0, name: String::new() }),
            b'}' | b']' => {
                open.pop();
            }
            b',' => {
                if let Some(last) = open.last_mut() {
                    last.index += 1;
                    last.name.clear();
                }
            }
            b'"' => {
                let Ok((string, length)) = escape::unescape(json.get(at..).unwrap_or_default()) else {
                    break;
                };
                at += length + 1;
                if let Some(last) = open.last_mut()
                    && !last.array
                    && last.name.is_empty()
                {
                    last.name = string;
                }
            }
            _ => {}
        }
    }
    // Below the item itself, names and type tags take turns.
    let mut path = String::new();
    let mut tag = false;
    for level in &open {
        if level.array {
            path.push_str(&format!("[{}]", level.index));
            tag = true;
        } else {
            if !tag && !level.name.is_empty() {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&level.name);
            }
            tag = !tag;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::attribute_path;

    #[test]
    fn the_path_is_that_of_the_value_being_written() {
        for (json, path) in [
            ("", ""),
            ("{", ""),
            (r#"{"a":"#, "a"),
            (r#"{"a":{"S":"x"},"b":"#, "b"),
            (r#"{"a":{"S":"x"},"#, ""),
            (r#"{"a":{"M":{"b":{"M":{"c":"#, "a.b.c"),
            (r#"{"a":{"M":{"b":{"N":"1"},"c":"#, "a.c"),
            (r#"{"a":{"L":["#, "a[0]"),
            (r#"{"a":{"L":[{"S":"]},{["},{"S":"\""},"#, "a[2]"),
            (r#"{"a":{"L":[{"L":[{"N":"1"},{"M":{"b":"#, "a[0][1].b"),
            (r#"{"a":{"NS":["1","#, "a[1]"),
            // Attributes may have the names of types.
            (r#"{"M":{"M":{"L":{"L":[{"M":{"S":"#, "M.L[0].S"),
            // Nothing is open any more.
            (r#"{"a":{"S":"x"}},"more":"#, ""),
        ] {
            assert_eq!(attribute_path(json.as_bytes()), path, "{json}");
        }
    }
}

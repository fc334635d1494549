//! How an entity fills one key attribute: `ORDER#{placedAt}#{orderId}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// Literals and attributes that together form a key attribute.
///
/// Written as text: attributes in braces, braces themselves doubled. The name of an attribute in a key has no brace in it; `check`
/// finds one that has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    segments: Vec<Segment>,
}

/// A piece of a key attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Text that every key has in this place.
    Literal(String),
    /// The value of the attribute, or of a field that is stored only in the key.
    Attribute(String),
}

impl KeyTemplate {
    /// The key attribute is this attribute itself.
    pub fn attribute(name: impl Into<String>) -> Self {
        KeyTemplate { segments: vec![Segment::Attribute(name.into())] }
    }

    /// From its segments; literals that follow each other become one, empty ones nothing.
    pub fn new(segments: impl IntoIterator<Item = Segment>) -> Self {
        let mut joined: Vec<Segment> = Vec::new();
        for segment in segments {
            match (joined.last_mut(), segment) {
                (_, Segment::Literal(text)) if text.is_empty() => {}
                (Some(Segment::Literal(before)), Segment::Literal(text)) => before.push_str(&text),
                (_, segment) => joined.push(segment),
            }
        }
        KeyTemplate { segments: joined }
    }

    /// Its segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The attributes in it, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Attribute(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// The text with which every such key begins; empty where it begins with an attribute.
    pub fn prefix(&self) -> &str {
        match self.segments.first() {
            Some(Segment::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether the key attribute is one attribute and nothing else.
    pub fn is_attribute(&self) -> bool {
        matches!(&*self.segments, [Segment::Attribute(_)])
    }

    /// Reads what [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// Where a brace is neither closed nor doubled, or nothing is between braces.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let error = |what| TemplateError { text: text.into(), what };
        let (mut segments, mut literal) = (Vec::new(), String::new());
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.peek() == Some(&c) => {
                    rest.next();
                    literal.push(c);
                }
                '{' => {
                    segments.push(Segment::Literal(std::mem::take(&mut literal)));
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some('{') | None => return Err(error("a brace is not closed")),
                            Some(c) => name.push(c),
                        }
                    }
                    if name.is_empty() {
                        return Err(error("no attribute is named between braces"));
                    }
                    segments.push(Segment::Attribute(name));
                }
                '}' => return Err(error("a brace is closed that was not opened")),
                c => literal.push(c),
            }
        }
        segments.push(Segment::Literal(literal));
        Ok(KeyTemplate::new(segments))
    }
}

impl fmt::Display for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text: &str| text.replace('{', "{{").replace('}', "}}");
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Literal(text) => f.write_str(&escaped(text)),
            Segment::Attribute(name) => write!(f, "{{{name}}}"),
        })
    }
}

impl Serialize for KeyTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        KeyTemplate::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    text: String,
    what: &'static str,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key template `{}`: {}; write a brace itself twice", self.text, self.what)
    }
}

impl std::error::Error for TemplateError {}

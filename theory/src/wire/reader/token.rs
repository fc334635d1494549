//! Tokens of JSON, and the errors about them.

use std::borrow::Cow;

use super::super::escape::{self, BadString};
use super::super::{DecodeError, DecodeErrorKind, text};
use super::{Reader, Result};

impl<'a> Reader<'a> {
    /// The text of an attribute value that starts with `open` and is laid out as DynamoDB does: `…"}`.
    ///
    /// Nothing is read if it is laid out otherwise, or has an escape in it.
    #[inline(always)]
    pub(super) fn plain_value<const N: usize>(&mut self, open: &[u8; N]) -> Option<&'a str> {
        let contents = self.rest.strip_prefix(open)?;
        self.plain_contents(contents, b"\"}")
    }

    /// A member's name with its colon, after the comma if it is not the first, laid out as DynamoDB does.
    #[inline(always)]
    pub(super) fn plain_name(&mut self, first: bool) -> Option<&'a str> {
        let contents = match (first, self.rest) {
            (true, [b'"', contents @ ..]) | (false, [b',', b'"', contents @ ..]) => contents,
            _ => return None,
        };
        self.plain_contents(contents, b"\":")
    }

    /// A string's contents, which are followed by `close`.
    #[inline(always)]
    pub(super) fn plain_contents<const N: usize>(
        &mut self,
        contents: &'a [u8],
        close: &[u8; N],
    ) -> Option<&'a str> {
        let length = text::plain_prefix(contents);
        let after = contents.get(length..)?.strip_prefix(close)?;
        let start = self.text.len() - contents.len();
        let string = self.text.get(start..start + length)?;
        self.rest = after;
        Some(string)
    }

    /// Reads the end of a map, list or set together with that of its attribute value, if they stand next to each other.
    #[inline(always)]
    pub(super) fn plain_end(&mut self, end: &[u8; 2]) -> bool {
        match self.rest.strip_prefix(end) {
            Some(rest) if self.bare.is_none() => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// The rest of a string that cannot be borrowed as it is; its contents stand next.
    #[cold]
    #[inline(never)]
    pub(super) fn escaped_string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.position();
        match escape::unescape(self.text.get(start..).unwrap_or_default()) {
            Ok((string, length)) => {
                self.advance(length + 1);
                Ok(Cow::Owned(string))
            }
            Err(bad) => Err(self.bad_string(start, &bad)),
        }
    }

    /// Passes over a string whose quote stands next.
    pub(super) fn skip_string(&mut self) -> Result<()> {
        self.advance(1);
        let start = self.position();
        match escape::string_length(self.text.get(start..).unwrap_or_default()) {
            Ok(length) => {
                self.advance(length + 1);
                Ok(())
            }
            Err(bad) => Err(self.bad_string(start, &bad)),
        }
    }

    /// Passes over a member's name and its colon.
    pub(super) fn skip_name(&mut self) -> Result<()> {
        if self.peek()? != b'"' {
            return Err(self.syntax("a name"));
        }
        self.skip_string()?;
        self.expect(b':', "`:`")
    }

    /// Passes over a number by JSON's grammar, which is stricter than DynamoDB's.
    pub(super) fn number_token(&mut self) -> Result<()> {
        if self.rest.first() == Some(&b'-') {
            self.advance(1);
        }
        match self.rest.first() {
            Some(b'0') => self.advance(1),
            _ => self.digits()?,
        }
        if self.rest.first() == Some(&b'.') {
            self.advance(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.rest.first() {
            self.advance(1);
            if let Some(b'+' | b'-') = self.rest.first() {
                self.advance(1);
            }
            self.digits()?;
        }
        match self.rest.first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}') => Ok(()),
            Some(_) => Err(self.syntax("the end of the number")),
        }
    }

    fn digits(&mut self) -> Result<()> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.syntax("a digit"));
        }
        self.advance(count);
        Ok(())
    }

    /// Reads `word` if it stands next, and is not the beginning of another.
    pub(super) fn keyword(&mut self, word: &[u8]) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    #[inline]
    pub(super) fn space(&mut self) {
        while let [b' ' | b'\n' | b'\t' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// The next byte that is not white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<u8> {
        self.space();
        match self.rest.first() {
            Some(byte) => Ok(*byte),
            None => Err(self.syntax("more")),
        }
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<()> {
        if self.peek()? == byte {
            self.advance(1);
            Ok(())
        } else {
            Err(self.syntax(expected))
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn syntax(&self, expected: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Syntax, expected).at(self.position())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn malformed(&self, expected: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Malformed, expected).at(self.position())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_deep(&self) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Depth, "128 levels of JSON").at(self.position())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_nested(&self) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Depth, "DynamoDB's 32 levels").at(self.position())
    }

    #[cold]
    #[inline(never)]
    fn bad_string(&self, start: usize, bad: &BadString) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Syntax, bad.expected).at(start + bad.offset)
    }
}

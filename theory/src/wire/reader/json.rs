//! Bare JSON: the envelope of a response, the elements of sets, and what is passed over.

use std::borrow::Cow;

use super::super::number::Number;
use super::super::{DecodeError, MAX_DEPTH};
use super::members::Within;
use super::{Elements, Members, ReadInteger, Reader, Result};

impl<'a> Reader<'a> {
    /// Enters a bare object.
    ///
    /// # Errors
    ///
    /// Anything else, and JSON nested too deeply.
    #[inline]
    pub fn begin_object(&mut self) -> Result<Members> {
        self.expect(b'{', "`{`")?;
        self.deepen()?;
        Ok(Members { first: true, wrapped: false })
    }

    /// Enters a bare array.
    ///
    /// # Errors
    ///
    /// Anything else, and JSON nested too deeply.
    #[inline]
    pub fn begin_array(&mut self) -> Result<Elements> {
        self.expect(b'[', "`[`")?;
        self.deepen()?;
        Ok(Elements { first: true, within: Within::Json })
    }

    /// Reads a bare string.
    ///
    /// # Errors
    ///
    /// Anything else, and a string that is not legal, a lone surrogate included.
    #[inline]
    pub fn json_string(&mut self) -> Result<Cow<'a, str>> {
        if let [b'"', contents @ ..] = self.rest
            && let Some(string) = self.plain_contents(contents, b"\"")
        {
            return Ok(Cow::Borrowed(string));
        }
        self.expect(b'"', "a string")?;
        if let Some(string) = self.plain_contents(self.rest, b"\"") {
            return Ok(Cow::Borrowed(string));
        }
        self.escaped_string()
    }

    /// Reads a bare string of base64: an element of a binary set.
    ///
    /// # Errors
    ///
    /// Anything else, and text that is not base64.
    pub fn json_binary(&mut self) -> Result<Vec<u8>> {
        let position = self.position();
        let text = self.json_string()?;
        decode_base64(&text, position)
    }

    /// Reads an integer from a bare string: an element of a number set. The rules are those of
    /// [`integer`](Self::integer).
    ///
    /// # Errors
    ///
    /// Anything else, and what is not an integer that `I` holds.
    #[inline]
    pub fn json_integer<I: ReadInteger>(&mut self) -> Result<I> {
        let position = self.position();
        let text = self.json_string()?;
        parse_integer(&text, position)
    }

    /// Reads the nearest double-precision number from a bare string: an element of a number set.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn json_float64(&mut self) -> Result<f64> {
        let position = self.position();
        let text = self.json_string()?;
        parse_float64(&text, position)
    }

    /// Reads the nearest single-precision number from a bare string: an element of a number set.
    ///
    /// # Errors
    ///
    /// Anything else, and what is too large for it.
    pub fn json_float32(&mut self) -> Result<f32> {
        let position = self.position();
        let text = self.json_string()?;
        parse_float32(&text, position)
    }

    /// Reads a bare `true` or `false`.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn json_bool(&mut self) -> Result<bool> {
        match self.peek()? {
            b't' if self.keyword(b"true") => Ok(true),
            b'f' if self.keyword(b"false") => Ok(false),
            _ => Err(self.syntax("`true` or `false`")),
        }
    }

    /// Reads a bare number, as its text.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn json_number(&mut self) -> Result<&'a str> {
        self.peek()?;
        let start = self.position();
        self.number_token()?;
        self.text.get(start..self.position()).ok_or_else(|| self.syntax("a number"))
    }

    /// Reads a bare `null` if that is what comes next, and nothing otherwise.
    ///
    /// # Errors
    ///
    /// The end of the body.
    pub fn take_json_null(&mut self) -> Result<bool> {
        Ok(self.peek()? == b'n' && self.keyword(b"null"))
    }

    /// Passes over one JSON value and returns its text.
    ///
    /// # Errors
    ///
    /// As [`skip`](Self::skip).
    pub fn raw_value(&mut self) -> Result<&'a str> {
        self.peek()?;
        let start = self.position();
        self.skip()?;
        self.text.get(start..self.position()).ok_or_else(|| self.syntax("a JSON value"))
    }

    /// Passes over one JSON value, whatever it is.
    ///
    /// # Errors
    ///
    /// JSON that is not legal, or nested too deeply.
    pub fn skip(&mut self) -> Result<()> {
        let limit = MAX_DEPTH.saturating_sub(self.depth.saturating_add(self.nesting));
        // One bit for each object or array that is open, the innermost lowest: 1 for an object.
        let mut kinds = 0u128;
        let mut open = 0u8;
        loop {
            match self.peek()? {
                opening @ (b'{' | b'[') => {
                    if open >= limit {
                        return Err(self.too_deep());
                    }
                    self.advance(1);
                    let object = opening == b'{';
                    if self.peek()? == if object { b'}' } else { b']' } {
                        self.advance(1);
                    } else {
                        open += 1;
                        kinds = kinds << 1 | u128::from(object);
                        if object {
                            self.skip_name()?;
                        }
                        continue;
                    }
                }
                b'"' => self.skip_string()?,
                b't' if self.keyword(b"true") => {}
                b'f' if self.keyword(b"false") => {}
                b'n' if self.keyword(b"null") => {}
                b'-' | b'0'..=b'9' => self.number_token()?,
                _ => return Err(self.syntax("a JSON value")),
            }
            // A value has ended; so may what holds it.
            loop {
                if open == 0 {
                    return Ok(());
                }
                let object = kinds & 1 == 1;
                match (self.peek()?, object) {
                    (b',', true) => {
                        self.advance(1);
                        self.skip_name()?;
                        break;
                    }
                    (b',', false) => {
                        self.advance(1);
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.advance(1);
                        open -= 1;
                        kinds >>= 1;
                    }
                    (_, true) => return Err(self.syntax("`,` or `}`")),
                    (_, false) => return Err(self.syntax("`,` or `]`")),
                }
            }
        }
    }

    fn deepen(&mut self) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        Ok(())
    }
}

/// The value of an integer's text, `1E2` and `10.0` included.
#[inline]
pub(super) fn parse_integer<I: ReadInteger>(text: &str, position: usize) -> Result<I> {
    match plain_integer(text.as_bytes()).and_then(|value| I::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => parse_odd_integer(text, position),
    }
}

/// The value of up to 18 digits with at most a minus before them: what nearly every integer is.
#[inline]
pub(super) fn plain_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

#[cold]
#[inline(never)]
fn parse_odd_integer<I: ReadInteger>(text: &str, position: usize) -> Result<I> {
    Number::parse(text)
        .ok()
        .and_then(|number| number.to_integer())
        .and_then(|(negative, magnitude)| I::from_magnitude(negative, magnitude))
        .ok_or_else(|| DecodeError::invalid(I::EXPECTED).at(position))
}

pub(super) fn parse_float64(text: &str, position: usize) -> Result<f64> {
    match text.parse::<f64>() {
        Ok(value) if is_decimal(text) && value.is_finite() => Ok(value),
        _ => Err(DecodeError::invalid("a double-precision number (f64)").at(position)),
    }
}

pub(super) fn parse_float32(text: &str, position: usize) -> Result<f32> {
    match text.parse::<f32>() {
        Ok(value) if is_decimal(text) && value.is_finite() => Ok(value),
        _ => Err(DecodeError::invalid("a single-precision number (f32)").at(position)),
    }
}

/// Whether text that the standard library parses as a float is one in digits, and not "inf" or "nan".
fn is_decimal(text: &str) -> bool {
    text.as_bytes().last().is_some_and(|last| last.is_ascii_digit() || *last == b'.')
}

pub(super) fn decode_base64(text: &str, position: usize) -> Result<Vec<u8>> {
    base64_simd::STANDARD
        .decode_to_vec(text.as_bytes())
        .map_err(|_| DecodeError::invalid("base64").at(position))
}

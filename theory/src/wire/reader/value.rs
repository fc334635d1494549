//! Attribute values: `{"S":"…"}` and its kin.

use std::borrow::Cow;

use super::super::{AttributeType, DecodeError, DecodeErrorKind, MAX_NESTING};
use super::json::{decode_base64, parse_float32, parse_float64, parse_integer};
use super::members::Within;
use super::{Elements, Members, ReadInteger, Reader, Result};

impl<'a> Reader<'a> {
    /// Reads a string.
    ///
    /// # Errors
    ///
    /// Another type, or an attribute value that is not legal; so for all the functions of this kind.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'a, str>> {
        match self.plain_string() {
            Some(string) => Ok(Cow::Borrowed(string)),
            None => self.text_of_any_layout(AttributeType::S),
        }
    }

    /// As [`string`](Self::string), copied at once: most strings are, and this spares the way through a [`Cow`].
    #[inline]
    pub(crate) fn owned_string(&mut self) -> Result<String> {
        match self.plain_string() {
            Some(string) => Ok(string.to_owned()),
            None => self.text_of_any_layout(AttributeType::S).map(Cow::into_owned),
        }
    }

    /// Reads a number, as the text that was stored.
    ///
    /// The text is not checked: [`Number::parse`](crate::wire::number::Number::parse) does that.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string).
    #[inline]
    pub fn number(&mut self) -> Result<Cow<'a, str>> {
        match self.plain_number() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.text_of_any_layout(AttributeType::N),
        }
    }

    /// Reads an integer. `1E2` and `10.0` are integers; what has a fraction or does not fit is refused.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and a number that is not an integer that `I` holds.
    #[inline]
    pub fn integer<I: ReadInteger>(&mut self) -> Result<I> {
        let position = self.position();
        let text = self.number()?;
        parse_integer(&text, position)
    }

    /// Reads the nearest double-precision number.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and text that is not a number.
    #[inline]
    pub fn float64(&mut self) -> Result<f64> {
        let position = self.position();
        let text = self.number()?;
        parse_float64(&text, position)
    }

    /// Reads the nearest single-precision number.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and a number too large for single precision.
    #[inline]
    pub fn float32(&mut self) -> Result<f32> {
        let position = self.position();
        let text = self.number()?;
        parse_float32(&text, position)
    }

    /// Reads a boolean.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string).
    #[inline]
    pub fn boolean(&mut self) -> Result<bool> {
        if let Some(rest) = self.rest.strip_prefix(b"{\"BOOL\":true}") {
            self.rest = rest;
            return Ok(true);
        }
        if let Some(rest) = self.rest.strip_prefix(b"{\"BOOL\":false}") {
            self.rest = rest;
            return Ok(false);
        }
        self.flag_of_any_layout(AttributeType::Bool)
    }

    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and text that is not base64.
    pub fn binary(&mut self) -> Result<Vec<u8>> {
        let position = self.position();
        let text = match self.plain_value(b"{\"B\":\"") {
            Some(text) => Cow::Borrowed(text),
            None => self.text_of_any_layout(AttributeType::B)?,
        };
        decode_base64(&text, position)
    }

    /// Reads a null if that is what comes next, and nothing otherwise. As in the SDK, `{"NULL":false}` is one.
    ///
    /// # Errors
    ///
    /// An attribute value that is not legal.
    #[inline]
    pub fn take_null(&mut self) -> Result<bool> {
        match self.rest {
            // Whatever follows, a value of another type has begun.
            [b'{', b'"', b'S' | b'N' | b'M' | b'L' | b'B', b'"', b':', b'"' | b'{' | b'[', ..] => Ok(false),
            _ => self.take_null_of_any_layout(),
        }
    }

    /// The type of the attribute value that comes next, which is not read.
    ///
    /// # Errors
    ///
    /// An attribute value that is not legal.
    pub fn peek_type(&mut self) -> Result<AttributeType> {
        // A value of `null` means nothing, so the tag alone does not tell.
        if let [b'{', b'"', tag, b'"', b':', b'"' | b'{' | b'[', ..] = self.rest {
            match tag {
                b'S' => return Ok(AttributeType::S),
                b'N' => return Ok(AttributeType::N),
                b'M' => return Ok(AttributeType::M),
                b'L' => return Ok(AttributeType::L),
                b'B' => return Ok(AttributeType::B),
                _ => {}
            }
        }
        let mark = self.save();
        let found = self.enter_any()?;
        self.restore(mark);
        Ok(found)
    }

    /// Enters a map.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and maps and lists nested more than 32 levels deep.
    #[inline]
    pub fn begin_map(&mut self) -> Result<Members> {
        match self.rest.strip_prefix(b"{\"M\":{") {
            Some(rest) => self.rest = rest,
            None => self.open_of_any_layout(AttributeType::M)?,
        }
        self.nest()?;
        Ok(Members { first: true, wrapped: true })
    }

    /// Enters a list.
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string), and maps and lists nested more than 32 levels deep.
    #[inline]
    pub fn begin_list(&mut self) -> Result<Elements> {
        match self.rest.strip_prefix(b"{\"L\":[") {
            Some(rest) => self.rest = rest,
            None => self.open_of_any_layout(AttributeType::L)?,
        }
        self.nest()?;
        Ok(Elements { first: true, within: Within::List })
    }

    /// Enters a string set; its elements are read by [`json_string`](Self::json_string).
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string).
    pub fn begin_string_set(&mut self) -> Result<Elements> {
        self.open_set(b"{\"SS\":[", AttributeType::Ss)
    }

    /// Enters a number set; its elements are read by [`json_string`](Self::json_string),
    /// [`json_integer`](Self::json_integer) or [`json_float64`](Self::json_float64).
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string).
    pub fn begin_number_set(&mut self) -> Result<Elements> {
        self.open_set(b"{\"NS\":[", AttributeType::Ns)
    }

    /// Enters a set of bytes; its elements are read by [`json_binary`](Self::json_binary).
    ///
    /// # Errors
    ///
    /// As [`string`](Self::string).
    pub fn begin_binary_set(&mut self) -> Result<Elements> {
        self.open_set(b"{\"BS\":[", AttributeType::Bs)
    }

    /// Passes over one attribute value, also of a type that DynamoDB may have one day.
    ///
    /// # Errors
    ///
    /// JSON that is not legal, or nested too deeply.
    pub fn skip_value(&mut self) -> Result<()> {
        if self.plain_string().is_some() || self.plain_number().is_some() {
            return Ok(());
        }
        self.skip()
    }

    // Not inlined: these two are most of a decoder's calls, and their loops would be most of its code.

    #[inline(never)]
    fn plain_string(&mut self) -> Option<&'a str> {
        self.plain_value(b"{\"S\":\"")
    }

    #[inline(never)]
    fn plain_number(&mut self) -> Option<&'a str> {
        self.plain_value(b"{\"N\":\"")
    }

    #[inline(never)]
    fn text_of_any_layout(&mut self, expected: AttributeType) -> Result<Cow<'a, str>> {
        if self.bare == Some(expected) {
            return self.json_string();
        }
        self.enter(expected)?;
        let text = self.json_string()?;
        self.leave()?;
        Ok(text)
    }

    #[inline(never)]
    fn flag_of_any_layout(&mut self, expected: AttributeType) -> Result<bool> {
        self.enter(expected)?;
        let flag = self.json_bool()?;
        self.leave()?;
        Ok(flag)
    }

    #[inline(never)]
    fn take_null_of_any_layout(&mut self) -> Result<bool> {
        if let Some(rest) = self.rest.strip_prefix(b"{\"NULL\":true}") {
            self.rest = rest;
            return Ok(true);
        }
        if self.peek_type()? != AttributeType::Null {
            return Ok(false);
        }
        self.flag_of_any_layout(AttributeType::Null)?;
        Ok(true)
    }

    #[inline]
    fn open_set(&mut self, open: &[u8; 7], expected: AttributeType) -> Result<Elements> {
        match self.rest.strip_prefix(open) {
            Some(rest) => self.rest = rest,
            None => self.open_of_any_layout(expected)?,
        }
        Ok(Elements { first: true, within: Within::Set })
    }

    /// Reads up to the first member or element of a map, a list or a set.
    #[inline(never)]
    fn open_of_any_layout(&mut self, expected: AttributeType) -> Result<()> {
        self.enter(expected)?;
        match expected {
            AttributeType::M => self.expect(b'{', "`{`"),
            _ => self.expect(b'[', "`[`"),
        }
    }

    /// Reads up to the value inside an attribute value of the type given.
    pub(super) fn enter(&mut self, expected: AttributeType) -> Result<()> {
        self.space();
        let position = self.position();
        let found = self.enter_any()?;
        if found == expected {
            Ok(())
        } else {
            Err(DecodeError::mismatch(expected.description(), found, position))
        }
    }

    /// Reads up to the value inside an attribute value, and says of which type it is.
    fn enter_any(&mut self) -> Result<AttributeType> {
        if let Some(bare) = self.bare {
            return Ok(bare);
        }
        self.expect(b'{', "an attribute value")?;
        if self.peek()? == b'}' {
            return Err(self.malformed("a type"));
        }
        loop {
            let (tag, nothing) = self.tag()?;
            if !nothing {
                return AttributeType::from_tag(&tag).ok_or_else(|| self.unknown_type());
            }
            match self.peek()? {
                b',' => self.advance(1),
                b'}' => return Err(self.malformed("a type")),
                _ => return Err(self.syntax("`,` or `}`")),
            }
        }
    }

    /// Reads the end of an attribute value, after the value itself.
    pub(super) fn leave(&mut self) -> Result<()> {
        if self.bare.is_some() {
            return Ok(());
        }
        loop {
            match self.peek()? {
                b'}' => {
                    self.advance(1);
                    return Ok(());
                }
                b',' => {
                    self.advance(1);
                    if !self.tag()?.1 {
                        return Err(self.malformed("one type"));
                    }
                }
                _ => return Err(self.syntax("`,` or `}`")),
            }
        }
    }

    /// Reads a member's name inside an attribute value. If it means nothing, because its value is null or it is
    /// `__type`, the value is passed over too, and the second part is true.
    fn tag(&mut self) -> Result<(Cow<'a, str>, bool)> {
        let tag = self.json_string()?;
        self.expect(b':', "`:`")?;
        let nothing = if tag == "__type" {
            self.skip()?;
            true
        } else {
            self.take_json_null()?
        };
        Ok((tag, nothing))
    }

    #[inline]
    fn nest(&mut self) -> Result<()> {
        if self.nesting >= MAX_NESTING {
            return Err(self.too_nested());
        }
        self.nesting += 1;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn unknown_type(&self) -> DecodeError {
        DecodeError::new(DecodeErrorKind::UnknownType, "a type of DynamoDB's").at(self.position())
    }
}

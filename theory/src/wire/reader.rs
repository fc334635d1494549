//! Reading DynamoDB JSON from a response body.

use std::borrow::Cow;

use super::decode_error::{AttributeType, DecodeError, DecodeErrorKind};
use super::escape::{self, BadString};
use super::number::Number;
use super::{MAX_DEPTH, MAX_NESTING, text};

/// What reading returns.
pub type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// Reads values from a body in the order in which they stand, and borrows from it what it can.
///
/// Any legal JSON is understood: spaces, escapes, members in any order. Every function first compares the
/// bytes with what DynamoDB itself sends, and falls back to reading token by token. As the SDK does, it passes
/// over a member that is null and over `__type` inside an attribute value, and refuses a value with two types.
///
/// After an error the place of the reader is unspecified; [`restore`](Self::restore) makes it usable again.
///
/// ```
/// # use theory::wire::Reader;
/// let mut r = Reader::new(br#"{"sku":{"S":"X-1"},"count":{"N":"3"}}"#)?;
/// let (mut sku, mut count) = (None, 0);
/// let mut members = r.begin_object()?;
/// while let Some(name) = members.next(&mut r)? {
///     match &*name {
///         "sku" => sku = Some(r.string()?),
///         "count" => count = r.integer::<u32>()?,
///         _ => r.skip_value()?,
///     }
/// }
/// r.end()?;
/// assert_eq!((sku.as_deref(), count), (Some("X-1"), 3));
/// # Ok::<(), theory::wire::DecodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    text: &'a str,
    /// The part of `text` that was not read yet.
    rest: &'a [u8],
    /// Objects and arrays of bare JSON that are open.
    depth: u8,
    /// Maps and lists that are open.
    nesting: u8,
    /// What stands next is the bare text of a value of this type, without its braces.
    bare: Option<AttributeType>,
}

/// A place in the body to come back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    position: usize,
    depth: u8,
    nesting: u8,
}

/// Where the reading of an object or a map stands.
#[derive(Debug)]
pub struct Members {
    first: bool,
    wrapped: bool,
}

/// Where the reading of an array, a list or a set stands.
#[derive(Debug)]
pub struct Elements {
    first: bool,
    kind: ElementsKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ElementsKind {
    Bare,
    List,
    Set,
}

impl Members {
    /// The next member's name, after which its value stands; `None` when the object has ended.
    ///
    /// # Errors
    ///
    /// JSON that is not legal here.
    #[inline]
    pub fn next<'a>(&mut self, r: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>> {
        if !self.first {
            match r.peek()? {
                b',' => r.advance(1),
                b'}' => {
                    r.advance(1);
                    return r.leave_members(self.wrapped).map(|()| None);
                }
                _ => return Err(r.syntax("`,` or `}`")),
            }
        } else {
            self.first = false;
            if r.peek()? == b'}' {
                r.advance(1);
                return r.leave_members(self.wrapped).map(|()| None);
            }
        }
        let name = r.json_string()?;
        r.expect(b':', "`:`")?;
        Ok(Some(name))
    }
}

impl Elements {
    /// Whether another element stands next; `false` when the array has ended.
    ///
    /// # Errors
    ///
    /// JSON that is not legal here.
    #[inline]
    pub fn next(&mut self, r: &mut Reader<'_>) -> Result<bool> {
        let byte = r.peek()?;
        if byte == b']' {
            r.advance(1);
            r.leave_elements(self.kind)?;
            return Ok(false);
        }
        if self.first {
            self.first = false;
        } else if byte == b',' {
            r.advance(1);
        } else {
            return Err(r.syntax("`,` or `]`"));
        }
        Ok(true)
    }
}

mod bare;

impl<'a> Reader<'a> {
    /// A reader of the whole body.
    ///
    /// # Errors
    ///
    /// A body that is not UTF-8.
    pub fn new(body: &'a [u8]) -> Result<Self> {
        match std::str::from_utf8(body) {
            Ok(text) => Ok(Self { text, rest: body, depth: 0, nesting: 0, bare: None }),
            Err(error) => Err(DecodeError::new(DecodeErrorKind::Syntax, "UTF-8").at(error.valid_up_to())),
        }
    }

    /// How many bytes were read.
    #[inline]
    pub fn position(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// The place that was reached, to [`restore`](Self::restore) later.
    pub fn save(&self) -> Mark {
        Mark { position: self.position(), depth: self.depth, nesting: self.nesting }
    }

    /// Goes back to a place that [`save`](Self::save) gave.
    pub fn restore(&mut self, mark: Mark) {
        self.rest = self.text.as_bytes().get(mark.position..).unwrap_or_default();
        self.depth = mark.depth;
        self.nesting = mark.nesting;
        self.bare = None;
    }

    /// Checks that nothing but white space follows.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn end(&mut self) -> Result<()> {
        self.space();
        if self.rest.is_empty() { Ok(()) } else { Err(self.syntax("the end")) }
    }

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
        Ok(Elements { first: true, kind: ElementsKind::Bare })
    }

    /// Reads a bare string.
    ///
    /// # Errors
    ///
    /// Anything else, and a string that is not legal, a lone surrogate included.
    #[inline]
    pub fn json_string(&mut self) -> Result<Cow<'a, str>> {
        self.expect(b'"', "a string")?;
        let start = self.position();
        let length = text::plain_prefix(self.rest);
        if self.rest.get(length) == Some(&b'"')
            && let Some(string) = self.text.get(start..start + length)
        {
            self.advance(length + 1);
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
        base64_simd::STANDARD
            .decode_to_vec(text.as_bytes())
            .map_err(|_| DecodeError::invalid("base64").at(position))
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

    /// Passes over one JSON value, whatever it is.
    ///
    /// # Errors
    ///
    /// JSON that is not legal, or nested too deeply.
    pub fn skip(&mut self) -> Result<()> {
        // One bit for each object or array that is open, the innermost lowest: 1 for an object.
        let mut kinds = 0u128;
        let mut open = 0u8;
        loop {
            match self.peek()? {
                opening @ (b'{' | b'[') => {
                    if open + self.depth.saturating_add(self.nesting) >= MAX_DEPTH {
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

    /// Reads a string.
    ///
    /// # Errors
    ///
    /// Another type, or an attribute value that is not legal; so for all the functions of this kind.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'a, str>> {
        self.enter(AttributeType::S)?;
        let string = self.json_string()?;
        self.leave()?;
        Ok(string)
    }

    /// Reads a number, as the text that was stored. It is not checked: [`Number::parse`] does that.
    #[inline]
    pub fn number(&mut self) -> Result<Cow<'a, str>> {
        self.enter(AttributeType::N)?;
        let string = self.json_string()?;
        self.leave()?;
        Ok(string)
    }

    /// Reads a boolean.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool> {
        self.enter(AttributeType::Bool)?;
        let value = self.json_bool()?;
        self.leave()?;
        Ok(value)
    }

    /// Reads bytes.
    #[inline]
    pub fn binary(&mut self) -> Result<Vec<u8>> {
        self.enter(AttributeType::B)?;
        let bytes = self.json_binary()?;
        self.leave()?;
        Ok(bytes)
    }

    /// Reads a null if that is what comes next, and nothing otherwise. As in the SDK, `{"NULL":false}` is one.
    #[inline]
    pub fn take_null(&mut self) -> Result<bool> {
        if self.peek_type()? != AttributeType::Null {
            return Ok(false);
        }
        self.enter(AttributeType::Null)?;
        self.json_bool()?;
        self.leave()?;
        Ok(true)
    }

    /// The type of the attribute value that comes next, which is not read.
    pub fn peek_type(&mut self) -> Result<AttributeType> {
        let mark = self.save();
        let found = self.enter_any()?;
        self.restore(mark);
        Ok(found)
    }

    /// Enters a map.
    #[inline]
    pub fn begin_map(&mut self) -> Result<Members> {
        self.enter(AttributeType::M)?;
        self.nest()?;
        self.expect(b'{', "`{`")?;
        Ok(Members { first: true, wrapped: true })
    }

    /// Enters a list.
    #[inline]
    pub fn begin_list(&mut self) -> Result<Elements> {
        self.enter(AttributeType::L)?;
        self.nest()?;
        self.expect(b'[', "`[`")?;
        Ok(Elements { first: true, kind: ElementsKind::List })
    }

    /// Enters a string set; its elements are read by [`json_string`](Self::json_string).
    #[inline]
    pub fn begin_string_set(&mut self) -> Result<Elements> {
        self.begin_set(AttributeType::Ss)
    }

    /// Enters a number set; its elements are read by [`json_string`](Self::json_string) or
    /// [`json_integer`](Self::json_integer).
    #[inline]
    pub fn begin_number_set(&mut self) -> Result<Elements> {
        self.begin_set(AttributeType::Ns)
    }

    /// Enters a set of bytes; its elements are read by [`json_binary`](Self::json_binary).
    #[inline]
    pub fn begin_binary_set(&mut self) -> Result<Elements> {
        self.begin_set(AttributeType::Bs)
    }

    /// Reads an integer. `1E2` and `10.0` are integers; what has a fraction or does not fit is refused.
    #[inline]
    pub fn integer<I: ReadInteger>(&mut self) -> Result<I> {
        self.enter(AttributeType::N)?;
        let value = self.json_integer()?;
        self.leave()?;
        Ok(value)
    }

    /// Reads an integer from a bare string: an element of a number set.
    #[inline]
    pub fn json_integer<I: ReadInteger>(&mut self) -> Result<I> {
        let position = self.position();
        let text = self.json_string()?;
        Number::parse(&text)
            .ok()
            .and_then(|number| number.to_integer())
            .and_then(|(negative, magnitude)| I::from_magnitude(negative, magnitude))
            .ok_or_else(|| DecodeError::invalid(I::EXPECTED).at(position))
    }

    /// Reads the nearest double-precision number.
    #[inline]
    pub fn float64(&mut self) -> Result<f64> {
        self.enter(AttributeType::N)?;
        let value = self.json_float64()?;
        self.leave()?;
        Ok(value)
    }

    /// Reads the nearest single-precision number.
    #[inline]
    pub fn float32(&mut self) -> Result<f32> {
        self.enter(AttributeType::N)?;
        let value = self.json_float32()?;
        self.leave()?;
        Ok(value)
    }

    /// Reads a float from a bare string: an element of a number set.
    pub fn json_float64(&mut self) -> Result<f64> {
        self.float("a double-precision number", f64::is_finite)
    }

    /// Reads a float from a bare string: an element of a number set.
    pub fn json_float32(&mut self) -> Result<f32> {
        self.float("a single-precision number", f32::is_finite)
    }

    /// Passes over one attribute value, also of a type that DynamoDB may have one day.
    #[inline]
    pub fn skip_value(&mut self) -> Result<()> {
        self.skip()
    }

    fn float<F: std::str::FromStr + Copy>(
        &mut self,
        expected: &'static str,
        finite: fn(F) -> bool,
    ) -> Result<F> {
        let position = self.position();
        let text = self.json_string()?;
        // The standard library also takes "inf" and "nan".
        if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            && let Ok(value) = text.parse::<F>()
            && finite(value)
        {
            return Ok(value);
        }
        Err(DecodeError::invalid(expected).at(position))
    }

    /// Opens a set of one of the three types.
    pub fn begin_set(&mut self, set: AttributeType) -> Result<Elements> {
        self.enter(set)?;
        self.expect(b'[', "`[`")?;
        Ok(Elements { first: true, kind: ElementsKind::Set })
    }

    /// Reads up to the value inside an attribute value of the type given.
    fn enter(&mut self, expected: AttributeType) -> Result<()> {
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
            let (tag, null) = self.tag()?;
            if !null {
                return AttributeType::from_tag(&tag).ok_or_else(|| {
                    DecodeError::new(DecodeErrorKind::UnknownType, "a type of DynamoDB's").at(self.position())
                });
            }
            match self.peek()? {
                b',' => self.advance(1),
                _ => return Err(self.malformed("a type")),
            }
        }
    }

    /// Reads the end of an attribute value, after the value itself.
    fn leave(&mut self) -> Result<()> {
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

    fn leave_members(&mut self, wrapped: bool) -> Result<()> {
        if wrapped {
            self.nesting = self.nesting.saturating_sub(1);
            self.leave()
        } else {
            self.depth = self.depth.saturating_sub(1);
            Ok(())
        }
    }

    fn leave_elements(&mut self, kind: ElementsKind) -> Result<()> {
        match kind {
            ElementsKind::Bare => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            ElementsKind::List => {
                self.nesting = self.nesting.saturating_sub(1);
                self.leave()
            }
            ElementsKind::Set => self.leave(),
        }
    }

    fn nest(&mut self) -> Result<()> {
        if self.nesting >= MAX_NESTING {
            return Err(self.too_nested());
        }
        self.nesting += 1;
        Ok(())
    }

    fn deepen(&mut self) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    fn skip_name(&mut self) -> Result<()> {
        if self.peek()? != b'"' {
            return Err(self.syntax("a name"));
        }
        self.skip_string()?;
        self.expect(b':', "`:`")
    }

    /// Passes over a string whose quote stands next.
    fn skip_string(&mut self) -> Result<()> {
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

    #[cold]
    #[inline(never)]
    fn escaped_string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.position();
        match escape::unescape(self.text.get(start..).unwrap_or_default()) {
            Ok((string, length)) => {
                self.advance(length + 1);
                Ok(Cow::Owned(string))
            }
            Err(bad) => Err(self.bad_string(start, &bad)),
        }
    }

    /// Reads a number by JSON's grammar, which is stricter than DynamoDB's.
    fn number_token(&mut self) -> Result<()> {
        if self.rest.first() == Some(&b'-') {
            self.advance(1);
        }
        match self.rest.first() {
            Some(b'0') => self.advance(1),
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.syntax("a digit")),
        }
        if self.rest.first() == Some(&b'.') {
            self.advance(1);
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.rest.first() {
            self.advance(1);
            if let Some(b'+' | b'-') = self.rest.first() {
                self.advance(1);
            }
            self.some_digits()?;
        }
        self.boundary("the end of the number")
    }

    fn some_digits(&mut self) -> Result<()> {
        match self.rest.first() {
            Some(b'0'..=b'9') => {
                self.digits();
                Ok(())
            }
            _ => Err(self.syntax("a digit")),
        }
    }

    fn digits(&mut self) {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.advance(count);
    }

    /// Checks that what stands next can follow a number.
    fn boundary(&self, expected: &'static str) -> Result<()> {
        match self.rest.first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}') => Ok(()),
            Some(_) => Err(self.syntax(expected)),
        }
    }

    /// Reads `word` if it stands next, and is not the beginning of another.
    fn keyword(&mut self, word: &[u8]) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    #[inline]
    fn space(&mut self) {
        while let [b' ' | b'\n' | b'\t' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// The next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Result<u8> {
        self.space();
        match self.rest.first() {
            Some(byte) => Ok(*byte),
            None => Err(self.syntax("more")),
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<()> {
        if self.peek()? == byte {
            self.advance(1);
            Ok(())
        } else {
            Err(self.syntax(expected))
        }
    }

    #[cold]
    fn syntax(&self, expected: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Syntax, expected).at(self.position())
    }

    #[cold]
    fn malformed(&self, expected: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Malformed, expected).at(self.position())
    }

    #[cold]
    fn too_deep(&self) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Depth, "128 levels of JSON").at(self.position())
    }

    #[cold]
    fn too_nested(&self) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Depth, "DynamoDB's 32 levels").at(self.position())
    }

    #[cold]
    fn bad_string(&self, start: usize, bad: &BadString) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Syntax, bad.expected).at(start + bad.offset)
    }
}

/// An integer type that [`Reader::integer`] can return.
pub trait ReadInteger: Sized + sealed::Sealed {
    /// The type, for an error.
    #[doc(hidden)]
    const EXPECTED: &'static str;

    /// The integer of that sign and magnitude, if the type holds it.
    #[doc(hidden)]
    fn from_magnitude(negative: bool, magnitude: u128) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! read_integer {
    ($($type:ty: $expected:literal),+ $(,)?) => {$(
        impl sealed::Sealed for $type {}

        impl ReadInteger for $type {
            const EXPECTED: &'static str = $expected;

            #[inline]
            fn from_magnitude(negative: bool, magnitude: u128) -> Option<Self> {
                if negative {
                    // `i128::MIN` has no positive counterpart.
                    0i128.checked_sub_unsigned(magnitude)?.try_into().ok()
                } else {
                    magnitude.try_into().ok()
                }
            }
        }
    )+};
}

read_integer! {
    u8: "an integer from 0 to 255 (u8)",
    u16: "an integer from 0 to 65535 (u16)",
    u32: "an integer from 0 to 4294967295 (u32)",
    u64: "an integer from 0 to 18446744073709551615 (u64)",
    u128: "an integer of up to 38 digits, not negative (u128)",
    usize: "an integer that fits usize, not negative",
    i8: "an integer from -128 to 127 (i8)",
    i16: "an integer from -32768 to 32767 (i16)",
    i32: "an integer from -2147483648 to 2147483647 (i32)",
    i64: "an integer from -9223372036854775808 to 9223372036854775807 (i64)",
    i128: "an integer of up to 38 digits (i128)",
    isize: "an integer that fits isize",
}

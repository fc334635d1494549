//! Writing DynamoDB JSON into one buffer.

use std::fmt;

use super::encode_error::{EncodeError, EncodeErrorKind};
use super::path::attribute_path;
use super::stamp::{Places, Stamping};
use super::{MAX_NESTING, escape, number, text};

/// Writes attribute values, and the JSON around them, into one buffer.
///
/// Nothing here returns an error: the first failure sticks, and [`finish`](Self::finish) reports it together
/// with the attribute in which it happened. What was written is worth nothing then.
///
/// A value is written whole by one call, and a member's value is followed by [`end_member`](Self::end_member):
///
/// ```
/// # use theory::wire::Writer;
/// let mut w = Writer::new();
/// w.begin_object();
/// w.literal_name("\"sku\":");
/// w.string("X-1");
/// w.end_member();
/// w.literal_name("\"sizes\":");
/// w.list([38, 39], |w, size| w.integer(size));
/// w.end_member();
/// w.end_object();
/// assert_eq!(w.finish()?, br#"{"sku":{"S":"X-1"},"sizes":{"L":[{"N":"38"},{"N":"39"}]}}"#);
/// # Ok::<(), theory::wire::EncodeError>(())
/// ```
#[derive(Default)]
pub struct Writer {
    /// Initialised as far as it is long; what counts ends at `at`.
    buf: Vec<u8>,
    at: usize,
    /// Where the innermost bare object began: attribute paths start there.
    object: usize,
    /// Maps and lists that are open.
    nesting: u8,
    error: Option<EncodeError>,
    pub(super) stamping: Stamping,
    pub(super) places: Places,
}

mod compound;

impl Writer {
    /// A writer with a buffer of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that reuses a buffer; what it held is overwritten.
    pub fn with_buffer(buf: Vec<u8>) -> Self {
        Self { buf, ..Self::default() }
    }

    /// The bytes written.
    ///
    /// # Errors
    ///
    /// The first failure, if there was one.
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        match self.error {
            Some(error) => Err(error),
            None => {
                self.buf.truncate(self.at);
                Ok(self.buf)
            }
        }
    }

    /// Remembers a failure, with the attribute that is being written; only the first one counts.
    #[cold]
    pub fn fail(&mut self, error: EncodeErrorKind) {
        if self.error.is_none() {
            let path = attribute_path(self.written().get(self.object..).unwrap_or_default());
            self.error = Some(EncodeError::new(error).in_attribute(path));
        }
    }

    /// The first failure so far.
    pub fn error(&self) -> Option<&EncodeError> {
        self.error.as_ref()
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.at
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// The bytes written so far.
    pub fn written(&self) -> &[u8] {
        self.buf.get(..self.at).unwrap_or_default()
    }

    /// A string: `{"S":"…"}`.
    pub fn string(&mut self, v: &str) {
        self.text(b"{\"S\":\"", v, b"\"}");
    }

    /// A number, given as its text: `{"N":"…"}`.
    ///
    /// Text that is no number, has more than 38 significant digits or is out of DynamoDB's range fails.
    #[inline]
    pub fn number(&mut self, digits: &str) {
        if let Err(error) = number::validate(digits) {
            self.fail(error.into());
            return;
        }
        self.number_text(digits);
    }

    /// An integer: `{"N":"…"}`. One of more than 38 significant digits fails.
    #[inline]
    pub fn integer<I: itoa::Integer>(&mut self, v: I) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(v);
        if I::MAX_STR_LEN > 38 && digits.len() > 38 {
            self.number(digits);
        } else {
            self.number_text(digits);
        }
    }

    /// A number from single precision, in its shortest form. NaN, infinities and what is out of range fail.
    #[inline]
    pub fn float32(&mut self, v: f32) {
        if !v.is_finite() {
            return self.fail(EncodeErrorKind::NotFinite);
        }
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(v);
        self.number_text(shorten(digits));
    }

    /// A number from double precision, in its shortest form. NaN, infinities and what is out of range fail.
    #[inline]
    pub fn float64(&mut self, v: f64) {
        if !v.is_finite() {
            return self.fail(EncodeErrorKind::NotFinite);
        }
        let magnitude = v.abs();
        if (magnitude < number::MIN_F64 && magnitude != 0.0) || magnitude >= number::TOO_LARGE_F64 {
            return self.fail(EncodeErrorKind::NumberOutOfRange);
        }
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(v);
        self.number_text(shorten(digits));
    }

    /// A boolean: `{"BOOL":…}`.
    #[inline]
    pub fn boolean(&mut self, v: bool) {
        if v { self.put(b"{\"BOOL\":true}") } else { self.put(b"{\"BOOL\":false}") }
    }

    /// Null: `{"NULL":true}`.
    #[inline]
    pub fn null(&mut self) {
        self.put(b"{\"NULL\":true}");
    }

    /// Bytes: `{"B":"…"}`, in base64.
    #[inline]
    pub fn binary(&mut self, v: &[u8]) {
        self.put(b"{\"B\":");
        self.base64(v);
        self.put(b"}");
    }

    /// A list: `{"L":[…]}`; `each` writes one element.
    #[inline]
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut Self, T)) {
        self.put(b"{\"L\":[");
        self.descend();
        if self.error.is_none() {
            for item in items {
                each(self, item);
                self.put(b",");
            }
        }
        self.ascend();
        self.close(b"]}");
    }

    /// A string set: `{"SS":[…]}`. An empty one fails.
    #[inline]
    pub fn string_set<'s>(&mut self, items: impl IntoIterator<Item = &'s str>) {
        self.put(b"{\"SS\":[");
        for item in items {
            self.json_string(item);
            self.put(b",");
        }
        self.close_set();
    }

    /// A number set: `{"NS":[…]}`; `each` writes one element, by one of the `element_…` functions or as
    /// quoted digits. An empty set fails.
    #[inline]
    pub fn number_set<T>(&mut self, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut Self, T)) {
        self.put(b"{\"NS\":[");
        for item in items {
            each(self, item);
            self.put(b",");
        }
        self.close_set();
    }

    /// A set of bytes: `{"BS":[…]}`. An empty one fails.
    #[inline]
    pub fn binary_set<'s>(&mut self, items: impl IntoIterator<Item = &'s [u8]>) {
        self.put(b"{\"BS\":[");
        for item in items {
            self.base64(item);
            self.put(b",");
        }
        self.close_set();
    }

    /// One element of a number set, from its text; the same rules as [`number`](Self::number).
    #[inline]
    pub fn element_number(&mut self, digits: &str) {
        if let Err(error) = number::validate(digits) {
            return self.fail(error.into());
        }
        self.quoted(digits);
    }

    /// One element of a number set, from an integer; the same rules as [`integer`](Self::integer).
    #[inline]
    pub fn element_integer<I: itoa::Integer>(&mut self, v: I) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(v);
        if I::MAX_STR_LEN > 38 && digits.len() > 38 {
            self.element_number(digits);
        } else {
            self.quoted(digits);
        }
    }

    /// One element of a number set, from a float; the same rules as [`float64`](Self::float64).
    #[inline]
    pub fn element_float64(&mut self, v: f64) {
        if !v.is_finite() {
            return self.fail(EncodeErrorKind::NotFinite);
        }
        let mut buffer = zmij::Buffer::new();
        self.element_number(shorten(buffer.format_finite(v)));
    }

    /// Opens a map: `{"M":{`.
    #[inline]
    pub fn begin_map(&mut self) {
        self.put(b"{\"M\":{");
        self.descend();
    }

    /// Closes a map: `}}`, in place of the comma after its last member.
    #[inline]
    pub fn end_map(&mut self) {
        self.ascend();
        self.close(b"}}");
    }

    /// Opens a bare object: an item, a key, or part of a request. Attribute paths in errors start here.
    #[inline]
    pub fn begin_object(&mut self) {
        self.object = self.at;
        self.put(b"{");
    }

    /// Closes a bare object, in place of the comma after its last member.
    #[inline]
    pub fn end_object(&mut self) {
        self.close(b"}");
    }

    /// The name of a member: `"name":`, escaped.
    #[inline]
    pub fn name(&mut self, name: &str) {
        self.json_string(name);
        self.put(b":");
    }

    /// The name of a member, escaped beforehand, with its colon: `"sku":`.
    #[inline]
    pub fn literal_name(&mut self, json: &'static str) {
        self.put(json.as_bytes());
    }

    /// The comma after a member's value; the end of the object takes the last one away.
    #[inline]
    pub fn end_member(&mut self) {
        self.put(b",");
    }

    /// JSON that was encoded before.
    #[inline]
    pub fn raw(&mut self, json: &[u8]) {
        self.put(json);
    }

    /// A bare JSON string, escaped.
    pub fn json_string(&mut self, text: &str) {
        self.text(b"\"", text, b"\"");
    }

    /// A string's contents, escaped where they must be, between what stands before and after them.
    #[inline(always)]
    fn text<const N: usize, const M: usize>(&mut self, open: &[u8; N], text: &str, close: &[u8; M]) {
        let start = self.at;
        if !self.around(open, text.as_bytes(), close, text::copy_plain) {
            self.at = start;
            self.put(open);
            self.escaped(text);
            self.put(close);
        }
    }

    /// A string's contents, escaped where they must be, with nothing around them.
    fn contents(&mut self, text: &str) {
        self.text(b"", text, b"");
    }

    #[cold]
    #[inline(never)]
    fn escaped(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let plain = text::plain_prefix(rest);
            self.put(rest.get(..plain).unwrap_or_default());
            let Some(byte) = rest.get(plain) else { break };
            let (escape, length) = escape::escaped(*byte);
            self.put(escape.get(..length).unwrap_or_default());
            rest = rest.get(plain + 1..).unwrap_or_default();
        }
    }

    fn number_text(&mut self, digits: &str) {
        self.around(b"{\"N\":\"", digits.as_bytes(), b"\"}", copy);
    }

    fn quoted(&mut self, digits: &str) {
        self.around(b"\"", digits.as_bytes(), b"\"", copy);
    }

    /// Writes `contents` between two literals in one piece, and returns what `copy` does.
    #[inline(always)]
    fn around<const N: usize, const M: usize, T: Default>(
        &mut self,
        open: &[u8; N],
        contents: &[u8],
        close: &[u8; M],
        copy: impl FnOnce(&[u8], &mut [u8]) -> T,
    ) -> T {
        let window = self.claim(N + contents.len() + M);
        let Some((before, window)) = window.split_first_chunk_mut::<N>() else { return T::default() };
        let Some((middle, after)) = window.split_last_chunk_mut::<M>() else { return T::default() };
        *before = *open;
        *after = *close;
        copy(contents, middle)
    }

    #[inline]
    fn base64(&mut self, v: &[u8]) {
        self.put(b"\"");
        let length = base64_simd::STANDARD.encoded_length(v.len());
        let _ = base64_simd::STANDARD.encode(v, base64_simd::Out::from_slice(self.claim(length)));
        self.put(b"\"");
    }

    /// Enters a map or a list.
    #[inline]
    fn descend(&mut self) {
        self.nesting = self.nesting.saturating_add(1);
        if self.nesting > MAX_NESTING {
            self.fail(EncodeErrorKind::TooDeep);
        }
    }

    /// Leaves a map or a list. The innermost of 32 levels may only be empty: its elements would be the next.
    #[inline]
    fn ascend(&mut self) {
        if self.nesting >= MAX_NESTING && self.written().last() == Some(&b',') {
            self.fail(EncodeErrorKind::TooDeep);
        }
        self.nesting = self.nesting.saturating_sub(1);
    }

    #[inline]
    fn close_set(&mut self) {
        let empty = self.written().last() == Some(&b'[');
        self.close(b"]}");
        if empty {
            self.fail(EncodeErrorKind::EmptySet);
        }
    }

    /// Writes a closing bracket over a comma that has nothing after it.
    #[inline]
    fn close(&mut self, bracket: &[u8]) {
        if self.written().last() == Some(&b',') {
            self.at -= 1;
        }
        self.put(bracket);
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        copy(bytes, self.claim(bytes.len()));
    }

    /// The next `length` bytes of the buffer, to be filled by the caller.
    #[inline]
    fn claim(&mut self, length: usize) -> &mut [u8] {
        let start = self.at;
        if self.buf.len() - start < length {
            self.grow(length);
        }
        self.at = start + length;
        self.buf.get_mut(start..start + length).unwrap_or_default()
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, length: usize) {
        let needed = self.at.saturating_add(length);
        let mut target = needed.max(self.buf.len().saturating_mul(2)).max(512);
        if needed <= self.buf.capacity() {
            target = target.min(self.buf.capacity());
        }
        self.buf.resize(target, 0);
    }
}

/// Says how much was written and whether it failed, never what: values do not belong in a log.
impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("len", &self.at).field("error", &self.error).finish_non_exhaustive()
    }
}

#[inline(always)]
fn copy(from: &[u8], to: &mut [u8]) {
    if from.len() == to.len() {
        to.copy_from_slice(from);
    }
}

/// Takes `.0` from the end of a float's text: DynamoDB would.
fn shorten(digits: &str) -> &str {
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    if digits == "-0" { "0" } else { digits }
}

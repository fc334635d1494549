//! Reading DynamoDB JSON from a response body.
//!
//! Every function tries what DynamoDB itself sends first: no spaces, no escapes, the type tag where it is
//! expected. Those paths compare literals and borrow. Whatever they do not recognize, and every fault, is left to
//! the slow path, which reads token by token from the same place and alone decides what is an error.

mod bare;
mod integer;
mod json;
mod members;
mod token;
mod value;

pub use integer::ReadInteger;
pub use members::{Elements, Members};

use std::fmt;

use super::decode_error::{AttributeType, DecodeError, DecodeErrorKind};

/// What reading returns.
pub type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// Reads values from a body in the order in which they stand, and borrows from it what it can.
///
/// Any legal JSON is understood: spaces, escapes, members in any order. As the SDK does, it passes over a member
/// that is null and over `__type` inside an attribute value, and refuses a value with two types.
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
#[derive(Clone)]
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

/// Says where the reader stands, never what the body holds: values do not belong in a log.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("position", &self.position())
            .field("length", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// A place in the body to come back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    position: usize,
    depth: u8,
    nesting: u8,
    bare: Option<AttributeType>,
}

impl<'a> Reader<'a> {
    /// A reader of the whole body.
    ///
    /// # Errors
    ///
    /// A body that is not UTF-8.
    pub fn new(body: &'a [u8]) -> Result<Self> {
        match simdutf8::compat::from_utf8(body) {
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
        Mark { position: self.position(), depth: self.depth, nesting: self.nesting, bare: self.bare }
    }

    /// Goes back to a place that [`save`](Self::save) gave.
    pub fn restore(&mut self, mark: Mark) {
        self.rest = self.text.as_bytes().get(mark.position..).unwrap_or_default();
        self.depth = mark.depth;
        self.nesting = mark.nesting;
        self.bare = mark.bare;
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
}

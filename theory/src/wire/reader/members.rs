//! Walking over the members of an object and the elements of an array.

use std::borrow::Cow;

use super::{Reader, Result};

/// Where the reading of an object or a map stands.
#[derive(Debug)]
pub struct Members {
    pub(super) first: bool,
    /// Whether the object stands inside an attribute value: `{"M":{…}}`.
    pub(super) wrapped: bool,
}

/// Where the reading of an array, a list or a set stands.
#[derive(Debug)]
pub struct Elements {
    pub(super) first: bool,
    pub(super) within: Within,
}

/// What an array stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Json,
    List,
    Set,
}

impl Members {
    /// The next member's name, after which its value stands; `None` when the object has ended.
    ///
    /// The end of a map is read together with the end of its attribute value.
    ///
    /// # Errors
    ///
    /// JSON that is not legal here.
    #[inline]
    pub fn next<'a>(&mut self, r: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>> {
        match r.plain_name(self.first) {
            Some(name) => {
                self.first = false;
                Ok(Some(Cow::Borrowed(name)))
            }
            None if self.wrapped && r.plain_end(b"}}") => {
                r.nesting = r.nesting.saturating_sub(1);
                Ok(None)
            }
            None => self.next_of_any_layout(r),
        }
    }

    #[inline(never)]
    fn next_of_any_layout<'a>(&mut self, r: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>> {
        let byte = r.peek()?;
        if byte == b'}' {
            r.advance(1);
            if self.wrapped {
                r.nesting = r.nesting.saturating_sub(1);
                r.leave()?;
            } else {
                r.depth = r.depth.saturating_sub(1);
            }
            return Ok(None);
        }
        if !std::mem::take(&mut self.first) {
            if byte != b',' {
                return Err(r.syntax("`,` or `}`"));
            }
            r.advance(1);
        }
        let name = r.json_string()?;
        r.expect(b':', "`:`")?;
        Ok(Some(name))
    }
}

impl Elements {
    /// Whether another element stands next; `false` when the array has ended.
    ///
    /// The end of a list or a set is read together with the end of its attribute value.
    ///
    /// # Errors
    ///
    /// JSON that is not legal here.
    #[inline]
    pub fn next(&mut self, r: &mut Reader<'_>) -> Result<bool> {
        if !self.first
            && let [b',', rest @ ..] = r.rest
        {
            r.rest = rest;
            return Ok(true);
        }
        if self.within != Within::Json && r.plain_end(b"]}") {
            if self.within == Within::List {
                r.nesting = r.nesting.saturating_sub(1);
            }
            return Ok(false);
        }
        self.next_of_any_layout(r)
    }

    #[inline(never)]
    fn next_of_any_layout(&mut self, r: &mut Reader<'_>) -> Result<bool> {
        let byte = r.peek()?;
        if byte == b']' {
            r.advance(1);
            match self.within {
                Within::Json => r.depth = r.depth.saturating_sub(1),
                Within::List => {
                    r.nesting = r.nesting.saturating_sub(1);
                    r.leave()?;
                }
                Within::Set => r.leave()?,
            }
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            if byte != b',' {
                return Err(r.syntax("`,` or `]`"));
            }
            r.advance(1);
        }
        Ok(true)
    }
}

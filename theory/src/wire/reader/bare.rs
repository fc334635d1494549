//! Values that stand without their braces: elements of sets, and numbers that were stored as strings.

use super::{AttributeType, DecodeError, Elements, Reader, Result};

impl Reader<'_> {
    /// Opens a set, of the type given.
    ///
    /// # Errors
    ///
    /// Another type, or JSON that is not legal here.
    pub fn begin_set(&mut self, set: AttributeType) -> Result<Elements> {
        match set {
            AttributeType::Ns => self.begin_number_set(),
            AttributeType::Bs => self.begin_binary_set(),
            _ => self.begin_string_set(),
        }
    }

    /// Reads one element of a set by the function that reads the same value as an attribute.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn set_element<T>(
        &mut self,
        element: AttributeType,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        // A value with its braces would be read by the fast paths, which do not know that it stands in a set.
        if self.peek()? != b'"' {
            return Err(self.syntax("an element of a set"));
        }
        self.bare = Some(element);
        let value = read(self);
        self.bare = None;
        value
    }

    /// Reads a number by `read`, also where it was stored as a string.
    ///
    /// # Errors
    ///
    /// Where it is neither, and those of `read`.
    pub fn number_or_string<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T> {
        if self.peek_type()? != AttributeType::S {
            return read(self);
        }
        self.enter(AttributeType::S)?;
        let value = self.set_element(AttributeType::N, read)?;
        self.leave()?;
        Ok(value)
    }
}

//! Values that stand without their braces: elements of sets, and numbers that were stored as strings.

use super::{AttributeType, DecodeError, Reader, Result};

impl Reader<'_> {
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

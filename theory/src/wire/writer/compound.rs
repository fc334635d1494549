//! Lists and sets, opened and closed by hand, and names that display.

use super::Writer;
use crate::wire::EncodeErrorKind;
use std::fmt::{Display, Write as _};
use theory_schema::ScalarType;

impl Writer {
    /// A writer that goes on behind what the buffer holds.
    pub fn append_to(buf: Vec<u8>) -> Self {
        Writer { at: buf.len(), buf, ..Writer::default() }
    }

    /// The buffer, to be used again.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.buf
    }

    /// Opens a list: `{"L":[`. Each element is followed by [`end_member`](Self::end_member).
    pub fn begin_list(&mut self) {
        self.put(b"{\"L\":[");
        self.descend();
    }

    /// Closes a list: `]}`, in place of the comma after its last element.
    pub fn end_list(&mut self) {
        self.ascend();
        self.close(b"]}");
    }

    /// Closes an array of bare JSON, in place of the comma after its last element, with the comma after it.
    pub(crate) fn close_array(&mut self) {
        self.close(b"],");
    }

    /// Opens a set of strings, numbers or bytes.
    pub fn begin_set(&mut self, element: ScalarType) {
        self.put(match element {
            ScalarType::String => b"{\"SS\":[",
            ScalarType::Number => b"{\"NS\":[",
            ScalarType::Binary => b"{\"BS\":[",
        });
    }

    /// One element of a set, by the function that writes the same value as an attribute.
    pub fn set_element(&mut self, write: impl FnOnce(&mut Self)) {
        const BRACES: usize = b"{\"S\":".len();
        let start = self.at;
        write(self);
        // An element stands without the braces and the type of a value: the text moves over them.
        let text = start + BRACES..self.at.saturating_sub(1);
        let is_scalar =
            matches!(self.written().get(start..start + BRACES), Some(b"{\"S\":" | b"{\"N\":" | b"{\"B\":"));
        if !is_scalar || text.is_empty() {
            return self.fail(EncodeErrorKind::Custom(
                "an element of a set must be a string, a number or bytes".into(),
            ));
        }
        let length = text.len();
        self.buf.copy_within(text, start);
        self.at = start + length;
        self.end_member();
    }

    /// Closes a set. An empty one fails.
    pub fn end_set(&mut self) {
        self.close_set();
    }

    /// The name of a member, as it displays.
    pub fn display_name(&mut self, name: &impl Display) {
        struct Escape<'w>(&'w mut Writer);
        impl std::fmt::Write for Escape<'_> {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                self.0.contents(text);
                Ok(())
            }
        }
        self.put(b"\"");
        let written = write!(Escape(self), "{name}");
        self.put(b"\":");
        if written.is_err() {
            self.fail(EncodeErrorKind::Custom("the name of a member cannot be displayed".into()));
        }
    }
}

//! Where a query starts.

use crate::cursor::Cursor;

/// Where a query may start: a [`Cursor`], a reference to one, or an `Option` of either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cursor",
    label = "expected a `Cursor`, or what `page.next_cursor()` returns",
    note = "a cursor that came as text is parsed: `text.parse::<theory::Cursor>()?`"
)]
pub trait StartAfter {
    #[doc(hidden)]
    fn cursor(self) -> Option<Cursor>;
}
#[diagnostic::do_not_recommend]
impl StartAfter for Cursor {
    fn cursor(self) -> Option<Cursor> {
        Some(self)
    }
}
#[diagnostic::do_not_recommend]
impl StartAfter for &Cursor {
    fn cursor(self) -> Option<Cursor> {
        Some(self.clone())
    }
}
#[diagnostic::do_not_recommend]
impl<C: StartAfter> StartAfter for Option<C> {
    fn cursor(self) -> Option<Cursor> {
        self.and_then(StartAfter::cursor)
    }
}

//! The fields that the library writes on its own account, in an item that is being written.
//!
//! An item is encoded when the request is built, and stamped when it is sent. A moment takes the same room whichever it is, so the item
//! keeps a gap for it, and [`Places`] remember where: to stamp is to copy thirty bytes.

use super::Writer;
use std::ops::Range;

/// What becomes of the fields that the library writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stamping {
    /// Written as they are.
    #[default]
    AsIs,
    /// As of an item that is new: the first version, and gaps for the moments.
    New,
    /// As of an item that is written over: the next version, a gap for `updated_at`, and for `created_at` where it was never set.
    Next,
    /// Left out, as what the library changes and the caller does not.
    Omit,
}

/// Where a value stands, and whether it is still a gap. Small, because every request has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    start: u32,
    length: u16,
    pub(crate) is_gap: bool,
}

impl Place {
    /// Behind an item of 4 GB, or of a value of 64 KB, there is none: nothing is stamped there, and DynamoDB takes neither.
    fn new(range: Range<usize>, is_gap: bool) -> Self {
        let (start, length) = (u32::try_from(range.start), u16::try_from(range.len()));
        Place { start: start.unwrap_or(u32::MAX), length: length.unwrap_or(0), is_gap }
    }

    pub(crate) fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.length)
    }
}

/// Where the stamps stand in a request's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Places {
    pub(crate) version: Option<Place>,
    pub(crate) created_at: Option<Place>,
    pub(crate) updated_at: Option<Place>,
}

impl Places {
    /// The version has become this long: what stands behind it has moved.
    pub(crate) fn moved(&mut self, version: Place, length: usize) {
        let Range { start, end } = version.range();
        self.version = Some(Place::new(start..start + length, false));
        for place in [&mut self.created_at, &mut self.updated_at].into_iter().flatten() {
            let range = place.range();
            if range.start >= end {
                let moved = |at: usize| at - end + start + length;
                *place = Place::new(moved(range.start)..moved(range.end), place.is_gap);
            }
        }
    }
}

/// A moment before it is known. The text is none that could be read, should it ever be stored.
pub(crate) const GAP: &[u8] = b"{\"S\":\"----------T------------------Z\"}";

/// Whether the head still has a gap where a moment is to stand.
pub(crate) fn has_gap(head: &[u8], places: &Places) -> bool {
    let mut moments = [places.created_at, places.updated_at].into_iter().flatten();
    moments.any(|place| head.get(place.range()) == Some(GAP))
}

impl Writer {
    /// What the writer does with the fields that the library writes.
    pub(crate) fn stamping(&self) -> Stamping {
        self.stamping
    }

    /// Writes something of which these fields are treated so.
    pub(crate) fn with_stamping(&mut self, stamping: Stamping, write: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.stamping, stamping);
        write(self);
        self.stamping = outer;
    }

    /// Where the stamps are.
    pub(crate) fn places(&self) -> Places {
        self.places
    }

    /// Writes a value, and returns its place.
    pub(crate) fn placed(&mut self, write: impl FnOnce(&mut Self)) -> Place {
        let start = self.len();
        write(self);
        Place::new(start..self.len(), false)
    }

    /// Leaves room for a moment.
    pub(crate) fn gap(&mut self) -> Place {
        let place = self.placed(|out| out.raw(GAP));
        Place { is_gap: true, ..place }
    }

    pub(crate) fn places_mut(&mut self) -> &mut Places {
        &mut self.places
    }
}
